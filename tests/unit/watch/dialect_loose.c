/* SPDX-License-Identifier: MIT */
/*
 * Lucene's "a b c"~n compared with Lucene's definition on random phrases and texts: equal for two
 * words; for more, all matches of Lucene and the additional ones of our ~n.
 */
#include "lib/unit.h"

#include <limits.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/rng.h"
#include "watch/watch.h"

/* Lucene's definition: the difference of positions in text and phrase. */
static bool stands_apart(const int *text, size_t n_text, const int *phrase, size_t n_phrase,
	int slop, int *at, size_t done)
{
	for (size_t i = 0; i < n_text; i++) {
		bool free = text[i] == phrase[done];
		int least = INT_MAX, most = INT_MIN;

		for (size_t k = 0; k < done; k++)
			free = free && at[k] != (int)i;
		at[done] = (int)i;
		for (size_t k = 0; k <= done; k++) {
			least = at[k] - (int)k < least ? at[k] - (int)k : least;
			most = at[k] - (int)k > most ? at[k] - (int)k : most;
		}
		if (free && most - least <= slop &&
			(done + 1 == n_phrase ||
				stands_apart(text, n_text, phrase, n_phrase, slop, at, done + 1)))
			return true;
	}
	return false;
}

static void on_found(void *ctx, const struct watch_match *m)
{
	(void)m;
	*(bool *)ctx = true;
}

static void put_words(struct rng *r, int *words, size_t n, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < n; i++) {
		words[i] = (int)rng_below(r, 5);
		buf_printf(out, "%sw%d", i ? " " : "", words[i]);
	}
}

static void check_apart(uint64_t seed)
{
	struct rng r;
	struct buf phrase, query, text;
	int words[4], body[9], at[4];
	size_t n, n_body, index;
	int slop;
	struct watch_builder *b = watch_builder_new();
	struct watch_set *set = NULL;
	struct str q;
	struct watch_def def = {
		.name = STR("w"), .queries = &q, .n_queries = 1, .dialect = STR("lucene")};

	rng_seed(&r, seed);
	n = 2 + rng_below(&r, 3);
	slop = (int)rng_below(&r, 7);
	buf_init(&phrase, 100);
	buf_init(&query, 100);
	buf_init(&text, 100);
	put_words(&r, words, n, &phrase);
	buf_printf(&query, "\"%s\"~%d", buf_z(&phrase), slop);
	q = buf_str(&query);
	assert_int_equal(watch_builder_add(b, &def, &index, NULL, NULL), 0);
	assert_int_equal(watch_builder_finish(b, &set, NULL), 0);
	for (int i = 0; i < 20; i++) {
		struct watch_scratch *s = watch_scratch_new(set);
		struct watch_view v = {.published = STAMP_NONE};
		bool found = false, lucene;

		n_body = 1 + rng_below(&r, 9);
		put_words(&r, body, n_body, &text);
		v.body = buf_str(&text);
		assert_int_equal(watch_set_match(set, s, &v, on_found, &found, NULL), 0);
		lucene = stands_apart(body, n_body, words, n, slop, at, 0);
		if (n == 2 || slop == 0 ? found != lucene : !found && lucene)
			fail_msg("seed %llu: %s on %s: %s", (unsigned long long)seed, buf_z(&query),
				buf_z(&text), found ? "found" : "not found");
		watch_scratch_free(s);
	}
	watch_set_free(set);
	buf_release(&phrase);
	buf_release(&query);
	buf_release(&text);
}

static void loose_phrases_find_all_that_lucene_finds(void **state)
{
	struct rng system;

	(void)state;
	rng_system_bytes(&system, sizeof(system));
	for (int i = 0; i < 300; i++)
		check_apart(rng_next(&system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loose_phrases_find_all_that_lucene_finds),
	};

	return cmocka_run_group_tests_name("watch dialect loose", tests, NULL, NULL);
}
