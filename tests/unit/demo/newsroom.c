/* SPDX-License-Identifier: MIT */
/* The stories of the demo: each in its time, one edited, one killed, as the same item. */
#include "lib/unit.h"

#include <string.h>

#include "base/clock.h"
#include "demo/newsroom.h"

/* The feed of the outlet that many seconds after the start. */
static const char *feed_at(struct buf *b, const char *path, int64_t seconds)
{
	const struct newsroom_outlet *o = newsroom_find(path);

	assert_non_null(o);
	buf_clear(b);
	newsroom_write_feed(o, 1000, 1000 + seconds * CLOCK_SECOND, "http://box", b);
	return buf_z(b);
}

static unsigned count_text(const char *in, const char *what)
{
	unsigned n = 0;

	for (; (in = strstr(in, what)); in += strlen(what))
		n++;
	return n;
}

static void a_story_is_edited_and_one_is_killed(void **state)
{
	struct buf b;
	const char *text;

	(void)state;
	buf_init(&b, 65536);
	assert_int_equal(count_text(feed_at(&b, "/meridian-wire.xml", 1), "<item>"), 1);
	text = feed_at(&b, "/meridian-wire.xml", 14);
	assert_int_equal(count_text(text, "/norland-embassy</link>"), 1);
	assert_null(strstr(text, "by Friday</title>"));
	text = feed_at(&b, "/meridian-wire.xml", 15);
	assert_int_equal(count_text(text, "/norland-embassy</link>"), 1);
	assert_non_null(strstr(text, "by Friday</title>"));
	text = feed_at(&b, "/harbour-post.xml", 16);
	assert_int_equal(count_text(text, "/arrivals</link>"), 1);
	assert_null(strstr(text, "KILL"));
	text = feed_at(&b, "/harbour-post.xml", 17);
	assert_int_equal(count_text(text, "/arrivals</link>"), 1);
	assert_non_null(strstr(text, "<title>KILL: First diplomats"));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_story_is_edited_and_one_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
