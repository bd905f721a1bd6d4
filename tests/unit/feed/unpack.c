/* SPDX-License-Identifier: MIT */
/* Content codings: named rightly, wrongly or not at all, in one piece and byte by byte. */
#include "lib/unit.h"

#include <zlib.h>
#ifdef NIGHTDESK_ZSTD
#include <zstd.h>
#endif

#include "base/buf.h"
#include "base/err.h"
#include "feed/unpack.h"

static const char text[] = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Sirens "
			   "over the harbour, sirens over the town</title></channel></rss>";

/* The text, packed by the brotli command. */
static const unsigned char brotli[] = {0x1b, 0x7c, 0x00, 0x00, 0x44, 0xdd, 0x96, 0xea, 0xe9, 0xc2,
	0xc1, 0x3c, 0xf6, 0x12, 0x0c, 0xf9, 0x41, 0x50, 0x85, 0x0f, 0x44, 0x9d, 0x1c, 0x1f, 0x54,
	0xbf, 0x1d, 0xaf, 0x05, 0x1e, 0x48, 0x9a, 0x70, 0x42, 0x01, 0x60, 0xce, 0xc3, 0xe7, 0x29,
	0xa2, 0x62, 0xdf, 0xcc, 0x1a, 0xe2, 0xef, 0x65, 0xdd, 0xd3, 0xeb, 0x11, 0x44, 0x49, 0x38,
	0x7a, 0x10, 0x6b, 0x1a, 0xa6, 0xc0, 0x77, 0xcc, 0xca, 0x23, 0xbb, 0x2f, 0xeb, 0x51, 0x46,
	0x0d, 0xb1, 0xad, 0x99, 0x48, 0x66, 0x32, 0x6e, 0x8d, 0x25, 0x5c, 0xa9, 0xbc, 0x24, 0x02};

#define LAYER_MAX 5000

static size_t pack_zlib(const struct buf *in, int bits, unsigned char packed[LAYER_MAX])
{
	z_stream z = {.next_in = (unsigned char *)in->data,
		.avail_in = (unsigned)in->len,
		.next_out = packed,
		.avail_out = LAYER_MAX};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, bits, 8, 0), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static size_t pack_layer(const struct buf *in, char layer, unsigned char packed[LAYER_MAX])
{
	switch (layer) {
	case 'b': memcpy(packed, brotli, sizeof(brotli)); return sizeof(brotli);
	case 'g': return pack_zlib(in, 31, packed);
	case 'z': return pack_zlib(in, 15, packed);
	case 'r': return pack_zlib(in, -15, packed);
#ifdef NIGHTDESK_ZSTD
	case 's': return ZSTD_compress(packed, LAYER_MAX, in->data, in->len, 3);
#endif
	}
	fail();
	return 0;
}

/* How a body is packed: one letter for each layer, the first applied first; b only as the first. */
static struct buf pack(struct str s, const char *layers)
{
	unsigned char packed[LAYER_MAX];
	struct buf out;

	buf_init(&out, 2000000);
	buf_adds(&out, s);
	for (; *layers; layers++) {
		struct buf in = out;
		size_t n = pack_layer(&in, *layers, packed);

		buf_init(&out, 100000);
		buf_add(&out, packed, n);
		buf_release(&in);
	}
	return out;
}

static bool store(void *arg, const char *p, size_t n)
{
	buf_add(arg, p, n);
	return !buf_failed(arg);
}

static int unpack(const char *codings, struct str body, size_t piece, struct buf *out)
{
	struct feed_unpack *u = feed_unpack_new(store, out);
	int rc = 0;

	for (const char *next; *codings; codings = next) { /* one header in each line */
		size_t n = strcspn(codings, "\n");

		next = codings + n + (codings[n] == '\n');
		assert_true(feed_unpack_add(u, str_slice(codings, n)));
	}
	for (size_t i = 0; i < body.n && rc == 0; i += piece)
		rc = feed_unpack_push(u, body.p + i, body.n - i < piece ? body.n - i : piece);
	if (rc == 0)
		rc = feed_unpack_finish(u);
	feed_unpack_free(u);
	return rc;
}

static const struct {
	const char *codings, *layers;
} t[] = {
	{"", ""},
	{"identity", ""},
	{"gzip", "g"},
	{"x-gzip", "g"},
	{"GZip", "g"},
	{" gzip ;q=1", "g"},
	{"deflate", "z"},
	{"deflate", "r"},
	{"gzip, deflate", "gz"},
	{"deflate, gzip", "rg"},
	{"gzip\ngzip", "gg"},
	/* unknown values over a plain body, or before a real one */
	{"utf-8", ""},
	{"UTF8", ""},
	{"aws-chunked", ""},
	{"binary", ""},
	{"none", ""},
	{"none, gzip", "g"},
	{"aws-chunked,gzip", "g"},
	{"", ""},
	{",", ""},
	{"text/xml", ""},
	{"zstd", ""},
	{"compress", ""},
	/* named, but not applied */
	{"gzip", ""},
	{"deflate", ""},
	{"br", ""},
	{"gzip, gzip", "g"},
	{"gzip\ngzip", "g"},
	{"gzip, deflate", "g"},
	/* not named, or another one named */
	{"", "g"},
	{"", "z"},
	{"identity", "g"},
	{"utf-8", "g"},
	{"gzip", "gg"},
	{"deflate", "g"},
	{"gzip", "z"},
	{"deflate", "zg"},
	{"br", "g"},
#ifdef NIGHTDESK_BROTLI
	{"br", "b"},
	{"BR", "b"},
	{"br, gzip", "bg"},
#endif
#ifdef NIGHTDESK_ZSTD
	{"zstd", "s"},
	{"ZSTD", "s"},
	{"gzip, zstd", "gs"},
	{"zstd, gzip", "sg"},
	{"", "s"},
	{"gzip", "s"},
	{"zstd", "g"},
#endif
};

static void bodies_are_unpacked(void **state)
{
	static const size_t pieces[] = {1, 2, 3, 7, 1000};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		for (size_t k = 0; k < sizeof(pieces) / sizeof(pieces[0]); k++) {
			struct buf packed = pack(str_of(text), t[i].layers), out;

			buf_init(&out, 10000);
			assert_int_equal(
				unpack(t[i].codings, buf_str(&packed), pieces[k], &out), 0);
			assert_string_equal(buf_z(&out), text);
			buf_release(&out);
			buf_release(&packed);
		}
}

static void other_plain_bodies_stay(void **state)
{
	static const char *const bodies[] = {"", "<", "<a", "x", "{\"version\": 1}", "[\n1]",
		"\xEF\xBB\xBF<rss/>", "\n\n  <feed/>", "<rdf:RDF/>", "<!-- a --><rss/>", "\x1f\x8b",
		"\xFF\xFE<", "{}"};
	static const char *const codings[] = {"", "gzip", "utf-8"};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		for (size_t k = 0; k < 3; k++) {
			struct buf out;

			buf_init(&out, 1000);
			assert_int_equal(unpack(codings[k], str_of(bodies[i]), 1, &out), 0);
			assert_string_equal(buf_z(&out), bodies[i]);
			buf_release(&out);
		}
}

/* Two members, then padding; RFC 1952 allows several members. */
static void members_are_joined_and_what_follows_ignored(void **state)
{
	static const char *const ends[] = {"", "\n", "\x1f", "\x1f\x8b", "\x1fjunk", "junk"};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		for (size_t piece = 1; piece < 400; piece += 13) {
			struct buf a = pack(STR("<rss>"), "g"), b = pack(STR("</rss>"), "g"), out;

			buf_adds(&a, buf_str(&b));
			buf_addz(&a, ends[i]);
			buf_init(&out, 1000);
			assert_int_equal(unpack("gzip", buf_str(&a), piece, &out), 0);
			assert_string_equal(buf_z(&out), "<rss></rss>");
			buf_release(&a);
			buf_release(&b);
			buf_release(&out);
		}
}

#ifdef NIGHTDESK_ZSTD
/* RFC 8878 §3.1 allows several frames, and some to be skipped. */
static void frames_are_joined_and_what_follows_ignored(void **state)
{
	static const char skipped[] = "\x50\x2a\x4d\x18\x02\0\0\0xx";
	static const char *const ends[] = {"", "\n", "\x28\xb5", "junk and more"};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		for (size_t piece = 1; piece < 400; piece += 13) {
			struct buf a = pack(STR("<rss>"), "s"), b = pack(STR("</rss>"), "s"), all,
				   out;

			buf_init(&all, 1000);
			buf_add(&all, skipped, sizeof(skipped) - 1);
			buf_adds(&all, buf_str(&a));
			buf_adds(&all, buf_str(&b));
			buf_addz(&all, ends[i]);
			buf_init(&out, 1000);
			assert_int_equal(unpack("zstd", buf_str(&all), piece, &out), 0);
			assert_string_equal(buf_z(&out), "<rss></rss>");
			buf_release(&a);
			buf_release(&b);
			buf_release(&all);
			buf_release(&out);
		}
}

/* Windows are limited to what HTTP allows (RFC 9659), and damage is no end. */
static void broken_frames_are_refused(void **state)
{
	static const char huge[] = "\x28\xb5\x2f\xfd\0\x70\x01\0\0"; /* 16 MiB */
	struct buf packed = pack(str_of(text), "s"), out;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(unpack("zstd", str_slice(huge, sizeof(huge) - 1), 3, &out), -ERR_INPUT);
	packed.data[packed.len - 2] ^= 0x55;
	assert_int_equal(unpack("zstd", buf_str(&packed), 5, &out), -ERR_INPUT);
	buf_release(&out);
	buf_release(&packed);
}
#endif

static void damage_is_an_error_and_an_early_end_is_not(void **state)
{
	struct buf packed = pack(str_of(text), "g"), out;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(unpack("gzip", str_slice(packed.data, packed.len - 8), 5, &out), 0);
	assert_string_equal(buf_z(&out), text); /* only the checksum is missing */
	packed.data[packed.len - 6] ^= 1;
	buf_clear(&out);
	assert_int_equal(unpack("gzip", buf_str(&packed), 5, &out), -ERR_INPUT);
	packed.data[30] ^= 0x55;
	assert_int_equal(unpack("", buf_str(&packed), 5, &out), -ERR_INPUT);
	buf_release(&out);
	buf_release(&packed);
}

static void the_caller_limits_the_output(void **state)
{
	struct buf packed = pack(str_of(text), "gg"), out;

	(void)state;
	buf_init(&out, 50);
	assert_int_equal(unpack("gzip", buf_str(&packed), 1000, &out), -ERR_LIMIT);
	buf_release(&out);
	buf_release(&packed);
}

/* Inner gzip data that never yields a byte: the output alone would not show the work. */
static void what_passes_between_codings_is_limited(void **state)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03", empty_block[] = "\0\0\0\xff\xff";
	struct buf inner, packed, out;

	(void)state;
	buf_init(&inner, 2000000);
	buf_init(&out, 1000);
	buf_add(&inner, head, 10);
	for (size_t i = 0; i < 30000; i++)
		buf_add(&inner, empty_block, 5);
	packed = pack(buf_str(&inner), "g");
	assert_int_equal(unpack("gzip", buf_str(&packed), 100, &out), 0);
	buf_release(&packed);
	for (size_t i = 0; i < 200000; i++)
		buf_add(&inner, empty_block, 5);
	packed = pack(buf_str(&inner), "g");
	assert_int_equal(unpack("gzip", buf_str(&packed), 100, &out), -ERR_LIMIT);
	assert_int_equal(out.len, 0);
	buf_release(&packed);
	buf_release(&inner);
	buf_release(&out);
}

static void the_number_of_codings_is_limited(void **state)
{
	struct feed_unpack *u = feed_unpack_new(store, NULL);

	(void)state;
	assert_true(feed_unpack_add(u, STR("gzip, utf-8, gzip, none, gzip")));
	assert_false(feed_unpack_add(u, STR("identity, gzip")));
	feed_unpack_free(u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_unpacked),
		cmocka_unit_test(other_plain_bodies_stay),
		cmocka_unit_test(members_are_joined_and_what_follows_ignored),
#ifdef NIGHTDESK_ZSTD
		cmocka_unit_test(frames_are_joined_and_what_follows_ignored),
		cmocka_unit_test(broken_frames_are_refused),
#endif
		cmocka_unit_test(damage_is_an_error_and_an_early_end_is_not),
		cmocka_unit_test(the_caller_limits_the_output),
		cmocka_unit_test(what_passes_between_codings_is_limited),
		cmocka_unit_test(the_number_of_codings_is_limited),
	};

	return cmocka_run_group_tests_name("feed unpack", tests, NULL, NULL);
}
