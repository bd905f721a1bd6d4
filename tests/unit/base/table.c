/* SPDX-License-Identifier: MIT */
/* Every added entry is found again, at any size of the table; nothing else is. */
#include "lib/unit.h"

#include "base/digest.h"
#include "base/table.h"

#define ENTRIES 15000

static uint64_t hash_of(uint64_t i)
{
	return digest_fast64(str_slice((const char *)&i, sizeof(i)), 7);
}

static uint32_t find_first(const struct table *t, uint64_t hash)
{
	size_t at = table_start(t, hash);

	return table_next(t, hash, &at);
}

static void every_added_hash_is_found(void **state)
{
	struct table t = {0};

	(void)state;
	for (uint32_t i = 0; i < ENTRIES; i++)
		assert_true(table_add(&t, hash_of(i), i));
	assert_int_equal(t.count, ENTRIES);
	assert_in_range(t.mask + 1, 2 * ENTRIES, 4 * ENTRIES);
	for (uint32_t i = 0; i < ENTRIES; i++)
		assert_int_equal(find_first(&t, hash_of(i)), i);
	for (uint32_t i = ENTRIES; i < 2 * ENTRIES; i++)
		assert_int_equal(find_first(&t, hash_of(i)), TABLE_NONE);
	table_release(&t);
	table_release(&t);
}

/* Hashes that all start at the table's last slots, so that their entries wrap around. */
static void entries_of_one_hash_keep_their_order(void **state)
{
	struct table t = {0};

	(void)state;
	for (uint32_t i = 0; i < 200; i++)
		assert_true(table_add(&t, UINT32_MAX - i % 2, i));
	for (uint32_t odd = 0; odd < 2; odd++) {
		size_t at = table_start(&t, UINT32_MAX - odd);

		for (uint32_t i = odd; i < 200; i += 2)
			assert_int_equal(table_next(&t, UINT32_MAX - odd, &at), i);
		assert_int_equal(table_next(&t, UINT32_MAX - odd, &at), TABLE_NONE);
	}
	table_release(&t);
}

static struct str name_of(const void *names, size_t i)
{
	return ((const struct str *)names)[i];
}

static void names_are_compared_in_full(void **state)
{
	const struct str names[] = {STR("wire"), STR(""), STR("Wire"), STR("wire")};
	struct table t = {0};

	(void)state;
	assert_int_equal(table_find_name(&t, STR("wire"), name_of, names), TABLE_NONE);
	for (size_t i = 0; i < 4; i++)
		assert_true(table_add_name(&t, names[i], i));
	assert_int_equal(table_find_name(&t, STR("wire"), name_of, names), 0);
	assert_int_equal(table_find_name(&t, STR(""), name_of, names), 1);
	assert_int_equal(table_find_name(&t, STR("Wire"), name_of, names), 2);
	/* Only the name decides, not its hash alone. */
	assert_true(table_add(&t, digest_fast64(STR("desk"), 0), 2));
	assert_int_equal(table_find_name(&t, STR("desk"), name_of, names), TABLE_NONE);
	table_release(&t);
}

static void a_table_in_an_arena_has_the_requested_size(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct table t;
	uint32_t n = 0;

	(void)state;
	assert_true(table_init(&t, 1000, arena));
	while (n < 5000 && table_add(&t, hash_of(n), n))
		n++;
	assert_in_range(n, 1000, 1999);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(find_first(&t, hash_of(i)), i);
	assert_int_equal(find_first(&t, hash_of(n)), TABLE_NONE);
	assert_true(table_init(&t, 0, arena));
	assert_int_equal(find_first(&t, 1), TABLE_NONE);
	assert_false(table_init(&t, 1 << 20, arena));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_added_hash_is_found),
		cmocka_unit_test(entries_of_one_hash_keep_their_order),
		cmocka_unit_test(names_are_compared_in_full),
		cmocka_unit_test(a_table_in_an_arena_has_the_requested_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
