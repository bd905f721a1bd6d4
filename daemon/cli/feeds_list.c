/* SPDX-License-Identifier: MIT */
/* nightdesk feeds list and show: the health of the configured feeds, from the database. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "columns.h"
#include "conf_dir.h"
#include "desk/trust.h"
#include "document/document.h"
#include "document/feed.h"
#include "feed/parse.h"
#include "feeds_push.h"
#include "io/control.h"
#include "print.h"
#include "report.h"

#define ROW_MAX ((size_t)256 * 1024)
#define WIDTH	10

struct feeds_walk {
	const struct conf *conf;
	bool json, whole;    /* whole: all that is known, one value a line */
	bool running;	     /* the daemon is */
	int state;	     /* only feeds in this one; -1: all */
	struct store *store; /* NULL: there is no database yet */
	struct arena *arena; /* of one feed */
	int64_t now;
	struct columns rows;
	struct feeds_ranked {
		uint32_t feed; /* index in conf */
		uint8_t state;
	} * ranked; /* the worst first */
	size_t n;
};

/* --- a row --- */

static const struct column feeds_columns[] = {
	{.pad = 24, .least = 8}, {.pad = 12}, {0}, {0}, {.least = 24}};

/* Why a feed is in its state; nothing where the state says all. */
static void feeds_put_reason(
	struct buf *out, const struct document_feed *d, enum document_feed_state state)
{
	char text[STAMP_TEXT_MAX], wait[PRINT_DURATION_MAX];
	double a_day = document_feed_a_day(d);

	switch (state) {
	case DOCUMENT_FEED_SILENT:
		buf_printf(out, "nothing new since %s", print_stamp_text(d->rhythm.last, text));
		if (a_day >= 1)
			buf_printf(out, ", usually %.0f a day", a_day);
		break;
	case DOCUMENT_FEED_LATE:
		buf_printf(out, "due for %s", print_duration_text(d->now - d->f.next_due, wait));
		break;
	case DOCUMENT_FEED_STALE:
		buf_printf(out, "newest item of %s", print_stamp_text(d->health.newest, text));
		break;
	case DOCUMENT_FEED_FLOOD:
		buf_printf(out, "%lld new items at once", (long long)d->f.flood.items);
		break;
	case DOCUMENT_FEED_GONE:
	case DOCUMENT_FEED_FAILING:
	case DOCUMENT_FEED_INCOMPLETE:
	case DOCUMENT_FEED_UNREAD:
	case DOCUMENT_FEED_FINE:
	case DOCUMENT_FEED_STATES: break;
	}
}

static void feeds_add_row(
	struct columns *t, const struct document_feed *d, enum document_feed_state state)
{
	const struct store_feed *f = &d->f;
	size_t begin;

	columns_add(t, str_of(d->cf->name));
	columns_next(t);
	columns_add(t, str_of(document_feed_state_name(state)));
	columns_next(t);
	columns_add_stamp(t, f->last_ok);
	columns_next(t);
	buf_printf(&t->text, "%lld item%s", (long long)f->items_seen, str_plural(f->items_seen));
	if (f->left_out)
		buf_printf(&t->text, ", %lld left out", (long long)f->left_out);
	columns_next(t);
	begin = t->text.len;
	feeds_put_reason(&t->text, d, state);
	if (trust_is_lost(&f->trust, d->now))
		buf_printf(&t->text, "%sits validators lie", t->text.len > begin ? "  " : "");
	if (t->text.len > begin && (f->failures || str_present(f->last_error)))
		buf_addz(&t->text, "  ");
	if (f->failures)
		buf_printf(&t->text, "%u failure%s: ", f->failures, str_plural(f->failures));
	columns_add(t, f->last_error);
	columns_next(t);
}

/* --- all that is known --- */

static void feeds_print_interval(const struct conf_feed *cf, const struct store_feed *f)
{
	const struct document_interval i = document_feed_interval(cf, f);
	char text[PRINT_DURATION_MAX], configured[PRINT_DURATION_MAX];

	printf("%-*s %s: %s", WIDTH, "interval", print_duration_text(i.ms, text), i.text);
	if (i.ms != cf->every)
		printf("; configured: %s", print_duration_text(cf->every, configured));
	putchar('\n');
}

static void feeds_print_budget(const struct conf_budget *b)
{
	char gap[PRINT_DURATION_MAX];

	if (!b)
		return;
	printf("%-*s %s: %u at once", WIDTH, "budget", b->name, b->parallel);
	if (b->gap > 0)
		printf(", %s apart", print_duration_text(b->gap, gap));
	printf(", for all feeds of its domains\n");
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

/* "reasons    12 times HTTP 503", with the last first. */
static void feeds_print_reasons(const struct document_feed *d)
{
	struct str lines = d->health.reasons;

	if (!d->f.failures)
		return;
	if (d->health.failing_since != STAMP_NONE) {
		printf("%-*s since ", WIDTH, "failing");
		print_stamp(d->health.failing_since);
		putchar('\n');
	}
	for (bool first = true; str_present(lines) && lines.n > 0; first = false) {
		const char *end = memchr(lines.p, '\n', lines.n);
		size_t n = end ? (size_t)(end - lines.p) : lines.n, k = 0;

		while (k < n && lines.p[k] != ' ')
			k++;
		printf("%-*s %.*s×", WIDTH, first ? "reasons" : "", (int)k, lines.p);
		print_text(" ", str_slice(lines.p + k + (k < n), n - k - (k < n)), "\n");
		lines = str_slice(lines.p + n + (end != NULL), lines.n - n - (end != NULL));
	}
}

static void feeds_print_rhythm(const struct document_feed *d)
{
	double a_day = document_feed_a_day(d);

	if (d->health.newest != STAMP_NONE)
		print_stamp_line("newest", WIDTH, d->health.newest);
	if (a_day >= 1)
		printf("%-*s about %.0f item%s a day\n", WIDTH, "posts", a_day,
			a_day < 1.5 ? "" : "s");
	else if (a_day > 0)
		printf("%-*s about one item in %.0f day%s\n", WIDTH, "posts", 1 / a_day,
			1 / a_day < 1.5 ? "" : "s");
	if (d->rhythm.silent_at == STAMP_NONE)
		return;
	printf("%-*s ", WIDTH, "silent");
	printf(d->f.last_ok >= d->rhythm.silent_at ? "since " : "if it has nothing new until ");
	print_stamp(d->rhythm.silent_at);
	putchar('\n');
}

static void feeds_print_answers(const struct document_feed *d)
{
	const struct store_health *h = &d->health;
	double unmodified = document_feed_unmodified(d);
	char text[PRINT_DURATION_MAX];

	if (h->bytes > 0)
		printf("%-*s %.1f KiB on average", WIDTH, "bodies", (double)h->bytes / 1024);
	if (h->bytes > 0 && unmodified >= 0)
		printf("; %.0f %% of the answers are 304", unmodified * 100);
	if (h->bytes > 0)
		putchar('\n');
	if (h->latency > 0)
		printf("%-*s %s from the date of an item until it is seen, usually\n", WIDTH,
			"latency", print_duration_text(h->latency, text));
}

static void feeds_print_whole(const struct document_feed *d, enum document_feed_state state)
{
	const struct conf_feed *cf = d->cf;
	const struct store_feed *f = &d->f;
	struct buf why;

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
	buf_init(&why, 256);
	feeds_put_reason(&why, d, state);
	printf("%-*s %s%s%s\n", WIDTH, "state", document_feed_state_name(state),
		why.len ? ": " : "", buf_z(&why));
	buf_release(&why);
	if (f->failures)
		printf("%-10s %u in a row\n", "failures", f->failures);
	print_line("error", WIDTH, f->last_error);
	feeds_print_reasons(d);
	print_stamp_line("last poll", WIDTH, f->last_poll);
	print_stamp_line("last fine", WIDTH, f->last_ok);
	print_stamp_line("whole body", WIDTH, f->trust.whole_at);
	print_stamp_line("next poll", WIDTH, document_feed_next_poll(cf, f));
	feeds_print_interval(cf, f);
	feeds_print_budget(cf->budget);
	feeds_print_trust(&f->trust);
	printf("%-10s %lld\n", "items", (long long)f->items_seen);
	if (f->left_out)
		printf("%-10s %lld of its last body, which has more than %u; the newest by date "
		       "were taken, without dates the first and the last\n",
			"left out", (long long)f->left_out, feed_limits_default.items);
	feeds_print_rhythm(d);
	feeds_print_answers(d);
	feeds_print_moved(f);
	feeds_print_flood(&f->flood);
}

/* --- which feeds --- */

static int feeds_read(struct feeds_walk *w, size_t i, struct document_feed *d, struct err *e)
{
	arena_clear(w->arena);
	*d = (struct document_feed){.cf = &w->conf->feeds[i], .running = w->running, .now = w->now};
	return document_feed_read(d, w->store, w->arena, e);
}

static int feeds_print(struct feeds_walk *w, size_t i, struct err *e)
{
	struct document_feed d;
	enum document_feed_state state;
	json_t *o;
	int rc = feeds_read(w, i, &d, e);

	if (rc)
		return rc;
	state = document_feed_state_of(&d);
	if (w->json) {
		o = document_feed(&d);
		rc = feeds_push_add(o, w->store, d.cf->name, w->arena, e);
		document_print(o, stdout);
	} else if (w->whole) {
		feeds_print_whole(&d, state);
		rc = feeds_push_print(w->store, d.cf->name, w->arena, e);
	} else {
		feeds_add_row(&w->rows, &d, state);
	}
	return rc;
}

/* The worst state first, then in the order of the configuration. */
static int feeds_compare(const void *a, const void *b)
{
	const struct feeds_ranked *x = a, *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	return (x->feed > y->feed) - (x->feed < y->feed);
}

static int feeds_rank(struct feeds_walk *w, struct err *e)
{
	struct document_feed d;
	int rc = 0;

	w->ranked = calloc(w->conf->n_feeds + 1, sizeof(*w->ranked));
	if (!w->ranked)
		return err_nomem(e);
	for (size_t i = 0; !rc && i < w->conf->n_feeds; i++) {
		enum document_feed_state state;

		rc = feeds_read(w, i, &d, e);
		state = rc ? DOCUMENT_FEED_FINE : document_feed_state_of(&d);
		if (w->state < 0 || state == (enum document_feed_state)w->state)
			w->ranked[w->n++] = (struct feeds_ranked){(uint32_t)i, (uint8_t)state};
	}
	qsort(w->ranked, w->n, sizeof(*w->ranked), feeds_compare);
	return rc;
}

/* Before the first run there is no database; then no feed has been polled. */
static int feeds_open(struct feeds_walk *w, struct err *e)
{
	const char *path = w->conf->daemon.state, *control = w->conf->daemon.control;

	w->now = clock_wall();
	w->running = control && control_listening(control);
	w->arena = arena_new(ROW_MAX);
	if (!w->arena)
		return err_nomem(e);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	return store_open(&w->store, path, STORE_READ, e);
}

/* one: that feed alone; NULL: all. */
static int feeds_print_all(
	const struct cli_call *call, const struct conf *c, const struct conf_feed *one)
{
	struct feeds_walk w = {.conf = c,
		.json = call->options.json,
		.whole = one != NULL,
		.state = call->options.state};
	struct err e;
	int rc = feeds_open(&w, &e);

	columns_init(&w.rows, call->cli, feeds_columns, 5);
	if (!rc && one)
		rc = feeds_print(&w, (size_t)(one - c->feeds), &e);
	else if (!rc)
		rc = feeds_rank(&w, &e);
	for (size_t i = 0; !rc && i < w.n; i++)
		rc = feeds_print(&w, w.ranked[i].feed, &e);
	if (!rc && !one && w.n == 0 && w.state >= 0 && !w.json)
		printf("no feed is in the state %s\n", document_feed_words[w.state]);
	if (columns_end(&w.rows) && !rc)
		rc = err_nomem(&e);
	store_close(w.store);
	arena_free(w.arena);
	free(w.ranked);
	return report_access(rc, &e);
}

int feeds_list(const struct cli_call *call)
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
