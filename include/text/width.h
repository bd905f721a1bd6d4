/* SPDX-License-Identifier: MIT */
/* How wide a terminal shows a text, for the caret under a place in it. */
#ifndef TEXT_WIDTH_H
#define TEXT_WIDTH_H

#include <stddef.h>

#include "base/str.h"

/* Han, Hangul, Kana and emoji take two columns, combining marks none. text is valid UTF-8. */
size_t text_width(struct str text);

#endif
