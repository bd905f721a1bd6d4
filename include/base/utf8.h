/* SPDX-License-Identifier: MIT */
/* UTF-8 (RFC 3629): overlong forms, surrogates and values above U+10FFFF are invalid. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Decodes one code point at p[0..n). Returns its length in bytes, or 0 if the bytes are not valid
 * or n is 0; *cp is set only on success.
 */
size_t utf8_decode(const char *p, size_t n, uint32_t *cp);
/* Writes 1 to 4 bytes; 0 for a surrogate or a value above U+10FFFF. */
size_t utf8_encode(uint32_t cp, char out[4]);
void utf8_append(struct buf *out, uint32_t cp);
/* Appends s with U+FFFD in place of NUL and of each byte that is not valid. */
void utf8_append_valid(struct buf *out, struct str s);
/* Length of the longest valid prefix. */
size_t utf8_valid_prefix(const char *p, size_t n);
bool utf8_valid(struct str s);
/* The longest prefix of at most max bytes that does not end inside a code point. */
struct str utf8_cut(struct str s, size_t max);

/*
 * Escapes untrusted text for a terminal, a log, or people in mail and chat: C0, DEL, C1, U+2028/9
 * and directional overrides become \n, \t or \u{..}, invalid bytes \x... Direction marks stay, as
 * do embeddings and isolates that end in the same line; others, and byte order marks, are dropped.
 * With `quote` the result is in double quotes, with " and \ escaped. Text past max bytes is
 * replaced by "…".
 */
void utf8_escape(struct buf *out, struct str s, size_t max, bool quote);
/* Writes s to a stream, escaped without quotes and limit. */
void utf8_print(FILE *to, struct str s);

#endif
