/* SPDX-License-Identifier: MIT */
/*
 * Reference splitter: straight from the definition, every segment through u8_wordbreaks, every form
 * through libunistring. The fast splitter must equal it.
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

/* The text without dropped bytes, with the source offset of each byte. */
struct plain_text {
	uint8_t *text;	/* text that is segmented */
	char *breaks;	/* of u8_wordbreaks: 1 before a byte that begins a segment */
	uint32_t *from; /* offset in the source, one more than bytes */
	size_t n;
};

struct str plain_form(const struct plain_words *w, size_t i);

/* The text must stay valid until the release. */
void plain_words_split(struct plain_words *w, struct str text);

void plain_words_release(struct plain_words *w);

#endif
