/* SPDX-License-Identifier: MIT */
/* Publishers choose keys and links, so the hash is salted per batch against crafted collisions. */
#include "lookup.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/rng.h"
#include "feed/succession.h"

#define ITEMS_MAX ((size_t)1 << 24)

/* What the key of an item is made of; more than BY_KEY if items of the batch share its key. */
enum { BY_KEY, BY_KEY_AND_LINK, BY_KEY_LINK_AND_TEXT };

static size_t lookup_slot(const struct known_lookup *l, uint64_t a, uint64_t b)
{
	return (size_t)((a * l->salt[0] + b * l->salt[1]) >> l->shift);
}

static size_t lookup_slot_of_key(const struct known_lookup *l, const uint8_t key[16])
{
	uint64_t half[2];

	memcpy(half, key, sizeof(half));
	return lookup_slot(l, half[0], half[1]);
}

int lookup_init(struct known_lookup *l, struct store_lookup *of, struct err *e)
{
	const struct feed_batch *b = of->batch;
	size_t slots = 16;

	*l = (struct known_lookup){.of = of, .batch = b, .out = of->items, .shift = 60};
	if (b->n_items > ITEMS_MAX)
		return err_set(e, ERR_LIMIT, "%zu items in one feed are too many", b->n_items);
	while (slots < b->n_items * 2) {
		slots *= 2;
		l->shift--;
	}
	l->mask = slots - 1;
	l->entries = calloc(b->n_items + 1, sizeof(*l->entries));
	l->keys = malloc(4 * slots * sizeof(*l->keys));
	if (!l->entries || !l->keys)
		return err_nomem(e);
	memset(l->keys, 0xff, 4 * slots * sizeof(*l->keys));
	l->pairs = l->keys + slots;
	l->links = l->pairs + slots;
	l->texts = l->links + slots;
	if (rng_system_bytes(l->salt, sizeof(l->salt)))
		return err_set(e, ERR_IO, "the system gives no random bytes");
	l->salt[0] |= 1;
	l->salt[1] |= 1;
	return 0;
}

void lookup_release(struct known_lookup *l)
{
	free(l->entries);
	free(l->keys);
	free(l->absent);
	free(l->recent);
}

static bool lookup_same_content(const struct feed_item *a, const struct feed_item *b)
{
	return a->link_key == b->link_key && a->text_key == b->text_key;
}

static void lookup_make_key(const struct known_lookup *l, uint32_t at, uint8_t out[16])
{
	const struct feed_item *i = &l->batch->items[at];
	uint8_t made = l->entries[at].made;
	struct {
		uint8_t key[16];
		uint64_t link, text;
	} whole;
	uint64_t half[2];

	memcpy(out, l->of->keys ? l->of->keys[at] : i->key, 16);
	if (made == BY_KEY)
		return;
	memset(&whole, 0, sizeof(whole));
	memcpy(whole.key, i->key, 16);
	whole.link = i->link_key;
	whole.text = made == BY_KEY_LINK_AND_TEXT ? i->text_key : 0;
	for (unsigned k = 0; k < 2; k++)
		half[k] =
			digest_fast64(str_slice((const char *)&whole, sizeof(whole)), made + 8 * k);
	memcpy(out, half, 16);
}

uint32_t lookup_find_key(const struct known_lookup *l, const uint8_t key[16], size_t *slot)
{
	size_t at = lookup_slot_of_key(l, key);

	while (l->keys[at] != LOOKUP_NONE && memcmp(l->out[l->keys[at]].key, key, 16) != 0)
		at = (at + 1) & l->mask;
	*slot = at;
	return l->keys[at];
}

uint32_t lookup_find_pair(const struct known_lookup *l, uint64_t link, uint64_t text, size_t *slot)
{
	size_t at = lookup_slot(l, link, text);
	const struct feed_item *items = l->batch->items;

	while (l->pairs[at] != LOOKUP_NONE &&
		(items[l->pairs[at]].link_key != link || items[l->pairs[at]].text_key != text))
		at = (at + 1) & l->mask;
	*slot = at;
	return l->pairs[at];
}

uint32_t lookup_find_link(const struct known_lookup *l, uint64_t link, size_t *slot)
{
	size_t at = lookup_slot(l, link, 0);

	while (l->links[at] != LOOKUP_NONE && l->batch->items[l->links[at]].link_key != link)
		at = (at + 1) & l->mask;
	*slot = at;
	return l->links[at];
}

uint32_t lookup_find_text(const struct known_lookup *l, uint64_t text, size_t *slot)
{
	size_t at = lookup_slot(l, text, 1);

	while (l->texts[at] != LOOKUP_NONE && l->batch->items[l->texts[at]].text_key != text)
		at = (at + 1) & l->mask;
	*slot = at;
	return l->texts[at];
}

/* Inserts every item by its key. Returns whether items with different content share a key. */
static bool lookup_add_keys(struct known_lookup *l)
{
	const struct feed_item *items = l->batch->items;
	bool clash = false;
	size_t slot;

	memset(l->keys, 0xff, (l->mask + 1) * sizeof(*l->keys));
	for (uint32_t i = 0; i < l->batch->n_items; i++) {
		struct lookup_entry *entry = &l->entries[i];
		uint32_t first;

		lookup_make_key(l, i, l->out[i].key);
		first = lookup_find_key(l, l->out[i].key, &slot);
		entry->clash = false;
		entry->repeat = first != LOOKUP_NONE;
		if (first == LOOKUP_NONE)
			l->keys[slot] = i;
		else if (l->of->identity == FEED_IDENTITY_AUTO &&
			 entry->made < BY_KEY_LINK_AND_TEXT &&
			 !lookup_same_content(&items[i], &items[first]))
			clash = l->entries[first].clash = true;
	}
	return clash;
}

/*
 * Items with one key and different content: the publisher gives all the same id. Extends the keys
 * of all of them, the first included; otherwise the next poll could match it with another one.
 */
static void lookup_extend_keys(struct known_lookup *l)
{
	size_t slot;

	for (uint32_t i = 0; i < l->batch->n_items; i++)
		if (l->entries[lookup_find_key(l, l->out[i].key, &slot)].clash &&
			l->entries[i].made < BY_KEY_LINK_AND_TEXT)
			l->entries[i].made++;
}

bool lookup_splits_pairs(const struct known_lookup *l)
{
	return l->of->identity == FEED_IDENTITY_ID || l->of->identity == FEED_IDENTITY_LINK;
}

/* Notices of one text under one link were issued at different times. */
static bool lookup_is_separate(
	const struct known_lookup *l, const struct feed_item *a, const struct feed_item *b)
{
	int64_t x = feed_item_plausible_date(a), y = feed_item_plausible_date(b);

	return lookup_splits_pairs(l) ||
	       (x != STAMP_NONE && y != STAMP_NONE && llabs(x - y) >= CLOCK_MINUTE);
}

/*
 * Inserts every item by link. One with the link and text of an earlier item is a repeat, unless
 * they have different dates.
 */
static void lookup_add_links(struct known_lookup *l)
{
	for (uint32_t i = 0; i < l->batch->n_items; i++) {
		const struct feed_item *item = &l->batch->items[i];
		struct lookup_entry *entry = &l->entries[i];
		uint32_t head;
		size_t slot;

		entry->link_head = LOOKUP_NONE;
		if (!item->link_key || entry->repeat)
			continue;
		head = lookup_find_pair(l, item->link_key, item->text_key, &slot);
		if (head == LOOKUP_NONE) {
			l->pairs[slot] = i;
		} else if (!lookup_is_separate(l, item, &l->batch->items[head])) {
			entry->repeat = true;
			continue;
		}
		head = lookup_find_link(l, item->link_key, &slot);
		if (head == LOOKUP_NONE)
			l->links[slot] = head = i;
		entry->link_head = head;
		l->entries[head].link_count++;
	}
}

static void lookup_add_texts(struct known_lookup *l)
{
	for (uint32_t i = 0; i < l->batch->n_items; i++) {
		struct lookup_entry *entry = &l->entries[i];
		uint32_t head;
		size_t slot;

		entry->text_next = LOOKUP_NONE;
		if (entry->repeat)
			continue;
		head = lookup_find_text(l, l->batch->items[i].text_key, &slot);
		if (head == LOOKUP_NONE) {
			l->texts[slot] = head = i;
		} else {
			entry->text_next = l->entries[head].text_next;
			l->entries[head].text_next = i;
		}
		l->entries[head].text_count++;
	}
}

void lookup_add(struct known_lookup *l)
{
	while (lookup_add_keys(l))
		lookup_extend_keys(l);
	lookup_add_links(l);
	lookup_add_texts(l);
}

bool lookup_is_recent(const struct known_lookup *l, const struct lookup_row *row)
{
	return !row->gone || l->of->now - row->gone <= FEED_RECENT_MS;
}

void lookup_match_row(struct known_lookup *l, uint32_t i, const struct lookup_row *row)
{
	l->out[i].id = row->item;
	l->out[i].last_seen = row->seen;
	l->out[i].was_gone = row->gone != 0;
	memcpy(l->out[i].was_key, row->key, 16);
	l->out[i].unlabelled = row->unlabelled;
	l->entries[i].text = row->text;
	l->entries[i].label = row->label;
}
