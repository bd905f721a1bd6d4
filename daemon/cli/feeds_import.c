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
#include "print.h"
#include "report.h"

#define ARENA_MAX  ((size_t)512 * 1024 * 1024)
#define BLOCK_MAX  ((size_t)64 * 1024) /* one written file */
#define NUMBER_MAX 100000	       /* suffixes of one name */

struct import_feed {
	struct str name, link; /* link: canonical */
};

struct import {
	const struct cli_options *options;
	struct arena *arena;
	struct import_feed *feeds; /* configured or written so far */
	size_t n_feeds;
	struct table names, links; /* of feeds, by each member */
	int dir;		   /* feeds.d; -1 in a dry run where there is none */
	struct buf name, block;
	size_t written, left_out;
};

static struct str import_name_at(const void *im, size_t i)
{
	return ((const struct import *)im)->feeds[i].name;
}

static struct str import_link_at(const void *im, size_t i)
{
	return ((const struct import *)im)->feeds[i].link;
}

static struct str import_canonical_link(struct import *im, struct str url)
{
	struct str link = feed_link_canonical(im->arena, url, NULL, 0);

	return link.p ? link : url;
}

static void import_remember(struct import *im, struct str name, struct str link)
{
	table_add_name(&im->names, name, im->n_feeds);
	table_add_name(&im->links, link, im->n_feeds);
	im->feeds[im->n_feeds++] = (struct import_feed){name, link};
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
	print_text("", e->title.n ? e->title : e->url, "\n");
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

/* -1 with errno: not created. A dry run opens /dev/null instead. */
static int import_create_file(struct import *im)
{
	char path[IMPORT_NAME_MAX + 32];

	snprintf(path, sizeof(path), "%s.conf", buf_z(&im->name));
	if (!im->options->dry_run)
		return openat(
			im->dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (im->dir < 0 || faccessat(im->dir, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return open("/dev/null", O_WRONLY | O_CLOEXEC);
	errno = EEXIST;
	return -1;
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
		if (table_find_name(&im->names, buf_str(&im->name), import_name_at, im) !=
			TABLE_NONE)
			continue;
		fd = import_create_file(im);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	errno = EEXIST;
	return -1;
}

/* Removes the file again if it cannot be written completely. */
static int import_write_block(struct import *im, int fd)
{
	char path[IMPORT_NAME_MAX + 32];
	FILE *f = fdopen(fd, "w");
	bool written;

	errno = ENOMEM;
	written = f && !buf_failed(&im->block) &&
		  fwrite(buf_z(&im->block), 1, im->block.len, f) == im->block.len;
	if (f)
		written = fclose(f) == 0 && written;
	if (written)
		return CLI_OK;
	snprintf(path, sizeof(path), "%s.conf", buf_z(&im->name));
	report_error("cannot write feeds.d/%s: %s", path, strerror(errno));
	if (!im->options->dry_run)
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
	*link = import_canonical_link(im, e->url);
	known = table_find_name(&im->links, *link, import_link_at, im);
	if (known == TABLE_NONE)
		return NULL;
	return arena_printf(im->arena, "it is there already, as %s", im->feeds[known].name.p);
}

static int import_add_feed(struct import *im, const struct feed_opml_entry *e)
{
	struct str link, name;
	const char *why = import_refuse(im, e, &link);
	int fd, code;

	if (why) {
		import_print_left_out(im, e->line, e->title.p ? e->title : e->url, why);
		return CLI_OK;
	}
	fd = import_claim_name(im, e);
	if (fd < 0) {
		report_error(
			"cannot create feeds.d/%s.conf: %s", buf_z(&im->name), strerror(errno));
		return errno == EACCES || errno == EPERM ? CLI_NOPERM : CLI_CANTCREAT;
	}
	import_make_block(im, e);
	code = import_write_block(im, fd);
	if (code)
		return code;
	name = arena_str(im->arena, buf_str(&im->name));
	if (!name.p)
		return CLI_OSERR;
	import_remember(im, name, link);
	import_print_written(im, e);
	return CLI_OK;
}

/* --- all feeds --- */

/* more: how many feeds will be added to those of the configuration. */
static bool import_add_known(struct import *im, const struct conf *c, size_t more)
{
	size_t max = c->n_feeds + more + 1;

	im->feeds = arena_array(im->arena, max, sizeof(*im->feeds));
	if (!im->feeds || !table_init(&im->names, max, im->arena) ||
		!table_init(&im->links, max, im->arena))
		return false;
	for (size_t i = 0; i < c->n_feeds; i++)
		import_remember(im, str_of(c->feeds[i].name),
			import_canonical_link(im, str_of(c->feeds[i].url)));
	return true;
}

static int import_open_directory(struct import *im)
{
	const char *path;

	buf_printf(&im->block, "%s/feeds.d", im->options->dir);
	path = buf_z(&im->block);
	if (im->options->dry_run || mkdir(path, 0755) == 0 || errno == EEXIST)
		im->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (im->dir >= 0 || (im->options->dry_run && errno == ENOENT))
		return CLI_OK;
	report_error("cannot write to %s: %s", path, strerror(errno));
	return errno == EACCES || errno == EPERM ? CLI_NOPERM : CLI_CANTCREAT;
}

static int import_add_all(struct import *im, const struct conf *c, const struct feed_opml *list)
{
	int code = import_open_directory(im);

	if (code == CLI_OK && !import_add_known(im, c, list->n_entries))
		code = report_nomem();
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
