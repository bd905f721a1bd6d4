/* SPDX-License-Identifier: MIT */
#include "alert_text.h"

#include "base/utf8.h"

/* Bytes of context before the first hit if the start of a long body has none. */
#define LEAD_IN (ALERT_BODY_MAX / 8)

static size_t alert_text_start(struct str body, const struct watch_match *m)
{
	for (size_t k = 0; k < m->n_hits; k++) {
		size_t at = m->hits[k].offset;

		if (m->hits[k].field != QUERY_BODY)
			continue;
		if (at + m->hits[k].length <= ALERT_BODY_MAX)
			return 0;
		at = at > LEAD_IN ? at - LEAD_IN : 0;
		while (at < body.n && ((unsigned char)body.p[at] & 0xc0) == 0x80)
			at++;
		return at;
	}
	return 0;
}

static bool alert_text_move_hit(struct watch_hit *h, size_t start, size_t length)
{
	if (h->field != QUERY_BODY)
		return true;
	if (h->offset < start || h->offset - start > length ||
		h->length > length - (h->offset - start))
		return false;
	h->offset -= start;
	return true;
}

void alert_text_cut(const struct watch_view *view, const struct watch_match *found,
	struct watch_hit hits[ALERT_HITS_MAX], struct alert *a)
{
	struct str body = view->body;
	size_t start = body.n > ALERT_BODY_MAX ? alert_text_start(body, found) : 0;

	if (str_present(body))
		a->body = utf8_cut(str_slice(body.p + start, body.n - start), ALERT_BODY_MAX);
	a->hits = hits;
	for (size_t k = 0; k < found->n_hits && a->n_hits < ALERT_HITS_MAX; k++) {
		hits[a->n_hits] = found->hits[k];
		a->n_hits += alert_text_move_hit(&hits[a->n_hits], start, a->body.n);
	}
}
