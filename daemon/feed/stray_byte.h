/* SPDX-License-Identifier: MIT */
/* Bytes of windows-1252 in text that is otherwise UTF-8, as editors paste them. */
#ifndef FEED_STRAY_BYTE_H
#define FEED_STRAY_BYTE_H

#include <stdint.h>

#include "base/str.h"

/*
 * What the first byte of rest, which is not valid UTF-8, is in windows-1252; 0: it may be part of a
 * truncated UTF-8 character. before: the text before it, as far back as 4 bytes.
 */
uint32_t stray_byte_read(struct str before, struct str rest);

#endif
