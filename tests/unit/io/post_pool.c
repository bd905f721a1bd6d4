/* SPDX-License-Identifier: MIT */
/* Handles that are kept between posts. */
#include "lib/unit.h"

#include <stdio.h>

#include "io/post_pool.h"

static int made;

static CURL *make(void *ctx)
{
	(void)ctx;
	made++;
	return curl_easy_init();
}

static CURL *take(struct post_pool *p, const char *url, struct post_address **from)
{
	CURL *easy = post_pool_take(p, str_of(url), from);

	assert_non_null(easy);
	return easy;
}

static void a_handle_is_used_again_for_its_address_only(void **state)
{
	struct post_address *a, *again, *b;
	struct post_pool p;
	CURL *first, *second;

	(void)state;
	made = 0;
	post_pool_init(&p, make, NULL);
	first = take(&p, "http://a.example/x?t=1", &a);
	post_pool_give(&p, a, first);
	second = take(&p, "http://b.example/", &b);
	assert_ptr_not_equal(first, second);
	assert_ptr_equal(take(&p, "http://a.example/x?t=1", &again), first);
	assert_ptr_equal(a, again);
	assert_int_equal(made, 2);
	post_pool_give(&p, a, first);
	post_pool_give(&p, b, second);
	post_pool_release(&p);
}

static void an_address_has_as_many_handles_as_are_in_use(void **state)
{
	struct post_address *a;
	struct post_pool p;
	CURL *easy[8];

	(void)state;
	made = 0;
	post_pool_init(&p, make, NULL);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 8; i++)
			easy[i] = take(&p, "http://a.example/", &a);
		for (int i = 0; i < 8; i++)
			post_pool_give(&p, a, easy[i]);
	}
	assert_int_equal(made, 8);
	assert_int_equal(p.n_idle, 8);
	post_pool_release(&p);
}

/* What is in use is kept, however long ago it was taken. */
static void addresses_that_are_not_used_are_dropped(void **state)
{
	struct post_address *used, *a;
	struct post_pool p;
	CURL *easy, *last;
	char url[64];

	(void)state;
	made = 0;
	post_pool_init(&p, make, NULL);
	easy = take(&p, "http://used.example/", &used);
	for (int i = 0; i < 1000; i++) {
		snprintf(url, sizeof(url), "http://a.example/%d", i);
		post_pool_give(&p, a, take(&p, url, &a));
	}
	assert_in_range(p.n_idle, 1, 200);
	post_pool_give(&p, used, easy);
	assert_ptr_equal(take(&p, "http://used.example/", &used), easy);
	post_pool_give(&p, used, easy);
	last = take(&p, "http://a.example/999", &a);
	assert_int_equal(made, 1001);
	post_pool_give(&p, a, last);
	post_pool_release(&p);
}

static void what_is_no_address_fails_as_a_transfer(void **state)
{
	struct post_address *a;
	struct post_pool p;
	CURL *easy;

	(void)state;
	post_pool_init(&p, make, NULL);
	easy = take(&p, "http://[::1:x/", &a);
	assert_int_equal(curl_easy_perform(easy), CURLE_URL_MALFORMAT);
	post_pool_give(&p, a, easy);
	post_pool_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handle_is_used_again_for_its_address_only),
		cmocka_unit_test(an_address_has_as_many_handles_as_are_in_use),
		cmocka_unit_test(addresses_that_are_not_used_are_dropped),
		cmocka_unit_test(what_is_no_address_fails_as_a_transfer),
	};

	return cmocka_run_group_tests_name("io post_pool", tests, NULL, NULL);
}
