/* SPDX-License-Identifier: MIT */
/*
 * Word stems by Snowball (libstemmer). A stemmer belongs to one thread: have one per language in
 * each scratch.
 */
#ifndef TEXT_STEM_H
#define TEXT_STEM_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * The algorithm of a language tag: "en", "en-GB" and "english" are "english". A constant, equal
 * pointers for equal algorithms. NULL with ERR_CONF, and the known ones listed, for others.
 */
const char *text_stem_algorithm(struct str language, struct err *e);

struct text_stemmer;
struct text_stemmer *text_stemmer_new(const char *algorithm); /* NULL: out of memory */
void text_stemmer_free(struct text_stemmer *s);		      /* NULL is fine */
/*
 * The stem of one word as it stands in the text (case-folded with its marks, stemmed, then put in
 * normal form). Lives until the next call; p is NULL when memory is out. Remembers what it has
 * seen, so that common words cost a look-up.
 */
struct str text_stemmer_stem(struct text_stemmer *s, struct str word);

#endif
