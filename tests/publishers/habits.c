/* SPDX-License-Identifier: MIT */
/* What the publishers are, and what their servers answer. */
#include "publishers/publishers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define ITEMS 8 /* in a body */

/* --- what it is --- */

/* Of a hundred publishers. */
static const struct {
	enum habit habit;
	unsigned share;
} habit_shares[] = {{STEADY, 52}, {SLOW, 4}, {TROUBLE, 6}, {ABSENT, 3}, {GONE, 3}, {NO_HOST, 3},
	{MOVES, 6}, {FOR_NOW, 4}, {ASKS, 7}, {BUSY, 12}};

static enum habit habit_of(uint64_t n)
{
	size_t i = 0;

	for (n %= 100; n >= habit_shares[i].share; i++)
		n -= habit_shares[i].share;
	return habit_shares[i].habit;
}

static enum validators validators_of(uint64_t n)
{
	n %= 20;
	return n < 10 ? BY_ETAG : n < 14 ? BY_BOTH : n < 17 ? BY_DATE : n < 19 ? BY_NONE : BY_LIE;
}

/* Half of them have a host of their own; others share one, up to thirty. */
static int host_of(const struct publishers *s, int i)
{
	if (i % 2 == 0)
		return i / 2;
	return s->n / 2 + (int)(pub_number(s, 1, (uint64_t)i, 0) % (uint64_t)(s->n / 16 + 1));
}

static void make_interval(struct publisher *p, uint64_t n)
{
	static const int64_t every[] = {5, 5, 5, 15, 15, 30, 60, 60, 120, 240};

	p->every = every[n % 10] * CLOCK_MINUTE;
	p->every_default = p->every == 5 * CLOCK_MINUTE && n / 10 % 2 == 0;
	p->force = !p->every_default && n / 20 % 16 == 0;
	p->learns = p->every > 5 * CLOCK_MINUTE && n / 320 % 4 == 0;
	p->fastest = p->learns ? 2 * CLOCK_MINUTE : p->every;
}

static void make_wishes(struct publisher *p, uint64_t n)
{
	static const int64_t ages[] = {-1, -1, -1, 60, 290, 600, 3600, 2 * 86400, 0, -1};

	p->max_age = ages[n % 10] < 0 ? -1 : ages[n % 10] * CLOCK_SECOND;
	p->ttl = n / 10 % 4 == 0 ? (int64_t)(n / 40 % 120) * CLOCK_MINUTE : 0;
	if (n / 5000 % 8 == 0)
		p->skip_hours = UINT32_C(0x3f) << (n / 40000 % 18);
	if (n / 5000 % 16 == 1)
		p->skip_days = (uint8_t)(1u << (n / 90000 % 7));
}

void pub_make(struct publishers *s, int i)
{
	static const int64_t gaps[] = {10, 15, 20, 20, 30, 30, 45, 60, 60, 60, 90, 90, 120, 120,
		120, 180, 180, 240, 240, 480, 480, 720, 1440, 0};
	struct publisher *p = &s->feeds[i];
	uint64_t f = (uint64_t)i, n = pub_number(s, 2, f, 0);

	*p = (struct publisher){.stage = -1, .version = -1, .before = -1, .max_age = -1};
	p->host = s->plain ? i : host_of(s, i);
	p->every = p->fastest = 5 * CLOCK_MINUTE;
	p->every_default = s->plain;
	if (s->plain)
		return;
	p->habit = habit_of(n);
	p->validators = validators_of(n / 100);
	p->post_gap = gaps[n / 2000 % 24] * CLOCK_MINUTE;
	make_interval(p, pub_number(s, 3, f, 0));
	make_wishes(p, pub_number(s, 4, f, 0));
}

int pub_version(const struct publishers *s, int i, int64_t at)
{
	const struct publisher *p = &s->feeds[i];
	int64_t since = at - s->begin + CLOCK_DAY + (int64_t)(i % 600) * CLOCK_SECOND;

	return p->post_gap == 0 ? ITEMS : (int)(since / p->post_gap);
}

/* For two days, from some hour of the first day on, and again each nine days. */
bool pub_is_away(const struct publishers *s, int i, int64_t at)
{
	int64_t since = at - s->begin - CLOCK_HOUR -
			(int64_t)(pub_number(s, 5, (uint64_t)i, 0) % (20 * CLOCK_HOUR));

	return since >= 0 && since % (9 * CLOCK_DAY) < 2 * CLOCK_DAY;
}

/* --- bodies --- */

static void add_skips(struct buf *b, const struct publisher *p)
{
	static const char *const days[] = {
		"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

	buf_addz(b, "<skipHours>");
	for (int h = 0; h < 24; h++)
		if (p->skip_hours >> h & 1)
			buf_printf(b, "<hour>%d</hour>", h);
	buf_addz(b, "</skipHours><skipDays>");
	for (int d = 0; d < 7; d++)
		if (p->skip_days >> d & 1)
			buf_printf(b, "<day>%s</day>", days[d]);
	buf_addz(b, "</skipDays>");
}

static char *write_body(const struct publishers *s, int i, int version, size_t *len)
{
	const struct publisher *p = &s->feeds[i];
	struct buf b;

	buf_init(&b, 65536);
	buf_printf(&b, "<rss version=\"2.0\"><channel><title>Feed %d</title>", i);
	if (p->ttl)
		buf_printf(&b, "<ttl>%" PRId64 "</ttl>", p->ttl / CLOCK_MINUTE);
	if (p->skip_hours || p->skip_days)
		add_skips(&b, p);
	for (int k = version; k > version - ITEMS && k >= 0; k--)
		buf_printf(&b,
			"<item><guid>f%d-%d</guid><title>Item %d</title><link>http://h%d.example/"
			"story/%d-%d</link><description>What happened.</description></item>",
			i, k, k, p->host, i, k);
	buf_addz(&b, "</channel></rss>");
	*len = b.len;
	return b.data;
}

static char *etag_of(int i, int version)
{
	char text[48];

	snprintf(text, sizeof(text), "%s\"%d v%d\"", i % 3 == 0 ? "W/" : "", i, version);
	return strdup(text);
}

static char *date_of(const struct publishers *s, int i, int version)
{
	char text[STAMP_TEXT_MAX];

	clock_rfc5322(s->begin + version * s->feeds[i].post_gap, true, text);
	return strdup(text);
}

static bool has_etag(const struct publisher *p)
{
	return p->validators == BY_ETAG || p->validators == BY_BOTH || p->validators == BY_LIE;
}

static bool has_date(const struct publisher *p)
{
	return p->validators == BY_DATE || p->validators == BY_BOTH;
}

/* RFC 9110 §13.2.2: the ETag first. The lie: its ETag never changes. */
static void set_content(struct publishers *s, int i, struct reply *r, const struct fetch_request *q)
{
	const struct publisher *p = &s->feeds[i];
	int version = pub_version(s, i, pub_now());
	bool same = false;

	r->etag = has_etag(p) ? etag_of(i, p->validators == BY_LIE ? 0 : version) : NULL;
	r->modified = has_date(p) ? date_of(s, i, version) : NULL;
	if (r->etag && q->etag)
		same = strcmp(r->etag, q->etag) == 0;
	else if (r->modified && q->last_modified)
		same = strcmp(r->modified, q->last_modified) == 0;
	r->status = same ? 304 : 200;
	r->max_age = p->max_age;
	r->type = strdup("application/rss+xml"); /* by which the book knows a good answer */
	if (!same)
		r->body = write_body(s, i, version, &r->body_len);
}

/* --- habits --- */

static void set_error(struct reply *r, int64_t delay, const char *text)
{
	r->status = 0;
	r->error = ERR_TEMP;
	r->delay = delay;
	r->text = strdup(text);
}

/* The forms of Retry-After: seconds, a date, far too much, nonsense, none. */
static int64_t retry_after(uint64_t n)
{
	int64_t now = pub_now(), date;

	switch (n % 8) {
	case 0: return CLOCK_SECOND;
	case 1:
	case 2: return 120 * CLOCK_SECOND;
	case 3: return 3600 * CLOCK_SECOND;
	case 4: date = now + 40 * CLOCK_MINUTE; return date - date % CLOCK_SECOND - now;
	case 5: return n / 8 % 40 == 0 ? 99999999 * CLOCK_SECOND : 1800 * CLOCK_SECOND;
	case 6: return -1;
	default: return 0;
	}
}

static void redirect(struct reply *r, int i, int host, int stage, long status)
{
	char to[64];

	snprintf(to, sizeof(to), "http://h%d.example/%d/%d", host, i, stage);
	r->status = status;
	r->location = strdup(to);
	r->max_age = -1;
}

static void set_trouble(struct reply *r, uint64_t n)
{
	static const long statuses[] = {500, 502, 403, 200, 504};

	if (n % 3 == 0) {
		set_error(r, n % 2 ? 30 * CLOCK_SECOND : 20, "the connection broke");
		return;
	}
	r->status = statuses[n % 5];
	r->body = strdup("<html><body>Maintenance</body></html>");
	r->body_len = strlen(r->body);
	if (r->status == 403 || r->status == 504)
		r->retry_after = retry_after(n / 5);
}

/* In one window of four something is wrong; of a host at the same time for all its feeds. */
static bool is_bad_time(const struct publishers *s, uint64_t what, int of, uint64_t *n)
{
	*n = pub_number(s, what, (uint64_t)of, (uint64_t)(pub_now() / WINDOW));
	if (*n % 4 != 0)
		return false;
	*n /= 4;
	return true;
}

/* For twenty minutes, or until the time that it asked for. */
static bool is_busy(const struct publishers *s, int host, uint64_t *n)
{
	return is_bad_time(s, 7, host, n) && pub_now() % WINDOW < 20 * CLOCK_MINUTE;
}

static bool set_failure(struct publishers *s, int i, int stage, struct reply *r)
{
	const struct publisher *p = &s->feeds[i];
	bool away = pub_is_away(s, i, pub_now());
	uint64_t n;

	switch (p->habit) {
	case TROUBLE:
		if (is_bad_time(s, 6, i, &n)) {
			set_trouble(r, n);
			return true;
		}
		return false;
	case ABSENT: r->status = 404; return away;
	case GONE: r->status = 410; return away;
	case NO_HOST:
		if (away)
			set_error(r, 100, "no such host");
		r->reach = away ? FETCH_UNREACHED : FETCH_UNKNOWN;
		r->no_host = away;
		return away;
	case BUSY:
		if (!is_busy(s, p->host, &n))
			return false;
		r->status = n % 2 ? 429 : 503;
		r->retry_after = retry_after(n / 2);
		return true;
	case MOVES:
		if (stage < 2 &&
			(stage == 1 || pub_is_away(s, i, pub_now()) || p->good_moves > 0)) {
			redirect(r, i, p->host, stage + 1, stage ? 308 : 301);
			return true;
		}
		return false;
	case FOR_NOW:
		if (stage == 0)
			redirect(r, i, p->host, 1, 302);
		return stage == 0;
	case STEADY:
	case SLOW:
	case ASKS:
	case HABITS: break;
	}
	return false;
}

struct reply *pub_answer(struct publishers *s, int i, int stage, const struct fetch_request *q)
{
	const struct publisher *p = &s->feeds[i];
	uint64_t n = pub_number(s, 8, (uint64_t)i, (uint64_t)pub_now());
	struct reply *r = calloc(1, sizeof(*r));

	r->delay = 30 + (int64_t)(n % 200);
	if (p->habit == SLOW && n % 3 == 0)
		r->delay = (int64_t)(n / 8 % 20) * CLOCK_SECOND;
	/* Where many feeds are, one is slow at times, so that they wait for each other. */
	if (p->host >= s->n / 2 && n / 200 % 8 == 0)
		r->delay = 6 * CLOCK_SECOND;
	r->retry_after = r->max_age = -1;
	if (set_failure(s, i, stage, r))
		return r;
	if (p->habit == ASKS && n / 3 % 4 == 0)
		r->retry_after = retry_after(n / 16);
	set_content(s, i, r, q);
	return r;
}
