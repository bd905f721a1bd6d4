/* SPDX-License-Identifier: MIT */
/* What each item is among those of its last days: stored with it, and known after a restart. */
#include "lib/unit.h"

#include "desk/backtest.h"
#include "lib/desk_polls.h"
#include "store/stories.h"
#include "story/match.h"

#define WIRE                                                                                       \
	"The government of Norland said on Monday that it would close its embassy in the capital " \
	"of Sudmark after 3 guards were hurt when a crowd broke through the outer gate and "       \
	"set fire to a car, and that all of its diplomats would leave the country by Friday "      \
	"unless the attackers were arrested and the safety of its staff was ensured in writing."
#define CORRECTED                                                                                  \
	"The government of Norland said on Monday that it would close its embassy in the capital " \
	"of Sudmark after 30 guards were hurt when a crowd broke through the outer gate and "      \
	"set fire to a car, and that all of its diplomats would leave the country by Friday "      \
	"unless the attackers were arrested and the safety of its staff was ensured in writing."

static struct feed_item story(const char *id, const char *title, const char *text)
{
	return make_item(id, NULL, title, text);
}

static void poll_one(struct desk_fixture *f, const char *feed, struct feed_item item)
{
	desk_polls_items(f, feed, &item, 1);
}

/* All feeds have been read once: items 1 to 3. */
static void open_read(struct desk_fixture *f)
{
	desk_fixture_open(f, FEEDS WATCH);
	assert_false(desk_story_fill(f->desk, f->conf, 0, &f->e));
	poll_one(f, "a", story("0", "Weather", "Rain."));
	poll_one(f, "b", story("0", "Sport", "Goals."));
	poll_one(f, "c", story("0", "Money", "Rates."));
}

static struct store_story get(struct desk_fixture *f, int64_t item)
{
	struct store_story v;
	bool found;

	assert_int_equal(store_story_get(f->db->store, item, f->db->arena, &v, &found, &f->e), 0);
	assert_true(found);
	return v;
}

static void restart(struct desk_fixture *f)
{
	desk_free(f->desk);
	assert_int_equal(desk_new(&f->desk, f->db->store, &f->e), 0);
}

static void a_copy_has_the_story_and_the_origin_of_its_first(void **state)
{
	struct desk_fixture f;
	struct store_story v;

	(void)state;
	open_read(&f);
	poll_one(&f, "c", story("1", "Norland closes embassy in Sudmark", WIRE));
	poll_one(&f, "a", story("1", "Embassy of Norland to close", "SUDMARK (Reuters) - " WIRE));
	v = get(&f, 4);
	assert_true(v.story == 4 && v.text == 4 && !v.of && v.reports == 1 && v.origins == 1);
	assert_true(str_is(v.origin, "other"));
	v = get(&f, 5);
	assert_true(v.story == 4 && v.text == 4 && v.of == 4);
	assert_int_equal(v.relation, STORY_COPY);
	assert_true(v.share >= 95 && v.run > 40);
	assert_true(str_is(v.source, "outlet"));
	assert_true(str_is(v.origin, "other"));
	assert_true(str_is(v.agency, "Reuters"));
	assert_true(str_is(v.of_name, "other: Norland closes embassy in Sudmark"));
	assert_true(v.reports == 2 && v.origins == 1);
	desk_fixture_close(&f);
}

static void a_correction_keeps_the_facts_it_exchanges(void **state)
{
	struct desk_fixture f;
	struct store_story v;

	(void)state;
	open_read(&f);
	poll_one(&f, "c", story("1", "Norland closes embassy in Sudmark", WIRE));
	poll_one(&f, "a", story("1", "Norland closes embassy in Sudmark", CORRECTED));
	v = get(&f, 5);
	assert_int_equal(v.relation, STORY_VARIANT);
	assert_true(v.story == 4 && v.text == 5);
	assert_int_equal(v.n_changes, 1);
	assert_true(str_is(v.changes[0].old, "3"));
	assert_true(str_is(v.changes[0].fresh, "30"));
	/* A copy of the correction has its text. */
	poll_one(&f, "b", story("1", "Guards hurt", "Latest. " CORRECTED));
	v = get(&f, 6);
	assert_true(v.story == 4 && v.reports == 3);
	desk_fixture_close(&f);
}

static void a_number_in_words_is_a_fact_too(void **state)
{
	struct desk_fixture f;
	struct store_story v;

	(void)state;
	open_read(&f);
	poll_one(&f, "c", story("1", "Norland closes embassy", "Three million people left. " WIRE));
	poll_one(&f, "a", story("1", "Norland closes embassy", "Three billion people left. " WIRE));
	v = get(&f, 5);
	assert_int_equal(v.relation, STORY_VARIANT);
	assert_true(v.n_changes == 1 && str_is(v.changes[0].fresh, "Three billion"));
	poll_one(
		&f, "b", story("1", "Norland closes embassy", "Thirty million people left. " WIRE));
	v = get(&f, 6);
	assert_int_equal(v.relation, STORY_VARIANT);
	assert_true(str_is(v.changes[0].fresh, "Thirty"));
	desk_fixture_close(&f);
}

static void a_story_counts_its_reports_and_origins(void **state)
{
	struct store_report *v;
	struct desk_fixture f;
	size_t n;

	(void)state;
	open_read(&f);
	poll_one(&f, "c", story("1", "Norland closes embassy in Sudmark", WIRE));
	poll_one(&f, "a",
		story("1", "Norland to close embassy in Sudmark after gate attack",
			"Norland is closing its embassy in Sudmark. Guards were hurt."));
	assert_int_equal(get(&f, 5).story, 4);
	assert_true(get(&f, 5).reports == 2 && get(&f, 5).origins == 2);
	assert_int_equal(store_story_reports(f.db->store, 4, 10, f.db->arena, &v, &n, &f.e), 0);
	assert_int_equal(n, 2);
	assert_true(v[0].item == 4 && v[1].item == 5);
	assert_true(str_is(v[1].source, "outlet"));
	desk_fixture_close(&f);
}

static void what_was_rolled_back_is_not_remembered(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_read(&f);
	assert_int_equal(store_begin(f.db->store, &f.e), 0);
	poll_one(&f, "c", story("1", "Norland closes embassy in Sudmark", WIRE));
	store_rollback(f.db->store);
	poll_one(&f, "a", story("1", "Embassy of Norland to close", WIRE));
	assert_true(get(&f, 4).story == 4 && !get(&f, 4).of);
	desk_fixture_close(&f);
}

static void after_a_restart_it_is_rebuilt_in_steps(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_read(&f);
	poll_one(&f, "c", story("1", "Norland closes embassy in Sudmark", WIRE));
	restart(&f);
	for (int i = 0; i < 4; i++) {
		poll_one(&f, "b", story(i % 2 ? "x" : "y", i % 2 ? "Hail" : "Snow", "Text."));
		assert_true(desk_story_fill(f.desk, f.conf, 0, &f.e)); /* one item */
	}
	/* It has all that came before the restart. */
	poll_one(&f, "a", story("1", "Embassy of Norland to close", WIRE));
	assert_int_equal(get(&f, 7).of, 4);
	while (desk_story_fill(f.desk, f.conf, 0, &f.e))
		;
	poll_one(&f, "b", story("1", "Norland: embassy to close", WIRE));
	assert_int_equal(get(&f, 8).text, 4);
	assert_int_equal(get(&f, 8).reports, 3);
	desk_fixture_close(&f);
}

/* Another size of the window is an empty one, which is filled. */
static void a_changed_size_holds_at_once(void **state)
{
	struct desk_fixture f;
	struct conf c;

	(void)state;
	open_read(&f);
	poll_one(&f, "c", story("1", "Norland closes embassy in Sudmark", WIRE));
	c = *f.conf;
	c.story.memory = (size_t)8 << 20;
	assert_true(desk_story_fill(f.desk, &c, 0, &f.e));
	while (desk_story_fill(f.desk, &c, 0, &f.e))
		;
	poll_one(&f, "b", story("1", "Norland: embassy to close", WIRE));
	assert_int_equal(get(&f, 5).of, 4);
	desk_fixture_close(&f);
}

#define REPEATS ((size_t)600)

/* Neither an alert for each, nor work that grows with their number. */
static void an_outlet_that_repeats_a_text_alerts_once(void **state)
{
	static struct feed_item items[REPEATS];
	static char ids[REPEATS][16];
	struct desk_fixture f;
	struct desk_result r;

	(void)state;
	open_read(&f);
	for (size_t i = 0; i < REPEATS; i++) {
		snprintf(ids[i], sizeof(ids[i]), "r%zu", i);
		items[i] = story(ids[i], "Norland closes embassy in Sudmark", WIRE);
	}
	r = desk_polls_items(&f, "c", items, REPEATS);
	assert_int_equal(r.alerts, 1);
	assert_int_equal(r.folded, REPEATS - 1);
	assert_true(get(&f, 3 + (int64_t)REPEATS).outlets == 1);
	desk_fixture_close(&f);
}

struct tested {
	size_t both, gained, lost, folded, marked;
};

static int count_tested(void *ctx, const struct backtest_alert *a)
{
	struct tested *n = ctx;

	n->both += a->change == BACKTEST_BOTH;
	n->gained += a->change == BACKTEST_GAINED;
	n->lost += a->change == BACKTEST_LOST;
	n->folded += a->change == BACKTEST_FOLDED;
	n->marked += a->folded && a->change != BACKTEST_FOLDED;
	return 0;
}

static struct tested test_against(struct desk_fixture *f, struct conf *conf, struct conf *against)
{
	const struct backtest b = {
		.conf = conf, .against = against, .since = STAMP_NONE, .until = STAMP_NONE};
	struct backtest_result result;
	struct tested n = {0};

	assert_int_equal(desk_backtest(f->db->store, &b, count_tested, &n, &result, &f->e), 0);
	return n;
}

static void a_back_test_folds_as_the_desk_did(void **state)
{
	struct conf *folds, *alerts;
	struct desk_fixture f;
	struct tested n;

	(void)state;
	open_read(&f);
	poll_one(&f, "c", story("1", "Norland closes embassy in Sudmark", WIRE));
	poll_one(&f, "a", story("1", "Embassy of Norland to close", WIRE));
	poll_one(&f, "b", story("1", "Embassy of Norland to close", CORRECTED));
	folds = conf_ref(f.conf);
	desk_configure(&f, FEEDS "watch moves { query = 'embassy' duplicates = alert }\n");
	alerts = f.conf;
	n = test_against(&f, folds, NULL);
	assert_true(n.both == 2 && n.folded == 1 && n.marked == 0);
	n = test_against(&f, folds, alerts);
	assert_true(n.both == 2 && n.gained == 1 && n.lost == 0 && n.marked == 1);
	n = test_against(&f, alerts, folds);
	assert_true(n.both == 2 && n.gained == 0 && n.lost == 1 && n.marked == 1);
	conf_unref(folds);
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_has_the_story_and_the_origin_of_its_first),
		cmocka_unit_test(a_correction_keeps_the_facts_it_exchanges),
		cmocka_unit_test(a_number_in_words_is_a_fact_too),
		cmocka_unit_test(a_story_counts_its_reports_and_origins),
		cmocka_unit_test(a_back_test_folds_as_the_desk_did),
		cmocka_unit_test(an_outlet_that_repeats_a_text_alerts_once),
		cmocka_unit_test(what_was_rolled_back_is_not_remembered),
		cmocka_unit_test(after_a_restart_it_is_rebuilt_in_steps),
		cmocka_unit_test(a_changed_size_holds_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
