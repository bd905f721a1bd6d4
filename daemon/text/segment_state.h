/* SPDX-License-Identifier: MIT */
/* State of the automaton of segment.c, and its parts in other files. */
#ifndef TEXT_SEGMENT_STATE_H
#define TEXT_SEGMENT_STATE_H

#include <stdbool.h>

#include "base/utf8.h"
#include "letter.h"
#include "segment.h"

#define SEGMENT_NONE TEXT_KINDS /* value of `last` or `mid` if there is none */

#define BIT(kind) (1u << TEXT_KIND_##kind)
#define LETTERS	  (BIT(LETTER) | BIT(HEBREW))

/* A word that is not yet appended. */
struct segment_part {
	size_t begin, end;	  /* in the text */
	size_t form, form_length; /* in the pool */
	uint8_t flags;
};

struct segment_state {
	struct text_words *w;
	const char *text;
	unsigned last;	    /* kind of the last character of the open word, marks excepted */
	uint8_t last_flags; /* its flags */
	uint8_t flags;	    /* of all characters of the open word */
	bool marked;	    /* the last character that has a form is a MARK */
	size_t at;	    /* of the present character */
	size_t begin, end;  /* of the open word, in the text */
	size_t form;	    /* start of its form in the pool */
	/* One of ' . , ; " that stays in the word only if the next character allows it. */
	unsigned mid;
	size_t mid_at, mid_end; /* with its marks, in the text */
	uint8_t mid_flags;	/* `flags` before it */
	size_t mid_form;	/* start of its form in the pool */
	/*
	 * The word before an apostrophe that separates, unless the open word, which begins after
	 * it, turns out to be an ending such as 's.
	 */
	struct segment_part elided;
	bool has_elided;
	uint8_t joint_flags; /* of both and the apostrophe */
	bool pattern;	     /* * and ? are letters */
	bool failed;	     /* out of memory */
};

static inline bool kinds_have(unsigned set, unsigned kind)
{
	return set >> kind & 1;
}

/* Length of the sequence at p; an invalid byte is a character that separates words. */
static inline size_t text_segment_decode(const char *p, size_t n, uint32_t *cp)
{
	size_t len = utf8_decode(p, n, cp);

	if (len)
		return len;
	*cp = 0xFFFD;
	return 1;
}

/* Kinds between two of which each kind continues the word: WB6, 7, 7a, 7b, 7c, 11, 12. */
extern const uint16_t text_segment_waits[TEXT_KINDS];

struct segment_state text_segment_begin(struct text_words *w, size_t from);
/* Takes the character at r->at, of `length` bytes, as l. */
int text_segment_take(
	struct segment_state *r, const struct text_letter *l, size_t length, struct err *e);
/* Takes the next character of the text. */
int text_segment_step(struct segment_state *r, struct err *e);
int text_segment_end(struct segment_state *r, struct err *e);

/*
 * Decisions that depend on several characters around a sign. The dot and the apostrophe are the
 * open `mid`, the half ring and the letter after a `mid` are at r->at. They set r->failed if out of
 * memory.
 */
bool text_segment_dot_separates(
	struct segment_state *r, const struct text_letter *after, size_t length);
bool text_segment_is_elided(struct segment_state *r);
bool text_segment_ring_joins(struct segment_state *r, size_t length);

#endif
