/* SPDX-License-Identifier: MIT */
/*
 * A word as code points, for the slow exact way through libunistring. Short words stay on the
 * stack. After a failure (memory) everything is a no-op and `failed` is set.
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
	uint32_t *p; /* own, or an allocation of libunistring's or ours */
	size_t n;
	bool failed;
	uint32_t own[TEXT_CODE_POINTS_STACK];
};

enum text_normal_form {
	TEXT_NFC,
	TEXT_NFKD,
};

/* Decodes, drops format characters and bad bytes, reads the other apostrophes as '. */
void text_code_points_init(struct text_code_points *w, struct str word);
void text_code_points_release(struct text_code_points *w);
void text_code_points_normalise(struct text_code_points *w, enum text_normal_form form);
void text_code_points_casefold(struct text_code_points *w);
/* Appends as UTF-8. */
void text_code_points_append(const struct text_code_points *w, struct buf *out);

#endif
