/* SPDX-License-Identifier: MIT */
/* Alerts for rare names that several sources have at once, without a query. */
#include "lib/unit.h"

#include "lib/desk_polls.h"
#include "store/archive.h"

#define OUTLETS                                                                                    \
	"feed ap { url = 'http://ap.example/rss' source = 'AP' }\n"                                \
	"feed paper { url = 'http://paper.example/rss' source = 'Paper' }\n"                       \
	"feed reuters { url = 'http://reuters.example/rss' source = 'Reuters' }\n"                 \
	"feed afp { url = 'http://afp.example/rss' source = 'AFP' }\n"                             \
	"notify desk { type = 'stdout' }\n"
#define BURST                                                                                      \
	"burst { origins = 3 within = '1h' names = 1 priority = 'urgent' notify = { desk } }\n"
#define ARCHIVE 240

static const char *const feeds[] = {"ap", "paper", "reuters", "afp"};

static struct desk_result report(struct desk_fixture *f, const char *feed, const char *text)
{
	struct feed_item item = make_item(text, NULL, "Latest news", text);

	return desk_polls_items(f, feed, &item, 1);
}

/* An archive in which Norland Province is in every item; indexed. */
static void open_archive(struct desk_fixture *f, const char *conf)
{
	static struct feed_item items[ARCHIVE];
	static char texts[ARCHIVE][100];
	bool more = true;

	desk_fixture_open(f, conf);
	assert_false(desk_story_fill(f->desk, f->conf, 0, &f->e));
	for (size_t i = 0; i < 4; i++)
		report(f, feeds[i], feeds[i]);
	for (size_t i = 0; i < ARCHIVE; i++) {
		snprintf(texts[i], sizeof(texts[i]),
			"item%zu of the archive in Norland Province, word%zu", i, i * 7);
		items[i] = make_item(texts[i], NULL, texts[i], NULL);
	}
	desk_polls_items(f, "ap", items, ARCHIVE);
	while (more)
		assert_int_equal(archive_index(f->db->store, &more, &f->e), 0);
	clock_virtual_advance(2 * CLOCK_HOUR);
}

static int put_alert(void *ctx, const struct store_alert_row *row)
{
	const struct alert *a = &row->alert;

	buf_printf(ctx, "%.*s: %.*s %s %.*s [%.*s]|", STR_ARG(a->watch), STR_ARG(a->watch_title),
		alert_priority_words[a->priority], STR_ARG(a->feed), STR_ARG(a->hits[0].text));
	return 0;
}

static void expect_alerts(struct desk_fixture *f, const char *expected)
{
	const struct store_alert_filter all = {.since = STAMP_NONE, .ascending = true};
	struct buf out;

	buf_init(&out, 10000);
	assert_int_equal(store_alert_each(f->db->store, &all, put_alert, &out, &f->e), 0);
	assert_string_equal(buf_z(&out), expected);
	buf_release(&out);
}

static void restart(struct desk_fixture *f)
{
	desk_free(f->desk);
	assert_int_equal(desk_new(&f->desk, f->db->store, &f->e), 0);
	while (desk_story_fill(f->desk, f->conf, 1000, &f->e))
		;
	desk_learn(f->desk, f->conf);
}

static void a_rare_name_of_three_sources_alerts_once(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_archive(&f, OUTLETS BURST);
	assert_int_equal(report(&f, "ap", "A dam broke at Sudmark in Norland Province.").alerts, 0);
	assert_int_equal(report(&f, "ap", "People flee from Sudmark.").alerts, 0);
	restart(&f);
	assert_int_equal(
		report(&f, "paper", "Water floods the town of Sudmark in Norland Province.").alerts,
		0);
	assert_int_equal(
		report(&f, "reuters", "Many leave Sudmark, in Norland Province.").alerts, 1);
	expect_alerts(&f, "burst: Burst: Sudmark, 3 sources urgent reuters [Sudmark]|");
	restart(&f);
	assert_int_equal(report(&f, "afp", "The mayor of Sudmark speaks.").alerts, 0);
	/* One name in that time is enough. */
	report(&f, "ap", "The river Holm rises.");
	report(&f, "paper", "Near the Holm people wait.");
	assert_int_equal(report(&f, "afp", "At the Holm it rains.").alerts, 0);
	desk_fixture_close(&f);
}

static void copies_of_one_text_are_one_source(void **state)
{
	static const char text[] = "The army of the north said that soldiers had left the town of "
				   "Sudmark on the river after a week of fights, and that nobody "
				   "had been hurt when the last bridge was blown up at dawn.";
	struct desk_fixture f;

	(void)state;
	open_archive(&f, OUTLETS BURST);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(report(&f, feeds[i], text).alerts, 0);
	desk_fixture_close(&f);
}

static void without_the_block_or_an_archive_nothing_alerts(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_archive(&f, OUTLETS);
	for (size_t i = 0; i < 4; i++) {
		char text[64];

		snprintf(text, sizeof(text), "At %c the town of Sudmark burns.", 'a' + (char)i);
		assert_int_equal(report(&f, feeds[i], text).alerts, 0);
	}
	desk_fixture_close(&f);
	desk_fixture_open(&f, OUTLETS BURST);
	for (size_t i = 0; i < 4; i++)
		report(&f, feeds[i], feeds[i]);
	for (size_t i = 0; i < 4; i++) {
		char text[64];

		snprintf(text, sizeof(text), "At %c the town of Sudmark burns.", 'a' + (char)i);
		assert_int_equal(report(&f, feeds[i], text).alerts, 0);
	}
	desk_fixture_close(&f);
}

static void what_was_rolled_back_is_raised_again(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_archive(&f, OUTLETS BURST);
	report(&f, "ap", "A dam broke at Sudmark in Norland Province.");
	report(&f, "paper", "Water floods the town of Sudmark in Norland Province.");
	assert_int_equal(store_begin(f.db->store, &f.e), 0);
	assert_int_equal(
		report(&f, "reuters", "Many leave Sudmark, in Norland Province.").alerts, 1);
	store_rollback(f.db->store);
	expect_alerts(&f, "");
	assert_int_equal(
		report(&f, "reuters", "Many leave Sudmark, in Norland Province.").alerts, 1);
	expect_alerts(&f, "burst: Burst: Sudmark, 3 sources urgent reuters [Sudmark]|");
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rare_name_of_three_sources_alerts_once),
		cmocka_unit_test(copies_of_one_text_are_one_source),
		cmocka_unit_test(without_the_block_or_an_archive_nothing_alerts),
		cmocka_unit_test(what_was_rolled_back_is_raised_again),
	};

	return cmocka_run_group_tests_name("desk burst", tests, NULL, NULL);
}
