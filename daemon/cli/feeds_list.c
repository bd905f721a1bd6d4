/* SPDX-License-Identifier: MIT */
/* nightdesk feeds list, show: how each configured feed is. */
#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "feeds.h"
#include "document/document.h"
#include "document/feed.h"
#include "stored.h"
#include "text/width.h"

#define ROW_MAX	   ((size_t)256 * 1024)
#define NAME_WIDTH 24 /* columns */

struct listing {
	const struct feeds_call *call;
	struct store *store; /* NULL: nothing was stored yet */
	struct arena *arena;
	struct err e;
};

static void put_row(const struct conf_feed *cf, const struct store_feed *f)
{
	size_t width = text_width(str_of(cf->name));

	printf("%s%*s  %-12s  ", cf->name, width < NAME_WIDTH ? (int)(NAME_WIDTH - width) : 0, "",
		document_feed_state(f));
	cli_put_stamp(f->last_ok);
	printf("  %lld items", (long long)f->items_seen);
	if (f->failures)
		printf("  %u failures: ", f->failures);
	else if (str_present(f->last_error))
		fputs("  ", stdout);
	utf8_print(stdout, str_present(f->last_error) ? f->last_error : STR(""));
	putchar('\n');
}

static void put_whole(const struct conf_feed *cf, const struct store_feed *f)
{
	cli_put_line("feed", str_of(cf->name));
	cli_put_line("title", cf->title ? str_of(cf->title) : f->title);
	cli_put_line("url", str_of(cf->url));
	cli_put_line("source", str_of(cf->source));
	cli_put_line("state", str_of(document_feed_state(f)));
	if (f->failures)
		printf("%-10s %u in a row\n", "failures", f->failures);
	cli_put_line("error", f->last_error);
	cli_put_stamp_line("last poll", f->last_poll);
	cli_put_stamp_line("last fine", f->last_ok);
	cli_put_stamp_line("next poll", f->next_due);
	printf("%-10s %lld\n", "items", (long long)f->items_seen);
	cli_put_line("moved to", f->moved_to);
}

static int put_feed(struct listing *l, const struct conf_feed *cf, bool whole)
{
	struct store_feed f = {
		.last_poll = STAMP_NONE, .last_ok = STAMP_NONE, .next_due = STAMP_NONE};
	int rc = 0;

	arena_clear(l->arena);
	if (l->store)
		rc = store_feed_get(l->store, str_of(cf->name), l->arena, &f, &l->e);
	if (rc)
		return rc;
	if (l->call->json)
		document_print(document_feed(cf, &f), stdout);
	else if (whole)
		put_whole(cf, &f);
	else
		put_row(cf, &f);
	return 0;
}

/* Before the first run there is no database, and every feed is "not read yet". */
static int open_listing(struct listing *l, const struct conf *c)
{
	l->arena = arena_new(ROW_MAX);
	if (!l->arena)
		return err_nomem(&l->e);
	if (access(c->daemon.state, F_OK) != 0 && errno == ENOENT)
		return 0;
	return store_open(&l->store, c->daemon.state, STORE_READ, &l->e);
}

static int with_conf(const struct feeds_call *call, const char *name)
{
	struct listing l = {.call = call};
	const struct conf_feed *one = NULL;
	struct conf *c;
	int code, rc;

	c = cli_conf(call->cli, call->dir, &code);
	if (!c)
		return code;
	if (name)
		one = conf_find_feed(c, str_of(name));
	if (name && !one) {
		cli_complain("there is no feed %s in the configuration", name);
		conf_unref(c);
		return CLI_FINDINGS;
	}
	rc = open_listing(&l, c);
	for (size_t i = 0; !rc && i < c->n_feeds; i++)
		if (!one || one == &c->feeds[i])
			rc = put_feed(&l, &c->feeds[i], one != NULL);
	code = cli_stored_code(rc, &l.e);
	store_close(l.store);
	arena_free(l.arena);
	conf_unref(c);
	return cli_finish(code);
}

int feeds_list(const struct feeds_call *call)
{
	return with_conf(call, NULL);
}

int feeds_show(const struct feeds_call *call)
{
	return with_conf(call, call->argv[0]);
}
