/* SPDX-License-Identifier: MIT */
/* Digests and their text encodings. SHA-256 and HMAC are those of libcrypto. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define SHA256_SIZE 32

/*
 * SHA-256 of a sequence of parts. The length of each part is hashed before it, so that ("ab","c")
 * and ("a","bc") differ.
 */
struct digest;
struct digest *digest_new(void); /* NULL: out of memory */
void digest_part(struct digest *d, struct str part);
void digest_final(struct digest *d, uint8_t out[SHA256_SIZE]); /* frees d */

/* SHA-256 of the text alone, as sha256sum prints it. False: no memory, and out is undefined. */
bool digest_sha256(struct str s, uint8_t out[SHA256_SIZE]);

#define ED25519_SIZE 64
#define ED25519_SEED 32

/* RFC 2104. False: no memory, and out is undefined. */
bool digest_hmac_sha256(struct str key, struct str message, uint8_t out[SHA256_SIZE]);

/*
 * Is hex the HMAC of message, made with sha1, sha256, sha384 or sha512? Any other algorithm, and a
 * lack of memory: no. Compared in constant time.
 */
bool digest_hmac_verify(struct str algorithm, struct str key, struct str message, struct str hex);

/* RFC 8032 §5.1.6: signs with the private key that is made from the seed. False: no memory. */
bool digest_ed25519_sign(
	const uint8_t seed[ED25519_SEED], struct str message, uint8_t out[ED25519_SIZE]);
/* Writes the public key of that private key. False: no memory. */
bool digest_ed25519_public(const uint8_t seed[ED25519_SEED], uint8_t out[ED25519_SEED]);

/*
 * Fast keyed hash for hash tables and change detection; not cryptographic. It is stored in
 * databases: its value may never change, and is the same on every machine.
 */
uint64_t digest_fast64(struct str s, uint64_t key);

void digest_base64(struct buf *out, const void *p, size_t n); /* RFC 4648 §4, padded */
void digest_hex(struct buf *out, const void *p, size_t n);    /* lower case */
/* RFC 4648 §6, lower case, not padded */
void digest_base32(struct buf *out, const void *p, size_t n);
/* Value of a base64 digit (RFC 4648 §4 and §5): 0 to 63; -1 for any other character. */
int digest_base64_value(char c);
/* Decodes base64, ignoring white space. 0, or -ERR_INPUT on any other byte. */
int digest_unbase64(struct buf *out, struct str text);

#endif
