/* SPDX-License-Identifier: MIT */
/*
 * Repairs text that was encoded to UTF-8 twice, or three times.
 *
 * UTF-8 decoded as windows-1252 or latin-1 and encoded again has "â€¦" for "…", "Ã¶" for "ö". The
 * text is repaired if every character beyond ASCII exists in windows-1252, their bytes are valid
 * UTF-8, and at least one sequence is not text of any language. "AMANHÃ…" and "CAFÉ™" are: a
 * capital before a sign that may follow a word. So is Russian that was decoded as windows-1251:
 * "РџРѕС" for "Пос".
 */
#ifndef FEED_DOUBLE_ENCODING_H
#define FEED_DOUBLE_ENCODING_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Returns true and the repaired text in *out, which is cleared first; false if not certain. */
bool feed_undo_double_encoding(struct str s, struct buf *out);

#endif
