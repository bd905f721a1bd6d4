/* SPDX-License-Identifier: MIT */
/*
 * A feed or an item while it is being read: for each slot the best value so far and its rank.
 *
 * Text is turned into its final form when its element ends; the slices lie in the batch's arena.
 * The lists grow on the heap and are copied into the arena when the item is whole.
 */
#ifndef FEED_SLOTS_H
#define FEED_SLOTS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "element.h"
#include "feed/item.h"

#define FEED_CATEGORIES_MAX 512 /* of one item; more are left out, and a problem says so */
#define FEED_ENCLOSURES_MAX 512

/* How the text of an element is to be read. */
enum feed_form {
	FEED_FORM_PLAIN,
	FEED_FORM_HTML,	  /* the characters are HTML source */
	FEED_FORM_XHTML,  /* the elements are the markup, characters stand for themselves */
	FEED_FORM_BASE64, /* RFC 4287 §4.1.3.3, Atom 0.3 mode="base64" */
};

struct feed_slots {
	struct str value[FEED_SLOTS];
	struct str html[2]; /* raw SUMMARY and CONTENT */
	uint8_t rank[FEED_SLOTS];
	uint8_t form[2];
	int64_t published, updated;
	bool published_odd, updated_odd;
	struct feed_author author;
	struct str *categories;
	size_t n_categories, cap_categories;
	struct feed_enclosure *enclosures;
	size_t n_enclosures, cap_enclosures;
	bool cut; /* a list was full */
	uint32_t line;
};

void feed_slots_clear(struct feed_slots *d); /* keeps the lists' memory */
void feed_slots_release(struct feed_slots *d);

/* What the functions below need besides the draft. */
struct feed_memory {
	struct arena *arena;
	struct buf text; /* scratch, cleared by whoever uses it */
	bool nomem;	 /* an allocation failed; arena_overflowed() tells why */
	bool headers_only;
};

/* Copies into the arena, trimmed; absent when empty. */
struct str feed_memory_keep(struct feed_memory *k, struct str s);
/* Copies n elements of size bytes into the arena; NULL if n is 0 or on failure. */
void *feed_memory_copy(struct feed_memory *k, const void *list, size_t n, size_t size);
/* Whether a value of this rank would be taken. Ranks count from 1. */
bool feed_slots_wants(const struct feed_slots *d, enum feed_slot slot, unsigned rank);
/* Lets a later value of the same rank replace the one that is there. */
void feed_slots_yield(struct feed_slots *d, enum feed_slot slot, unsigned rank);
void feed_slots_put(struct feed_slots *d, struct feed_memory *k, enum feed_slot slot, unsigned rank,
	struct str text);
/* Title, rights: one line. */
void feed_slots_put_line(struct feed_slots *d, struct feed_memory *k, const struct feed_element *el,
	struct str text, enum feed_form form);
/* Summary, content: visible text and the raw fragment. */
void feed_slots_put_body(struct feed_slots *d, struct feed_memory *k, const struct feed_element *el,
	struct str text, enum feed_form form);
/* PUBLISHED, UPDATED or DATE. An unreadable date changes nothing and gives false. */
bool feed_slots_put_date(struct feed_slots *d, enum feed_slot slot, unsigned rank, struct str text);
/* "Name", "mail (Name)", "Name <mail>" and the like. */
void feed_slots_put_author(
	struct feed_slots *d, struct feed_memory *k, unsigned rank, struct str text);
void feed_slots_put_person(struct feed_slots *d, struct feed_memory *k, unsigned rank,
	const struct feed_author *person);
void feed_slots_add_category(struct feed_slots *d, struct feed_memory *k, struct str text);
void feed_slots_add_enclosure(
	struct feed_slots *d, struct feed_memory *k, const struct feed_enclosure *e);

#endif
