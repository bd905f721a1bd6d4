/* SPDX-License-Identifier: MIT */
/*
 * Decoder: converts a document, in steps, to UTF-8 that a parser can trust.
 *
 * The output is valid UTF-8 without C0 controls other than \t \n \r, without U+FFFE and U+FFFF, and
 * does not start with a byte order mark. Invalid bytes become U+FFFD and are counted; in UTF-8,
 * those that are not part of a truncated character become what they are in windows-1252, for such
 * letters and quotes come from editors.
 */
#ifndef FEED_DECODER_H
#define FEED_DECODER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "charset.h"

struct feed_decoder;

/* NULL: out of memory, or iconv lacks the encoding. */
struct feed_decoder *feed_decoder_new(const struct feed_charset *charset);
void feed_decoder_free(struct feed_decoder *d); /* NULL is fine */
/* Starts a document in another encoding. False: like NULL above. */
bool feed_decoder_restart(struct feed_decoder *d, const struct feed_charset *charset);
/*
 * Decodes the next bytes; last: the document ends with them. The result is valid until the next
 * call and may point into `in`; p == NULL: out of memory.
 */
struct str feed_decoder_step(struct feed_decoder *d, struct str in, bool last);
/* Whether the output has any character beyond ASCII. */
bool feed_decoder_wide(const struct feed_decoder *d);
/* Number of U+FFFD that replaced invalid bytes. */
uint64_t feed_decoder_replaced(const struct feed_decoder *d);
/* Number of bytes that were read as windows-1252. */
uint64_t feed_decoder_stray(const struct feed_decoder *d);
/* Whether there was any invalid byte. */
static inline bool feed_decoder_failed(const struct feed_decoder *d)
{
	return feed_decoder_replaced(d) || feed_decoder_stray(d);
}
/* Number of control characters and noncharacters that were dropped. */
uint64_t feed_decoder_dropped(const struct feed_decoder *d);

/*
 * Decodes a whole body, which starts with the byte order mark, and appends it to out. Settles the
 * choice at an invalid byte. False: like NULL above.
 */
bool feed_decode_body(
	struct feed_decoder *d, struct feed_charset_choice *c, struct str body, struct buf *out);
/*
 * Decodes a whole document of unknown encoding and appends it to out. content_type may be absent.
 * 0, -ERR_LIMIT (out's maximum) or -ERR_NOMEM.
 */
int feed_decode_document(struct str body, struct str content_type, struct buf *out, struct err *e);

#endif
