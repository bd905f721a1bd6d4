/* SPDX-License-Identifier: MIT */
#include "document/feed_health.h"

#include <math.h>

#include "base/clock.h"
#include "desk/rhythm.h"
#include "document/feed.h"
#include "value.h"

#define LATE_LEAST (5 * CLOCK_MINUTE)

static const struct {
	const char *word, *name;
	char sign;
} feed_states[] = {
	[DOCUMENT_FEED_GONE] = {"gone", "gone", 'g'},
	[DOCUMENT_FEED_FAILING] = {"failing", "failing", 'x'},
	[DOCUMENT_FEED_SILENT] = {"silent", "silent", 's'},
	[DOCUMENT_FEED_LATE] = {"late", "late", 'l'},
	[DOCUMENT_FEED_STALE] = {"stale", "stale", 't'},
	[DOCUMENT_FEED_INCOMPLETE] = {"incomplete", "incomplete", 'i'},
	[DOCUMENT_FEED_FLOOD] = {"flood", "too much", 'm'},
	[DOCUMENT_FEED_UNREAD] = {"unread", "not read yet", 'u'},
	[DOCUMENT_FEED_FINE] = {"fine", "fine", 'f'},
};

const char *const document_feed_words[] = {"gone", "failing", "silent", "late", "stale",
	"incomplete", "flood", "unread", "fine", NULL};

const char *document_feed_state_name(enum document_feed_state s)
{
	return feed_states[s].name;
}

char document_feed_state_sign(enum document_feed_state s)
{
	return feed_states[s].sign;
}

int document_feed_read(
	struct document_feed *d, struct store *store, struct arena *arena, struct err *e)
{
	int rc = 0;

	d->f = (struct store_feed){.last_poll = STAMP_NONE,
		.last_ok = STAMP_NONE,
		.next_due = STAMP_NONE,
		.trust = {.whole_at = STAMP_NONE, .distrust_until = STAMP_NONE},
		.flood = {.at = STAMP_NONE}};
	d->health = store_health_unknown;
	d->rhythm = (struct store_rhythm){
		.since = STAMP_NONE, .last = STAMP_NONE, .silent_at = STAMP_NONE};
	if (store)
		rc = store_feed_get(store, str_of(d->cf->name), arena, &d->f, e);
	if (!rc && d->f.id)
		rc = store_health_get(store, d->f.id, arena, &d->health, e);
	if (!rc && d->f.id)
		rc = store_rhythm_get(store, d->f.id, &d->rhythm, e);
	return rc;
}

/* As engine/poll_late.c has it. */
static bool feed_is_late(const struct store_feed_state *f, int64_t now)
{
	int64_t after = f->interval < CLOCK_HOUR ? f->interval : CLOCK_HOUR;

	if (after < LATE_LEAST)
		after = LATE_LEAST;
	return f->next_due != STAMP_NONE && now - f->next_due > after;
}

/* It should have had something new before its last poll. */
static bool feed_is_overdue(const struct store_feed_state *f, int64_t at)
{
	return at != STAMP_NONE && f->last_ok != STAMP_NONE && f->last_ok >= at;
}

enum document_feed_state document_feed_state_at(
	const struct store_feed_state *f, bool running, int64_t now)
{
	if (f->last_poll == STAMP_NONE)
		return DOCUMENT_FEED_UNREAD;
	if (f->gone)
		return DOCUMENT_FEED_GONE;
	if (f->failed)
		return DOCUMENT_FEED_FAILING;
	if (feed_is_overdue(f, f->silent_at))
		return DOCUMENT_FEED_SILENT;
	if (running && feed_is_late(f, now))
		return DOCUMENT_FEED_LATE;
	if (feed_is_overdue(f, f->stale_at))
		return DOCUMENT_FEED_STALE;
	if (f->incomplete)
		return DOCUMENT_FEED_INCOMPLETE;
	if (f->flood_at != STAMP_NONE && now - f->flood_at < CLOCK_HOUR)
		return DOCUMENT_FEED_FLOOD;
	return DOCUMENT_FEED_FINE;
}

enum document_feed_state document_feed_state_of(const struct document_feed *d)
{
	const struct store_feed_state f = {
		.last_poll = d->f.id ? d->f.last_poll : STAMP_NONE,
		.last_ok = d->f.last_ok,
		.next_due = d->f.next_due,
		.interval = d->f.interval,
		.failed = d->f.failures > 0,
		.gone = d->f.gone,
		.incomplete = str_present(d->f.last_error),
		.flood_at = d->f.flood.at,
		.silent_at = d->rhythm.silent_at,
		.stale_at = d->health.stale_at,
	};

	return document_feed_state_at(&f, d->running, d->now);
}

double document_feed_a_day(const struct document_feed *d)
{
	struct rhythm_rates rates;

	if (d->rhythm.since == STAMP_NONE)
		return 0;
	rhythm_rates(&d->rhythm, d->rhythm.until, &rates);
	return rhythm_is_known(&rates) ? rhythm_items_a_day(&d->rhythm, &rates) : 0;
}

double document_feed_unmodified(const struct document_feed *d)
{
	double same = (double)d->health.milli_same + 1000.0 * d->f.trust.unmodified;
	double all = same + (double)d->health.milli_whole;

	return d->health.milli_whole > 0 ? same / all : -1;
}

/* Two digits after the point. */
static void feed_set_hundredths(json_t *o, const char *key, double v)
{
	json_object_set_new(o, key, json_real(round(v * 100) / 100));
}

/* Lines "12 HTTP 503". */
static json_t *feed_reason_list(struct str lines)
{
	json_t *list = json_array();

	while (str_present(lines) && lines.n > 0) {
		const char *end = memchr(lines.p, '\n', lines.n);
		size_t n = end ? (size_t)(end - lines.p) : lines.n, k = 0;
		int64_t times = 0;
		json_t *reason = json_object();

		for (; k < n && lines.p[k] >= '0' && lines.p[k] <= '9' && times < 1000000; k++)
			times = times * 10 + (lines.p[k] - '0');
		k += k < n;
		document_set_text(reason, "text", str_slice(lines.p + k, n - k));
		document_set_int(reason, "times", times);
		json_array_append_new(list, reason);
		lines = str_slice(lines.p + n + (end != NULL), lines.n - n - (end != NULL));
	}
	return list;
}

void document_set_feed_health(json_t *o, const struct document_feed *d)
{
	const struct store_health *h = &d->health;
	double a_day = document_feed_a_day(d), unmodified = document_feed_unmodified(d);

	document_set_stamp(o, "newest", h->newest);
	document_set_stamp(o, "last_posting", d->rhythm.last);
	if (a_day > 0)
		feed_set_hundredths(o, "items_a_day", a_day);
	document_set_stamp(o, "silent_from", d->rhythm.silent_at);
	document_set_stamp(o, "stale_from", h->stale_at);
	if (h->bytes > 0)
		document_set_int(o, "body_bytes", h->bytes);
	if (unmodified >= 0)
		feed_set_hundredths(o, "unmodified", unmodified);
	if (h->latency > 0)
		document_set_int(o, "latency_s", h->latency / CLOCK_SECOND);
	if (!d->f.failures)
		return;
	document_set_stamp(o, "failing_since", h->failing_since);
	json_object_set_new(o, "reasons", feed_reason_list(h->reasons));
}
