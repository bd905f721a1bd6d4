/* SPDX-License-Identifier: MIT */
/* Arenas, arrays and errors. */
#include "lib/unit.h"

#include <errno.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/err.h"

static void an_arena_has_a_maximum(void **state)
{
	struct arena *a = arena_new(1000);

	(void)state;
	assert_non_null(arena_alloc(a, 900));
	assert_null(arena_alloc(a, 200));
	assert_true(arena_overflowed(a));
	arena_clear(a);
	assert_false(arena_overflowed(a));
	assert_non_null(arena_alloc(a, 500));
	assert_null(arena_array(a, SIZE_MAX / 2, 3));
	assert_true(arena_overflowed(a));
	arena_free(a);
}

static void growing_keeps_the_content(void **state)
{
	struct arena *a = arena_new(1 << 20);
	char *p = NULL;

	(void)state;
	for (size_t n = 1; n <= 4096; n++) {
		p = arena_grow(a, p, n - 1, n);
		assert_non_null(p);
		p[n - 1] = (char)n;
		if (n % 100 == 0)
			arena_alloc(a, 10); /* another allocation in between */
	}
	for (size_t n = 1; n <= 4096; n++)
		assert_int_equal(p[n - 1], (char)n);
	arena_free(a);
}

static void copies_are_terminated(void **state)
{
	struct arena *a = arena_new(1000);
	struct str s = arena_str(a, str_slice("hello world", 5));

	(void)state;
	assert_string_equal(s.p, "hello");
	assert_false(str_present(arena_str(a, STR_NONE)));
	assert_string_equal(arena_printf(a, "%d.%s", 7, "x"), "7.x");
	arena_free(a);
}

static void an_array_grows_and_keeps_what_it_has(void **state)
{
	uint16_t *v = NULL;
	size_t n = 0, cap = 0, was;

	(void)state;
	assert_true(array_room(&v, 0, &cap, 0, sizeof(*v)));
	for (; n < 1000; n++) {
		assert_true(array_room(&v, n, &cap, 1, sizeof(*v)));
		assert_true(cap > n);
		v[n] = (uint16_t)n;
	}
	assert_true(array_room(&v, n, &cap, 5000, sizeof(*v)));
	assert_true(cap >= n + 5000);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(v[i], i);
	was = cap;
	assert_false(array_room(&v, n, &cap, UINT32_MAX, sizeof(*v)));
	assert_int_equal(cap, was);
	assert_int_equal(v[999], 999);
	free(v);
}

static void an_error_is_cut_between_code_points(void **state)
{
	struct err e = {0};
	char text[1200];

	(void)state;
	for (size_t i = 0; i + 3 <= sizeof(text) - 1; i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	text[1197] = '\0';
	assert_int_equal(err_set(&e, ERR_INPUT, "x%s", text), -(int)ERR_INPUT);
	assert_int_equal((strlen(e.text) - 1) % 3, 0);
	err_set(&e, ERR_IO, "disk");
	assert_int_equal(err_set(&e, e.cls, "store %d: %s", 1, e.text), -(int)ERR_IO);
	assert_string_equal(e.text, "store 1: disk");
	assert_int_equal(err_set(NULL, ERR_TEMP, "x"), -(int)ERR_TEMP);
}

/* Exhaustion and failures of the disk are never a fault of the configuration or of a permission. */
static void errno_decides_the_class(void **state)
{
	static const struct {
		int errnum;
		enum err_class cls;
		bool exhaustion;
	} t[] = {
		{0, ERR_NONE, false},
		{EACCES, ERR_ACCESS, false},
		{EPERM, ERR_ACCESS, false},
		{ENOENT, ERR_PERM, false},
		{ENOTDIR, ERR_PERM, false},
		{ELOOP, ERR_PERM, false},
		{ENAMETOOLONG, ERR_PERM, false},
		{ENOMEM, ERR_NOMEM, true},
		{EMFILE, ERR_TEMP, true},
		{ENFILE, ERR_TEMP, true},
		{ENOSPC, ERR_TEMP, true},
		{EDQUOT, ERR_TEMP, true},
		{EAGAIN, ERR_TEMP, true},
		{EINTR, ERR_TEMP, true},
		{ENOLCK, ERR_TEMP, true},
		{EIO, ERR_IO, true},
		{EROFS, ERR_IO, true},
		{ENXIO, ERR_IO, true},
		{ESTALE, ERR_IO, true},
		{123456, ERR_IO, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(err_class_of(t[i].errnum), t[i].cls);
		assert_int_equal(err_is_exhaustion(t[i].cls), t[i].exhaustion);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_has_a_maximum),
		cmocka_unit_test(growing_keeps_the_content),
		cmocka_unit_test(copies_are_terminated),
		cmocka_unit_test(an_array_grows_and_keeps_what_it_has),
		cmocka_unit_test(an_error_is_cut_between_code_points),
		cmocka_unit_test(errno_decides_the_class),
	};

	return cmocka_run_group_tests_name("base memory", tests, NULL, NULL);
}
