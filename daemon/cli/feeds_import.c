/* SPDX-License-Identifier: MIT */
/*
 * nightdesk feeds import: a list from another reader, one feeds.d/NAME.conf for each feed that the
 * configuration does not have. Files are only ever created.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "feed_name.h"
#include "feeds.h"
#include "document/document.h"
#include "document/feed.h"
#include "conf/form.h"
#include "base/table.h"
#include "feed/link.h"
#include "feed/opml.h"

#define ARENA_MAX  ((size_t)512 * 1024 * 1024)
#define BLOCK_MAX  ((size_t)64 * 1024) /* one written file */
#define NUMBER_MAX 100000	       /* of feeds that would have the same name */

/* A growing set of strings. */
struct set {
	struct table table;
	struct str *v;
	size_t n;
};

struct import {
	const struct feeds_call *call;
	struct arena *arena;
	struct set names, links; /* links: canonical; owner[i] is the feed that has it */
	struct str *owners;
	int dir; /* feeds.d; -1 in a dry run where there is none */
	struct buf name, block;
	size_t written, left_out;
};

static struct str at(const void *set, size_t i)
{
	return ((const struct set *)set)->v[i];
}

static bool set_init(struct set *s, size_t max, struct arena *a)
{
	s->n = 0;
	s->v = arena_array(a, max + 1, sizeof(*s->v));
	return s->v && table_init(&s->table, max + 1, a);
}

static size_t set_find(const struct set *s, struct str x)
{
	return table_find_name(&s->table, x, at, s);
}

/* x must not be in it. */
static void set_add(struct set *s, struct str x)
{
	table_add_name(&s->table, x, s->n);
	s->v[s->n++] = x;
}

/* --- what is told ----------------------------------------------------------------------------- */

static void tell_left_out(struct import *im, uint32_t line, struct str what, const char *why)
{
	im->left_out++;
	if (im->call->json) {
		document_print(document_left_out(line, what, why), stdout);
		return;
	}
	printf("left out: line %u: ", line);
	utf8_print(stdout, what.n ? what : STR("(no title)"));
	printf(": %s\n", why);
}

static void tell_written(struct import *im, const struct feed_opml_entry *e)
{
	im->written++;
	if (im->call->json) {
		document_print(document_imported(buf_z(&im->name), e), stdout);
		return;
	}
	printf("%s feeds.d/%s.conf  ", im->call->dry_run ? "would write" : "wrote",
		buf_z(&im->name));
	utf8_print(stdout, e->title.n ? e->title : e->url);
	putchar('\n');
}

/* --- one feed --------------------------------------------------------------------------------- */

static void put_quoted(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, s.p[i]);
	}
	buf_addz(out, "\"\n");
}

static void put_groups(struct import *im, const struct feed_opml_entry *e)
{
	struct buf group;
	const char *before = "  groups = { ";
	size_t start = im->block.len;

	buf_init(&group, 4 * FEED_NAME_MAX);
	for (size_t i = 0; i < e->n_groups; i++) {
		feed_name_make_group(e->groups[i], &group);
		if (!conf_form_name(buf_str(&group)))
			continue;
		buf_printf(&im->block, "%s%s", before, buf_z(&group));
		before = ", ";
	}
	buf_release(&group);
	if (im->block.len > start)
		buf_addz(&im->block, " }\n");
}

static void make_block(struct import *im, const struct feed_opml_entry *e)
{
	struct buf *b = &im->block;

	buf_clear(b);
	buf_printf(b, "feed %s {\n  url    = ", buf_z(&im->name));
	put_quoted(b, e->url);
	if (e->title.n && conf_form_line(e->title)) {
		buf_addz(b, "  title  = ");
		put_quoted(b, e->title);
	}
	put_groups(im, e);
	if (e->language.n && conf_form_lang(e->language)) {
		buf_addz(b, "  lang   = ");
		put_quoted(b, e->language);
	}
	buf_addz(b, "}\n");
}

/* The descriptor of feeds.d/NAME.conf, new; or -1 with errno. -2 where a dry run would make it. */
static int create(struct import *im)
{
	char path[FEED_NAME_MAX + 32];

	snprintf(path, sizeof(path), "%s.conf", buf_z(&im->name));
	if (im->call->dry_run) {
		errno = EEXIST;
		return im->dir >= 0 && faccessat(im->dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0
			       ? -1
			       : -2;
	}
	return openat(im->dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
}

/* Finds a name that nothing has, and makes its file: the descriptor as create has it. */
static int claim(struct import *im, const struct feed_opml_entry *e)
{
	size_t stem;

	feed_name_make(e->title, e->url, &im->name);
	stem = im->name.len;
	for (unsigned number = 1; number < NUMBER_MAX; number++) {
		int fd;

		if (number > 1) {
			buf_truncate(&im->name, stem);
			buf_printf(&im->name, "-%u", number);
		}
		if (set_find(&im->names, buf_str(&im->name)) != TABLE_NONE)
			continue;
		fd = create(im);
		if (fd != -1 || errno != EEXIST)
			return fd;
	}
	errno = EEXIST;
	return -1;
}

/* Whole or not at all. */
static int write_block(struct import *im, int fd)
{
	const char *p = buf_z(&im->block);
	size_t left = im->block.len;
	char path[FEED_NAME_MAX + 32];

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
	cli_complain("cannot write feeds.d/%s: %s", path, strerror(errno));
	unlinkat(im->dir, path, 0);
	return CLI_IOERR;
}

/* Why this feed cannot be taken; NULL when it can. *link: its canonical form, in the arena. */
static const char *unfit(struct import *im, const struct feed_opml_entry *e, struct str *link)
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
	known = set_find(&im->links, *link);
	if (known == TABLE_NONE)
		return NULL;
	return arena_printf(im->arena, "it is there already, as %s", im->owners[known].p);
}

static int take(struct import *im, const struct feed_opml_entry *e)
{
	struct str link, name;
	const char *why = unfit(im, e, &link);
	int fd, code = CLI_OK;

	if (why) {
		tell_left_out(im, e->line, e->title.p ? e->title : e->url, why);
		return CLI_OK;
	}
	fd = claim(im, e);
	if (fd == -1) {
		cli_complain(
			"cannot create feeds.d/%s.conf: %s", buf_z(&im->name), strerror(errno));
		return errno == EACCES || errno == EPERM ? CLI_NOPERM : CLI_CANTCREAT;
	}
	make_block(im, e);
	if (fd >= 0)
		code = write_block(im, fd);
	if (code)
		return code;
	name = arena_str(im->arena, buf_str(&im->name));
	if (!name.p)
		return CLI_OSERR;
	im->owners[im->links.n] = name;
	set_add(&im->links, link);
	set_add(&im->names, name);
	tell_written(im, e);
	return CLI_OK;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* What the configuration has already. */
static bool know(struct import *im, const struct conf *c, size_t more)
{
	size_t max = c->n_feeds + more;

	im->owners = arena_array(im->arena, max + 1, sizeof(*im->owners));
	if (!im->owners || !set_init(&im->names, max, im->arena) ||
		!set_init(&im->links, max, im->arena))
		return false;
	for (size_t i = 0; i < c->n_feeds; i++) {
		struct str name = str_of(c->feeds[i].name);
		struct str link = feed_link_canonical(im->arena, str_of(c->feeds[i].url), NULL, 0);

		set_add(&im->names, name);
		if (!link.p)
			link = str_of(c->feeds[i].url);
		if (set_find(&im->links, link) != TABLE_NONE)
			continue;
		im->owners[im->links.n] = name;
		set_add(&im->links, link);
	}
	return true;
}

static int open_directory(struct import *im)
{
	int top = open(im->call->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), saved;

	im->dir = -1;
	if (top >= 0) {
		if (im->call->dry_run || mkdirat(top, "feeds.d", 0755) == 0 || errno == EEXIST)
			im->dir = openat(top, "feeds.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		saved = errno;
		close(top);
		errno = saved;
	}
	if (im->dir >= 0 || (im->call->dry_run && errno == ENOENT))
		return CLI_OK;
	cli_complain("cannot write to %s/feeds.d: %s", im->call->dir, strerror(errno));
	return errno == EACCES || errno == EPERM ? CLI_NOPERM : CLI_CANTCREAT;
}

static int take_all(struct import *im, const struct conf *c, const struct feed_opml *list)
{
	int code = open_directory(im);

	if (code == CLI_OK && !know(im, c, list->n_entries)) {
		cli_complain("out of memory");
		code = CLI_OSERR;
	}
	for (size_t i = 0; i < list->n_entries && code == CLI_OK; i++)
		code = take(im, &list->entries[i]);
	for (size_t i = 0; i < list->n_skipped && code == CLI_OK; i++)
		tell_left_out(
			im, list->skipped[i].line, list->skipped[i].what, list->skipped[i].why);
	if (!im->call->json)
		printf("%zu feeds %s, %zu left out%s\n", im->written,
			im->call->dry_run ? "would be added" : "added", im->left_out,
			im->written && !im->call->dry_run
				? "; nightdesk check reads them, nightdesk reload takes them up"
				: "");
	if (im->dir >= 0)
		close(im->dir);
	return code;
}

int feeds_import(const struct feeds_call *call)
{
	struct import im = {.call = call, .dir = -1};
	struct feed_opml *list = NULL;
	struct conf *c = NULL;
	struct err e = {0};
	struct buf body;
	int code;

	buf_init(&body, FEED_OPML_BYTES);
	buf_init(&im.name, 4 * FEED_NAME_MAX);
	buf_init(&im.block, BLOCK_MAX);
	im.arena = arena_new(ARENA_MAX);
	code = im.arena ? cli_read_file(call->argv[0], &body) : CLI_OSERR;
	if (code == CLI_OK && buf_failed(&body)) {
		cli_complain(
			"%s: larger than %zu bytes, or out of memory", call->argv[0], body.max);
		code = CLI_FINDINGS;
	}
	if (code == CLI_OK && feed_opml_parse(buf_str(&body), &list, &e)) {
		cli_complain("%s: %s", call->argv[0], e.text);
		code = cli_exit_of(&e);
	}
	if (code == CLI_OK)
		c = cli_conf(call->cli, call->dir, &code);
	if (c)
		code = take_all(&im, c, list);
	conf_unref(c);
	feed_opml_free(list);
	arena_free(im.arena);
	buf_release(&im.name);
	buf_release(&im.block);
	buf_release(&body);
	return cli_finish(code);
}
