/* SPDX-License-Identifier: MIT */
/*
 * A batch while it is compared with the stored items of its feed: four hash tables, by key, by link
 * and text, by link, by text.
 */
#ifndef STORE_LOOKUP_H
#define STORE_LOOKUP_H

#include "db.h"

#define LOOKUP_NONE UINT32_MAX

struct lookup_entry {
	int64_t link_owner, other_owner; /* of a head: stored rows with its link */
	uint64_t text, label;		 /* stored keys */
	uint32_t link_head;		 /* first item of the batch with this link */
	uint32_t link_count;		 /* of a head: items of the batch with its link */
	uint32_t text_next;		 /* next item of the batch with this text */
	uint32_t text_count;		 /* of a head: items of the batch with its text ... */
	uint32_t text_gone;		 /* ... and rows that left the feed recently */
	uint8_t made;			 /* BY_… */
	bool repeat;			 /* of an earlier item of the batch */
	bool clash;			 /* another item has the same key and other content */
	bool by_key;			 /* matched by its own key */
};

/* A row of the table known. */
struct lookup_row {
	uint8_t key[16];
	int64_t item, seen, gone;
	uint64_t link, text, label;
	bool unlabelled;
};

struct known_lookup {
	struct store_lookup *of;
	const struct feed_batch *batch;
	struct store_item *out;
	struct lookup_entry *entries;
	uint32_t *keys, *pairs, *links, *texts; /* open addressing; item index or LOOKUP_NONE */
	size_t mask;
	unsigned shift;
	uint64_t salt[2]; /* odd */
	/*
	 * Rows that are not in the batch, but were in the last body, have a text of the batch, or
	 * left recently and have a link of the batch.
	 */
	struct lookup_row *absent;
	size_t n_absent, room;
	struct store_left *recent; /* others that left recently */
	size_t n_recent, room_recent;
};

/* Allocates the tables. 0, -ERR_LIMIT, -ERR_NOMEM, -ERR_IO. */
int lookup_init(struct known_lookup *l, struct store_lookup *of, struct err *e);
void lookup_release(struct known_lookup *l);
/* Inserts every item of the batch, and gives those that share a key keys of their own. */
void lookup_add(struct known_lookup *l);

/*
 * Return the first item of the batch with that key, link and text, link, or text; else LOOKUP_NONE.
 * *slot is its slot in the table, or a free one.
 */
uint32_t lookup_find_key(const struct known_lookup *l, const uint8_t key[16], size_t *slot);
uint32_t lookup_find_pair(const struct known_lookup *l, uint64_t link, uint64_t text, size_t *slot);
uint32_t lookup_find_link(const struct known_lookup *l, uint64_t link, size_t *slot);
uint32_t lookup_find_text(const struct known_lookup *l, uint64_t text, size_t *slot);
/* Whether ids, or fragments of links, make items with the same link and text different ones. */
bool lookup_splits_pairs(const struct known_lookup *l);
/* Whether the item of a row that is absent was in the last body, or left it recently. */
bool lookup_is_recent(const struct known_lookup *l, const struct lookup_row *row);
/* Item i is that row. */
void lookup_match_row(struct known_lookup *l, uint32_t i, const struct lookup_row *row);

/*
 * Matches absent rows with unknown items that succeed them under another id, see
 * feed/succession.h; removes them from l->absent.
 */
int lookup_find_successors(struct known_lookup *l, struct store *s, struct err *e);

#endif
