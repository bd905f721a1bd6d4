/* SPDX-License-Identifier: MIT */
/*
 * Converts HTML fragments to visible text, in linear time for any input.
 *
 * A block boundary becomes a blank line, <br> a newline; other white space collapses to one space.
 * Scripts, styles, hidden elements and tracking pixels are removed; alt text is kept. Character
 * references are decoded as in HTML.
 */
#ifndef FEED_HTML_H
#define FEED_HTML_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Appends to out; past its maximum the text is truncated and out->overflow is set. */
void feed_html_to_text(struct str html, struct buf *out);
/* The same as one line, for titles; a no-break space between two words is kept. */
void feed_html_to_line(struct str html, struct buf *out);
/*
 * Whether text that should be plain, such as a name, is HTML: it has an inline element or a
 * reference. A name does not contain blocks, and &lt; alone may be meant as written.
 */
bool feed_html_is_marked(struct str text);
/* The same for a body of text, which may mention single tags: it has an end tag, <p> or <br. */
bool feed_html_has_tags(struct str text);

#endif
