/* SPDX-License-Identifier: MIT */
/*
 * The values of a feed or an item while it is parsed: for each slot the best value so far and its
 * rank (see element.h).
 *
 * Text is converted at the end tag of its element and stored in the batch's arena. Categories and
 * enclosures are arrays on the heap, reused for the next item.
 */
#ifndef FEED_SLOTS_H
#define FEED_SLOTS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "element.h"
#include "feed/item.h"

#define FEED_CATEGORIES_MAX 512 /* of one item; the rest is dropped and reported as a problem */
#define FEED_ENCLOSURES_MAX 512

/* Content type of the text of an element. */
enum feed_form {
	FEED_FORM_PLAIN,
	FEED_FORM_HTML,	  /* the text is HTML source */
	FEED_FORM_XHTML,  /* child elements are the markup, the text is escaped */
	FEED_FORM_BASE64, /* RFC 4287 §4.1.3.3, Atom 0.3 mode="base64" */
};

struct feed_slots {
	struct str value[FEED_SLOTS];
	struct str html[2]; /* SUMMARY and CONTENT as written */
	uint8_t rank[FEED_SLOTS];
	int64_t published, updated;
	bool published_odd, updated_odd;
	struct feed_author author;
	struct str *categories;
	size_t n_categories, cap_categories;
	struct feed_enclosure *enclosures;
	size_t n_enclosures, cap_enclosures;
	bool cut; /* categories or enclosures were dropped */
	uint32_t line;
};

void feed_slots_clear(struct feed_slots *slots); /* keeps the allocated arrays */
void feed_slots_release(struct feed_slots *slots);

/* Memory of the document that is parsed, and a scratch buffer. */
struct feed_memory {
	struct arena *arena;
	struct buf text; /* scratch; each user clears it first */
	bool nomem;	 /* an allocation failed; arena_overflowed() says whether by the limit */
	bool headers_only;
};

/* Returns a copy in the arena, trimmed and without carriage returns; absent if empty. */
struct str feed_memory_keep(struct feed_memory *m, struct str s);
/* Copies n elements of size bytes into the arena; NULL if n is 0 or on failure. */
void *feed_memory_copy(struct feed_memory *m, const void *list, size_t n, size_t size);
/* Whether a value of this rank, from 1 on, would replace the current one. */
bool feed_slots_wants(const struct feed_slots *slots, enum feed_slot slot, unsigned rank);
/* Lets the next value of the same rank replace the current one. */
void feed_slots_yield(struct feed_slots *slots, enum feed_slot slot, unsigned rank);
void feed_slots_put(struct feed_slots *slots, struct feed_memory *m, enum feed_slot slot,
	unsigned rank, struct str text);
/* Title, rights: converted to one line of visible text. */
void feed_slots_put_line(struct feed_slots *slots, struct feed_memory *m,
	const struct feed_element *el, struct str text, enum feed_form form);
/* Summary, content: stores the visible text and the fragment as written. */
void feed_slots_put_body(struct feed_slots *slots, struct feed_memory *m,
	const struct feed_element *el, struct str text, enum feed_form form);
/* Slot PUBLISHED, UPDATED or DATE. Returns false if text is not empty but not a date. */
bool feed_slots_put_date(
	struct feed_slots *slots, enum feed_slot slot, unsigned rank, struct str text);
/* Parses "Name", "mail (Name)", "Name <mail>" and similar forms. */
void feed_slots_put_author(
	struct feed_slots *slots, struct feed_memory *m, unsigned rank, struct str text);
void feed_slots_put_person(struct feed_slots *slots, struct feed_memory *m, unsigned rank,
	const struct feed_author *person);
void feed_slots_add_category(struct feed_slots *slots, struct feed_memory *m, struct str text);
void feed_slots_add_enclosure(
	struct feed_slots *slots, struct feed_memory *m, const struct feed_enclosure *e);

#endif
