/* SPDX-License-Identifier: MIT */
/* Batches as bytes: written ones are read back, other bytes are refused. */
#include "lib/unit.h"

#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/rng.h"
#include "feed/parse.h"
#include "feed/wire.h"
#include "lib/batch.h"

#define BODY_MAX  ((size_t)64 << 20)
#define ARENA_MAX ((size_t)256 << 20)
#define FLIPS	  20000

static const char *const small_feeds[] = {
	"atom10.xml", "rss20.xml", "cdf.xml", "broken-nesting.xml", "sitemap-index.xml"};

static bool read_file(const char *path, struct buf *body)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	buf_clear(body);
	if (!f)
		return false;
	do {
		char *room = buf_reserve(body, 65536);

		n = room ? fread(room, 1, 65536, f) : 0;
		buf_commit(body, n);
	} while (n > 0);
	fclose(f);
	return true;
}

/* NULL: not a feed. */
static struct feed_batch *parse_file(const char *path)
{
	struct feed_parse_options o = {
		.url = STR("https://feed.example/x/"), .sitemaps = true, .digest = true};
	struct feed_batch *b = NULL;
	struct buf body;

	buf_init(&body, BODY_MAX);
	if (read_file(path, &body))
		(void)feed_parse(buf_str(&body), &o, &b, NULL);
	buf_release(&body);
	return b;
}

static size_t compared;

/* Round trip: the same batch, and the same bytes when it is written again. */
static void compare_file(const char *path)
{
	struct feed_batch *batch = parse_file(path), *copy;
	struct buf wire, again;
	const char *difference;
	struct err e;

	if (!batch)
		return;
	buf_init(&wire, ARENA_MAX);
	buf_init(&again, ARENA_MAX);
	assert_int_equal(feed_wire_write(batch, &wire), 0);
	if (feed_wire_read(buf_str(&wire), ARENA_MAX, &copy, &e) != 0)
		fail_msg("%s: %s", path, e.text);
	difference = batch_difference(batch, copy);
	if (!difference)
		difference = batch_flaw(copy);
	if (difference)
		fail_msg("%s: %s", path, difference);
	assert_int_equal(feed_wire_write(copy, &again), 0);
	assert_true(str_eq(buf_str(&wire), buf_str(&again)));
	compared++;
	feed_batch_free(batch);
	feed_batch_free(copy);
	buf_release(&wire);
	buf_release(&again);
}

static int compare_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)ftw;
	if (flag == FTW_F && (size_t)st->st_size <= BODY_MAX)
		compare_file(path);
	return 0;
}

static void golden_feeds_round_trip(void **state)
{
	(void)state;
	compared = 0;
	assert_int_equal(nftw("tests/golden/feeds", compare_one, 8, FTW_PHYS), 0);
	assert_true(compared >= 15);
}

static void captured_feeds_round_trip(void **state)
{
	static const char *const folders[] = {
		"real", "real-transcoded", "feedparser", "gofeed", "attacks"};
	const char *shared = getenv("SHARED");
	char path[1024];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/corpus/real", shared ? shared : "../shared");
	if (stat(path, &st) != 0)
		skip();
	compared = 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/corpus/%s", shared ? shared : "../shared",
			folders[i]);
		assert_int_equal(nftw(path, compare_one, 16, FTW_PHYS), 0);
	}
	assert_true(compared > 1000);
}

/* A copy of exactly n bytes, so that a sanitizer sees each byte read past them. */
static int read_exact(const char *bytes, size_t n, size_t max, struct feed_batch **out)
{
	char *copy = malloc(n ? n : 1);
	struct err e = {0};
	int rc;

	memcpy(copy, bytes, n);
	rc = feed_wire_read(str_slice(copy, n), max, out, &e);
	free(copy);
	assert_int_equal(rc, -(int)e.cls);
	assert_int_equal(rc == 0, *out != NULL);
	return rc;
}

static void write_small(size_t i, struct buf *wire)
{
	struct feed_batch *b;
	char path[256];

	snprintf(path, sizeof(path), "tests/golden/feeds/%s", small_feeds[i]);
	b = parse_file(path);
	assert_non_null(b);
	buf_init(wire, ARENA_MAX);
	assert_int_equal(feed_wire_write(b, wire), 0);
	feed_batch_free(b);
}

#define SMALL_FEEDS (sizeof(small_feeds) / sizeof(small_feeds[0]))

static void truncated_and_extended_batches_are_refused(void **state)
{
	struct feed_batch *b;
	struct buf wire;

	(void)state;
	for (size_t i = 0; i < SMALL_FEEDS; i++) {
		write_small(i, &wire);
		for (size_t n = 0; n < wire.len; n++)
			assert_int_equal(read_exact(wire.data, n, ARENA_MAX, &b), -ERR_INPUT);
		buf_addc(&wire, '\0');
		assert_int_equal(read_exact(wire.data, wire.len, ARENA_MAX, &b), -ERR_INPUT);
		buf_release(&wire);
	}
}

static void limits_are_enforced(void **state)
{
	struct feed_batch *b;
	struct buf wire, out;

	(void)state;
	for (size_t i = 0; i < SMALL_FEEDS; i++) {
		size_t max = 0;
		int rc;

		write_small(i, &wire);
		while ((rc = read_exact(wire.data, wire.len, max, &b)) == -ERR_LIMIT)
			max += 16;
		assert_int_equal(rc, 0);
		assert_in_range(max, wire.len, 8 * wire.len);
		for (max = 0; max < wire.len; max += 7) {
			buf_init(&out, max);
			assert_int_equal(feed_wire_write(b, &out), -ERR_LIMIT);
			buf_release(&out);
		}
		feed_batch_free(b);
		buf_release(&wire);
	}
}

/* Changes one to four bytes, sometimes all four of what may be a length. */
static void change(char *bytes, size_t n, struct rng *rng)
{
	size_t at = rng_below(rng, n), count = 1 + rng_below(rng, 4);
	bool huge = rng_below(rng, 4) == 0;

	for (size_t i = 0; i < count; i++) {
		if (huge && at + i < n)
			bytes[at + i] = (char)0xff;
		else
			bytes[rng_below(rng, n)] ^= (char)(1 + rng_below(rng, 255));
	}
}

/* A batch has exactly one encoding. */
static bool is_written_as(const struct feed_batch *b, struct str bytes)
{
	struct buf out;
	bool same;

	buf_init(&out, ARENA_MAX);
	same = feed_wire_write(b, &out) == 0 && str_eq(buf_str(&out), bytes);
	buf_release(&out);
	return same;
}

static void damaged_batches_are_refused_or_valid(void **state)
{
	struct feed_batch *b;
	struct buf wire;
	struct rng rng;
	size_t refused = 0;

	(void)state;
	rng_seed(&rng, 1);
	for (size_t i = 0; i < SMALL_FEEDS; i++) {
		write_small(i, &wire);
		for (size_t k = 0; k < FLIPS; k++) {
			char *bytes = malloc(wire.len);
			int rc;

			memcpy(bytes, wire.data, wire.len);
			change(bytes, wire.len, &rng);
			rc = read_exact(bytes, wire.len, ARENA_MAX, &b);
			if (rc == 0 && batch_flaw(b))
				fail_msg("round %zu of %s: %s", k, small_feeds[i], batch_flaw(b));
			if (rc == 0)
				assert_true(is_written_as(b, str_slice(bytes, wire.len)));
			assert_true(rc == 0 || rc == -ERR_INPUT || rc == -ERR_LIMIT);
			refused += rc != 0;
			feed_batch_free(b);
			free(bytes);
		}
		buf_release(&wire);
	}
	assert_in_range(refused, FLIPS / 4, SMALL_FEEDS * FLIPS);
}

/* UPDATE=1 writes the seeds of the fuzz target again, after a change of the format. */
static void fuzzing_starts_from_the_present_format(void **state)
{
	char path[256];

	(void)state;
	for (size_t i = 0; i < SMALL_FEEDS; i++) {
		struct feed_batch *b;
		struct buf wire, seed;

		write_small(i, &wire);
		buf_init(&seed, ARENA_MAX);
		snprintf(path, sizeof(path), "tests/fuzz/corpus/wire/%.*s",
			(int)strcspn(small_feeds[i], "."), small_feeds[i]);
		if (getenv("UPDATE")) {
			FILE *f = fopen(path, "wb");

			/* The first byte chooses the limit of memory. */
			assert_true(f && fputc(0, f) != EOF &&
				    fwrite(wire.data, 1, wire.len, f) == wire.len);
			assert_int_equal(fclose(f), 0);
		}
		assert_true(read_file(path, &seed) && seed.len > 1);
		if (read_exact(seed.data + 1, seed.len - 1, ARENA_MAX, &b) != 0)
			fail_msg("%s has an old format: UPDATE=1 build/tests/unit/feed/wire", path);
		feed_batch_free(b);
		buf_release(&wire);
		buf_release(&seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_feeds_round_trip),
		cmocka_unit_test(captured_feeds_round_trip),
		cmocka_unit_test(truncated_and_extended_batches_are_refused),
		cmocka_unit_test(limits_are_enforced),
		cmocka_unit_test(damaged_batches_are_refused_or_valid),
		cmocka_unit_test(fuzzing_starts_from_the_present_format),
	};

	return cmocka_run_group_tests_name("feed wire", tests, NULL, NULL);
}
