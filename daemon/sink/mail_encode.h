/* SPDX-License-Identifier: MIT */
/* Text of any kind in the seven-bit lines of a mail. Each line is at most 76 bytes and ends with
 * CRLF. */
#ifndef SINK_MAIL_ENCODE_H
#define SINK_MAIL_ENCODE_H

#include "base/buf.h"
#include "base/str.h"

/*
 * Appends a header field with text as its value: as it is where that is possible, folded at spaces,
 * else as encoded words (RFC 2047). Text is one line of valid UTF-8 without control characters.
 */
void mail_put_field(const char *name, struct str text, struct buf *out);
/* The same for a mailbox: the text is its display name (RFC 5322 §3.4). */
void mail_put_mailbox(const char *name, struct str text, const char *address, struct buf *out);

/*
 * Appends the header fields and the body of one part of that media type ("text/plain"), in UTF-8.
 * The body is quoted-printable, which leaves ASCII readable, or base64 if that is much shorter. No
 * line of it begins with a dot or with "From ", or contains "=_".
 */
void mail_put_part(const char *type, struct str text, struct buf *out);

#endif
