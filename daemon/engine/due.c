/* SPDX-License-Identifier: MIT */
#include "engine/due.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"

static void due_place(struct due_heap *h, size_t slot, struct due *d)
{
	h->v[slot] = d;
	d->slot = slot;
}

static void due_sift_up(struct due_heap *h, struct due *d, size_t slot)
{
	while (slot > 1 && h->v[slot / 2]->at > d->at) {
		due_place(h, slot, h->v[slot / 2]);
		slot /= 2;
	}
	due_place(h, slot, d);
}

static void due_sift_down(struct due_heap *h, struct due *d, size_t slot)
{
	for (;;) {
		size_t child = slot * 2;

		if (child > h->n)
			break;
		if (child < h->n && h->v[child + 1]->at < h->v[child]->at)
			child++;
		if (h->v[child]->at >= d->at)
			break;
		due_place(h, slot, h->v[child]);
		slot = child;
	}
	due_place(h, slot, d);
}

void due_release(struct due_heap *h)
{
	free(h->v);
	*h = (struct due_heap){0};
}

int due_reserve(struct due_heap *h, size_t n)
{
	/* Slot 0 is not used. */
	return array_room(&h->v, 0, &h->cap, n + 1, sizeof(*h->v)) ? 0 : -ERR_NOMEM;
}

void due_set(struct due_heap *h, struct due *d, int64_t at)
{
	size_t slot = d->slot;

	if (slot == 0) {
		assert(h->n + 1 < h->cap);
		slot = ++h->n;
		d->at = at;
		due_sift_up(h, d, slot);
		return;
	}
	d->at = at;
	if (slot > 1 && h->v[slot / 2]->at > at)
		due_sift_up(h, d, slot);
	else
		due_sift_down(h, d, slot);
}

void due_unset(struct due_heap *h, struct due *d)
{
	size_t slot = d->slot;
	struct due *last;

	if (slot == 0)
		return;
	last = h->v[h->n--];
	d->slot = 0;
	if (last == d)
		return;
	if (slot > 1 && h->v[slot / 2]->at > last->at)
		due_sift_up(h, last, slot);
	else
		due_sift_down(h, last, slot);
}

void due_shift(struct due_heap *h, int64_t ms)
{
	for (size_t slot = 1; slot <= h->n; slot++)
		h->v[slot]->at -= ms;
}

struct due *due_first(const struct due_heap *h)
{
	return h->n > 0 ? h->v[1] : NULL;
}
