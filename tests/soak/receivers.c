/* SPDX-License-Identifier: MIT */
/*
 * The receivers, each with a fault of its own, and the ledger: every message is checked against
 * what that receiver got before.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "soak/soak.h"

/* In the order of the webhooks r0 to r7; the last is the mail server. */
enum soak_receiver {
	RECEIVER_STEADY,
	RECEIVER_FLAKY,
	RECEIVER_LIMITS, /* 429 */
	RECEIVER_HANGS,
	RECEIVER_DOWN,	/* five hours a day */
	RECEIVER_PICKY, /* 400 to one of twenty */
	RECEIVER_MAIL,
	/* of the watch quake */
	RECEIVER_SECOND,
	RECEIVER_SLOW,
};

const struct soak_watch soak_watches[2] = {
	{"siren", RECEIVER_STEADY, RECEIVER_SECOND},
	{"quake", RECEIVER_SECOND, SOAK_RECEIVERS},
};

struct soak_entry *soak_entry(const struct soak *s, int feed, int story, int receiver)
{
	return &s->entries[((size_t)feed * SOAK_STORIES + (size_t)story) * SOAK_RECEIVERS +
			   (size_t)receiver];
}

bool soak_story_of(const struct soak *s, struct str text, int *feed, int *story)
{
	static const char word[] = "Siren ";
	const char *end = text.p + text.n, *p = text.p;

	while (p && (p = memmem(p, (size_t)(end - p), word, sizeof(word) - 1)) != NULL) {
		char number[32] = "";

		p += sizeof(word) - 1;
		memcpy(number, p, (size_t)(end - p) < 31 ? (size_t)(end - p) : 31);
		if (sscanf(number, "%d-%d", feed, story) == 2 && *feed >= 0 && *feed < s->feeds &&
			*story >= 0 && *story < SOAK_STORIES)
			return true;
	}
	return false;
}

static int soak_receiver_of(const struct sink_request *q)
{
	int n;

	if (q->transport == SINK_SMTP)
		return RECEIVER_MAIL;
	return q->url.n > 8 && q->url.p && sscanf(q->url.p, "http://r%d.", &n) == 1 && n >= 0 &&
			       n < SOAK_RECEIVERS
		       ? n
		       : -1;
}

/* What identifies the message: webhook-id, or the Message-ID of a mail. */
static uint32_t soak_message_id(const struct sink_request *q)
{
	const char *line = memmem(q->body.p, q->body.n, "Message-ID: ", 12), *end;

	for (size_t i = 0; i < q->n_headers; i++)
		if (str_starts(q->headers[i], STR("webhook-id: ")))
			return (uint32_t)soak_hash(q->headers[i].p, q->headers[i].n);
	end = line ? memchr(line, '\r', (size_t)(q->body.p + q->body.n - line)) : NULL;
	return end ? (uint32_t)soak_hash(line, (size_t)(end - line)) : 0;
}

/* Checks that all messages of one story to one receiver are one and the same. */
static void soak_check_same(
	struct soak *s, struct soak_entry *e, const struct sink_request *q, const char *what)
{
	uint32_t id = soak_message_id(q), body = (uint32_t)soak_hash(q->body.p, q->body.n);

	if (e->id && e->id != id)
		soak_fail(s, "%s: sent under two ids", what);
	else if (e->id && e->body != body)
		soak_fail(s, "%s: the same id with other bytes", what);
	e->id = id;
	e->body = body;
}

static void soak_accept(struct soak *s, struct soak_entry *e, const char *what)
{
	if (e->accepted > 0 && e->allowed == 0) {
		soak_fail(s, "%s: received again", what);
	} else if (e->accepted > 0) {
		e->allowed--;
		s->repeats++;
	}
	e->accepted++;
}

static void soak_error(struct reply *r, int64_t delay, const char *text)
{
	r->status = 0;
	r->error = ERR_TEMP;
	r->delay = delay;
	r->text = strdup(text);
}

/* Sets the answer of that receiver now; *lost: it takes the message, but the answer is lost. */
static void soak_set_answer(
	const struct soak *s, int receiver, uint64_t story, struct reply *r, bool *lost)
{
	uint64_t n = soak_number(s, 10, (uint64_t)clock_mono(), story);
	uint64_t hour = (uint64_t)(soak_now(s) / CLOCK_HOUR) % 24;

	if (receiver == RECEIVER_MAIL)
		r->status = 250;
	if (receiver != RECEIVER_PICKY && soak_now(s) > (s->calm + s->end) / 2)
		return;
	switch ((enum soak_receiver)receiver) {
	case RECEIVER_FLAKY:
		r->delay = (int64_t)(n % 3000);
		*lost = n % 100 < 3;
		if (n % 100 < 13)
			r->status = n % 2 ? 500 : 503;
		break;
	case RECEIVER_LIMITS:
		if (n % 10 == 0) {
			r->status = 429;
			r->retry_after = (int64_t)(n / 10 % 60) * CLOCK_SECOND;
		}
		break;
	case RECEIVER_HANGS:
		if (hour % 8 < 2) {
			soak_error(r, 30 * CLOCK_SECOND, "timed out");
			*lost = n % 4 == 0;
		}
		break;
	case RECEIVER_DOWN:
		if (hour >= 9 && hour < 14)
			soak_error(r, 10, "connection refused");
		break;
	case RECEIVER_PICKY:
		if (soak_number(s, 11, story, 0) % 20 == 0)
			r->status = 400;
		break;
	case RECEIVER_MAIL: r->status = n % 25 == 0 ? 451 : 250; break;
	case RECEIVER_SLOW: r->delay = 5 * CLOCK_SECOND; break;
	case RECEIVER_STEADY:
	case RECEIVER_SECOND: break;
	}
}

static bool soak_is_good(const struct reply *r)
{
	return r->status >= 200 && r->status < 300;
}

struct reply *soak_receiver_answer(void *ctx, const struct sink_request *q)
{
	struct soak *s = ctx;
	struct reply *r = calloc(1, sizeof(*r));
	int feed = 0, story = 0, receiver = soak_receiver_of(q);
	bool lost = false;
	struct soak_entry *e;
	char what[64];

	r->status = 204;
	r->delay = 40;
	r->retry_after = -1;
	s->messages++;
	if (receiver < 0 || !soak_story_of(s, q->body, &feed, &story)) {
		s->notices++; /* of troubles */
		return r;
	}
	if (s->offline) {
		soak_error(r, 20, "no route to host");
		return r;
	}
	snprintf(what, sizeof(what), "r%d, story %d-%d", receiver, feed, story);
	e = soak_entry(s, feed, story, receiver);
	soak_check_same(s, e, q, what);
	if (!soak_matches(s, receiver >= soak_watches[1].first, feed, story))
		soak_fail(s, "%s: is not for that receiver", what);
	soak_set_answer(s, receiver, (uint64_t)(feed * SOAK_STORIES + story), r, &lost);
	e->refused |= r->status >= 400 && r->status < 429;
	s->refusals += !soak_is_good(r);
	/* Taken when it is sent: if the run ends before the answer, that is lost. */
	if (soak_is_good(r) || lost)
		soak_accept(s, e, what);
	e->allowed += lost;
	if (lost && soak_is_good(r))
		soak_error(r, CLOCK_SECOND, "the connection was closed");
	return r;
}
