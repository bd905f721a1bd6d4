/* SPDX-License-Identifier: MIT */
/* Watches that wait for further sources of a story, and priorities that are raised by them. */
#include "lib/unit.h"

#include "desk/backtest.h"
#include "desk/explain.h"
#include "lib/desk_polls.h"
#include "store/stories.h"
#include "store/waits.h"

#define OUTLETS                                                                                    \
	"feed ap { url = 'http://ap.example/rss' source = 'AP' tier = 'wire' }\n"                  \
	"feed paper { url = 'http://paper.example/rss' source = 'Paper' }\n"                       \
	"feed reuters { url = 'http://reuters.example/rss' source = 'Reuters' tier = 'wire' }\n"   \
	"feed afp { url = 'http://afp.example/rss' source = 'AFP' tier = 'wire' }\n"               \
	"feed ministry { url = 'http://gov.example/rss' source = 'Ministry' tier = 'official' }\n" \
	"notify desk { type = 'stdout' }\nnotify night { type = 'stdout' }\n"
#define THREE "watch three { query = 'embassy sources>=3' notify = { desk } }\n"

#define WIRE                                                                                       \
	"The government of Norland said on Monday that it would close its embassy in the capital " \
	"of Sudmark after 3 guards were hurt when a crowd broke through the outer gate and "       \
	"set fire to a car, and that all of its diplomats would leave the country by Friday "      \
	"unless the attackers were arrested and the safety of its staff was ensured in writing."

static const char *const feeds[] = {"ap", "paper", "reuters", "afp", "ministry"};

static struct desk_result report(
	struct desk_fixture *f, const char *feed, const char *title, const char *text)
{
	struct feed_item item = make_item(title, NULL, title, text);

	return desk_polls_items(f, feed, &item, 1);
}

static void open_outlets(struct desk_fixture *f, const char *conf)
{
	desk_fixture_open(f, conf);
	assert_false(desk_story_fill(f->desk, f->conf, 0, &f->e));
	for (size_t i = 0; i < 5; i++)
		report(f, feeds[i], feeds[i], "Weather.");
}

static void restart(struct desk_fixture *f)
{
	desk_free(f->desk);
	assert_int_equal(desk_new(&f->desk, f->db->store, &f->e), 0);
	while (desk_story_fill(f->desk, f->conf, 1000, &f->e))
		;
}

/* "watch kind priority feed: title|" of each alert, in the order in which they were raised. */
static int put_alert(void *ctx, const struct store_alert_row *row)
{
	const struct alert *a = &row->alert;

	buf_printf(ctx, "%.*s %s %s %.*s: %.*s|", STR_ARG(a->watch),
		a->kind == ALERT_CREATED ? "created" : "updated", alert_priority_words[a->priority],
		STR_ARG(a->feed), STR_ARG(a->title));
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

static size_t count_waiting(struct desk_fixture *f, int64_t story, int64_t sources)
{
	struct store_wait *v;
	size_t n;

	assert_int_equal(
		store_waits_due(f->db->store, story, sources, 100, f->db->arena, &v, &n, &f->e), 0);
	return n;
}

static size_t count_quiet(struct desk_fixture *f, int64_t item, enum store_quiet_reason reason)
{
	struct store_quiet *v;
	size_t n, found = 0;

	assert_int_equal(store_quiet_list(f->db->store, item, f->db->arena, &v, &n, &f->e), 0);
	for (size_t i = 0; i < n; i++)
		found += v[i].reason == reason;
	return found;
}

static struct desk_explanation explain(struct desk_fixture *f, int64_t item)
{
	struct desk_explanation x;

	assert_int_equal(
		desk_explain(f->db->store, f->conf, item, NULL, f->db->arena, &x, &f->e), 0);
	assert_int_equal(x.n_verdicts, 1);
	return x;
}

static void an_item_that_waits_is_explained(void **state)
{
	struct desk_explanation x;
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS THREE);
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE);
	x = explain(&f, 6);
	assert_true(
		str_is(x.verdicts[0].why, "sources>=3: waits for a third source: 1 of 3: AP\n"));
	report(&f, "reuters", "Norland to close embassy in Sudmark after attack",
		"Norland is closing its embassy in Sudmark. Guards were hurt.");
	x = explain(&f, 6);
	assert_true(str_is(
		x.verdicts[0].why, "sources>=3: waits for a third source: 2 of 3: AP, Reuters\n"));
	report(&f, "afp", "Norland shuts Sudmark embassy after guards hurt",
		"The embassy of Norland in Sudmark will close by Friday.");
	x = explain(&f, 8);
	assert_int_equal(x.verdicts[0].alert_state, DESK_ALERTED);
	x = explain(&f, 6);
	assert_true(x.verdicts[0].matches);
	assert_int_equal(x.verdicts[0].alert_state, DESK_ONCE);
	assert_true(str_is(x.verdicts[0].alert_id, explain(&f, 8).alerts[0].id.p));
	desk_fixture_close(&f);
}

static void the_third_origin_alerts_once(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS THREE);
	assert_int_equal(report(&f, "ap", "Norland closes embassy in Sudmark", WIRE).alerts, 0);
	assert_int_equal(count_waiting(&f, 6, 3), 1);
	assert_int_equal(count_waiting(&f, 6, 2), 0);
	/* A copy is no source. */
	assert_int_equal(
		report(&f, "paper", "Embassy of Norland to close", "SUDMARK (AP) - " WIRE).alerts,
		0);
	assert_int_equal(report(&f, "reuters", "Norland to close embassy in Sudmark after attack",
				 "Norland is closing its embassy in Sudmark. Guards were hurt.")
				 .alerts,
		0);
	restart(&f);
	assert_int_equal(report(&f, "afp", "Norland shuts Sudmark embassy after guards hurt",
				 "The embassy of Norland in Sudmark will close by Friday.")
				 .alerts,
		1);
	expect_alerts(&f, "three created normal afp: Norland shuts Sudmark embassy after guards "
			  "hurt|");
	assert_int_equal(count_waiting(&f, 6, 9), 0);
	restart(&f);
	assert_int_equal(report(&f, "ministry", "Norland closes embassy in Sudmark over attack",
				 "The embassy in Sudmark is closed, Norland said.")
				 .alerts,
		0);
	assert_int_equal(count_quiet(&f, 6, STORE_QUIET_WAITS), 1);
	assert_int_equal(count_quiet(&f, 10, STORE_QUIET_ONCE), 1);
	desk_fixture_close(&f);
}

static int put_backtest(void *ctx, const struct backtest_alert *a)
{
	buf_printf(ctx, "%s %.*s|", a->watch->name, STR_ARG(a->row->feed));
	return 0;
}

static void a_backtest_counts_each_story_once(void **state)
{
	struct backtest b = {.since = STAMP_NONE, .until = STAMP_NONE};
	struct backtest_result result;
	struct desk_fixture f;
	struct buf out;

	(void)state;
	open_outlets(&f, OUTLETS THREE "watch four { query = 'embassy sources>=4' notify = desk }\n"
				       "watch wire { query = 'tier:wire source:reuters embassy'"
				       " notify = desk }\n");
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE);
	report(&f, "paper", "Embassy of Norland to close", "SUDMARK (AP) - " WIRE);
	report(&f, "reuters", "Norland to close embassy in Sudmark after attack",
		"Norland is closing its embassy in Sudmark. Guards were hurt.");
	report(&f, "afp", "Norland shuts Sudmark embassy after guards hurt",
		"The embassy of Norland in Sudmark will close by Friday.");
	buf_init(&out, 1000);
	b.conf = f.conf;
	assert_int_equal(desk_backtest(f.db->store, &b, put_backtest, &out, &result, &f.e), 0);
	assert_string_equal(buf_z(&out), "three ap|wire reuters|");
	buf_release(&out);
	desk_fixture_close(&f);
}

static void a_report_that_does_not_match_makes_an_earlier_one_alert(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS "watch two { query = 'tier:wire crowd sources>=2'"
				 " notify = desk }\n");
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE);
	assert_int_equal(report(&f, "ministry", "Norland closes its embassy in Sudmark",
				 "Norland closes its embassy in Sudmark after guards were hurt.")
				 .alerts,
		1);
	expect_alerts(&f, "two created normal ap: Norland closes embassy in Sudmark|");
	desk_fixture_close(&f);
}

static void a_watch_that_is_gone_or_changed_does_not_alert(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS THREE "watch gone { query = 'crowd sources>=2' notify = desk }\n"
				       "watch other { query = 'fire sources>=2' notify = desk }\n");
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE);
	assert_int_equal(count_waiting(&f, 6, 2), 2);
	desk_configure(
		&f, OUTLETS THREE "watch other { query = 'flood sources>=2' notify = desk }\n");
	report(&f, "ministry", "Norland closes its embassy in Sudmark",
		"Norland closes its embassy in Sudmark after guards were hurt.");
	expect_alerts(&f, "");
	assert_int_equal(count_waiting(&f, 6, 2), 0);
	assert_int_equal(count_waiting(&f, 6, 3), 1);
	desk_fixture_close(&f);
}

static void what_waits_is_forgotten_after_three_days(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS THREE);
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE);
	assert_int_equal(store_waits_forget(f.db->store, T0, 1, &f.e), 0);
	assert_int_equal(count_waiting(&f, 6, 3), 1);
	assert_int_equal(store_waits_forget(f.db->store, clock_wall() + 1, 1, &f.e), 0);
	assert_int_equal(count_waiting(&f, 6, 3), 0);
	desk_fixture_close(&f);
}

static void an_edit_that_matches_waits_too(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS "watch fee { query = 'visas sources>=2' notify = desk }\n");
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE);
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE " There are no visas.");
	assert_int_equal(count_waiting(&f, 6, 2), 1);
	report(&f, "reuters", "Norland to close embassy in Sudmark after attack",
		"Norland is closing its embassy in Sudmark. Guards were hurt.");
	expect_alerts(&f, "fee created normal ap: Norland closes embassy in Sudmark|");
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE " There are no visas, really.");
	expect_alerts(&f, "fee created normal ap: Norland closes embassy in Sudmark|");
	desk_fixture_close(&f);
}

#define RAISED                                                                                     \
	"watch moves { query = 'embassy' priority = 'low' notify = { desk, night }\n"              \
	" raise { to = 'urgent' when = 'sources>=2 OR tier:official' }\n"                          \
	" raise { to = 'flash' when = 'sources>=3 crowd' } }\n"

/* "notify kind state|" of each delivery of alerts about ap, in the order of their making. */
static int put_delivery(void *ctx, const struct store_due *row)
{
	struct buf *out = ctx;

	if (str_is(row->alert.feed, "ap"))
		buf_printf(out, "%.*s %s %s|", STR_ARG(row->d.notify),
			row->alert.kind == ALERT_CREATED ? "created" : "updated",
			row->d.state == STORE_PENDING	  ? "pending"
			: row->d.state == STORE_DELIVERED ? "delivered"
			: row->d.state == STORE_FOLDED	  ? "folded"
			: row->d.state == STORE_DEAD	  ? "dead"
							  : "other");
	return 0;
}

static void expect_deliveries(struct desk_fixture *f, const char *expected)
{
	const struct store_delivery_filter all = {.state = -1, .since = STAMP_NONE};
	struct buf out;

	buf_init(&out, 10000);
	assert_int_equal(store_delivery_each(f->db->store, &all, put_delivery, &out, &f->e), 0);
	assert_string_equal(buf_z(&out), expected);
	buf_release(&out);
}

static void end_delivery(struct desk_fixture *f, int64_t id, enum store_delivery_state state)
{
	assert_int_equal(store_begin(f->db->store, &f->e), 0);
	assert_int_equal(
		store_delivery_update(f->db->store, id, state, 0, clock_wall(), STR("ok"), &f->e),
		0);
	assert_int_equal(store_commit(f->db->store, &f->e), 0);
}

static void a_priority_is_raised_for_those_that_have_the_alert(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS RAISED);
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE);
	end_delivery(&f, 1, STORE_DELIVERED);
	expect_deliveries(&f, "night created pending|desk created delivered|");
	expect_alerts(&f, "moves created low ap: Norland closes embassy in Sudmark|");
	restart(&f);
	report(&f, "reuters", "Norland to close embassy in Sudmark after attack",
		"Norland is closing its embassy in Sudmark. Guards were hurt.");
	expect_alerts(&f,
		"moves created urgent ap: Norland closes embassy in Sudmark|"
		"moves created urgent reuters: Norland to close embassy in Sudmark after attack|"
		"moves updated urgent ap: Norland closes embassy in Sudmark|");
	/* What waited is sent once. */
	expect_deliveries(&f, "night updated pending|desk updated pending|night created folded|"
			      "desk created delivered|");
	report(&f, "afp", "Norland shuts Sudmark embassy after guards hurt",
		"The embassy of Norland in Sudmark will close by Friday.");
	expect_alerts(&f,
		"moves created flash ap: Norland closes embassy in Sudmark|"
		"moves created urgent reuters: Norland to close embassy in Sudmark after attack|"
		"moves updated urgent ap: Norland closes embassy in Sudmark|"
		"moves created urgent afp: Norland shuts Sudmark embassy after guards hurt|"
		"moves updated flash ap: Norland closes embassy in Sudmark|");
	desk_fixture_close(&f);
}

static void a_dead_receiver_gets_no_higher_priority(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS RAISED);
	report(&f, "ap", "Norland closes embassy in Sudmark", WIRE);
	end_delivery(&f, 1, STORE_DEAD);
	report(&f, "reuters", "Norland to close embassy in Sudmark after attack",
		"Norland is closing its embassy in Sudmark. Guards were hurt.");
	expect_deliveries(&f, "night updated pending|night created folded|desk created dead|");
	desk_fixture_close(&f);
}

static void what_the_feed_decides_counts_at_once(void **state)
{
	struct desk_fixture f;

	(void)state;
	open_outlets(&f, OUTLETS RAISED);
	report(&f, "ministry", "Norland closes embassy in Sudmark", WIRE);
	expect_alerts(&f, "moves created urgent ministry: Norland closes embassy in Sudmark|");
	report(&f, "reuters", "Norland to close embassy in Sudmark after attack",
		"Norland is closing its embassy in Sudmark. Guards were hurt.");
	expect_alerts(&f, "moves created urgent ministry: Norland closes embassy in Sudmark|"
			  "moves created urgent reuters: Norland to close embassy in Sudmark after "
			  "attack|");
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_third_origin_alerts_once),
		cmocka_unit_test(an_item_that_waits_is_explained),
		cmocka_unit_test(a_backtest_counts_each_story_once),
		cmocka_unit_test(a_report_that_does_not_match_makes_an_earlier_one_alert),
		cmocka_unit_test(a_watch_that_is_gone_or_changed_does_not_alert),
		cmocka_unit_test(what_waits_is_forgotten_after_three_days),
		cmocka_unit_test(an_edit_that_matches_waits_too),
		cmocka_unit_test(a_priority_is_raised_for_those_that_have_the_alert),
		cmocka_unit_test(a_dead_receiver_gets_no_higher_priority),
		cmocka_unit_test(what_the_feed_decides_counts_at_once),
	};

	return cmocka_run_group_tests_name("desk sources", tests, NULL, NULL);
}
