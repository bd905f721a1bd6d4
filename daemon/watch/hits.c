/* SPDX-License-Identifier: MIT */
#include "hits.h"

#include <stdlib.h>

void watch_hit_add_bytes(struct watch_hits *h, struct watch_item *item, size_t region,
	size_t offset, size_t length, uint32_t text)
{
	const struct watch_region *r = &item->regions[region];

	if (!array_room(&h->v, h->n, &h->cap, 1, sizeof(*h->v))) {
		item->failed = true;
		return;
	}
	h->v[h->n] = (struct watch_place_hit){
		.hit =
			{
				.field = r->field,
				.offset = offset,
				.length = length,
				.text = str_slice(r->text.p + offset, length),
				.term = item->program->texts[text],
			},
		.region = (uint32_t)region,
		.order = text, /* texts are numbered in the order of the query */
	};
	h->n++;
}

void watch_hit_add(
	struct watch_hits *h, struct watch_item *item, uint32_t first, uint32_t last, uint32_t text)
{
	const struct watch_region *r = watch_region_at(item, first);
	const struct text_word *from = &r->words->word[first - r->base];
	const struct text_word *to = &r->words->word[last - r->base];

	watch_hit_add_bytes(h, item, (size_t)(r - item->regions), from->offset,
		to->offset + (size_t)to->length - from->offset, text);
}

static int hits_compare(const void *a, const void *b)
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

void watch_hits_release(struct watch_hits *h)
{
	free(h->v);
	free(h->found);
	*h = (struct watch_hits){0};
}

bool watch_hits_finish(struct watch_hits *h)
{
	h->n_found = 0;
	if (h->n > 1)
		qsort(h->v, h->n, sizeof(*h->v), hits_compare);
	if (!array_room(&h->found, 0, &h->cap_found, h->n, sizeof(*h->found)))
		return false;
	/* If two terms have the same place, the first in the query is kept. */
	for (size_t i = 0; i < h->n; i++) {
		const struct watch_place_hit *p = &h->v[i], *before = i ? p - 1 : NULL;

		if (!before || p->region != before->region || p->hit.offset != before->hit.offset ||
			p->hit.length != before->hit.length)
			h->found[h->n_found++] = p->hit;
	}
	return true;
}
