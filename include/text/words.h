/* SPDX-License-Identifier: MIT */
/*
 * Text to words: nightdesk-query(7) "Words", "Normal form", "Sentences and paragraphs".
 *
 * A word is a segment of UAX #29 word segmentation that holds a letter or a number (general
 * category L or N, halfwidth voicing marks aside), after format characters (category Cf) are
 * dropped and the apostrophes U+2019, U+02BC, U+FF07 read as '; then cut at . or : between a small
 * letter and a capital, and behind an elided article (l'ambassade). The apostrophe of the article
 * and the mark of the cut belong to no word.
 *
 * A struct text_words is a scratch: one per thread, used for text after text; what a split gave
 * lives until the next one. Text that is not valid UTF-8 is no error: a bad byte is no part of any
 * word.
 */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define TEXT_FIELD_MAX ((size_t)64 << 20) /* bytes of one field; longer is ERR_LIMIT */
#define TEXT_FORM_PAD  16		  /* bytes that may be read behind any normal form */

struct text_word {
	uint32_t offset, length;    /* bytes of the text, dropped characters inside included */
	uint32_t form, form_length; /* the normal form, in struct text_words.forms; never a NUL */
	uint64_t hash;		    /* text_word_hash of the normal form */
};

struct text_place {
	uint32_t sentence, paragraph; /* grow along the text; equal means the same one */
};

struct text_block;
struct text_form_cache;

struct text_words {
	struct text_word *word; /* numbered from 0 along the text */
	size_t count;
	const char *forms;		/* TEXT_FORM_PAD bytes behind the last are readable */
	const struct text_place *place; /* of each word, after text_words_places; else NULL */
	/* Private from here. */
	struct str text; /* the caller's, must outlive what is read above */
	size_t room;	 /* words allocated */
	char *pool;	 /* forms: the text in small letters, then the forms that differ from it */
	size_t pool_length, pool_room;
	struct text_block *blocks;
	size_t blocks_room;
	struct text_place *places;
	size_t places_room;
	struct text_form_cache *form_cache;
};

void text_words_init(struct text_words *w);
void text_words_release(struct text_words *w);
/* 0, -ERR_LIMIT or -ERR_NOMEM (then count is 0). An absent text has no words. */
int text_words_split(struct text_words *w, struct str text, struct err *e);
/*
 * The same for a term of a query: * and ? count as letters, or as Katakana or digits beside those,
 * and stay in the form. `"U.S*"` is one word, `a-b*` two.
 */
int text_words_split_pattern(struct text_words *w, struct str text, struct err *e);
/* Fills place[] for the text split last; does nothing the second time. */
int text_words_places(struct text_words *w, struct err *e);

static inline struct str text_words_form(const struct text_words *w, size_t i)
{
	return str_slice(w->forms + w->word[i].form, w->word[i].form_length);
}

/* As it stands in the text. */
static inline struct str text_words_source(const struct text_words *w, size_t i)
{
	return str_slice(w->text.p + w->word[i].offset, w->word[i].length);
}

/*
 * One word to its normal form, appended: NFKD without U+0300 to U+036F, case-folded, NFC, then
 * ø ł đ ı æ œ to Latin letters and a final 's dropped. Failure shows in the buffer.
 */
void text_word_normal(struct str word, struct buf *out);
/*
 * One word to what {WHO} compares, appended: format characters dropped, apostrophes made ', NFC,
 * a final 's dropped; case and marks stay.
 */
void text_word_spelling(struct str word, struct buf *out);
/*
 * Another number when splits or normal forms may be others: what was made of texts under another
 * one and kept is to be made anew.
 */
uint32_t text_words_version(void);
/* Same on every machine and in every run. */
uint64_t text_word_hash(struct str form);

#endif
