/* SPDX-License-Identifier: MIT */
#include "receiver.h"

#include <string.h>

#include "engine/schedule.h"

#define SAME_PROBES 10 /* with one delivery, before others are tried too */

/* What an answer has in common with others: "HTTP 400", without what the server says in addition.
 */
static void receiver_write_reason(struct str answer, char out[RECEIVER_ANSWER_MAX])
{
	size_t n = 0;

	while (n < answer.n && n < RECEIVER_ANSWER_MAX - 1 && answer.p[n] != ':') {
		out[n] = answer.p[n];
		n++;
	}
	out[n] = '\0';
}

static bool receiver_has_same(const struct receiver *r, int64_t id)
{
	for (size_t i = 0; i < r->n_same; i++)
		if (r->same[i] == id)
			return true;
	return false;
}

/* True: it is the third message in a row with that answer. */
static bool receiver_add_same(struct receiver *r, int64_t id, const struct sink_verdict *v)
{
	char reason[RECEIVER_ANSWER_MAX];

	receiver_write_reason(v->answer, reason);
	if (v->kind != r->same_kind || strcmp(reason, r->same_answer) != 0)
		r->n_same = 0;
	if (r->n_same == 0)
		r->refusing = false;
	r->same_kind = v->kind;
	memcpy(r->same_answer, reason, sizeof(reason));
	if (receiver_has_same(r, id))
		return false;
	if (r->n_same == RECEIVER_ROW - 1)
		return true;
	r->same[r->n_same++] = id;
	return false;
}

static bool receiver_ring_has(const struct receiver_ring *ring, int64_t id)
{
	for (size_t i = 0; i < ring->n; i++)
		if (ring->id[i] == id)
			return true;
	return false;
}

static void receiver_ring_add(struct receiver_ring *ring, int64_t id)
{
	size_t at = 0;

	while (at < ring->n && ring->id[at] != id)
		at++;
	if (at == RECEIVER_RING)
		at = 0; /* the oldest */
	if (at < ring->n) {
		ring->n--;
		memmove(&ring->id[at], &ring->id[at + 1], (ring->n - at) * sizeof(ring->id[0]));
	}
	ring->id[ring->n++] = id;
}

enum sink_verdict_kind receiver_weigh(
	struct receiver *r, int64_t id, const struct sink_verdict *v, struct mark *m)
{
	bool about_message = v->kind == SINK_BAD || v->kind == SINK_LATER;

	if (v->kind == SINK_TROUBLE && r->fails == 0 && receiver_ring_has(&r->failed, id))
		return SINK_LATER;
	if (!about_message || str_present(v->served))
		return v->kind;
	if (receiver_add_same(r, id, v) && !r->refusing) {
		memcpy(m->revive, r->same, sizeof(r->same));
		m->n_revive = r->n_same;
		r->refusing = true;
	}
	return r->refusing ? SINK_TROUBLE : v->kind;
}

bool receiver_answers(struct receiver *r)
{
	bool was = r->down || r->gone;

	r->down = r->gone = false;
	r->fails = 0;
	return was;
}

bool receiver_works(struct receiver *r)
{
	r->n_same = 0;
	r->refusing = false;
	return receiver_answers(r);
}

static void receiver_count_failure(struct receiver *r, int64_t id, int64_t now)
{
	if (r->fails++ == 0) {
		r->since = r->probe_at = now;
		r->probes = r->same_probe = 0;
		r->tried.n = 0;
	} else if (now >= r->probe_at) {
		r->probes++;
	}
	r->same_probe = id == r->last_probe ? r->same_probe + 1 : 1;
	r->last_probe = id;
	receiver_ring_add(&r->failed, id);
	if (r->refusing || r->same_probe >= SAME_PROBES || r->tried.n)
		receiver_ring_add(&r->tried, id);
}

int64_t receiver_fails(struct receiver *r, int64_t id, const struct sink_verdict *v, int64_t now,
	struct rng *rng, int64_t *rest)
{
	struct schedule_probe p;
	int64_t wait;

	receiver_count_failure(r, id, now);
	p = (struct schedule_probe){
		.down = now - r->since, .probes = r->probes, .denied = v->denied, .asked = v->wait};
	if (now >= r->probe_at)
		r->probe_at = now + schedule_next_probe(&p, rng);
	wait = r->probe_at - now;
	r->down = r->down || r->refusing || r->fails >= RECEIVER_ROW || v->wait > 0;
	*rest = r->down ? 0 : wait;
	return r->down ? wait : 0;
}

const struct receiver_ring *receiver_avoids(const struct receiver *r)
{
	static const struct receiver_ring none;

	return r->down && (r->refusing || r->probes % 2) ? &r->tried : &none;
}

bool receiver_reset(struct receiver *r)
{
	bool was = r->down || r->gone;

	*r = (struct receiver){.fails = 0};
	return was;
}
