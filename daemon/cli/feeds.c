/* SPDX-License-Identifier: MIT */
/* nightdesk feeds: the health of the configured feeds, and OPML in and out. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "columns.h"
#include "conf_dir.h"
#include "desk/rhythm.h"
#include "desk/trust.h"
#include "document/document.h"
#include "document/feed.h"
#include "feed/opml.h"
#include "feed/parse.h"
#include "print.h"
#include "report.h"

#define OPML_MAX ((size_t)256 * 1024 * 1024)
#define ROW_MAX	 ((size_t)256 * 1024)
#define WIDTH	 10

struct feeds_walk {
	bool json, whole;    /* whole: all that is known, one value a line */
	struct store *store; /* NULL: there is no database yet */
	struct arena *arena;
	struct columns rows;
};

static const struct column feeds_columns[] = {
	{.pad = 24, .least = 8}, {.pad = 12}, {0}, {0}, {.least = 48}};

static void feeds_add_row(struct columns *t, const struct conf_feed *cf, const struct store_feed *f)
{
	columns_add(t, str_of(cf->name));
	columns_next(t);
	columns_add(t, str_of(document_feed_state(f)));
	columns_next(t);
	columns_add_stamp(t, f->last_ok);
	columns_next(t);
	buf_printf(&t->text, "%lld item%s", (long long)f->items_seen, str_plural(f->items_seen));
	if (f->left_out)
		buf_printf(&t->text, ", %lld left out", (long long)f->left_out);
	columns_next(t);
	if (trust_is_lost(&f->trust, clock_wall()))
		buf_printf(&t->text, "its validators lie%s",
			f->failures || str_present(f->last_error) ? "  " : "");
	if (f->failures)
		buf_printf(&t->text, "%u failure%s: ", f->failures, str_plural(f->failures));
	columns_add(t, f->last_error);
	columns_next(t);
}

static void feeds_print_interval(const struct conf_feed *cf, const struct store_feed *f)
{
	const struct document_interval i = document_feed_interval(cf, f);
	char text[PRINT_DURATION_MAX], configured[PRINT_DURATION_MAX];

	printf("%-*s %s: %s", WIDTH, "interval", print_duration_text(i.ms, text), i.text);
	if (i.ms != cf->every)
		printf("; configured: %s", print_duration_text(cf->every, configured));
	putchar('\n');
}

static void feeds_print_trust(const struct store_trust *t)
{
	if (!trust_is_lost(t, clock_wall()))
		return;
	printf("%-*s lie: a 304 of its server hid new items; it is asked without them until ",
		WIDTH, "validators");
	print_stamp(t->distrust_until);
	putchar('\n');
}

static void feeds_print_flood(const struct store_flood *f)
{
	if (f->at == STAMP_NONE)
		return;
	printf("%-10s ", "flood");
	print_stamp(f->at);
	printf(", %lld new item%s at once, far more than usual", (long long)f->items,
		str_plural(f->items));
	if (f->in_digest)
		printf("; %lld alert%s sent as a digest", (long long)f->in_digest,
			f->in_digest == 1 ? " was" : "s were");
	putchar('\n');
}

static int feeds_print_rhythm(struct store *s, int64_t feed, struct err *e)
{
	struct rhythm_rates rates;
	struct store_rhythm r;
	int rc = store_rhythm_get(s, feed, &r, e);

	if (rc || r.since == STAMP_NONE)
		return rc;
	rhythm_rates(&r, r.until, &rates);
	printf("%-*s about %.1f items a day\n", WIDTH, "posts", rhythm_items_a_day(&r, &rates));
	return 0;
}

static void feeds_print_moved(const struct store_feed *f)
{
	if (str_present(f->adopted)) {
		print_url("moved to   ", f->adopted, "");
		printf(", for good: it is polled there; write this address into its url\n");
	}
	if (!str_present(f->moved_to) || str_eq(f->moved_to, f->adopted))
		return;
	print_url("redirects  to ", f->moved_to, "");
	if (f->moved_seen == STORE_MOVED_FOREIGN)
		printf(", where another feed is: is that still the one you want?\n");
	else
		printf(", for good; adopted after three good polls\n");
}

static void feeds_print_whole(const struct conf_feed *cf, const struct store_feed *f)
{
	print_line("feed", WIDTH, str_of(cf->name));
	print_line("title", WIDTH, cf->title ? str_of(cf->title) : f->title);
	printf("%-*s ", WIDTH, "url");
	if (cf->url_credential)
		printf("in the credential %s\n", cf->url_credential);
	else
		print_url("", str_of(cf->url), "\n");
	if (cf->sitemap)
		print_line("type", WIDTH, STR("sitemap"));
	print_line("source", WIDTH, str_of(cf->source));
	print_line("state", WIDTH, str_of(document_feed_state(f)));
	if (f->failures)
		printf("%-10s %u in a row\n", "failures", f->failures);
	print_line("error", WIDTH, f->last_error);
	print_stamp_line("last poll", WIDTH, f->last_poll);
	print_stamp_line("last fine", WIDTH, f->last_ok);
	print_stamp_line("whole body", WIDTH, f->trust.whole_at);
	print_stamp_line("next poll", WIDTH, document_feed_next_poll(cf, f));
	feeds_print_interval(cf, f);
	feeds_print_trust(&f->trust);
	printf("%-10s %lld\n", "items", (long long)f->items_seen);
	if (f->left_out)
		printf("%-10s %lld of its last body, which has more than %u; the newest by date "
		       "were taken, without dates the first and the last\n",
			"left out", (long long)f->left_out, feed_limits_default.items);
	feeds_print_moved(f);
	feeds_print_flood(&f->flood);
}

static int feeds_print(struct feeds_walk *w, const struct conf_feed *cf, struct err *e)
{
	struct store_feed f = {.last_poll = STAMP_NONE,
		.last_ok = STAMP_NONE,
		.next_due = STAMP_NONE,
		.trust = {.whole_at = STAMP_NONE, .distrust_until = STAMP_NONE},
		.flood = {.at = STAMP_NONE}};
	int rc = 0;

	arena_clear(w->arena);
	if (w->store)
		rc = store_feed_get(w->store, str_of(cf->name), w->arena, &f, e);
	if (rc)
		return rc;
	if (w->json)
		document_print(document_feed(cf, &f), stdout);
	else if (w->whole)
		feeds_print_whole(cf, &f);
	else
		feeds_add_row(&w->rows, cf, &f);
	if (w->whole && !w->json && f.id)
		rc = feeds_print_rhythm(w->store, f.id, e);
	return rc;
}

/* Before the first run there is no database; then no feed has been polled. */
static int feeds_open(struct feeds_walk *w, const struct conf *c, struct err *e)
{
	w->arena = arena_new(ROW_MAX);
	if (!w->arena)
		return err_nomem(e);
	if (access(c->daemon.state, F_OK) != 0 && errno == ENOENT)
		return 0;
	return store_open(&w->store, c->daemon.state, STORE_READ, e);
}

/* one: that feed alone; NULL: all. */
static int feeds_print_all(
	const struct cli_call *call, const struct conf *c, const struct conf_feed *one)
{
	struct feeds_walk w = {.json = call->options.json, .whole = one != NULL};
	struct err e;
	int rc = feeds_open(&w, c, &e);

	columns_init(&w.rows, call->cli, feeds_columns, 5);
	for (size_t i = 0; !rc && i < c->n_feeds; i++)
		if (!one || one == &c->feeds[i])
			rc = feeds_print(&w, &c->feeds[i], &e);
	if (columns_end(&w.rows) && !rc)
		rc = err_nomem(&e);
	store_close(w.store);
	arena_free(w.arena);
	return report_access(rc, &e);
}

/* list, or show if there is an operand. */
static int feeds_print_configured(const struct cli_call *call)
{
	const char *name = call->n_operands ? call->operands[0] : NULL;
	const struct conf_feed *feed;
	int code = CLI_OK;
	struct conf *c = conf_dir_load_sound(call->cli, call->options.dir, NULL, &code);

	if (!c)
		return code;
	feed = name ? conf_find_feed(c, str_of(name)) : NULL;
	if (feed || !name) {
		code = feeds_print_all(call, c, feed);
	} else {
		code = conf_dir_report_no_feed(
			c, "there is no feed", name, " in the configuration");
	}
	conf_unref(c);
	return code;
}

/* --- export, without secrets --- */

static int feeds_write_opml(const struct conf *c, struct arena *a)
{
	struct feed_opml o = {.title = STR("nightdesk")};
	struct buf out;
	int rc;

	o.entries = arena_array(a, c->n_feeds + 1, sizeof(*o.entries));
	if (!o.entries)
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < c->n_feeds; i++) {
		const struct conf_feed *f = &c->feeds[i];

		if (f->url_credential) {
			report_error("feed %s is left out: its address is a secret", f->name);
			continue;
		}
		o.entries[o.n_entries++] = (struct feed_opml_entry){
			.title = str_of(f->title ? f->title : f->name),
			.url = str_of(f->url),
			.language = str_of(f->lang),
			.sitemap = f->sitemap,
			.groups = f->groups.v,
			.n_groups = f->groups.n,
		};
	}
	buf_init(&out, OPML_MAX);
	rc = feed_opml_write(&o, a, &out);
	if (buf_failed(&out))
		rc = -(int)ERR_NOMEM;
	if (rc == 0)
		fwrite(buf_z(&out), 1, out.len, stdout);
	buf_release(&out);
	return rc;
}

static int feeds_export(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct arena *a;
	int code = CLI_OK;
	struct conf *c;

	if (o->json || o->dry_run)
		return report_usage(call->command,
			"export writes OPML, and takes neither --json nor --dry-run");
	c = conf_dir_load_sound(call->cli, o->dir, NULL, &code);
	if (!c)
		return code;
	a = arena_new(OPML_MAX);
	if (!a || feeds_write_opml(c, a))
		code = report_nomem();
	arena_free(a);
	conf_unref(c);
	return code;
}

static const struct cli_option feeds_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--dry-run", NULL, CLI_FLAG, dry_run,
		"import: print what would be written, write nothing")},
	{0},
};

const struct cli_command cmd_feeds = {
	.name = "feeds",
	.summary = "list, show or poll the configured feeds; import and export OPML",
	.verbs = (const struct cli_verb[]){{"list", NULL, feeds_print_configured, CLI_ANY, false},
		{"show", "NAME", feeds_print_configured, CLI_FEEDS, false},
		{"import", "FILE.opml", feeds_import, CLI_FILES, false},
		{"export", NULL, feeds_export, CLI_ANY, false},
		{"poll", "NAME…", feeds_poll, CLI_FEEDS, true}, {0}},
	.options = feeds_options,
	.detail =
		"list and show print the state of each feed, from the database.\n"
		"import reads an OPML list (- for standard input) and writes feeds.d/NAME.conf\n"
		"for each feed that is not configured yet; it never overwrites a file. Outlines\n"
		"that contain others become groups. What is left out is printed with the reason.\n"
		"export writes the configured feeds as OPML.\n"
		"poll has the running daemon poll these feeds, or all, now. Retry-After of a\n"
		"server forbids that: then it prints until when. Exit status: 1 a feed does not\n"
		"exist, 75 one that was named may not be asked yet, 69 no daemon runs.",
};
