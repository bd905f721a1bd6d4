/* SPDX-License-Identifier: MIT */
/* Silences in the database. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/silences.h"

static void add(struct store_fixture *f, const char *watch, int64_t since, int64_t until)
{
	struct store_silence v = {.watch = str_of(watch),
		.since = since,
		.until = until,
		.author = STR("alice"),
		.why = STR("it is \"quiet\"")};

	assert_int_equal(store_silence_add(f->store, &v, &f->e), 0);
	assert_true(v.id > 0);
}

static void the_longest_silence_of_a_watch_counts(void **state)
{
	static const struct {
		const char *watch;
		int64_t now, until; /* 0: none */
	} rows[] = {{"a", 10, 30}, {"a", 19, 30}, {"a", 29, 30}, {"a", 30, 0}, {"b", 10, 15},
		{"b", 15, 0}, {"c", 10, 0}, {"A", 10, 0}};
	struct store_fixture *f = *state;
	struct store_silence v, *all;
	size_t n;

	add(f, "a", 5, 20);
	add(f, "a", 6, 30);
	add(f, "b", 7, 15);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(store_silence_find(f->store, str_of(rows[i].watch), rows[i].now,
					 f->arena, &v, &f->e),
			0);
		assert_int_equal(v.id != 0, rows[i].until != 0);
		assert_true(!v.id || v.until == rows[i].until);
	}
	assert_int_equal(store_silences(f->store, 16, f->arena, &all, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_true(all[0].until == 20 && all[1].since == 6);
	assert_string_equal(all[1].why.p, "it is \"quiet\"");
	assert_string_equal(all[1].author.p, "alice");
}

static void each_end_is_reported_once(void **state)
{
	struct store_fixture *f = *state;
	struct store_silence v, *over;
	int64_t next;
	size_t n;

	add(f, "a", 5, 20);
	add(f, "b", 6, 30);
	add(f, "c", 7, 40);
	assert_int_equal(store_silences_over(f->store, 19, f->arena, &over, &n, &next, &f->e), 0);
	assert_true(n == 0 && next == 20);
	/* One that the operator ends is not reported. */
	assert_int_equal(store_silence_end(f->store, 2, 25, f->arena, &v, &f->e), 0);
	assert_true(v.id == 2 && v.until == 30 && str_is(v.watch, "b"));
	assert_int_equal(store_silence_end(f->store, 2, 26, f->arena, &v, &f->e), 0);
	assert_int_equal(v.id, 0);
	assert_int_equal(store_silence_end(f->store, 9, 26, f->arena, &v, &f->e), 0);
	assert_int_equal(v.id, 0);
	assert_int_equal(store_silences_over(f->store, 30, f->arena, &over, &n, &next, &f->e), 0);
	assert_true(n == 1 && over[0].id == 1 && next == 40);
	assert_int_equal(store_silences_over(f->store, 30, f->arena, &over, &n, &next, &f->e), 0);
	assert_true(n == 0 && next == 40);
	/* The clock was set back: what was reported as over stays over. */
	assert_int_equal(store_silence_find(f->store, STR("a"), 10, f->arena, &v, &f->e), 0);
	assert_int_equal(v.id, 0);
	assert_int_equal(store_silences_over(f->store, 50, f->arena, &over, &n, &next, &f->e), 0);
	assert_true(n == 1 && next == STAMP_NONE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)
	const struct CMUnitTest tests[] = {
		T(the_longest_silence_of_a_watch_counts),
		T(each_end_is_reported_once),
	};

	return cmocka_run_group_tests_name("store silences", tests, NULL, NULL);
}
