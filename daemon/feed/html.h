/* SPDX-License-Identifier: MIT */
/*
 * HTML fragments to visible text, in linear time and bounded memory whatever the input.
 *
 * A block boundary becomes a blank line, <br> a newline; other white space collapses to one space.
 * Scripts, styles, hidden elements and tracking pixels vanish; alt text stays. Character
 * references are decoded as HTML 5 has it.
 */
#ifndef FEED_HTML_H
#define FEED_HTML_H

#include "base/buf.h"
#include "base/str.h"

void feed_html_to_text(struct str html, struct buf *out);
/* The same on one line, for titles. */
void feed_html_to_line(struct str html, struct buf *out);

#endif
