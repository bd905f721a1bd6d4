/* SPDX-License-Identifier: MIT */
/* Links as the programs of publishers write them: wrapped, without a scheme, escaped too often. */
#ifndef FEED_LINK_REPAIR_H
#define FEED_LINK_REPAIR_H

#include "base/buf.h"
#include "base/str.h"

/*
 * The address in the trimmed text of a link: the text itself, the href of an anchor in it, or an
 * absolute URL after words or in brackets. Absent for other markup, words and placeholders.
 */
struct str link_unwrap(struct str text);
/*
 * Returns ref trimmed, "www.host" as "//www.host", which has the scheme of the base, and "&amp;" or
 * "&#038;", also repeatedly escaped, as "&". The result is in ref or in scratch, which is cleared.
 */
struct str link_repair(struct str ref, struct buf *scratch);

#endif
