/* SPDX-License-Identifier: MIT */
/*
 * Reference splitter: straight from the definition, every segment through u32_wordbreaks, every
 * form through libunistring. The fast splitter must equal it.
 */
#ifndef LIB_PLAIN_WORDS_H
#define LIB_PLAIN_WORDS_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <unictype.h>
#include <uniwbrk.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "text/words.h"

struct plain_split_word {
	size_t offset, length;
	size_t form, form_length; /* offset in forms */
};

struct plain_words {
	struct str text;
	struct plain_split_word *word;
	size_t count, room;
	struct buf forms;
};

/* The text without dropped characters, with the place in the source of each character. */
struct plain_text {
	uint32_t *text;	   /* code points that are segmented */
	char *breaks;	   /* of u32_wordbreaks: 1 before one that begins a segment */
	size_t *from, *to; /* bytes of the source */
	size_t n;
};

struct str plain_form(const struct plain_words *w, size_t i);

/* The text must stay valid until the release. */
void plain_words_split(struct plain_words *w, struct str text);

void plain_words_release(struct plain_words *w);

#endif
