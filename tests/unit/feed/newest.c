/* SPDX-License-Identifier: MIT */
/* Of a document with more items than are taken, the newest are. */
#include "lib/unit.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/rng.h"
#include "feed/newest.h"
#include "feed/parse.h"

#define LIMIT 3

/* Appends a day as each format writes it: a digit, '-' for none, 'F' for one in the far future. */
static void add_day(struct buf *b, char day, const char *before, const char *after)
{
	if (day == '-')
		return;
	if (day == 'F')
		buf_printf(b, "%s2999-01-01T00:00:00Z%s", before, after);
	else
		buf_printf(b, "%s2020-01-0%cT00:00:00Z%s", before, day, after);
}

static void make_rss(struct buf *b, const char *days)
{
	buf_addz(b, "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>");
	for (size_t i = 0; days[i]; i++) {
		buf_printf(b, "<item><guid>%zu</guid>", i);
		add_day(b, days[i], "<dc:date>", "</dc:date>");
		buf_addz(b, "</item>");
	}
	buf_addz(b, "</channel></rss>");
}

/* Broken at its end: the lenient parser reads it. */
static void make_broken_rss(struct buf *b, const char *days)
{
	make_rss(b, days);
	buf_truncate(b, b->len - strlen("</channel></rss>"));
	buf_addz(b, "<item><b></i>");
}

static void make_atom(struct buf *b, const char *days)
{
	buf_addz(b, "<feed xmlns='http://www.w3.org/2005/Atom'>");
	for (size_t i = 0; days[i]; i++) {
		buf_printf(b, "<entry><id>%zu</id>", i);
		add_day(b, days[i], "<updated>", "</updated>");
		buf_addz(b, "</entry>");
	}
	buf_addz(b, "</feed>");
}

static void make_json(struct buf *b, const char *days)
{
	buf_addz(b, "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[1");
	for (size_t i = 0; days[i]; i++) {
		buf_printf(b, ",{\"id\":\"%zu\"", i);
		add_day(b, days[i], ",\"date_published\":\"", "\"");
		buf_addz(b, "}");
	}
	buf_addz(b, "]}");
}

static void assert_kept(
	void (*make)(struct buf *, const char *), const char *days, const char *want)
{
	struct feed_limits limits = feed_limits_default;
	struct feed_parse_options o = {.limits = &limits};
	struct feed_batch *batch;
	char have[64] = "", text[64];
	size_t left_out = strlen(days) - strlen(want), reports = 0;
	struct buf b;

	limits.items = LIMIT;
	buf_init(&b, 1 << 20);
	make(&b, days);
	assert_int_equal(feed_parse(buf_str(&b), &o, &batch, NULL), 0);
	for (size_t i = 0; i < batch->n_items; i++) {
		size_t n = strlen(have);

		snprintf(have + n, sizeof(have) - n, "%s", batch->items[i].id.p);
	}
	if (strcmp(have, want) != 0)
		fail_msg("%s: kept %s instead of %s", days, have, want);
	assert_int_equal(batch->left_out, left_out);
	snprintf(text, sizeof(text), "are kept, %zu are left out", left_out);
	for (size_t i = 0; i < batch->n_problems; i++)
		reports += strstr(batch->problems[i].text.p, text) != NULL;
	assert_int_equal(reports, left_out > 0);
	feed_batch_free(batch);
	buf_release(&b);
}

static void the_newest_items_are_kept(void **state)
{
	static const struct {
		const char *days, *kept; /* by position */
	} rows[] = {
		{"1", "0"},
		{"123", "012"},
		{"321", "012"},
		{"1234", "123"},
		{"4321", "012"},
		{"123456789", "678"},
		{"987654321", "012"},
		{"192837465", "135"},
		{"----------", "019"},
		/* without a date like the one before; at the beginning like the first date */
		{"-234", "123"},
		{"1-2-3-4-", "567"},
		{"4-3-2-1-", "012"},
		{"-1-2-3-4", "567"},
		{"--1-9", "234"},
		{"--9---1", "015"},
		{"------1", "016"},
		{"1------", "016"},
		{"1---2", "234"},
		{"12------", "567"},
		/* equal dates: the order of the document decides */
		{"1122222", "456"},
		{"2222211", "012"},
		{"5555555", "016"},
		/* one that cannot be is none */
		{"F123456", "456"},
		{"123F456", "456"},
		{"6543F21", "012"},
		{"FFFFF", "014"},
	};
	static void (*const formats[])(struct buf *, const char *) = {
		make_rss, make_broken_rss, make_atom, make_json};

	(void)state;
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			assert_kept(formats[f], rows[i].days, rows[i].kept);
	}
}

/* Step by step, the same is chosen as from the whole list. */
static void a_choice_in_steps_is_that_of_the_whole(void **state)
{
	enum { N = 500, MAX = 20 };

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct feed_newest w = {.max = 0};
		int64_t dates[N];
		size_t kept[2 * MAX], better;
		struct rng rng;

		rng_seed(&rng, seed);
		feed_newest_begin(&w, MAX);
		for (size_t i = 0; i < N; i++) {
			dates[i] = (int64_t)(rng_next(&rng) >> 1);
			kept[w.n] = i;
			assert_true(feed_newest_add(&w, dates[i], kept, sizeof(kept[0])));
			assert_true(w.n < 2 * MAX);
		}
		assert_true(feed_newest_end(&w, kept, sizeof(kept[0])));
		assert_int_equal(w.n, MAX);
		assert_int_equal(w.dropped, N - MAX);
		for (size_t k = 0; k < MAX; k++) {
			assert_true(k == 0 || kept[k - 1] < kept[k]);
			better = 0;
			for (size_t i = 0; i < N; i++)
				better += dates[i] > dates[kept[k]];
			assert_true(better < MAX);
		}
		feed_newest_release(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_items_are_kept),
		cmocka_unit_test(a_choice_in_steps_is_that_of_the_whole),
	};

	return cmocka_run_group_tests_name("newest items", tests, NULL, NULL);
}
