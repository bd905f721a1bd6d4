/* SPDX-License-Identifier: MIT */
#include "chain_index.h"

#include <stdlib.h>

#include "base/array.h"

#define HEADS_FIRST  1024
#define PLACES_FIRST 1024
/* Entries of other keys that a search passes over in a chain before it ends. */
#define OTHERS_MAX   256

struct chain_entry {
	uint32_t key;
	uint32_t older; /* position of the entry before it in its chain; 0: none */
};

void chain_index_init(struct chain_index *x, uint32_t owners_max)
{
	*x = (struct chain_index){.owners_max = owners_max};
	ring_init(&x->owners, sizeof(struct chain_owner));
	ring_init(&x->entries, sizeof(struct chain_entry));
}

void chain_index_release(struct chain_index *x)
{
	ring_release(&x->owners);
	ring_release(&x->entries);
	free(x->heads);
	free(x->hits);
	free(x->places);
	chain_index_init(x, x->owners_max);
}

size_t chain_index_bytes(const struct chain_index *x)
{
	return x->owners.bytes + x->entries.bytes + x->n_heads * sizeof(*x->heads);
}

/* --- searching --- */

static size_t chain_place(uint32_t owner, size_t n)
{
	return owner * 0x9e3779b1u & (n - 1);
}

/* The owner of the entry at pos: the last one that begins at it or before. */
static uint32_t chain_find_owner(const struct chain_index *x, uint32_t pos)
{
	uint32_t from = x->owners.begin, to = x->owners.end;

	while (to - from > 1) {
		uint32_t middle = from + (to - from) / 2;

		if (chain_index_owner(x, middle)->first <= pos)
			from = middle;
		else
			to = middle;
	}
	return from;
}

/* Room for as many further owners, in a table that is at most half full. */
static bool chain_make_room(struct chain_index *x, size_t more)
{
	size_t n = x->n_places ? x->n_places : PLACES_FIRST;
	uint32_t *places;

	while ((x->n_hits + more) * 2 > n)
		n *= 2;
	if (n > x->n_places) {
		places = calloc(n, sizeof(*places));
		if (!places)
			return false;
		for (size_t i = 0; i < x->n_hits; i++) {
			size_t at = chain_place(x->hits[i].owner, n);

			while (places[at])
				at = (at + 1) & (n - 1);
			places[at] = (uint32_t)i + 1;
		}
		free(x->places);
		x->places = places;
		x->n_places = n;
	}
	return array_room(&x->hits, x->n_hits, &x->hits_room, more, sizeof(*x->hits));
}

static void chain_count(struct chain_index *x, uint32_t owner)
{
	size_t at = chain_place(owner, x->n_places);

	while (x->places[at] && x->hits[x->places[at] - 1].owner != owner)
		at = (at + 1) & (x->n_places - 1);
	if (!x->places[at]) {
		x->hits[x->n_hits++] = (struct chain_hit){owner, 0};
		x->places[at] = (uint32_t)x->n_hits;
	}
	x->hits[x->places[at] - 1].count++;
}

/* Only what was used: one search with many hits makes the table large for all later ones. */
static void chain_clear_hits(struct chain_index *x)
{
	for (size_t i = 0; i < x->n_hits; i++) {
		size_t at = chain_place(x->hits[i].owner, x->n_places);

		while (x->places[at] != i + 1)
			at = (at + 1) & (x->n_places - 1);
		x->places[at] = 0;
	}
	x->n_hits = 0;
}

/* Sets found to the entries of the key, and returns their number; max + 1: there are more. */
static uint32_t chain_walk(
	const struct chain_index *x, uint32_t key, uint32_t max, uint32_t found[CHAIN_OWNERS_MAX])
{
	uint32_t pos = x->heads[key & (x->n_heads - 1)], others = 0, n = 0;

	while (pos >= x->entries.begin && pos && others < OTHERS_MAX) {
		const struct chain_entry *entry = ring_at(&x->entries, pos);

		if (entry->key != key)
			others++;
		else if (n == max)
			return max + 1;
		else
			found[n++] = pos;
		pos = entry->older;
	}
	return n;
}

bool chain_index_find(struct chain_index *x, struct chain_key *keys, size_t n_keys)
{
	uint32_t at[CHAIN_OWNERS_MAX], found;

	chain_clear_hits(x);
	for (size_t i = 0; i < n_keys; i++) {
		keys[i].full = false;
		if (!x->n_heads)
			continue;
		if (!chain_make_room(x, x->owners_max))
			return false;
		found = chain_walk(x, keys[i].key, x->owners_max, at);
		keys[i].full = found > x->owners_max;
		for (uint32_t k = 0; k < found && !keys[i].full; k++)
			chain_count(x, chain_find_owner(x, at[k]));
	}
	return true;
}

/* --- adding --- */

static bool chain_grow_heads(struct chain_index *x)
{
	size_t n = x->n_heads ? x->n_heads * 2 : HEADS_FIRST;
	uint32_t *heads = calloc(n, sizeof(*heads));

	if (!heads)
		return false;
	for (uint32_t pos = x->entries.begin; pos < x->entries.end; pos++) {
		struct chain_entry *entry = ring_at(&x->entries, pos);
		uint32_t *head = &heads[entry->key & (n - 1)];

		entry->older = *head;
		*head = pos;
	}
	free(x->heads);
	x->heads = heads;
	x->n_heads = n;
	return true;
}

/* Makes positions small again when 2^32 of them have been used: after months under a flood. */
static void chain_renumber(struct chain_index *x)
{
	uint32_t less = ring_renumber(&x->entries);

	for (size_t i = 0; i < x->n_heads; i++)
		x->heads[i] = x->heads[i] > less ? x->heads[i] - less : 0;
	for (uint32_t pos = x->entries.begin; pos < x->entries.end; pos++) {
		struct chain_entry *entry = ring_at(&x->entries, pos);

		entry->older = entry->older > less ? entry->older - less : 0;
	}
	for (uint32_t pos = x->owners.begin; pos < x->owners.end; pos++)
		chain_index_owner(x, pos)->first -= less;
}

bool chain_index_add_owner(struct chain_index *x, const struct chain_owner *owner)
{
	struct chain_owner *o;

	if (x->owners.end == UINT32_MAX) {
		chain_clear_hits(x);
		ring_renumber(&x->owners);
	}
	o = ring_push(&x->owners);
	if (!o)
		return false;
	*o = *owner;
	o->first = x->entries.end;
	return true;
}

bool chain_index_add(struct chain_index *x, uint32_t key)
{
	uint32_t pos = x->entries.end, *head;
	struct chain_entry *entry;

	if (pos - x->entries.begin >= x->n_heads && !chain_grow_heads(x))
		return false;
	if (pos == UINT32_MAX) {
		chain_renumber(x);
		pos = x->entries.end;
	}
	entry = ring_push(&x->entries);
	if (!entry)
		return false;
	head = &x->heads[key & (x->n_heads - 1)];
	*entry = (struct chain_entry){key, *head};
	*head = pos;
	return true;
}

void chain_index_take_back(struct chain_index *x)
{
	uint32_t first;

	chain_clear_hits(x);
	if (x->owners.begin == x->owners.end)
		return;
	first = chain_index_owner(x, --x->owners.end)->first;
	while (x->entries.end > first) {
		const struct chain_entry *entry = ring_at(&x->entries, --x->entries.end);

		x->heads[entry->key & (x->n_heads - 1)] = entry->older;
	}
}

/* Drops the oldest owner. */
static void chain_drop_owner(struct chain_index *x)
{
	uint32_t next = x->owners.begin + 1;

	ring_drop(&x->entries,
		next < x->owners.end ? chain_index_owner(x, next)->first : x->entries.end);
	ring_drop(&x->owners, next);
}

void chain_index_drop(struct chain_index *x, int64_t at, size_t max)
{
	while (x->owners.begin < x->owners.end &&
		(chain_index_owner(x, x->owners.begin)->at < at || chain_index_bytes(x) > max))
		chain_drop_owner(x);
}
