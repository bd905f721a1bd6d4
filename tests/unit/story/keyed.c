/* SPDX-License-Identifier: MIT */
/* Hashes that a feed can choose do not collide once they are keyed. */
#include "story/keyed.h"

#include "base/rng.h"
#include "lib/unit.h"
#include "story/frequency.h"

#define WORDS 4096
#define CELLS 512 /* of a hash table, from some bits of a hash */

/* Words whose hashes differ only as chosen. */
static uint64_t keyed_chosen(unsigned kind, uint64_t i)
{
	switch (kind) {
	case 0: return i << 48;		       /* equal in the low bits */
	case 1: return 0x123456789abcdef0 ^ i; /* equal in the high ones */
	case 2: return i << 32 | i;
	case 3: return i * 0x9e3779b97f4a7c15; /* the multiplier that hash tables like */
	default: return i << 20;
	}
}

static void test_bits_do_not_collide(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 11);
	for (unsigned kind = 0; kind < 5; kind++)
		for (unsigned shift = 0; shift <= 55; shift += 5) {
			struct keyed key = keyed_from_seed(rng_next(&rng));
			unsigned cells[CELLS] = {0};

			for (uint64_t i = 1; i <= WORDS; i++)
				cells[keyed_hash(key, keyed_chosen(kind, i)) >> shift &
					(CELLS - 1)]++;
			/* 8 are expected. */
			for (unsigned i = 0; i < CELLS; i++)
				assert_true(cells[i] < 40);
		}
}

/* No word of a table is far from its place. */
static void test_table_of_words(void **state)
{
	struct keyed key = keyed_from_seed(12);

	(void)state;
	for (unsigned kind = 0; kind < 5; kind++) {
		struct frequency f;
		size_t run = 0, longest = 0;

		frequency_init(&f, 1 << 20);
		for (uint64_t i = 1; i <= WORDS; i++)
			assert_int_equal(
				frequency_count(
					&f, (uint32_t)keyed_hash(key, keyed_chosen(kind, i)) | 1),
				1);
		for (size_t i = 0; i < f.n_slots; i++) {
			run = f.slots[i].word ? run + 1 : 0;
			longest = run > longest ? run : longest;
		}
		assert_true(longest < 150);
		frequency_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits_do_not_collide),
		cmocka_unit_test(test_table_of_words),
	};

	return cmocka_run_group_tests_name("story keyed", tests, NULL, NULL);
}
