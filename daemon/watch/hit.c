/* SPDX-License-Identifier: MIT */
/* The places that made a match true: in order, each once. */
#include <stdlib.h>

#include "scratch.h"

void watch_hit_add_bytes(
	struct watch_scratch *s, size_t region, size_t offset, size_t length, uint32_t text)
{
	const struct watch_region *r = &s->regions[region];

	if (!array_room(&s->hits, s->n_hits, &s->cap_hits, 1, sizeof(*s->hits))) {
		s->failed = true;
		return;
	}
	s->hits[s->n_hits] = (struct watch_place_hit){
		.hit =
			{
				.field = r->field,
				.offset = offset,
				.length = length,
				.text = str_slice(r->text.p + offset, length),
				.term = s->set->program.texts[text],
			},
		.region = (uint32_t)region,
		.order = text, /* texts are numbered along the query */
	};
	s->n_hits++;
}

void watch_hit_add(struct watch_scratch *s, uint32_t first, uint32_t last, uint32_t text)
{
	const struct watch_region *r = watch_region_at(s, first);
	const struct text_word *from = &r->words->word[first - r->base];
	const struct text_word *to = &r->words->word[last - r->base];

	watch_hit_add_bytes(s, (size_t)(r - s->regions), from->offset,
		to->offset + (size_t)to->length - from->offset, text);
}

static int compare(const void *a, const void *b)
{
	const struct watch_place_hit *x = a, *y = b;

	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	if (x->hit.offset != y->hit.offset)
		return x->hit.offset < y->hit.offset ? -1 : 1;
	if (x->hit.length != y->hit.length)
		return x->hit.length < y->hit.length ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void watch_hits_finish(struct watch_scratch *s)
{
	s->n_found_hits = 0;
	if (s->n_hits > 1)
		qsort(s->hits, s->n_hits, sizeof(*s->hits), compare);
	if (!array_room(&s->found_hits, 0, &s->cap_found_hits, s->n_hits, sizeof(*s->found_hits))) {
		s->failed = true;
		return;
	}
	/* Of two terms that found the same place the one that stands first in the query is told. */
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct watch_place_hit *h = &s->hits[i], *before = i ? h - 1 : NULL;

		if (!before || h->region != before->region || h->hit.offset != before->hit.offset ||
			h->hit.length != before->hit.length)
			s->found_hits[s->n_found_hits++] = h->hit;
	}
}
