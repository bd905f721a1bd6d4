/* SPDX-License-Identifier: MIT */
/* Digests and their text encodings, compared with published vectors. */
#include "lib/unit.h"

#include "base/digest.h"

static void assert_hex(const uint8_t digest[SHA256_SIZE], const char *hex)
{
	char got[2 * SHA256_SIZE + 1];

	for (size_t i = 0; i < SHA256_SIZE; i++)
		snprintf(got + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(got, hex);
}

static void known_vectors(void **state)
{
	uint8_t out[SHA256_SIZE];
	struct digest *d = digest_new();

	(void)state;
	assert_non_null(d);
	digest_part(d, STR("abc")); /* sha256sum of its length as 8 bytes and "abc" */
	digest_final(d, out);
	assert_hex(out, "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391");
	/* RFC 4231, case 2 */
	assert_true(digest_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), out));
	assert_hex(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* RFC 2202 and RFC 4231, case 2. */
static void hmacs_are_verified(void **state)
{
	static const struct {
		const char *algorithm, *hex;
	} rows[] = {
		{"sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
		{"sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"SHA384", "AF45D2E376484031617F78D2B58A6B1B9C7EF464F5A01B47E42EC3736322445E"
			   "8E2240CA5E69E2C78B3239ECFAB21649"},
		{"sha512", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
			   "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
	};
	const struct str key = STR("Jefe"), text = STR("what do ya want for nothing?");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct str algorithm = str_of(rows[i].algorithm), hex = str_of(rows[i].hex);

		assert_true(digest_hmac_verify(algorithm, key, text, hex));
		assert_false(digest_hmac_verify(algorithm, key, STR("other"), hex));
		assert_false(digest_hmac_verify(algorithm, STR("Jeff"), text, hex));
		assert_false(digest_hmac_verify(algorithm, key, text, str_slice(hex.p, hex.n - 2)));
		assert_false(digest_hmac_verify(STR("md5"), key, text, hex));
	}
	assert_false(digest_hmac_verify(STR("sha1"), key, text, STR("")));
	assert_false(digest_hmac_verify(
		STR("sha1"), key, text, STR("xffcdf6ae5eb2fa2d27416d5f184df9c259a7c79")));
}

/* FIPS 180-4, appendix B. */
static void sha256_is_that_of_the_text_alone(void **state)
{
	uint8_t hash[SHA256_SIZE];
	struct buf hex;

	(void)state;
	buf_init(&hex, 100);
	assert_true(digest_sha256(STR("abc"), hash));
	digest_hex(&hex, hash, sizeof(hash));
	assert_string_equal(
		buf_z(&hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	buf_clear(&hex);
	assert_true(digest_sha256(STR_NONE, hash));
	digest_hex(&hex, hash, 4);
	assert_string_equal(buf_z(&hex), "e3b0c442");
	buf_release(&hex);
}

static void base64_and_base32_of_rfc_4648(void **state)
{
	static const struct {
		const char *plain, *b64, *b32;
	} rows[] = {
		{"", "", ""},
		{"f", "Zg==", "my"},
		{"fo", "Zm8=", "mzxq"},
		{"foo", "Zm9v", "mzxw6"},
		{"foob", "Zm9vYg==", "mzxw6yq"},
		{"fooba", "Zm9vYmE=", "mzxw6ytb"},
		{"foobar", "Zm9vYmFy", "mzxw6ytboi"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b;

		buf_init(&b, 1000);
		digest_base64(&b, rows[i].plain, strlen(rows[i].plain));
		assert_string_equal(buf_z(&b), rows[i].b64);
		buf_clear(&b);
		digest_base32(&b, rows[i].plain, strlen(rows[i].plain));
		assert_string_equal(buf_z(&b), rows[i].b32);
		buf_clear(&b);
		assert_int_equal(digest_unbase64(&b, str_of(rows[i].b64)), 0);
		assert_string_equal(buf_z(&b), rows[i].plain);
		buf_release(&b);
	}
}

static void invalid_base64_is_refused(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_not_equal(digest_unbase64(&b, STR("a!b=")), 0);
	assert_int_not_equal(digest_unbase64(&b, STR("Zg==Zg")), 0);
	buf_release(&b);
}

static void digest_parts_are_delimited(void **state)
{
	uint8_t x[SHA256_SIZE], y[SHA256_SIZE];
	struct digest *d = digest_new();

	(void)state;
	digest_part(d, STR("ab"));
	digest_part(d, STR("c"));
	digest_final(d, x);
	d = digest_new();
	digest_part(d, STR("a"));
	digest_part(d, STR("bc"));
	digest_final(d, y);
	assert_memory_not_equal(x, y, sizeof(x));
}

static void the_fast_hash_is_even_and_stable(void **state)
{
	char text[64] = {0};

	(void)state;
	/* Stored in databases: must never change. */
	assert_true(digest_fast64(STR(""), 0) == digest_fast64(STR(""), 0));
	assert_true(digest_fast64(STR("a"), 0) != digest_fast64(STR("a"), 1));
	for (size_t n = 0; n < sizeof(text); n++)
		for (size_t m = n + 1; m < sizeof(text); m++)
			assert_true(digest_fast64(str_slice(text, n), 7) !=
				    digest_fast64(str_slice(text, m), 7));
}

/* RFC 8032 §7.1, test 1 */
static void ed25519_signs_as_in_its_standard(void **state)
{
	static const uint8_t seed[ED25519_SEED] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
		0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
		0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
	uint8_t public[ED25519_SEED], signature[ED25519_SIZE];
	struct buf text;

	(void)state;
	buf_init(&text, 1000);
	assert_true(digest_ed25519_public(seed, public));
	digest_base64(&text, public, sizeof(public));
	assert_string_equal(buf_z(&text), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	assert_true(digest_ed25519_sign(seed, STR(""), signature));
	buf_clear(&text);
	digest_base64(&text, signature, sizeof(signature));
	assert_string_equal(buf_z(&text),
		"5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0l"
		"v18FlbviRlUUFDjnoQCw==");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519_signs_as_in_its_standard),
		cmocka_unit_test(known_vectors),
		cmocka_unit_test(hmacs_are_verified),
		cmocka_unit_test(sha256_is_that_of_the_text_alone),
		cmocka_unit_test(base64_and_base32_of_rfc_4648),
		cmocka_unit_test(invalid_base64_is_refused),
		cmocka_unit_test(digest_parts_are_delimited),
		cmocka_unit_test(the_fast_hash_is_even_and_stable),
	};

	return cmocka_run_group_tests_name("base digest", tests, NULL, NULL);
}
