/* SPDX-License-Identifier: MIT */
/*
 * Decides which items of a batch are new. The batch is hashed into three tables (by key, by link
 * and text, by link), then one range scan over the stored keys of the feed probes them. Memory
 * depends on the batch alone.
 *
 * Publishers choose keys and links, so the hash is salted per batch against crafted collisions.
 */
#include "db.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/rng.h"

#define ITEMS_MAX ((size_t)1 << 24)
#define NONE	  UINT32_MAX

/* What the key of an item is made of; more than BY_KEY if items of the batch share its key. */
enum { BY_KEY, BY_KEY_AND_LINK, BY_KEY_LINK_AND_TEXT };

struct lookup_entry {
	int64_t link_owner, other_owner; /* of a head: stored rows with its link */
	uint64_t text, label;		 /* stored keys */
	uint32_t link_head;		 /* first item of the batch with this link */
	uint32_t link_count;		 /* of a head: items of the batch with its link */
	uint8_t made;			 /* BY_… */
	bool repeat;			 /* of an earlier item of the batch */
	bool clash;			 /* another item has the same key and other content */
	bool by_key;			 /* matched by its own key */
};

struct known_lookup {
	const struct feed_batch *batch;
	struct store_item *out;
	struct lookup_entry *entries;
	uint32_t *keys, *pairs, *links; /* open addressing; item index or NONE */
	size_t mask;
	unsigned shift;
	uint64_t salt[2]; /* odd */
};

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

static int lookup_init(
	struct known_lookup *l, const struct feed_batch *b, struct store_item *out, struct err *e)
{
	size_t slots = 16;

	*l = (struct known_lookup){.batch = b, .out = out, .shift = 60};
	if (b->n_items > ITEMS_MAX)
		return err_set(e, ERR_LIMIT, "%zu items in one feed are too many", b->n_items);
	while (slots < b->n_items * 2) {
		slots *= 2;
		l->shift--;
	}
	l->mask = slots - 1;
	l->entries = calloc(b->n_items + 1, sizeof(*l->entries));
	l->keys = malloc(3 * slots * sizeof(*l->keys));
	if (!l->entries || !l->keys)
		return err_set(e, ERR_TEMP, "out of memory");
	memset(l->keys, 0xff, 3 * slots * sizeof(*l->keys));
	l->pairs = l->keys + slots;
	l->links = l->pairs + slots;
	if (rng_system_bytes(l->salt, sizeof(l->salt)))
		return err_set(e, ERR_IO, "the system gives no random bytes");
	l->salt[0] |= 1;
	l->salt[1] |= 1;
	return 0;
}

static void lookup_release(struct known_lookup *l)
{
	free(l->entries);
	free(l->keys);
}

static bool lookup_same_content(const struct feed_item *a, const struct feed_item *b)
{
	return a->link_key == b->link_key && a->text_key == b->text_key;
}

static void lookup_make_key(const struct feed_item *i, uint8_t made, uint8_t out[16])
{
	struct {
		uint8_t key[16];
		uint64_t link, text;
	} whole;
	uint64_t half[2];

	memcpy(out, i->key, 16);
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

/* Returns the item of the batch with that key, or NONE; *slot is its slot or a free one. */
static uint32_t lookup_find_key(const struct known_lookup *l, const uint8_t key[16], size_t *slot)
{
	size_t at = lookup_slot_of_key(l, key);

	while (l->keys[at] != NONE && memcmp(l->out[l->keys[at]].key, key, 16) != 0)
		at = (at + 1) & l->mask;
	*slot = at;
	return l->keys[at];
}

static uint32_t lookup_find_pair(
	const struct known_lookup *l, uint64_t link, uint64_t text, size_t *slot)
{
	size_t at = lookup_slot(l, link, text);
	const struct feed_item *items = l->batch->items;

	while (l->pairs[at] != NONE &&
		(items[l->pairs[at]].link_key != link || items[l->pairs[at]].text_key != text))
		at = (at + 1) & l->mask;
	*slot = at;
	return l->pairs[at];
}

static uint32_t lookup_find_link(const struct known_lookup *l, uint64_t link, size_t *slot)
{
	size_t at = lookup_slot(l, link, 0);

	while (l->links[at] != NONE && l->batch->items[l->links[at]].link_key != link)
		at = (at + 1) & l->mask;
	*slot = at;
	return l->links[at];
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

		lookup_make_key(&items[i], entry->made, l->out[i].key);
		first = lookup_find_key(l, l->out[i].key, &slot);
		entry->clash = false;
		entry->repeat = first != NONE;
		if (first == NONE)
			l->keys[slot] = i;
		else if (entry->made < BY_KEY_LINK_AND_TEXT &&
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

/* Inserts every item by link. One with the link and text of an earlier item is a repeat. */
static void lookup_add_links(struct known_lookup *l)
{
	for (uint32_t i = 0; i < l->batch->n_items; i++) {
		const struct feed_item *item = &l->batch->items[i];
		struct lookup_entry *entry = &l->entries[i];
		uint32_t head;
		size_t slot;

		entry->link_head = NONE;
		if (!item->link_key || entry->repeat)
			continue;
		if (lookup_find_pair(l, item->link_key, item->text_key, &slot) != NONE) {
			entry->repeat = true;
			continue;
		}
		l->pairs[slot] = i;
		head = lookup_find_link(l, item->link_key, &slot);
		if (head == NONE)
			l->links[slot] = head = i;
		entry->link_head = head;
		l->entries[head].link_count++;
	}
}

struct known_row {
	const uint8_t *key;
	int64_t item, seen;
	uint64_t link, text, label;
	bool unlabelled;
};

static void lookup_match_row(struct known_lookup *l, uint32_t i, const struct known_row *row)
{
	l->out[i].id = row->item;
	l->out[i].last_seen = row->seen;
	memcpy(l->out[i].was_key, row->key, 16);
	l->out[i].unlabelled = row->unlabelled;
	l->entries[i].text = row->text;
	l->entries[i].label = row->label;
}

static void lookup_note_link_owner(struct known_lookup *l, const struct known_row *row)
{
	size_t slot;
	uint32_t head = lookup_find_link(l, row->link, &slot);
	struct lookup_entry *entry;

	if (head == NONE)
		return;
	entry = &l->entries[head];
	if (!entry->link_owner)
		entry->link_owner = row->item;
	else
		entry->other_owner = row->item;
}

static void lookup_pass_row(struct known_lookup *l, const struct known_row *row)
{
	size_t slot;
	uint32_t i = lookup_find_key(l, row->key, &slot);

	if (row->link)
		lookup_note_link_owner(l, row);
	if (i != NONE) {
		lookup_match_row(l, i, row);
		l->entries[i].by_key = true;
	} else if (row->link) {
		i = lookup_find_pair(l, row->link, row->text, &slot);
		if (i != NONE && !l->entries[i].by_key)
			lookup_match_row(l, i, row);
	}
}

static int lookup_read_feed(struct known_lookup *l, struct store *s, int64_t feed, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_KNOWN_OF_FEED, db_int(feed));
	while ((rc = db_step(&q, e)) == 1) {
		struct str key = db_col_view(&q, 0);
		int64_t label = db_col_stamp(&q, 4);
		struct known_row row = {(const uint8_t *)key.p, db_col_int(&q, 1),
			db_col_int(&q, 5), (uint64_t)db_col_int(&q, 2), (uint64_t)db_col_int(&q, 3),
			(uint64_t)label, label == STAMP_NONE};

		if (key.n == 16)
			lookup_pass_row(l, &row);
	}
	return rc;
}

static bool lookup_is_unchanged(
	const struct lookup_entry *entry, const struct store_item *o, const struct feed_item *i)
{
	return entry->text == i->text_key && (o->unlabelled || entry->label == i->label_key);
}

static void lookup_conclude(struct known_lookup *l)
{
	for (size_t i = 0; i < l->batch->n_items; i++) {
		const struct lookup_entry *entry = &l->entries[i], *head;
		struct store_item *out = &l->out[i];

		out->label_key = l->batch->items[i].label_key;
		if (entry->repeat ||
			(out->id && lookup_is_unchanged(entry, out, &l->batch->items[i])))
			out->seen = STORE_KNOWN;
		else
			out->seen = out->id ? STORE_REVISED : STORE_NEW;
		if (entry->link_head == NONE)
			continue;
		head = &l->entries[entry->link_head];
		out->link_shared = head->link_count > 1 || head->other_owner ||
				   (head->link_owner && head->link_owner != out->id);
	}
}

int store_items_known(struct store *s, int64_t feed, const struct feed_batch *b,
	struct store_item *out, struct err *e)
{
	struct known_lookup l;
	int rc = lookup_init(&l, b, out, e);

	if (!rc && b->n_items) {
		memset(out, 0, b->n_items * sizeof(*out));
		while (lookup_add_keys(&l))
			lookup_extend_keys(&l);
		lookup_add_links(&l);
		rc = lookup_read_feed(&l, s, feed, e);
		if (!rc)
			lookup_conclude(&l);
	}
	lookup_release(&l);
	return rc;
}
