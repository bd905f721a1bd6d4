/* SPDX-License-Identifier: MIT */
/*
 * The servers of feeds. Every feed publishes an item every one to four hours; in one of four
 * windows of three hours it has one of the faults of soak_faults.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "soak/soak.h"

#define WINDOW (3 * CLOCK_HOUR)

enum soak_format { SOAK_RSS, SOAK_RSS_UNDATED, SOAK_ATOM, SOAK_FORMATS };

/* One body: what it shows, and how it is damaged. */
struct soak_body {
	int feed;
	int64_t at;
	uint64_t edition; /* of the ids; 0: the usual ones */
	bool reversed, doubled, empty;
};

static int64_t soak_gap(const struct soak *s, int feed)
{
	return CLOCK_HOUR + (int64_t)(soak_number(s, 1, (uint64_t)feed, 0) % (3 * CLOCK_HOUR));
}

int64_t soak_published(const struct soak *s, int feed, int story)
{
	return s->begin - SOAK_SHOWN + soak_gap(s, feed) * story +
	       (int64_t)(soak_number(s, 2, (uint64_t)feed, 0) % CLOCK_HOUR);
}

bool soak_matches(const struct soak *s, int watch, int feed, int story)
{
	uint64_t n = soak_number(s, 3, (uint64_t)feed, (uint64_t)story);

	return n % 2 == 0 && (watch == 0 || n % 3 == 0);
}

static void soak_put_date(struct buf *b, int64_t at, bool iso)
{
	time_t t = (time_t)(at / 1000);
	char text[64];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), iso ? "%Y-%m-%dT%H:%M:%SZ" : "%a, %d %b %Y %H:%M:%S GMT", &tm);
	buf_addz(b, text);
}

static void soak_put_item(const struct soak *s, const struct soak_body *d, enum soak_format format,
	int story, struct buf *b)
{
	bool siren = soak_matches(s, 0, d->feed, story), quake = soak_matches(s, 1, d->feed, story);
	bool atom = format == SOAK_ATOM;
	/* Edited three hours later: another text, in which no watch finds more than before. */
	bool edited = d->at > soak_published(s, d->feed, story) + 3 * CLOCK_HOUR && story % 3 == 0;

	buf_printf(b,
		atom ? "<entry><id>urn:f%d:%d:%" PRIu64 "</id>"
		     : "<item><guid isPermaLink=\"false\">f%d-%d-%" PRIu64 "</guid>",
		d->feed, story, d->edition);
	buf_printf(b, "<title>%s %d-%d%s &amp; more</title>", siren ? "Siren" : "Weather", d->feed,
		story, quake ? " quake" : "");
	buf_printf(b,
		atom ? "<link href=\"http://f%d.example/story-%d\"/>"
		     : "<link>http://f%d.example/story-%d</link>",
		d->feed, story);
	if (format != SOAK_RSS_UNDATED) {
		buf_addz(b, atom ? "<updated>" : "<pubDate>");
		soak_put_date(b, soak_published(s, d->feed, story), atom);
		buf_addz(b, atom ? "</updated>" : "</pubDate>");
	}
	buf_addz(b, atom ? "<summary>" : "<description>");
	for (int i = 0; i < 30; i++)
		buf_printf(b, "word%" PRIu64 " ",
			soak_number(s, 4, (uint64_t)(d->feed * 1000 + story), (uint64_t)i) % 5000);
	buf_printf(b, "%s", edited ? "as corrected" : "as reported");
	buf_addz(b, atom ? "</summary></entry>\n" : "</description></item>\n");
}

/* Newest first unless reversed. */
static char *soak_write_body(const struct soak *s, const struct soak_body *d, size_t *len)
{
	enum soak_format format = (enum soak_format)(d->feed % SOAK_FORMATS);
	bool atom = format == SOAK_ATOM;
	int low = 0, high = 0;
	struct buf b;

	buf_init(&b, (size_t)4 * 1024 * 1024);
	buf_printf(&b,
		atom ? "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Feed %d</title>\n"
		     : "<rss version=\"2.0\"><channel><title>Feed %d</title>\n",
		d->feed);
	while (soak_published(s, d->feed, low) <= d->at - SOAK_SHOWN)
		low++;
	for (high = low; high < SOAK_STORIES && soak_published(s, d->feed, high) <= d->at;)
		high++;
	for (int i = 0; i < (high - low) * (d->doubled ? 2 : 1) && !d->empty; i++) {
		int n = i % (high - low);

		soak_put_item(s, d, format, d->reversed ? low + n : high - 1 - n, &b);
	}
	buf_addz(&b, atom ? "</feed>\n" : "</channel></rss>\n");
	*len = b.len;
	return b.data;
}

/* --- faults: each changes a reply, or what its body shows --- */

static void soak_set_error(struct reply *r, enum err_class cls, int64_t delay, const char *text)
{
	r->status = 0;
	r->error = cls;
	r->delay = delay;
	r->text = strdup(text);
}

static void soak_fail_server(struct reply *r, uint64_t n)
{
	static const long statuses[] = {500, 503, 404, 429, 502, 403, 204, 999};

	r->status = statuses[n % 8];
	r->retry_after = n % 3 == 0 ? 20 * CLOCK_MINUTE : -1;
}

static void soak_fail_transfer(struct reply *r, uint64_t n)
{
	switch (n % 4) {
	case 0: soak_set_error(r, ERR_TEMP, 30 * CLOCK_SECOND, "timed out"); break;
	case 1:
		soak_set_error(r, ERR_TEMP, 5 * CLOCK_SECOND, "the name could not be found");
		r->reach = FETCH_UNREACHED;
		break;
	case 2: soak_set_error(r, ERR_LIMIT, 2 * CLOCK_SECOND, "larger than max-body"); break;
	case 3: soak_set_error(r, ERR_TEMP, 10, "connection reset"); break;
	}
}

static void soak_redirect(struct reply *r, const char *url, int feed, uint64_t n)
{
	static const long statuses[] = {301, 302, 307, 308};
	char to[64];

	/* To another path, which has the feed; every fourth leads in a circle. */
	if (strstr(url, "/moved") && n % 4 != 0)
		return;
	r->status = statuses[n / 4 % 4];
	snprintf(to, sizeof(to), "http://f%d.example/moved%d", feed, (int)(n % 3));
	r->location = strdup(to);
}

static void soak_replace_body(struct reply *r, const char *text)
{
	free(r->body);
	r->body = strdup(text);
	r->body_len = strlen(text);
}

static void soak_damage_body(struct reply *r, uint64_t n)
{
	switch (n % 6) {
	case 0: /* the connection ends early */
		r->text = strdup("the connection was closed early");
		r->body_len = r->body_len * (n % 97) / 100;
		break;
	case 1: r->body_len = r->body_len * (n % 97) / 100; break;
	case 2:
		soak_replace_body(r, "<!DOCTYPE html><html><head><title>Maintenance</title></head>"
				     "<body><p>Siren 0-0: back soon</p></body></html>");
		break;
	case 3: soak_replace_body(r, "\x1f\x8b\xff\x00garbage \xc3\x28 < & ]]>"); break;
	case 4: /* not UTF-8, a stray tag */ memset(r->body + r->body_len / 2, 0xff, 3); break;
	case 5: r->delay = 25 * CLOCK_SECOND; break; /* a drip */
	}
}

enum soak_fault {
	FAULT_SERVER,
	FAULT_TRANSFER,
	FAULT_REDIRECT,
	FAULT_BODY,
	FAULT_STALE,
	FAULT_IDS,
	FAULT_ORDER,
	FAULT_EMPTY,
	FAULT_LYING,
	FAULT_UNCONDITIONAL,
	FAULTS,
	FAULT_NONE
};

static enum soak_fault soak_fault_of(const struct soak *s, int feed, uint64_t *n)
{
	int64_t now = soak_now(s);
	uint64_t window = (uint64_t)(now / WINDOW);

	*n = soak_number(s, 5, (uint64_t)feed, window);
	if (now < s->begin + CLOCK_HOUR || now >= s->calm || *n % 4 != 0)
		return FAULT_NONE;
	*n /= 4;
	*n /= FAULTS;
	return (enum soak_fault)(soak_number(s, 6, (uint64_t)feed, window) % FAULTS);
}

static void soak_choose_body(struct soak_body *d, enum soak_fault fault, uint64_t n)
{
	switch (fault) {
	case FAULT_STALE: d->at -= 2 * CLOCK_HOUR; break;
	case FAULT_IDS: d->edition = 1 + n % 1000; break;
	case FAULT_ORDER:
		d->reversed = true;
		d->doubled = n % 2 == 0;
		break;
	case FAULT_EMPTY: d->empty = true; break;
	case FAULT_SERVER:
	case FAULT_TRANSFER:
	case FAULT_REDIRECT:
	case FAULT_BODY:
	case FAULT_LYING:
	case FAULT_UNCONDITIONAL:
	case FAULTS:
	case FAULT_NONE: break;
	}
}

static void soak_apply_fault(
	struct reply *r, const char *url, int feed, enum soak_fault fault, uint64_t n)
{
	switch (fault) {
	case FAULT_SERVER: soak_fail_server(r, n); break;
	case FAULT_TRANSFER: soak_fail_transfer(r, n); break;
	case FAULT_REDIRECT: soak_redirect(r, url, feed, n); break;
	case FAULT_BODY: soak_damage_body(r, n); break;
	case FAULT_LYING: r->status = 304; break;
	case FAULT_UNCONDITIONAL: r->conditional = false; break;
	case FAULT_STALE:
	case FAULT_IDS:
	case FAULT_ORDER:
	case FAULT_EMPTY:
	case FAULTS:
	case FAULT_NONE: break;
	}
}

struct reply *soak_feed_reply(void *ctx, const struct fetch_request *q)
{
	struct soak *s = ctx;
	struct reply *r = calloc(1, sizeof(*r));
	struct soak_body d = {.at = soak_now(s)};
	enum soak_fault fault;
	char etag[64];
	uint64_t n;

	s->requests++;
	r->delay = 50;
	r->retry_after = r->max_age = -1;
	if (s->offline || sscanf(q->url, "http://f%d.example/", &d.feed) != 1 ||
		d.feed >= s->feeds) {
		soak_set_error(r, ERR_TEMP, 20, "no route to host");
		r->reach = FETCH_NO_ROUTE;
		return r;
	}
	fault = soak_fault_of(s, d.feed, &n);
	s->faults += fault != FAULT_NONE;
	soak_choose_body(&d, fault, n);
	r->status = 200;
	r->conditional = true;
	r->body = soak_write_body(s, &d, &r->body_len);
	snprintf(etag, sizeof(etag), "\"%016" PRIx64 "\"",
		soak_number(s, 7, (uint64_t)d.feed, soak_hash(r->body, r->body_len)));
	r->etag = strdup(etag);
	/* A fault with 304 needs a validator to be true to. */
	if (fault != FAULT_LYING || q->etag)
		soak_apply_fault(r, q->url, d.feed, fault, n);
	if (s->first[d.feed] == 0)
		s->first[d.feed] = d.at;
	return r;
}
