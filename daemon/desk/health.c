/* SPDX-License-Identifier: MIT */
#include "health.h"

#include <math.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "desk/answers.h"
#include "desk/rhythm.h"
#include "ingest.h"
#include "store/health.h"

#define MILLI	     1000.0
#define BYTES_WEIGHT 0.125     /* of a body in the average */
#define LATE_WEIGHT  0.0625    /* of an item in the average latency */
#define LATE_MAX     CLOCK_DAY /* an older item was added later */
#define STALE_LEAST  (30 * CLOCK_DAY)
#define STALE_MOST   (1000 * CLOCK_DAY)
#define STALE_GAPS   5		     /* usual gaps between items */
#define DATES_LEAST  3		     /* make a usual gap */
#define BEFORE_MAX   (3 * CLOCK_DAY) /* of the items of a first body */
#define BEFORE_LEAST 10
#define REASONS_MAX  4
#define REASON_BYTES ((size_t)160)

/* --- the rhythm --- */

/*
 * When an item was posted, as far as it could have been seen: its date, if that is since the poll
 * before; else it appeared late, or has no date, and the time is that of this poll.
 */
static int64_t health_posted_at(const struct ingest *t, const struct feed_item *i)
{
	int64_t date = feed_item_plausible_date(i), seen = t->poll->fetched;

	return date > t->feed.last_ok && date < seen ? date : seen;
}

static bool health_is_posting(const struct ingest *t, size_t k)
{
	return t->states[k].seen == STORE_NEW && t->states[k].arrival == STORE_ARRIVED;
}

/*
 * The first body tells of the time before, as far as it reaches back. What it does not hold any
 * more makes the rate too low, never too high. Returns how many times there are, 0: too few.
 */
static size_t health_list_dates(const struct ingest *t, int64_t *times, int64_t *since)
{
	const struct feed_batch *b = t->poll->batch;
	int64_t now = t->poll->fetched, first = now - BEFORE_MAX;
	size_t n = 0;

	*since = now;
	for (size_t k = 0; k < b->n_items; k++) {
		int64_t date = feed_item_plausible_date(&b->items[k]);

		if (date == STAMP_NONE || date > now || date < first)
			continue;
		times[n++] = date;
		*since = date < *since ? date : *since;
	}
	return n >= BEFORE_LEAST ? n : 0;
}

/* The new items of a further body. Returns how many there are. */
static size_t health_list_postings(const struct ingest *t, int64_t *times, int64_t *since)
{
	const struct feed_batch *b = t->poll->batch;
	size_t n = 0;

	*since = t->feed.arrivals.since == STAMP_NONE ? t->poll->fetched : t->feed.arrivals.since;
	for (size_t k = 0; k < b->n_items; k++)
		if (health_is_posting(t, k))
			times[n++] = health_posted_at(t, &b->items[k]);
	t->result->posted = n > 0;
	return n;
}

/* Sets *r to what is known afterwards. */
static int health_learn_rhythm(struct ingest *t, struct store_rhythm *r, struct err *e)
{
	struct store *store = t->desk->store;
	int64_t since, *times;
	size_t n;
	int rc = store_rhythm_get(store, t->feed.id, r, e);

	if (rc || t->result->new_items == 0)
		return rc;
	times = arena_array(t->desk->feed_arena, t->poll->batch->n_items, sizeof(*times));
	if (!times)
		return err_nomem(e);
	n = t->first ? health_list_dates(t, times, &since) : health_list_postings(t, times, &since);
	if (n == 0)
		return 0;
	if (r->since == STAMP_NONE || t->first)
		rhythm_start(r, since);
	rhythm_learn(r, times, n, t->poll->fetched);
	t->result->paced = t->cf->learns && pace_set(&t->result->pace, r);
	return store_rhythm_put(store, t->feed.id, r, e);
}

/* --- answers --- */

/* A body, after some 304s. */
static void health_count_answer(const struct ingest *t, struct store_health *h)
{
	double same = t->feed.trust.unmodified, keep = answers_keep(t->feed.trust.unmodified);
	int64_t bytes = (int64_t)t->poll->body_bytes;

	h->milli_whole = llround((double)h->milli_whole * keep + MILLI);
	h->milli_same = llround((double)h->milli_same * keep + same * MILLI);
	if (bytes && h->bytes)
		h->bytes += llround((double)(bytes - h->bytes) * BYTES_WEIGHT);
	else if (bytes)
		h->bytes = bytes;
}

/* Of items that were new, and could be seen as soon as they were posted. */
static void health_measure_latency(const struct ingest *t, struct store_health *h)
{
	const struct feed_batch *b = t->poll->batch;
	int64_t seen = t->poll->fetched;

	if (!t->result->posted || t->feed.last_ok == STAMP_NONE ||
		seen - t->feed.last_ok > 2 * t->poll->interval)
		return;
	for (size_t k = 0; k < b->n_items; k++) {
		int64_t date = feed_item_plausible_date(&b->items[k]);
		double late;

		if (!health_is_posting(t, k) || date == STAMP_NONE || date > seen ||
			seen - date > LATE_MAX)
			continue;
		late = fmax((double)(seen - date), CLOCK_SECOND);
		if (h->latency > 0)
			late = exp(log((double)h->latency) * (1 - LATE_WEIGHT) +
				   log(late) * LATE_WEIGHT);
		h->latency = llround(late);
	}
}

/* --- stale --- */

static int64_t health_limit_gap(double gap)
{
	double wait = fmax(gap * STALE_GAPS, (double)STALE_LEAST);

	return llround(fmin(wait, (double)STALE_MOST));
}

/* The usual gap between items, ms: that of the dates in the feed, or of its rhythm; 0: unknown. */
static double health_usual_gap(
	const struct feed_batch *b, int64_t now, const struct store_rhythm *r)
{
	int64_t first = INT64_MAX, last = STAMP_NONE;
	double gap = 0, week;
	struct rhythm_rates rates;
	size_t n = 0;

	for (size_t k = 0; k < b->n_items; k++) {
		int64_t date = feed_item_plausible_date(&b->items[k]);

		if (date == STAMP_NONE || date > now)
			continue;
		first = date < first ? date : first;
		last = date > last ? date : last;
		n++;
	}
	if (n >= DATES_LEAST)
		gap = (double)(last - first) / (double)(n - 1);
	rhythm_rates(r, r->until, &rates);
	if (r->since == STAMP_NONE || !rhythm_is_known(&rates))
		return gap;
	week = rhythm_expected(&rates, r->until, r->until + 7 * CLOCK_DAY);
	return week > 0 ? fmax(gap, 7 * (double)CLOCK_DAY / week) : gap;
}

static int64_t health_newest_date(const struct feed_batch *b, int64_t now)
{
	int64_t newest = STAMP_NONE;

	for (size_t k = 0; k < b->n_items; k++) {
		int64_t date = feed_item_plausible_date(&b->items[k]);

		if (date > newest && date <= now)
			newest = date;
	}
	return newest;
}

/*
 * An item that just arrived is new, whatever its date is. A part of a feed does not show its usual
 * gap: that of the last whole body holds.
 */
static void health_note_newest(
	const struct ingest *t, struct store_health *h, const struct store_rhythm *r)
{
	const struct feed_batch *b = t->poll->batch;
	int64_t now = t->poll->fetched, newest = health_newest_date(b, now);
	int64_t was = h->newest;
	double gap;

	if (b->n_items == 0)
		return;
	if (t->result->posted || (newest == STAMP_NONE && h->newest == STAMP_NONE))
		newest = now;
	if (newest > h->newest)
		h->newest = newest;
	if (b->partial) {
		if (h->stale_at != STAMP_NONE)
			h->stale_at += h->newest - was;
		return;
	}
	gap = health_usual_gap(b, now, r);
	h->stale_at = gap > 0 ? h->newest + health_limit_gap(gap) : STAMP_NONE;
}

/* --- failures --- */

static bool health_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The same reason, whatever numbers are in it: "after 3.1 s", "after 3.2 s". */
static bool health_same_reason(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.n && health_is_digit(a.p[i]))
			i++;
		while (k < b.n && health_is_digit(b.p[k]))
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (a.p[i++] != b.p[k++])
			return false;
	}
}

struct health_reason {
	int64_t n;
	struct str text;
};

/* Lines "12 HTTP 503". Returns their number. */
static size_t health_read_reasons(struct str in, struct health_reason *out, size_t max)
{
	size_t n = 0;

	while (str_present(in) && in.n > 0 && n < max) {
		const char *end = memchr(in.p, '\n', in.n);
		struct str line = str_slice(in.p, end ? (size_t)(end - in.p) : in.n);
		size_t digits = 0;

		out[n].n = 0;
		while (digits < line.n && health_is_digit(line.p[digits]) && out[n].n < 1000000)
			out[n].n = out[n].n * 10 + (line.p[digits++] - '0');
		digits += digits < line.n;
		out[n++].text = str_slice(line.p + digits, line.n - digits);
		in = str_slice(in.p + line.n + (end != NULL), in.n - line.n - (end != NULL));
	}
	return n;
}

/* The last reason is the first line; the oldest of more than REASONS_MAX is dropped. */
static int health_add_reason(
	struct store_health *h, struct str reason, struct arena *arena, struct err *e)
{
	struct health_reason v[REASONS_MAX], first = {1, reason};
	size_t n = health_read_reasons(h->reasons, v, REASONS_MAX);
	struct buf text;

	if (first.text.n > REASON_BYTES)
		first.text = utf8_cut(first.text, REASON_BYTES);
	for (size_t i = 0; i < n; i++)
		if (health_same_reason(v[i].text, first.text))
			first.n += v[i].n;
	buf_init(&text, REASONS_MAX * (REASON_BYTES + 16));
	buf_printf(&text, "%lld %.*s", (long long)first.n, STR_ARG(first.text));
	for (size_t i = 0, kept = 1; i < n && kept < REASONS_MAX; i++)
		if (!health_same_reason(v[i].text, first.text)) {
			buf_printf(&text, "\n%lld %.*s", (long long)v[i].n, STR_ARG(v[i].text));
			kept++;
		}
	h->reasons = buf_failed(&text) ? STR_NONE : arena_str(arena, buf_str(&text));
	buf_release(&text);
	return str_present(h->reasons) ? 0 : err_nomem(e);
}

static int health_note_failure(struct ingest *t, struct store_health *h, struct err *e)
{
	const struct desk_poll *p = t->poll;

	if (t->feed.failures == 0 || h->failing_since == STAMP_NONE) {
		h->failing_since = p->fetched;
		h->reasons = STR_NONE;
	}
	return health_add_reason(
		h, str_present(p->error) ? p->error : STR("unknown"), t->desk->feed_arena, e);
}

/* --- a poll --- */

/* Of a feed that never answers 304 the same body again changes nothing worth a write. */
static bool health_changes(const struct ingest *t, const struct store_health *h)
{
	return t->poll->outcome != DESK_UNCHANGED || h->milli_same > 0 ||
	       t->feed.trust.unmodified > 0 || h->bytes == 0;
}

int health_learn(struct ingest *t, struct err *e)
{
	const struct desk_poll *p = t->poll;
	struct store *store = t->desk->store;
	struct store_health h = store_health_unknown;
	struct store_rhythm r;
	int rc;

	if (p->not_modified || ingest_is_canary(t))
		return 0;
	if (t->new_row)
		rc = store_rhythm_drop(store, t->feed.id, e);
	else
		rc = store_health_get(store, t->feed.id, t->desk->feed_arena, &h, e);
	if (!rc && !health_changes(t, &h))
		return 0;
	if (!rc && p->outcome == DESK_FAILED)
		rc = health_note_failure(t, &h, e);
	else if (!rc && !p->pushed)
		health_count_answer(t, &h);
	if (!rc && p->outcome == DESK_NEW_BODY)
		rc = health_learn_rhythm(t, &r, e);
	if (!rc && p->outcome == DESK_NEW_BODY) {
		health_measure_latency(t, &h);
		health_note_newest(t, &h, &r);
	}
	return rc ? rc : store_health_put(store, t->feed.id, &h, e);
}
