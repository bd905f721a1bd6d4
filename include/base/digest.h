/* SPDX-License-Identifier: MIT */
/* Digests and the text forms they travel in. SHA-256 and HMAC through libcrypto. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define SHA256_SIZE 32

/* One part at a time; each part is framed by its length, so ("ab","c") and ("a","bc") differ. */
struct digest;
struct digest *digest_new(void); /* NULL: out of memory */
void digest_part(struct digest *d, struct str part);
void digest_final(struct digest *d, uint8_t out[SHA256_SIZE]); /* frees d */

/* RFC 2104 */
void digest_hmac_sha256(struct str key, struct str message, uint8_t out[SHA256_SIZE]);
/* Constant time; for signatures and secrets. */
int digest_equal(const void *a, const void *b, size_t n);

/* A fast keyed hash for tables and change detection; not cryptographic. Same on every machine. */
uint64_t digest_fast64(struct str s, uint64_t key);

void digest_base64(struct buf *out, const void *p, size_t n); /* RFC 4648 §4, padded */
/* RFC 4648 §6 alphabet in lower case, unpadded */
void digest_base32(struct buf *out, const void *p, size_t n);
/* 0 to 63; -1 for what is no digit of base64, in the alphabets of RFC 4648 §4 and §5. */
int digest_base64_value(char c);
/* Skips ASCII white space. 0, or -ERR_INPUT on a byte that is not base64. */
int digest_unbase64(struct buf *out, struct str text);

#endif
