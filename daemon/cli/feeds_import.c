/* SPDX-License-Identifier: MIT */
/*
 * nightdesk feeds import: writes feeds.d/NAME.conf for each feed of an OPML list that is not
 * configured yet. It creates files and never changes one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/table.h"
#include "base/utf8.h"
#include "conf/form.h"
#include "conf_dir.h"
#include "document/document.h"
#include "document/feed.h"
#include "feed/link.h"
#include "feed/opml.h"
#include "import_name.h"
#include "input.h"
#include "report.h"

#define ARENA_MAX  ((size_t)512 * 1024 * 1024)
#define BLOCK_MAX  ((size_t)64 * 1024) /* one written file */
#define NUMBER_MAX 100000	       /* suffixes of one name */

/* A set of strings. */
struct import_set {
	struct table table;
	struct str *v;
	size_t n;
};

struct import {
	const struct cli_options *options;
	struct arena *arena;
	struct import_set names, links; /* links: canonical; owners[i] is the name of its feed */
	struct str *owners;
	int dir; /* feeds.d; -1 in a dry run where there is none */
	struct buf name, block;
	size_t written, left_out;
};

static struct str import_set_at(const void *set, size_t i)
{
	return ((const struct import_set *)set)->v[i];
}

static bool import_set_init(struct import_set *s, size_t max, struct arena *a)
{
	s->n = 0;
	s->v = arena_array(a, max + 1, sizeof(*s->v));
	return s->v && table_init(&s->table, max + 1, a);
}

static size_t import_set_find(const struct import_set *s, struct str x)
{
	return table_find_name(&s->table, x, import_set_at, s);
}

/* x must not be in the set. */
static void import_set_add(struct import_set *s, struct str x)
{
	table_add_name(&s->table, x, s->n);
	s->v[s->n++] = x;
}

/* --- output --- */

static void import_print_left_out(
	struct import *im, uint32_t line, struct str what, const char *why)
{
	im->left_out++;
	if (im->options->json) {
		document_print(document_left_out(line, what, why), stdout);
		return;
	}
	printf("left out: line %u: ", line);
	utf8_print(stdout, what.n ? what : STR("(no title)"));
	printf(": %s\n", why);
}

static void import_print_written(struct import *im, const struct feed_opml_entry *e)
{
	im->written++;
	if (im->options->json) {
		document_print(document_imported(buf_z(&im->name), e), stdout);
		return;
	}
	printf("%s feeds.d/%s.conf  ", im->options->dry_run ? "would write" : "wrote",
		buf_z(&im->name));
	utf8_print(stdout, e->title.n ? e->title : e->url);
	putchar('\n');
}

/* --- one feed --- */

static void import_put_quoted(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, s.p[i]);
	}
	buf_addz(out, "\"\n");
}

static void import_put_groups(struct import *im, const struct feed_opml_entry *e)
{
	struct buf group;
	const char *before = "  groups = { ";
	size_t start = im->block.len;

	buf_init(&group, 4 * IMPORT_NAME_MAX);
	for (size_t i = 0; i < e->n_groups; i++) {
		import_name_make_group(e->groups[i], &group);
		if (!conf_form_name(buf_str(&group)))
			continue;
		buf_printf(&im->block, "%s%s", before, buf_z(&group));
		before = ", ";
	}
	buf_release(&group);
	if (im->block.len > start)
		buf_addz(&im->block, " }\n");
}

static void import_make_block(struct import *im, const struct feed_opml_entry *e)
{
	struct buf *b = &im->block;

	buf_clear(b);
	buf_printf(b, "feed %s {\n  url    = ", buf_z(&im->name));
	import_put_quoted(b, e->url);
	if (e->title.n && conf_form_line(e->title)) {
		buf_addz(b, "  title  = ");
		import_put_quoted(b, e->title);
	}
	import_put_groups(im, e);
	if (e->language.n && conf_form_lang(e->language)) {
		buf_addz(b, "  lang   = ");
		import_put_quoted(b, e->language);
	}
	buf_addz(b, "}\n");
}

/*
 * Creates feeds.d/NAME.conf and returns its descriptor; -1 with errno on failure; -2 if a dry run
 * would create it.
 */
static int import_create_file(struct import *im)
{
	char path[IMPORT_NAME_MAX + 32];

	snprintf(path, sizeof(path), "%s.conf", buf_z(&im->name));
	if (im->options->dry_run) {
		errno = EEXIST;
		return im->dir >= 0 && faccessat(im->dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0
			       ? -1
			       : -2;
	}
	return openat(im->dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
}

/* Finds an unused name and creates its file; returns as import_create_file(). */
static int import_claim_name(struct import *im, const struct feed_opml_entry *e)
{
	size_t stem;

	import_name_make(e->title, e->url, &im->name);
	stem = im->name.len;
	for (unsigned number = 1; number < NUMBER_MAX; number++) {
		int fd;

		if (number > 1) {
			buf_truncate(&im->name, stem);
			buf_printf(&im->name, "-%u", number);
		}
		if (import_set_find(&im->names, buf_str(&im->name)) != TABLE_NONE)
			continue;
		fd = import_create_file(im);
		if (fd != -1 || errno != EEXIST)
			return fd;
	}
	errno = EEXIST;
	return -1;
}

/* Removes the file again if it cannot be written completely. */
static int import_write_block(struct import *im, int fd)
{
	const char *p = buf_z(&im->block);
	size_t left = im->block.len;
	char path[IMPORT_NAME_MAX + 32];

	if (buf_failed(&im->block)) {
		left = 0;
		errno = ENOMEM;
	}
	while (left) {
		ssize_t n = write(fd, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		p += n;
		left -= (size_t)n;
	}
	if (close(fd) == 0 && !left && !buf_failed(&im->block))
		return 0;
	snprintf(path, sizeof(path), "%s.conf", buf_z(&im->name));
	report_error("cannot write feeds.d/%s: %s", path, strerror(errno));
	unlinkat(im->dir, path, 0);
	return CLI_IOERR;
}

/* Returns why the feed cannot be added, or NULL. *link: its canonical address, in the arena. */
static const char *import_refuse(
	struct import *im, const struct feed_opml_entry *e, struct str *link)
{
	size_t known;

	switch (conf_form_url(e->url)) {
	case CONF_URL_GOOD: break;
	case CONF_URL_PASSWORD:
		return "its address holds a password; write the feed by hand, with user and "
		       "password-credential";
	case CONF_URL_SCHEME:
	case CONF_URL_BAD: return "its address is none that the configuration takes";
	}
	*link = feed_link_canonical(im->arena, e->url, NULL, 0);
	if (!link->p)
		*link = e->url;
	known = import_set_find(&im->links, *link);
	if (known == TABLE_NONE)
		return NULL;
	return arena_printf(im->arena, "it is there already, as %s", im->owners[known].p);
}

static int import_add_feed(struct import *im, const struct feed_opml_entry *e)
{
	struct str link, name;
	const char *why = import_refuse(im, e, &link);
	int fd, code = CLI_OK;

	if (why) {
		import_print_left_out(im, e->line, e->title.p ? e->title : e->url, why);
		return CLI_OK;
	}
	fd = import_claim_name(im, e);
	if (fd == -1) {
		report_error(
			"cannot create feeds.d/%s.conf: %s", buf_z(&im->name), strerror(errno));
		return errno == EACCES || errno == EPERM ? CLI_NOPERM : CLI_CANTCREAT;
	}
	import_make_block(im, e);
	if (fd >= 0)
		code = import_write_block(im, fd);
	if (code)
		return code;
	name = arena_str(im->arena, buf_str(&im->name));
	if (!name.p)
		return CLI_OSERR;
	im->owners[im->links.n] = name;
	import_set_add(&im->links, link);
	import_set_add(&im->names, name);
	import_print_written(im, e);
	return CLI_OK;
}

/* --- all feeds --- */

/* Adds the feeds of the configuration to the sets. more: how many others will be added. */
static bool import_add_known(struct import *im, const struct conf *c, size_t more)
{
	size_t max = c->n_feeds + more;

	im->owners = arena_array(im->arena, max + 1, sizeof(*im->owners));
	if (!im->owners || !import_set_init(&im->names, max, im->arena) ||
		!import_set_init(&im->links, max, im->arena))
		return false;
	for (size_t i = 0; i < c->n_feeds; i++) {
		struct str name = str_of(c->feeds[i].name);
		struct str link = feed_link_canonical(im->arena, str_of(c->feeds[i].url), NULL, 0);

		import_set_add(&im->names, name);
		if (!link.p)
			link = str_of(c->feeds[i].url);
		if (import_set_find(&im->links, link) != TABLE_NONE)
			continue;
		im->owners[im->links.n] = name;
		import_set_add(&im->links, link);
	}
	return true;
}

static int import_open_directory(struct import *im)
{
	int top = open(im->options->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), saved;

	im->dir = -1;
	if (top >= 0) {
		if (im->options->dry_run || mkdirat(top, "feeds.d", 0755) == 0 || errno == EEXIST)
			im->dir = openat(top, "feeds.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		saved = errno;
		close(top);
		errno = saved;
	}
	if (im->dir >= 0 || (im->options->dry_run && errno == ENOENT))
		return CLI_OK;
	report_error("cannot write to %s/feeds.d: %s", im->options->dir, strerror(errno));
	return errno == EACCES || errno == EPERM ? CLI_NOPERM : CLI_CANTCREAT;
}

static int import_add_all(struct import *im, const struct conf *c, const struct feed_opml *list)
{
	int code = import_open_directory(im);

	if (code == CLI_OK && !import_add_known(im, c, list->n_entries)) {
		code = report_nomem();
	}
	for (size_t i = 0; i < list->n_entries && code == CLI_OK; i++)
		code = import_add_feed(im, &list->entries[i]);
	for (size_t i = 0; i < list->n_skipped && code == CLI_OK; i++)
		import_print_left_out(
			im, list->skipped[i].line, list->skipped[i].what, list->skipped[i].why);
	if (!im->options->json)
		printf("%zu feeds %s, %zu left out%s\n", im->written,
			im->options->dry_run ? "would be added" : "added", im->left_out,
			im->written && !im->options->dry_run
				? "; nightdesk check reads them, nightdesk reload takes them up"
				: "");
	if (im->dir >= 0)
		close(im->dir);
	return code;
}

int feeds_import(const struct cli_call *call)
{
	struct import im = {.options = &call->options, .dir = -1};
	struct feed_opml *list = NULL;
	struct conf *c = NULL;
	struct err e = {0};
	struct buf body;
	const char *file = call->operands[0];
	int code;

	buf_init(&body, FEED_OPML_BYTES);
	buf_init(&im.name, 4 * IMPORT_NAME_MAX);
	buf_init(&im.block, BLOCK_MAX);
	im.arena = arena_new(ARENA_MAX);
	code = im.arena ? input_read_file(file, &body) : CLI_OSERR;
	if (code == CLI_OK && buf_failed(&body)) {
		report_error("%s: larger than %zu bytes, or out of memory", file, body.max);
		code = CLI_FINDINGS;
	}
	if (code == CLI_OK && feed_opml_parse(buf_str(&body), &list, &e)) {
		report_error("%s: %s", file, e.text);
		code = report_exit_code(&e);
	}
	if (code == CLI_OK)
		c = conf_dir_load(call->cli, im.options->dir, &code);
	if (c)
		code = import_add_all(&im, c, list);
	conf_unref(c);
	feed_opml_free(list);
	arena_free(im.arena);
	buf_release(&im.name);
	buf_release(&im.block);
	buf_release(&body);
	return code;
}
