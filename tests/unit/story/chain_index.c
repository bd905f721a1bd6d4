/* SPDX-License-Identifier: MIT */
#include "story/chain_index.h"

#include "lib/unit.h"

#define OWNERS 20000
#define KEPT   1500
#define KEYS   3

/* Owners i - 1 and i share key i; the other keys are of one owner. */
static void add_owner(struct chain_index *x, uint32_t i)
{
	const struct chain_owner owner = {.id = i, .at = i, .source = i};

	assert_true(chain_index_add_owner(x, &owner));
	assert_true(chain_index_add(x, i));
	assert_true(chain_index_add(x, i + 1));
	for (uint32_t k = 0; k < KEYS; k++)
		assert_true(chain_index_add(x, 1000000 + i * KEYS + k));
}

static void check_owner(struct chain_index *x, uint32_t i, size_t owners)
{
	struct chain_key key = {.key = i};

	assert_true(chain_index_find(x, &key, 1));
	assert_int_equal(x->n_hits, owners);
	for (size_t k = 0; k < owners; k++) {
		const struct chain_owner *o = chain_index_owner(x, x->hits[k].owner);

		assert_int_equal(x->hits[k].count, 1);
		assert_true(o->id == i || o->id == i - 1);
	}
}

/* As if almost 2^32 owners, or entries, had passed. */
static void run_past_the_end(uint32_t owners, uint32_t entries)
{
	struct chain_index x;

	chain_index_init(&x, 10);
	x.owners.begin = x.owners.end = owners;
	x.entries.begin = x.entries.end = entries;
	for (uint32_t i = 1; i <= OWNERS; i++) {
		chain_index_drop(&x, (int64_t)i - KEPT, SIZE_MAX);
		add_owner(&x, i);
		check_owner(&x, i, i == 1 ? 1 : 2);
		if (i > KEPT) {
			check_owner(&x, i - KEPT, 1);
			check_owner(&x, i - KEPT - 1, 0);
		}
	}
	assert_int_equal(x.owners.end - x.owners.begin, KEPT + 1);
	chain_index_release(&x);
}

static void test_positions_begin_again(void **state)
{
	(void)state;
	run_past_the_end(1, 1);
	run_past_the_end(UINT32_MAX - 10000, 1);
	run_past_the_end(1, UINT32_MAX - 30000);
	run_past_the_end(UINT32_MAX - 12345, UINT32_MAX - 54321);
	run_past_the_end(UINT32_MAX, UINT32_MAX);
}

/* A search with many hits leaves nothing for the next one. */
static void test_searches_do_not_mix(void **state)
{
	static struct chain_key keys[5000];
	struct chain_index x;

	(void)state;
	chain_index_init(&x, 10);
	for (uint32_t i = 1; i <= 5000; i++) {
		add_owner(&x, i);
		keys[i - 1].key = i;
	}
	for (int turn = 0; turn < 2; turn++) {
		assert_true(chain_index_find(&x, keys, 5000));
		assert_int_equal(x.n_hits, 5000);
		for (size_t i = 0; i < x.n_hits; i++)
			assert_int_equal(x.hits[i].count, x.hits[i].owner == 5000 ? 1 : 2);
		check_owner(&x, 77, 2);
		check_owner(&x, 78, 2);
	}
	chain_index_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_positions_begin_again),
		cmocka_unit_test(test_searches_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
