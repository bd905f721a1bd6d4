/* SPDX-License-Identifier: MIT */
/* The book: what each server asked for, and the requests that broke it. */
#include "publishers/publishers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define SHOWN_MAX 30
#define SLACK	  (10 * CLOCK_MINUTE) /* of the latest time: hosts with thirty feeds take turns */

void book_break(struct publishers *s, const char *fmt, ...)
{
	va_list ap;

	s->world.failed = true;
	if (s->broken++ >= SHOWN_MAX)
		return;
	printf("# after %.3f h: ", (double)(pub_now() - s->begin) / CLOCK_HOUR);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* --- a request --- */

static bool is_skipped(const struct publisher *p, int64_t at)
{
	struct civil c = clock_to_civil(at);

	return p->skips && !p->force &&
	       ((p->skip_hours >> c.hour & 1) || (p->skip_days >> c.weekday & 1));
}

static void book_check_time(struct publishers *s, int i)
{
	struct publisher *p = &s->feeds[i];
	int64_t now = pub_now();

	if (is_skipped(p, now))
		book_break(s, "feed %d was polled in an hour or day that it skips", i);
	if (p->asked_at && !p->forgiven && now < p->earliest)
		book_break(s,
			"feed %d (habit %d, every %" PRId64 " s) was polled %" PRId64
			" ms before its time: %s",
			i, (int)p->habit, p->every / CLOCK_SECOND, p->earliest - now, p->floor);
	if (p->asked_at && now > p->latest)
		book_break(s,
			"feed %d (habit %d, every %" PRId64 " s) was polled %" PRId64 " s late", i,
			(int)p->habit, p->every / CLOCK_SECOND, (now - p->latest) / 1000);
	p->forgiven = false;
}

static void book_check_host(struct publishers *s, int i, int64_t delay)
{
	struct host *h = &s->hosts[s->feeds[i].host];
	int64_t now = pub_now();
	int free = -1;

	for (size_t k = 0; k < 4 && !s->feeds[i].forgiven; k++)
		if (now >= h->pauses[k].from && now < h->pauses[k].until)
			book_break(s, "host %d got a request %" PRId64 " ms before its %s ended",
				s->feeds[i].host, h->pauses[k].until - now, h->pauses[k].why);
	if (h->last_start && now - h->last_start < HOST_GAP)
		book_break(s, "host %d got two requests within %" PRId64 " ms", s->feeds[i].host,
			now - h->last_start);
	h->last_start = now;
	for (int k = 0; k < PER_HOST; k++)
		if (h->active[k] <= now)
			free = k;
	if (free < 0)
		book_break(
			s, "host %d has more than %d requests at once", s->feeds[i].host, PER_HOST);
	else
		h->active[free] = now + delay;
}

static bool book_has_given(
	const struct publishers *s, int i, int version, const struct fetch_request *q)
{
	char etag[48], date[STAMP_TEXT_MAX];

	snprintf(etag, sizeof(etag), "%s\"%d v%d\"", i % 3 == 0 ? "W/" : "", i, version);
	clock_rfc5322(s->begin + version * s->feeds[i].post_gap, true, date);
	return version >= 0 && (!q->etag || strcmp(q->etag, etag) == 0) &&
	       (!q->last_modified || strcmp(q->last_modified, date) == 0);
}

/*
 * The validators are those that the server gave last, byte for byte; or those before, with which
 * the daemon finds out whether it would have been told of what it just saw.
 */
static void book_check_validators(struct publishers *s, int i, const struct fetch_request *q)
{
	struct publisher *p = &s->feeds[i];
	bool sent = q->etag || q->last_modified;

	if (p->validators == BY_LIE || s->plain)
		return;
	if (sent && !book_has_given(s, i, p->version, q) && !book_has_given(s, i, p->before, q))
		book_break(s, "feed %d got validators that it did not give last: %s %s", i,
			q->etag ? q->etag : "-", q->last_modified ? q->last_modified : "-");
	if (p->version < 0 || pub_now() < s->judged)
		return;
	s->repeats++;
	s->conditional += sent;
}

/* As the daemon has planned it. */
static void book_check_lateness(struct publishers *s, int i)
{
	struct arena *arena = arena_new(65536);
	struct store_feed f;
	char name[16];
	struct err e;
	int64_t late;

	snprintf(name, sizeof(name), "f%d", i);
	if (pub_now() >= s->judged &&
		store_feed_get(s->world.store, str_of(name), arena, &f, &e) == 0 && f.id) {
		late = pub_now() - f.next_due;
		s->late[late < 0 ? 0 : late > LATE_MAX_MS ? LATE_MAX_MS : late]++;
		s->lates++;
	}
	arena_free(arena);
}

void book_request(struct publishers *s, int i, int stage, const struct fetch_request *q)
{
	struct publisher *p = &s->feeds[i];
	bool begins = p->stage < 0 || stage == 0;

	/* Of a name that is not found, no server sees a request. */
	if (p->habit == NO_HOST && pub_is_away(s, i, pub_now()))
		return;
	if (!begins)
		return;
	s->polls++;
	if (p->habit == MOVES && p->good_moves >= 5 && stage == 0)
		p->begins_old++;
	if (s->plain)
		book_check_lateness(s, i);
	else
		book_check_time(s, i);
	if (p->asked_at)
		book_check_validators(s, i, q);
	p->asked_at = pub_now();
}

/* --- an answer --- */

static void raise_floor(struct publisher *p, int64_t wait, const char *why)
{
	if (p->answered_at + wait <= p->earliest)
		return;
	p->earliest = p->answered_at + wait;
	p->floor = why;
}

static int64_t at_most(int64_t v, int64_t max)
{
	return v < max ? v : max;
}

/*
 * What nightdesk promises without being asked: 0.9 of `every`, after a failure 0.8. One that is due
 * next may be polled some seconds earlier, to see whether the network works.
 */
static void set_own_pace(struct publisher *p, const struct reply *r, bool good)
{
	int64_t pace = p->fastest / 100 * (good ? 75 : 70), slow = 6 * CLOCK_HOUR;
	bool absent = r->status == 404 || r->status == 410;

	p->earliest = p->answered_at;
	raise_floor(p, pace, "every");
	if (r->status == 410)
		raise_floor(p, CLOCK_DAY / 10 * 9, "410");
	p->absences = absent ? p->absences + 1 : 0;
	if (absent)
		slow = (p->absences > 21 ? 7 : 1) * CLOCK_DAY;
	p->latest = p->answered_at + (good		       ? p->every
					     : slow > p->every ? slow
							       : p->every) /
					     10 * 12;
}

static void set_wishes(struct publisher *p, const struct reply *r, bool good)
{
	int64_t asked = r->retry_after > 0 ? at_most(r->retry_after, ASK_MAX) : 0;

	raise_floor(p, asked, "Retry-After");
	if (!p->force && good) {
		if (r->max_age > 0)
			raise_floor(p, at_most(r->max_age, ASK_MAX), "max-age");
		if (p->every_default && p->ttl)
			raise_floor(p, at_most(p->ttl, CLOCK_HOUR), "ttl");
	}
	if (p->latest < p->earliest + (p->earliest - p->answered_at) / 10)
		p->latest = p->earliest + (p->earliest - p->answered_at) / 10;
}

/* Hours and days that are skipped prolong it, and so does a host that rests. */
static void extend_latest(struct publishers *s, int i)
{
	struct publisher *p = &s->feeds[i];
	const struct host *h = &s->hosts[p->host];

	if (p->latest < h->blocked_until)
		p->latest = h->blocked_until;
	for (int k = 0; k < 8 * 24 && is_skipped(p, p->latest); k++)
		p->latest += CLOCK_HOUR - p->latest % CLOCK_HOUR + 10 * CLOCK_MINUTE;
	p->latest += SLACK;
}

static void block_host(struct publishers *s, int i, const struct reply *r, int64_t at)
{
	struct host *h = &s->hosts[s->feeds[i].host];
	int64_t until = at + at_most(r->retry_after, ASK_MAX);

	if (r->retry_after <= 0)
		return;
	h->pauses[h->n_pauses++ % 4] = (struct pause){
		at, until, r->status == 429 ? "429 with Retry-After" : "503 with Retry-After"};
	if (until <= h->blocked_until)
		return;
	h->blocked_until = until;
	/* Those that wait there are late for that reason. */
	for (int k = 0; k < s->n; k++)
		if (s->feeds[k].host == s->feeds[i].host)
			extend_latest(s, k);
}

static void book_note_version(struct publisher *p, int version)
{
	if (version == p->version)
		return;
	p->before = p->version;
	p->version = version;
}

void book_answer(struct publishers *s, int i, int stage, const struct reply *r)
{
	struct publisher *p = &s->feeds[i];
	bool good = r->status == 304 || r->type;
	bool redirects = r->location != NULL;

	if (r->no_host) {
		p->latest = pub_now() + 7 * CLOCK_DAY / 10 * 12;
		return;
	}
	book_check_host(s, i, r->delay);
	p->answered_at = pub_now() + r->delay;
	p->stage = redirects ? stage : -1;
	p->skips |= good && r->status == 200 && (p->skip_hours || p->skip_days);
	set_own_pace(p, r, good || redirects);
	set_wishes(p, r, good);
	extend_latest(s, i);
	if (r->status == 429 || r->status == 503)
		block_host(s, i, r, p->answered_at);
	s->not_modified += r->status == 304;
	if (p->habit == MOVES && redirects && stage == 0)
		p->good_moves++;
	if (!good || redirects)
		return;
	if (r->etag || r->modified)
		book_note_version(p, pub_version(s, i, pub_now()));
}

/* --- the end --- */

void book_cut(struct publishers *s, int64_t lost)
{
	for (int i = 0; i < s->n; i++)
		if (s->feeds[i].answered_at >= pub_now() - lost || s->feeds[i].stage >= 0)
			s->feeds[i].forgiven = true;
	for (int h = 0; h < s->n_hosts; h++)
		memset(s->hosts[h].active, 0, sizeof(s->hosts[h].active));
}

void book_pause(struct publishers *s, int64_t ms)
{
	for (int i = 0; i < s->n; i++) {
		s->feeds[i].latest += ms;
		extend_latest(s, i);
	}
}

void book_end(struct publishers *s)
{
	for (int i = 0; i < s->n; i++) {
		const struct publisher *p = &s->feeds[i];

		if (p->asked_at == 0)
			book_break(s, "feed %d was never polled", i);
		else if (pub_now() > p->latest && p->habit != NO_HOST)
			book_break(s,
				"feed %d (habit %d, every %" PRId64
				" s) was given up since %" PRId64 " s",
				i, (int)p->habit, p->every / 1000,
				(pub_now() - p->asked_at) / 1000);
		if (p->begins_old > 1 + (pub_now() - s->begin) / (7 * CLOCK_DAY))
			book_break(s, "feed %d moved, and its old address was asked %u times more",
				i, p->begins_old);
	}
}
