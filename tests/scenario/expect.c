/* SPDX-License-Identifier: MIT */
/* The `expect` commands of scripts. */
#include "scenario/world.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "desk/ingest.h"
#include "store/fulltext.h"
#include "store/health.h"
#include "watch/scratch.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Returns the oldest unchecked record of that address. */
static struct record *take(struct record_list *list, const char *url)
{
	struct record *r;

	TAILQ_FOREACH (r, list, link) {
		if (strcmp(r->url, url) == 0) {
			TAILQ_REMOVE(list, r, link);
			return r;
		}
	}
	return NULL;
}

/*
 * expect request URL [etag=E] [modified=M] [learnt|trusted] [user=U|nobody] [header=H|bare]
 * [delta|whole]
 */
static void expect_request(struct world *w, const struct line *l)
{
	struct record *r = take(&w->requests, l->word[2]);
	const char *header = line_value(l, "header");

	if (!r) {
		world_fail(w, "no request was made to %s", l->word[2]);
		return;
	}
	if (!same(r->etag, line_value(l, "etag")))
		world_fail(w, "asked with etag %s", r->etag ? r->etag : "(none)");
	if (line_value(l, "modified") && !same(r->modified, line_value(l, "modified")))
		world_fail(w, "asked with last-modified %s", r->modified ? r->modified : "(none)");
	if (line_has(l, "learnt") && !r->learnt)
		world_fail(w, "asked as if the operator had named it");
	if (line_has(l, "trusted") && r->learnt)
		world_fail(w, "asked as if the network had named it");
	if (line_has(l, "delta") && !r->delta)
		world_fail(w, "asked without A-IM");
	if (line_has(l, "whole") && r->delta)
		world_fail(w, "asked with A-IM");
	if (line_value(l, "user") && !same(r->user, line_value(l, "user")))
		world_fail(w, "asked as user %s", r->user ? r->user : "(nobody)");
	if (header && (!r->headers || !strstr(r->headers, header)))
		world_fail(w, "asked without \"%s\"", header);
	if (line_has(l, "bare") && (r->headers || r->user))
		world_fail(w, "asked with secrets: %s %s", r->user ? r->user : "",
			r->headers ? r->headers : "");
	record_free(r);
}

static bool within(const char *range, int64_t v)
{
	const char *dots = strstr(range, "..");

	return dots ? v >= line_ms(range) && v <= line_ms(dots + 2) : v == line_ms(range);
}

static void check_range(struct world *w, const char *range, const char *what, int64_t v)
{
	if (!within(range, v))
		world_fail(w, "%s: %" PRId64 ", not %s", what, v, range);
}

/* expect requests URL N or N..M: that many are unchecked; marks them as checked */
static void expect_requests(struct world *w, const struct line *l)
{
	const char *dots = strstr(l->word[3], "..");
	int low = atoi(l->word[3]), high = dots ? atoi(dots + 2) : low, n = 0;
	struct record *r;

	while ((r = take(&w->requests, l->word[2])) != NULL) {
		record_free(r);
		n++;
	}
	if (n < low || n > high)
		world_fail(w, "%d requests were made to %s", n, l->word[2]);
}

/* expect total-requests N..M: the number of unchecked ones, to any URL; all become checked */
static void expect_total_requests(struct world *w, const struct line *l)
{
	struct record *r;
	int n = 0;

	while ((r = TAILQ_FIRST(&w->requests)) != NULL) {
		TAILQ_REMOVE(&w->requests, r, link);
		record_free(r);
		n++;
	}
	check_range(w, l->word[2], "requests", n);
}

/* expect unconditional URL N..M: unchecked requests without validators; all become checked */
static void expect_unconditional(struct world *w, const struct line *l)
{
	struct record *r;
	int n = 0;

	while ((r = take(&w->requests, l->word[2])) != NULL) {
		n += !r->etag && !r->modified;
		record_free(r);
	}
	check_range(w, l->word[3], "requests without validators", n);
}

/* Compares with the id of that name; the first use sets it. */
static const char *named(struct world *w, const char *name, const char *id)
{
	for (size_t i = 0; i < NAMES_MAX; i++) {
		if (!w->names[i][0]) {
			w->names[i][0] = strdup(name);
			w->names[i][1] = strdup(id ? id : "");
		}
		if (strcmp(w->names[i][0], name) == 0)
			return w->names[i][1];
	}
	return "";
}

/* expect message URL [text="…"] [id=A] */
static void expect_message(struct world *w, const struct line *l)
{
	struct record *r = take(&w->sends, l->word[2]);
	const char *text = line_value(l, "text"), *name = line_value(l, "id");

	if (!r) {
		world_fail(w, "no message was sent to %s", l->word[2]);
		return;
	}
	if (text && (!r->body || !strstr(r->body, text)))
		world_fail(w, "the message has no \"%s\": %.400s", text, r->body);
	if (name && !same(named(w, name, r->id), r->id))
		world_fail(w, "the message has id %s, not that of %s", r->id, name);
	record_free(r);
}

/* expect messages URL N */
static void expect_messages(struct world *w, const struct line *l)
{
	int n = 0;
	struct record *r;

	while ((r = take(&w->sends, l->word[2])) != NULL) {
		record_free(r);
		n++;
	}
	if (!within(l->word[3], n))
		world_fail(w, "%d messages were sent to %s", n, l->word[2]);
}

/* expect services N */
static void expect_services(struct world *w, const struct line *l)
{
	services_expect(w, atoi(l->word[2]));
}

/* expect silence: no unchecked message */
static void expect_silence(struct world *w, const struct line *l)
{
	struct record *r;

	(void)l;
	TAILQ_FOREACH (r, &w->sends, link)
		world_fail(w, "a message was sent to %s: %.300s", r->url, r->body);
}

static const char *const levels[] = {"error", "warn", "notice", "info", "debug"};

/* expect log LEVEL EVENT [text="…"]…; expect no-log LEVEL EVENT */
static void expect_log(struct world *w, const struct line *l)
{
	bool wanted = strcmp(l->word[1], "log") == 0;
	const char *text = line_value(l, "text");
	char event[128];
	struct heard *h;

	snprintf(event, sizeof(event), "event=%s ", l->word[3]);
	TAILQ_FOREACH (h, &w->log, link) {
		if (h->expected || strcmp(levels[h->level], l->word[2]) != 0 ||
			!strstr(h->line, event) || (text && !strstr(h->line, text)))
			continue;
		h->expected = true;
		if (!wanted)
			world_fail(w, "logged: %s", h->line);
		return;
	}
	if (!wanted)
		return;
	world_fail(w, "not logged: %s %s%s%s", l->word[2], l->word[3], text ? " with " : "",
		text ? text : "");
	TAILQ_FOREACH (h, &w->log, link) {
		if (strstr(h->line, event))
			printf("#   heard: %s\n", h->line);
	}
}

static void check(struct world *w, const struct line *l, const char *key, int64_t v)
{
	const char *range = line_value(l, key);

	if (range)
		check_range(w, range, key, v);
}

/* The time between two stamps, which must both be present. */
static void check_span(
	struct world *w, const struct line *l, const char *key, int64_t from, int64_t to)
{
	if (from != STAMP_NONE && to != STAMP_NONE)
		check(w, l, key, to - from);
	else if (line_value(l, key))
		world_fail(w, "%s is absent", key);
}

/* The names of enum schedule_reason. */
static const char *const reasons[] = {
	"every", "ttl", "freshness", "retry-after", "skip", "failures", "gone", "absent", "rhythm"};

/* expect feed NAME [failures=N] [etag=E] [moved=N] [baseline=0|1] [gone=0|1] [due=5m..6m]
 * [interval=5m] [why=ttl] [lies=N] [same=N] [whole=AGE of the last complete body] [distrust=1d]
 * [left-out=N] [adopted=URL|none]
 */
static void expect_feed(struct world *w, const struct line *l)
{
	struct arena *arena = arena_new(65536);
	const char *etag = line_value(l, "etag"), *reason = line_value(l, "error");
	const char *why = line_value(l, "why"), *adopted = line_value(l, "adopted");
	struct store_health health;
	struct store_feed f;
	struct err e;

	if (store_feed_get(w->store, str_of(l->word[2]), arena, &f, &e) != 0 || f.id == 0 ||
		store_health_get(w->store, f.id, arena, &health, &e) != 0) {
		world_fail(w, "the store has no feed %s", l->word[2]);
		arena_free(arena);
		return;
	}
	check(w, l, "failures", f.failures);
	check(w, l, "moved", f.moved_seen);
	check(w, l, "baseline", f.baseline);
	check(w, l, "gone", f.gone);
	check(w, l, "due", f.next_due - clock_wall());
	check(w, l, "interval", f.interval);
	check(w, l, "left-out", f.left_out);
	check(w, l, "lies", f.trust.lies);
	check(w, l, "same", health.milli_same / 1000);
	check_span(w, l, "whole", f.trust.whole_at, clock_wall());
	check_span(w, l, "distrust", clock_wall(), f.trust.distrust_until);
	if (why && !same(reasons[f.interval_why], why))
		world_fail(w, "the interval has the reason %s", reasons[f.interval_why]);
	if (adopted && !same(f.adopted.p ? f.adopted.p : "none", adopted))
		world_fail(w, "polls begin at %s", f.adopted.p ? f.adopted.p : "its url");
	if (etag && !same(f.etag.p, etag))
		world_fail(w, "the stored etag is %s", f.etag.p ? f.etag.p : "(none)");
	if (reason && (!f.last_error.p || !strstr(f.last_error.p, reason)))
		world_fail(w, "the stored error is %s", f.last_error.p ? f.last_error.p : "(none)");
	arena_free(arena);
}

static int count_delivery(void *ctx, const struct store_due *row)
{
	(void)row;
	++*(int64_t *)ctx;
	return 0;
}

/* How many deliveries are shown in that state. */
static int64_t count_deliveries(struct world *w, enum store_delivery_state state)
{
	const struct store_delivery_filter f = {.state = (int)state};
	int64_t n = 0;
	struct err e;

	if (store_delivery_each(w->store, &f, count_delivery, &n, &e) != 0)
		world_fail(w, "store: %s", e.text);
	return n;
}

/* expect stored [alerts=N] [items=N] [indexed=N] [pending=N] [delivered=N] [held=N] [dead=N]
 * [folded=N] [silenced=N] [expired=N] [orphaned=N] [stopped=N] */
static void expect_stored(struct world *w, const struct line *l)
{
	struct words_state index;
	struct metrics c;
	struct err e;

	if (store_metrics(w->store, &c, &e) != 0 || words_state_get(w->store, &index, &e) != 0) {
		world_fail(w, "store: %s", e.text);
		return;
	}
	check(w, l, "alerts", c.alerts_stored);
	check(w, l, "items", c.items_stored);
	check(w, l, "indexed", index.mark);
	check(w, l, "pending", c.deliveries_pending);
	check(w, l, "delivered", c.deliveries_delivered);
	check(w, l, "held", c.deliveries_held);
	check(w, l, "dead", c.deliveries_dead);
	check(w, l, "folded", c.deliveries_folded);
	check(w, l, "silenced", c.deliveries_silenced);
	check(w, l, "expired", c.deliveries_expired);
	check(w, l, "orphaned", count_deliveries(w, STORE_ORPHANED));
	check(w, l, "stopped", count_deliveries(w, STORE_STOPPED));
}

/* expect poll NAME RESULT [until=TIME]: the result of a command to poll that feed now */
static void expect_poll(struct world *w, const struct line *l)
{
	static const char *const results[] = {[ENGINE_NO_FEED] = "unknown",
		[ENGINE_ASKED] = "asked",
		[ENGINE_UNDER_WAY] = "under-way",
		[ENGINE_FORBIDDEN] = "forbidden"};
	int64_t until = clock_wall();
	const char *result = results[engine_ask_feed(w->engine, l->word[2], &until)];

	if (strcmp(result, l->word[3]) != 0)
		world_fail(w, "%s is %s", l->word[2], result);
	check(w, l, "until", until - clock_wall());
}

/* expect quiet ROW N [link=URL] */
static void expect_quiet(struct world *w, const struct line *l)
{
	const char *link = line_value(l, "link");
	struct arena *arena = arena_new(1 << 20);
	struct store_quiet *v;
	struct err e;
	size_t n = 0;

	if (store_quiet_list(w->store, atoi(l->word[2]), arena, &v, &n, &e) != 0)
		world_fail(w, "store: %s", e.text);
	else if (n != (size_t)atoi(l->word[3]))
		world_fail(w, "item %s has %zu quiet matches", l->word[2], n);
	else if (link && (n == 0 || !str_is(v[0].link, link)))
		world_fail(w, "the first quiet match has not the link %s", link);
	arena_free(arena);
}

/* expect status [feeds=N] [fetching=N] …; expect at-once=N: the maximum of parallel fetches */
static void expect_status(struct world *w, const struct line *l)
{
	const struct troubles *troubles = engine_troubles(w->engine);
	int64_t n_troubles = 0;
	struct metrics m;

	metrics_init(&m);
	engine_metrics(w->engine, &m);
	check(w, l, "feeds", m.feeds_configured);
	check(w, l, "fetching", m.feeds_fetching);
	check(w, l, "parsing", m.feeds_parsing);
	check(w, l, "ingesting", m.feeds_ingesting);
	check(w, l, "waiting", m.feeds_waiting);
	check(w, l, "sending", m.deliveries_sending);
	check(w, l, "failing", m.feeds_failing);
	check(w, l, "fresh", m.feeds_fresh);
	check(w, l, "late", m.feeds_late);
	check(w, l, "silent", m.feeds_silent);
	check(w, l, "stale", m.feeds_stale);
	check(w, l, "polls", m.polls_total);
	check(w, l, "unchanged", m.polls_unchanged_total);
	check(w, l, "failed", m.polls_failed_total);
	check(w, l, "alerts", m.alerts_raised_total);
	check(w, l, "delivered", m.deliveries_sent_total);
	check(w, l, "send-failures", m.delivery_failures_total);
	check(w, l, "canaries-lost", m.canaries_lost_total);
	check(w, l, "at-once", w->most_at_once);
	for (int k = 0; k < TROUBLE_KINDS; k++)
		n_troubles += (int64_t)troubles_count(troubles, (enum trouble_kind)k);
	check(w, l, "troubles", n_troubles);
	check(w, l, "person", troubles_need_person(troubles, TROUBLE_KINDS, w->conf));
}

/* expect memory [grown=KIB]: what is allocated, compared with the one before */
static void expect_memory(struct world *w, const struct line *l)
{
	size_t now = mallinfo2().uordblks;
	const char *kib = line_value(l, "grown");

	if (kib && now > w->memory + (size_t)atoll(kib) * 1024)
		world_fail(w, "memory grew from %zu to %zu KiB", w->memory / 1024, now / 1024);
	w->memory = now;
}

static void expect_end(struct world *w, const struct line *l)
{
	if (strcmp(l->word[1], "fatal") == 0 ? !w->broken : !w->ended)
		world_fail(w, "not yet: %s", l->word[1]);
}

/* expect watches learnt|guessed items=N: from which their index was built, and items matched */
static void expect_watches(struct world *w, const struct line *l)
{
	const struct watch_scratch *s = w->desk->scratch;
	const char *items = line_value(l, "items");
	bool learnt = s && s->statistics.learnt.starts;

	if (learnt != line_has(l, "learnt"))
		world_fail(w, "the index is %s", learnt ? "learnt" : "guessed");
	if (items && (!s || s->statistics.items != (uint64_t)atoll(items)))
		world_fail(w, "%llu items were matched",
			s ? (unsigned long long)s->statistics.items : 0);
}

void world_expect(struct world *w, const struct line *l)
{
	static const struct {
		const char *name;
		size_t words;
		void (*fn)(struct world *, const struct line *);
	} expectations[] = {
		{"request", 3, expect_request},
		{"requests", 4, expect_requests},
		{"total-requests", 3, expect_total_requests},
		{"unconditional", 4, expect_unconditional},
		{"message", 3, expect_message},
		{"messages", 4, expect_messages},
		{"services", 3, expect_services},
		{"silence", 2, expect_silence},
		{"log", 4, expect_log},
		{"no-log", 4, expect_log},
		{"feed", 3, expect_feed},
		{"stored", 3, expect_stored},
		{"quiet", 4, expect_quiet},
		{"poll", 4, expect_poll},
		{"status", 3, expect_status},
		{"watches", 4, expect_watches},
		{"memory", 2, expect_memory},
		{"ended", 2, expect_end},
		{"fatal", 2, expect_end},
	};

	for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++) {
		if (strcmp(expectations[i].name, l->word[1]) != 0 || l->n < expectations[i].words)
			continue;
		expectations[i].fn(w, l);
		return;
	}
	world_fail(w, "what is to be expected? %s", l->word[1]);
}
