/* SPDX-License-Identifier: MIT */
/*
 * Text that was encoded twice, set right where that is certain.
 *
 * UTF-8 read as windows-1252 or latin-1 and written as UTF-8 again shows "â€¦" for "…". It is
 * certain when every character beyond ASCII is one that windows-1252 has, their bytes together are
 * valid UTF-8, and among them is a C1 control or a sequence of three bytes or more: no language
 * writes so.
 */
#ifndef FEED_DOUBLE_ENCODING_H
#define FEED_DOUBLE_ENCODING_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* True: *out (cleared first) holds the repaired text. False: nothing is certain. */
bool feed_repair(struct str s, struct buf *out);

#endif
