/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/ascii.h"
#include "base/err.h"

/* If the one initialisation of libcrypto failed, its functions use a NULL pointer (OpenSSL 3.0). */
static bool digest_is_ready(void)
{
	return OSSL_LIB_CTX_get0_global_default() != NULL;
}

struct digest *digest_new(void)
{
	EVP_MD_CTX *c = digest_is_ready() ? EVP_MD_CTX_new() : NULL;

	if (c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(c);
		c = NULL;
	}
	return (struct digest *)c;
}

void digest_part(struct digest *d, struct str part)
{
	unsigned char frame[8];

	for (int i = 0; i < 8; i++)
		frame[i] = (unsigned char)((uint64_t)part.n >> (8 * i));
	EVP_DigestUpdate((EVP_MD_CTX *)d, frame, sizeof(frame));
	if (part.n)
		EVP_DigestUpdate((EVP_MD_CTX *)d, part.p, part.n);
}

void digest_final(struct digest *d, uint8_t out[SHA256_SIZE])
{
	EVP_DigestFinal_ex((EVP_MD_CTX *)d, out, NULL);
	EVP_MD_CTX_free((EVP_MD_CTX *)d);
}

bool digest_sha256(struct str s, uint8_t out[SHA256_SIZE])
{
	return digest_is_ready() &&
	       EVP_Digest(s.n ? s.p : "", s.n, out, NULL, EVP_sha256(), NULL) == 1;
}

void digest_hex(struct buf *out, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++) {
		buf_addc(out, digits[bytes[i] >> 4]);
		buf_addc(out, digits[bytes[i] & 15]);
	}
}

bool digest_hmac_sha256(struct str key, struct str message, uint8_t out[SHA256_SIZE])
{
	const unsigned char *text = (const unsigned char *)(message.n ? message.p : "");
	unsigned len = SHA256_SIZE;

	return digest_is_ready() && HMAC(EVP_sha256(), key.n ? key.p : "", (int)key.n, text,
					    message.n, out, &len) != NULL;
}

static const EVP_MD *digest_algorithm(struct str name)
{
	if (str_eq_nocase(name, STR("sha1")))
		return EVP_sha1();
	if (str_eq_nocase(name, STR("sha256")))
		return EVP_sha256();
	if (str_eq_nocase(name, STR("sha384")))
		return EVP_sha384();
	return str_eq_nocase(name, STR("sha512")) ? EVP_sha512() : NULL;
}

bool digest_hmac_verify(struct str algorithm, struct str key, struct str message, struct str hex)
{
	const EVP_MD *md = digest_is_ready() ? digest_algorithm(algorithm) : NULL;
	unsigned char out[EVP_MAX_MD_SIZE], given[EVP_MAX_MD_SIZE];
	unsigned len = sizeof(out);

	if (!md || hex.n != 2 * (size_t)EVP_MD_get_size(md))
		return false;
	for (size_t i = 0; i < hex.n / 2; i++) {
		int high = ascii_hex_value(hex.p[2 * i]), low = ascii_hex_value(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		given[i] = (unsigned char)(high << 4 | low);
	}
	return HMAC(md, key.n ? key.p : "", (int)key.n,
		       (const unsigned char *)(message.n ? message.p : ""), message.n, out,
		       &len) != NULL &&
	       CRYPTO_memcmp(out, given, len) == 0;
}

static EVP_PKEY *digest_ed25519_key(const uint8_t seed[ED25519_SEED])
{
	return digest_is_ready()
		       ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_SEED)
		       : NULL;
}

bool digest_ed25519_sign(
	const uint8_t seed[ED25519_SEED], struct str message, uint8_t out[ED25519_SIZE])
{
	EVP_PKEY *key = digest_ed25519_key(seed);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t len = ED25519_SIZE;
	bool ok = key && c && EVP_DigestSignInit(c, NULL, NULL, NULL, key) == 1 &&
		  EVP_DigestSign(c, out, &len, (const unsigned char *)(message.n ? message.p : ""),
			  message.n) == 1;

	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	return ok;
}

bool digest_ed25519_public(const uint8_t seed[ED25519_SEED], uint8_t out[ED25519_SEED])
{
	EVP_PKEY *key = digest_ed25519_key(seed);
	size_t len = ED25519_SEED;
	bool ok = key && EVP_PKEY_get_raw_public_key(key, out, &len) == 1;

	EVP_PKEY_free(key);
	return ok;
}

static uint64_t digest_load64(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return v;
}

static uint64_t digest_multiply_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Multiply and fold, 16 bytes a step, like wyhash; the constants are digits of pi. */
uint64_t digest_fast64(struct str s, uint64_t key)
{
	const uint64_t k0 = UINT64_C(0x243F6A8885A308D3), k1 = UINT64_C(0x13198A2E03707345),
		       k2 = UINT64_C(0xA4093822299F31D1);
	uint64_t h = key ^ k0;
	const char *p = s.p;
	size_t n = s.n;

	for (; n > 16; p += 16, n -= 16) {
		uint64_t a, b;

		memcpy(&a, p, 8);
		memcpy(&b, p + 8, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		a = __builtin_bswap64(a);
		b = __builtin_bswap64(b);
#endif
		h = digest_multiply_fold(a ^ k1, b ^ h);
	}
	h = digest_multiply_fold(digest_load64(p, n < 8 ? n : 8) ^ k1,
		(n > 8 ? digest_load64(p + 8, n - 8) : 0) ^ h);
	return digest_multiply_fold(h ^ k2, (uint64_t)s.n ^ k1);
}

/* Encodes in groups of `bits` (5 or 6) bits, most significant first. */
static void digest_encode(
	struct buf *out, const unsigned char *s, size_t n, unsigned bits, const char *alphabet)
{
	unsigned acc = 0, have = 0;

	for (size_t i = 0; i < n; i++) {
		acc = acc << 8 | s[i];
		for (have += 8; have >= bits; have -= bits)
			buf_addc(out, alphabet[acc >> (have - bits) & ((1u << bits) - 1)]);
		acc &= (1u << have) - 1;
	}
	if (have)
		buf_addc(out, alphabet[acc << (bits - have) & ((1u << bits) - 1)]);
}

void digest_base64(struct buf *out, const void *p, size_t n)
{
	digest_encode(
		out, p, n, 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	for (size_t pad = (3 - n % 3) % 3; pad; pad--)
		buf_addc(out, '=');
}

void digest_base32(struct buf *out, const void *p, size_t n)
{
	digest_encode(out, p, n, 5, "abcdefghijklmnopqrstuvwxyz234567");
}

int digest_base64_value(char c)
{
	if (ascii_is_upper(c))
		return c - 'A';
	if (ascii_is_lower(c))
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

int digest_unbase64(struct buf *out, struct str text)
{
	unsigned acc = 0, have = 0;
	bool ended = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		int v = digest_base64_value(c);

		if (ascii_is_space(c))
			continue;
		if (c == '=') {
			ended = true;
			continue;
		}
		if (v < 0 || ended)
			return -(int)ERR_INPUT;
		acc = (acc << 6 | (unsigned)v) & 0xFFFF;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_addc(out, (char)(acc >> have & 0xFF));
		}
	}
	return have >= 6 ? -(int)ERR_INPUT : 0;
}
