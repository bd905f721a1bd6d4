/* SPDX-License-Identifier: MIT */
/* Hubs in the header Link. */
#include "lib/unit.h"

#include "feed/hub.h"

static struct feed_hub read_hub(struct arena *a, const char *link)
{
	struct feed_hub h;

	feed_hub_read(str_of(link), STR("https://a.example/news/feed"), a, &h);
	return h;
}

static void the_first_hub_and_self_count(void **state)
{
	struct arena *a = arena_new(65536);
	struct feed_hub h;

	(void)state;
	h = read_hub(a, "<https://hub.example/>; rel=\"hub\", <../all>; rel=self,"
			" <https://other.example/>; rel=hub");
	assert_string_equal(h.hub.p, "https://hub.example/");
	assert_string_equal(h.self.p, "https://a.example/all");
	h = read_hub(a, "<//hub.example/x>; rel=\"alternate  HUB\"");
	assert_string_equal(h.hub.p, "https://hub.example/x");
	assert_false(str_present(h.self));
	h = read_hub(a, "<ftp://hub.example/>; rel=hub, <https://s.example/>; rel=selfish");
	assert_false(str_present(h.hub));
	assert_false(str_present(h.self));
	h = read_hub(a, "<https://hub.example/>; rel=hub; anchor=\"https://b.example/\"");
	assert_false(str_present(h.hub));
	h = read_hub(a, NULL);
	assert_false(str_present(h.hub));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_hub_and_self_count)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
