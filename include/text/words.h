/* SPDX-License-Identifier: MIT */
/*
 * Splits text into words: nightdesk-query(7) "Words", "Normal form", "Sentences and paragraphs".
 *
 * A word is a segment of UAX #29 word segmentation with at least one letter or number (general
 * category L or N, except halfwidth voicing marks), after format characters (category Cf, but not
 * U+200B) and the Arabic tatweel are dropped. Apostrophe-like characters between letters or digits
 * are read as ', or dropped elsewhere if they are half rings; so are Hebrew geresh and gershayim
 * read as ' and ". Segments are then split at : _ and its like, at . before a capital that seems to
 * begin a sentence, and at an apostrophe after an elided word or before the ending of a name
 * (l'ambassade, NATO'nun), but not in can't. The mark at a split belongs to no word.
 *
 * A struct text_words is a reusable buffer, one per thread; the result of a split is valid until
 * the next one. Invalid UTF-8 is accepted: an invalid byte is part of no word.
 */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define TEXT_FIELD_MAX ((size_t)64 << 20) /* bytes of one field; longer text returns ERR_LIMIT */
#define TEXT_FORM_PAD  16		  /* readable bytes after the end of any normal form */

struct text_word {
	uint32_t offset, length;    /* bytes of the text, including dropped characters */
	uint32_t form, form_length; /* the normal form, in text_words.forms; contains no NUL */
	uint64_t hash;		    /* text_word_hash of the normal form */
};

struct text_place {
	uint32_t sentence, paragraph; /* ascending; equal numbers mean the same one */
};

struct text_block;
struct text_form_cache;

struct text_words {
	struct text_word *word; /* in the order of the text */
	size_t count;
	const char *forms;		/* TEXT_FORM_PAD bytes after the last form are readable */
	const struct text_place *place; /* of each word, after text_words_places; else NULL */
	/* Private from here on. */
	struct str text; /* the caller's buffer; must stay valid as long as the result */
	size_t room;	 /* words allocated */
	char *pool;	 /* the text in lower case, then all forms that differ from it */
	size_t pool_length, pool_room;
	struct text_block *blocks;
	size_t blocks_room;
	struct text_place *places;
	size_t places_room;
	struct text_form_cache *form_cache;
};

void text_words_init(struct text_words *w);
void text_words_release(struct text_words *w);
/* Returns 0, -ERR_LIMIT or -ERR_NOMEM (count is 0 then). An absent text has no words. */
int text_words_split(struct text_words *w, struct str text, struct err *e);
/*
 * The same for a term of a query: * and ? are treated as small Latin letters, or as Katakana or
 * digits next to those, and stay in the form. `"U.S*"` is one word, `a-b*` two.
 */
int text_words_split_pattern(struct text_words *w, struct str text, struct err *e);
/* Fills place[] for the last split; does nothing the second time. */
int text_words_places(struct text_words *w, struct err *e);

static inline struct str text_words_form(const struct text_words *w, size_t i)
{
	return str_slice(w->forms + w->word[i].form, w->word[i].form_length);
}

/* The word as it is written in the text. */
static inline struct str text_words_source(const struct text_words *w, size_t i)
{
	return str_slice(w->text.p + w->word[i].offset, w->word[i].length);
}

/*
 * Appends the normal form of one word: NFKD without accents, Hebrew points, Arabic vowel and hamza
 * marks, case-folded, NFC, then letters such as ø replaced by plain Latin ones, variants of Arabic
 * letters by one of them, digits by 0 to 9; a final 's is dropped, and a final ' after a Hebrew
 * letter. The caller checks buf_failed.
 */
void text_word_normal(struct str word, struct buf *out);
/*
 * Appends the spelling that {WHO} compares: what is not part of a word is dropped, apostrophes are
 * replaced by ', NFC; case and marks are kept.
 */
void text_word_spelling(struct str word, struct buf *out);
/* Both are spellings. The ending that a normal form drops is ignored, unless wanted has it. */
bool text_spelling_matches(struct str wanted, struct str spelling);
/*
 * Returns # or $ if that character is directly before word i in the text, else 0. *with is the
 * word as written, from the sign on.
 */
char text_words_sign(const struct text_words *w, size_t i, struct str *with);
/*
 * Changes whenever splits or normal forms may differ: data derived from text under another version
 * must be rebuilt.
 */
uint32_t text_words_version(void);
/* The same on every machine and in every run. */
uint64_t text_word_hash(struct str form);

#endif
