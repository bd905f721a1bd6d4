/* SPDX-License-Identifier: MIT */
/* Word stems by Snowball (libstemmer). A stemmer has a cache, so each thread needs its own. */
#ifndef TEXT_STEM_H
#define TEXT_STEM_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Returns the algorithm for a language tag: "english" for "en", "en-GB" and "english". Equal
 * algorithms give equal pointers, to constants. NULL with ERR_CONF for an unknown tag; the message
 * lists the known ones.
 */
const char *text_stem_algorithm(struct str language, struct err *e);
/* The tag of language i ("en"), or NULL past the last. libstemmer may lack its algorithm. */
const char *text_stem_language(size_t i);

struct text_stemmer;
struct text_stemmer *text_stemmer_new(const char *algorithm); /* NULL: out of memory */
void text_stemmer_free(struct text_stemmer *s);		      /* NULL is fine */
/*
 * Returns the stem of one word as it is written in the text: case-folded with its marks, stemmed,
 * then in normal form. Valid until the next call; p is NULL if out of memory. Stems are cached.
 */
struct str text_stemmer_stem(struct text_stemmer *s, struct str word);

#endif
