/* SPDX-License-Identifier: MIT */
/*
 * A word as code points, for the slow exact path through libunistring. Short words need no
 * allocation. Once an allocation has failed, `failed` is set and all functions do nothing.
 */
#ifndef TEXT_CODE_POINTS_H
#define TEXT_CODE_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define TEXT_CODE_POINTS_STACK 64

struct text_code_points {
	uint32_t *p; /* points to own, or to an allocated array */
	size_t n;
	bool failed;
	uint32_t own[TEXT_CODE_POINTS_STACK];
};

enum text_normal_form {
	TEXT_NFC,
	TEXT_NFKD,
};

/*
 * Decodes the word without format characters, tatweel and invalid bytes, with all that reads as '
 * or " replaced by these.
 */
void text_code_points_init(struct text_code_points *w, struct str word);
void text_code_points_release(struct text_code_points *w);
void text_code_points_normalise(struct text_code_points *w, enum text_normal_form form);
void text_code_points_casefold(struct text_code_points *w);
/* Drops a final 's, and a final ' after a Hebrew letter. */
void text_code_points_drop_ending(struct text_code_points *w);
/* Appends the word as UTF-8. */
void text_code_points_append(const struct text_code_points *w, struct buf *out);

#endif
