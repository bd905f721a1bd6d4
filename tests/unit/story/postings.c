/* SPDX-License-Identifier: MIT */
/* The queue of items and the index to them. */
#include "story/postings.h"

#include <stdlib.h>

#include "lib/unit.h"
#include "story/keyed.h"

#define KEYS 20

struct index {
	struct records records;
	struct postings postings;
	struct keyed key;
};

static void index_init(struct index *x, size_t max)
{
	records_init(&x->records, max);
	postings_init(&x->postings, max);
	x->key = keyed_from_seed(5);
}

static void index_release(struct index *x)
{
	records_release(&x->records);
	postings_release(&x->postings);
}

static uint64_t index_hash(const struct index *x, int64_t item, uint64_t k)
{
	return keyed_hash(x->key, (uint64_t)item * KEYS + k);
}

/* An item has KEYS hashes of its own, and what the caller adds. */
static uint32_t index_add(struct index *x, int64_t item)
{
	uint32_t pos;

	assert_true(records_push(&x->records, &(struct record){.id = item, .at = item}));
	pos = x->records.end - 1;
	postings_sweep(&x->postings, &x->records);
	for (uint64_t k = 0; k < KEYS; k++)
		assert_true(
			postings_add(&x->postings, &x->records, index_hash(x, item, k), pos, pos));
	return pos;
}

static void index_commit(struct index *x)
{
	records_commit(&x->records);
	postings_commit(&x->postings);
}

/* How many of the hashes of an item find it. */
static unsigned index_find(const struct index *x, int64_t item)
{
	uint32_t found[POSTINGS_BUCKET];
	unsigned hits = 0;

	for (uint64_t k = 0; k < KEYS; k++) {
		unsigned n =
			postings_find(&x->postings, &x->records, index_hash(x, item, k), found);

		for (unsigned i = 0; i < n; i++)
			hits += records_at(&x->records, found[i])->id == item;
	}
	return hits;
}

/* Nearly all is found in a window that moves, also where positions wrap around. */
static void run_from(uint32_t end, int64_t items, int64_t kept)
{
	struct index x;
	size_t most = 0, last = 0, middle = 0;

	index_init(&x, (size_t)64 << 20);
	x.records.begin = x.records.end = x.records.committed = end;
	for (int64_t item = 1; item <= items; item++) {
		records_drop(&x.records, item - kept);
		index_add(&x, item);
		index_commit(&x);
		assert_int_equal(index_find(&x, item), KEYS);
		if (item > kept) {
			last += index_find(&x, item - kept);
			middle += index_find(&x, item - kept / 2);
			assert_int_equal(index_find(&x, item - kept - 1), 0);
		}
		if (postings_bytes(&x.postings) > most)
			most = postings_bytes(&x.postings);
	}
	/* Buckets that are not split yet lose some of their oldest entries. */
	assert_true(last > (size_t)(items - kept) * KEYS * 6 / 10);
	assert_true(middle > (size_t)(items - kept) * KEYS * 95 / 100);
	/* 5 bytes a slot, of which 11 in 16 are in use, some by dropped items. */
	assert_true(most < (size_t)kept * KEYS * 12);
	index_release(&x);
}

static void test_a_window_moves(void **state)
{
	(void)state;
	run_from(1, 12000, 3000);
	run_from(RECORDS_MASK - 5000, 12000, 3000);
	run_from(UINT32_MAX - 5000, 12000, 3000);
}

/* Memory ends, and then the oldest entries go. */
static void test_memory_ends(void **state)
{
	struct index x;
	unsigned old = 0, fresh = 0;

	(void)state;
	index_init(&x, (size_t)256 << 10);
	for (int64_t item = 1; item <= 20000; item++) {
		index_add(&x, item);
		index_commit(&x);
		assert_true(postings_bytes(&x.postings) <= (size_t)256 << 10);
		assert_true(x.records.bytes <= (size_t)260 << 10);
	}
	for (int64_t item = 1; item <= 500; item++) {
		old += index_find(&x, 10000 + item);
		fresh += index_find(&x, 19500 + item);
	}
	assert_int_equal(old, 0);
	assert_true(fresh > 500 * KEYS * 9 / 10);
	index_release(&x);
}

static unsigned run_shared(bool shared)
{
	struct index x;
	unsigned found = 0;

	index_init(&x, (size_t)64 << 20);
	for (int64_t item = 1; item <= 2000; item++) {
		uint32_t pos = index_add(&x, item);

		for (uint64_t k = 0; k < KEYS && shared; k++)
			assert_true(postings_add(
				&x.postings, &x.records, index_hash(&x, 0, k), pos, pos));
		index_commit(&x);
	}
	for (int64_t item = 1; item <= 2000; item++)
		found += index_find(&x, item);
	index_release(&x);
	return found;
}

/* However many items have the same hashes, those of their own are found. */
static void test_hashes_of_all(void **state)
{
	(void)state;
	assert_true(run_shared(true) > run_shared(false) * 95 / 100);
}

static void test_rollback(void **state)
{
	uint32_t pos = 0, first = 0;
	struct index x;

	(void)state;
	index_init(&x, (size_t)64 << 20);
	for (int64_t item = 1; item <= 1000; item++)
		first = index_add(&x, item);
	index_commit(&x);
	for (int64_t item = 1001; item <= 1100; item++)
		pos = index_add(&x, item);
	/* The newest one takes the place of the thousandth at one of its hashes. */
	assert_true(postings_add(&x.postings, &x.records, index_hash(&x, 1000, 7), pos, first));
	assert_int_equal(index_find(&x, 1000), KEYS - 1);
	postings_rollback(&x.postings, &x.records);
	records_rollback(&x.records);
	assert_int_equal(records_count(&x.records), 1000);
	assert_int_equal(index_find(&x, 1000), KEYS);
	for (int64_t item = 1001; item <= 1100; item++)
		assert_int_equal(index_find(&x, item), 0);
	assert_true(x.postings.n_slots <= 1000 * KEYS);
	index_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_window_moves),
		cmocka_unit_test(test_memory_ends),
		cmocka_unit_test(test_hashes_of_all),
		cmocka_unit_test(test_rollback),
	};

	return cmocka_run_group_tests_name("story postings", tests, NULL, NULL);
}
