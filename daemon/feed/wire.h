/* SPDX-License-Identifier: MIT */
/*
 * A batch as bytes, for a parser in another process.
 *
 * Little-endian, no padding: numbers of 1, 2, 4 or 8 bytes; a text is a length of 4 bytes (0:
 * absent), its bytes and a NUL; a list is a count of 4 bytes and its elements. There is one
 * encoding of a batch, and a version number in front of it: both sides must be of the same build.
 */
#ifndef FEED_WIRE_H
#define FEED_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "feed/item.h"

/* Appends to out. 0, -ERR_LIMIT (out's maximum, or a text of 4 GiB) or -ERR_NOMEM. */
int feed_wire_write(const struct feed_batch *b, struct buf *out);

/*
 * The bytes may come from a process that a hostile feed has taken over: each length, count and
 * range is checked, and all that feed/item.h promises of the form of a batch holds for *out.
 * max: bytes of its arena. 0 and *out, the caller's; else *out is NULL and -ERR_INPUT (not the
 * bytes of a batch), -ERR_LIMIT (more than max) or -ERR_NOMEM.
 */
int feed_wire_read(struct str bytes, size_t max, struct feed_batch **out, struct err *e);

#endif
