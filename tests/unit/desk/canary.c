/* SPDX-License-Identifier: MIT */
/* The canary on the desk: what of it is kept, and what it notices. */
#include "lib/unit.h"

#include "desk/canary.h"
#include "feed/parse.h"
#include "lib/desk_polls.h"
#include "store/canary.h"

#define CANARY                                                                                     \
	FEEDS WATCH "watch all { query = 'nightdesk OR nightdeskcanary' notify = { desk } }\n"     \
		    "canary { every = 15m to = mail }\n"

static struct feed_batch *parse(const char *text, size_t n)
{
	const struct feed_parse_options o = {.limits = &feed_limits_default};
	struct feed_batch *b = NULL;
	struct err e;

	assert_int_equal(feed_parse(str_slice(text, n), &o, &b, &e), 0);
	return b;
}

static struct feed_batch *canary_of(int64_t now)
{
	size_t n;
	char *text = desk_canary_document(now, &n);
	struct feed_batch *b = parse(text, n);

	free(text);
	assert_int_equal(b->n_items, 1);
	return b;
}

static struct metrics stored(struct desk_fixture *f)
{
	struct metrics m;

	metrics_init(&m);
	assert_int_equal(store_metrics(f->db->store, &m, &f->e), 0);
	return m;
}

static void the_last_one_is_kept_without_its_item(void **state)
{
	struct store_canary found;
	struct store_item_row row;
	struct desk_fixture f;
	bool is_item;

	(void)state;
	desk_fixture_open(&f, CANARY);
	for (int i = 0; i < 3; i++) {
		struct feed_batch *b = canary_of(clock_wall());
		struct metrics m;

		assert_int_equal(desk_canary_ingest(f.desk, f.conf, b, clock_wall(), &f.e), 0);
		feed_batch_free(b);
		m = stored(&f);
		assert_true(m.deliveries_pending == 1 && m.alerts_stored == 0);
		assert_true(m.items_stored == 0 && m.feeds_known == 0);
		assert_int_equal(
			store_item_get(f.db->store, 1, f.db->arena, &row, &is_item, &f.e), 0);
		assert_false(is_item);
		clock_virtual_advance(CLOCK_HOUR);
	}
	assert_int_equal(store_canary_get(f.db->store, f.db->arena, &found, &f.e), 0);
	assert_true(found.alert && found.waits && !found.delivered);
	desk_fixture_close(&f);
}

/* A document that comes out otherwise, as from a parser or a matcher that is broken. */
static void what_comes_out_otherwise_is_an_error(void **state)
{
	static const struct {
		const char *item, *says;
	} rows[] = {
		{"<item><guid>1</guid><title>x</title></item>", "its watch did not match"},
		{"", "its document has 0 items"},
		{"<item><guid>1</guid><title>nightdeskcanary</title></item>"
		 "<item><guid>2</guid><title>x</title></item>",
			"its document has 2 items"},
	};
	struct desk_fixture f;

	(void)state;
	desk_fixture_open(&f, CANARY);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_batch *b;
		char text[512];

		snprintf(text, sizeof(text),
			"<rss version=\"2.0\"><channel><title>t</title>%s</channel></rss>",
			rows[i].item);
		b = parse(text, strlen(text));
		assert_int_equal(
			desk_canary_ingest(f.desk, f.conf, b, clock_wall(), &f.e), -(int)ERR_INPUT);
		assert_string_equal(f.e.text, rows[i].says);
		assert_true(stored(&f).deliveries_pending == 0);
		feed_batch_free(b);
	}
	desk_fixture_close(&f);
}

/* An item with its word, of a real feed, is no canary. */
static void its_watch_matches_nothing_else(void **state)
{
	struct feed_item item = desk_polls_item("1", "nightdeskcanary");
	struct feed_item old = desk_polls_item("0", "old");
	struct desk_result r;
	struct desk_fixture f;

	(void)state;
	desk_fixture_open(&f, CANARY);
	(void)desk_polls_items(&f, "a", &old, 1);
	r = desk_polls_items(&f, "a", &item, 1);
	assert_int_equal(r.alerts, 1); /* of the watch all */
	assert_true(stored(&f).deliveries_pending == 1);
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_one_is_kept_without_its_item),
		cmocka_unit_test(what_comes_out_otherwise_is_an_error),
		cmocka_unit_test(its_watch_matches_nothing_else),
	};

	return cmocka_run_group_tests_name("canary", tests, NULL, NULL);
}
