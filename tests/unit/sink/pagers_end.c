/* SPDX-License-Identifier: MIT */
/* What acknowledgements, withdrawals, corrections and ends of troubles are for receivers that ring
 * a phone. */
#include "lib/unit.h"

#include "lib/request_part.h"
#include "lib/sink_fixture.h"

#define NTFY	     "type = ntfy topic = desk"
#define PAGERDUTY    "type = pagerduty key-credential = token"
#define PUSHOVER     "type = pushover token-credential = token user-credential = user"
#define ALERTMANAGER "type = alertmanager url = http://am.example/"

static int pagers_open(void **state)
{
	int rc = sink_fixture_open(state);

	sink_fixture_set_secret(*state, "token", STR("t0ken"));
	sink_fixture_set_secret(*state, "user", STR("us3r"));
	return rc;
}

/* Renders the beginning or the end of a trouble by a block with these keys. */
static json_t *pagers_trouble(struct sink_fixture *f, const char *keys, bool ended)
{
	static const struct alert_trouble_part part = {STR("wire"), STR_NONE, SINK_NOW - 1000};
	static const struct alert_trouble trouble = {
		STR("feed-failing"), STR("look"), true, &part, 1, 0};

	sink_fixture_configure(f, keys);
	f->alert.trouble = &trouble;
	f->alert.kind = ended ? ALERT_TROUBLE_ENDED : ALERT_TROUBLE_BEGAN;
	f->alert.priority = ended ? ALERT_NORMAL : ALERT_URGENT;
	f->alert.id = ended ? STR("tr_2") : STR("tr_1");
	assert_int_equal(sink_fixture_render(f), 0);
	return request_json(f);
}

static void the_end_of_a_trouble_resolves_it(void **state)
{
	json_t *began = pagers_trouble(*state, PAGERDUTY, false),
	       *ended = pagers_trouble(*state, PAGERDUTY, true);

	assert_true(str_is(request_text(began, "event_action"), "trigger"));
	assert_true(str_is(request_text(ended, "event_action"), "resolve"));
	assert_true(str_eq(request_text(began, "dedup_key"), request_text(ended, "dedup_key")));
	json_decref(began);
	json_decref(ended);
	began = pagers_trouble(*state, ALERTMANAGER, false);
	ended = pagers_trouble(*state, ALERTMANAGER, true);
	assert_true(json_equal(json_object_get(json_array_get(began, 0), "labels"),
		json_object_get(json_array_get(ended, 0), "labels")));
	assert_true(str_is(request_text(began, "0.endsAt"), "2022-02-15T18:20:35.000Z"));
	assert_true(str_is(request_text(ended, "0.endsAt"), "2022-02-14T18:20:35.000Z"));
	json_decref(began);
	json_decref(ended);
}

/* --- what is about an earlier alert --- */

/* Makes the alert a notice of that kind about the example. */
static void pagers_set_kind(struct sink_fixture *f, enum alert_kind kind, const char *keys)
{
	static const struct alert_earlier of = {
		STR("al_abcdefghijklmnopqrstuvwxyz"), STR("Earlier"), SINK_NOW - 60000};

	sink_fixture_configure(f, keys);
	f->alert.priority = ALERT_FLASH;
	f->alert.kind = kind;
	f->alert.id = STR("al_22222222222222222222222222");
	f->alert.of = &of;
	f->alert.by = STR("duty editor");
	assert_int_equal(sink_fixture_render(f), 0);
}

static void pagerduty_resolves_the_incident(void **state)
{
	static const struct {
		enum alert_kind kind;
		const char *action;
	} rows[] = {{ALERT_ACKNOWLEDGED, "resolve"}, {ALERT_WITHDRAWN, "resolve"},
		{ALERT_CORRECTED, "trigger"}};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *root;

		pagers_set_kind(f, rows[i].kind, PAGERDUTY);
		root = request_json(f);
		assert_true(str_is(request_text(root, "event_action"), rows[i].action));
		assert_true(
			str_is(request_text(root, "dedup_key"), "al_abcdefghijklmnopqrstuvwxyz"));
		json_decref(root);
	}
}

static void pagerduty_resolves_the_incident_of_a_digest(void **state)
{
	static const struct {
		enum alert_kind kind;
		const char *receipt, *key;
	} rows[] = {
		{ALERT_ACKNOWLEDGED, "dg_abcdefghijklmnopqrstuvwxyz",
			"dg_abcdefghijklmnopqrstuvwxyz"},
		{ALERT_ACKNOWLEDGED, "al_33333333333333333333333333",
			"al_abcdefghijklmnopqrstuvwxyz"},
		{ALERT_WITHDRAWN, "dg_abcdefghijklmnopqrstuvwxyz", "al_abcdefghijklmnopqrstuvwxyz"},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *root;

		f->receipt = str_of(rows[i].receipt);
		pagers_set_kind(f, rows[i].kind, PAGERDUTY);
		root = request_json(f);
		assert_true(str_is(request_text(root, "event_action"), "resolve"));
		assert_true(str_is(request_text(root, "dedup_key"), rows[i].key));
		json_decref(root);
	}
}

/* Returns the end of the alert with that id in the list; absent: it is not there. */
static struct str pagers_end_of(json_t *list, const char *id)
{
	json_t *alert;
	size_t i;

	json_array_foreach (list, i, alert)
		if (str_is(request_text(alert, "labels.alert_id"), id))
			return request_text(alert, "endsAt");
	return STR_NONE;
}

static void alertmanager_ends_the_alert(void **state)
{
	static const struct {
		enum alert_kind kind;
		bool ends, fires; /* the earlier one; the notice itself */
	} rows[] = {{ALERT_ACKNOWLEDGED, true, false}, {ALERT_WITHDRAWN, true, true},
		{ALERT_CORRECTED, false, true}};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str earlier, own;
		json_t *root;

		pagers_set_kind(f, rows[i].kind, ALERTMANAGER);
		root = request_json(f);
		earlier = pagers_end_of(root, "al_abcdefghijklmnopqrstuvwxyz");
		own = pagers_end_of(root, "al_22222222222222222222222222");
		assert_int_equal(str_present(earlier), rows[i].ends);
		assert_int_equal(str_present(own), rows[i].fires);
		if (rows[i].ends)
			assert_string_equal(earlier.p, "2022-02-14T18:20:35.000Z");
		if (rows[i].fires)
			assert_string_equal(own.p, "2022-02-14T18:40:35.000Z");
		json_decref(root);
	}
}

static void alertmanager_lets_an_alert_fire_for_a_day(void **state)
{
	static const struct {
		int64_t age;
		const char *end;
	} rows[] = {
		{0, "2022-02-14T18:40:35.000Z"},
		{INT64_C(86400000) - 600000, "2022-02-14T18:30:35.000Z"},
		{INT64_C(2) * 86400000, "2022-02-14T18:40:35.000Z"}, /* it was held that long */
		{INT64_C(-3600000), "2022-02-14T19:20:35.000Z"},     /* the clock was set back */
	};
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, ALERTMANAGER);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *root;

		f->alert.created = SINK_NOW - rows[i].age;
		assert_int_equal(sink_fixture_render(f), 0);
		root = request_json(f);
		assert_string_equal(request_text(root, "0.endsAt").p, rows[i].end);
		json_decref(root);
	}
}

static void pushover_stops_ringing(void **state)
{
	struct sink_fixture *f = *state;
	struct sink_verdict v;
	struct buf value;
	const struct sink_answer got = {.status = 200,
		.retry_after = -1,
		.body = STR("{\"status\":1,\"request\":\"r\",\"receipt\":"
			    "\"rLqVuqTRh62UzxtmqiaLzQmVcPgiCy\"}")};

	f->receipt = STR("rLqVuqTRh62UzxtmqiaLzQmVcPgiCy");
	pagers_set_kind(f, ALERT_ACKNOWLEDGED, PUSHOVER);
	assert_string_equal(f->request.url.p, "https://api.pushover.net/1/receipts/"
					      "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy/cancel.json");
	assert_true(str_is(f->request.body, "token=t0ken"));
	pagers_set_kind(f, ALERT_WITHDRAWN, PUSHOVER);
	assert_true(str_is(request_field(f, "priority", &value), "1"));
	buf_release(&value);
	f->receipt = STR_NONE;
	pagers_set_kind(f, ALERT_ACKNOWLEDGED, PUSHOVER);
	assert_true(str_is(request_field(f, "priority", &value), "-1"));
	buf_release(&value);

	sink_judge(sink_fixture_block(f), &got, f->arena, &v);
	assert_true(str_is(v.receipt, "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy"));
}

static void what_is_no_receipt_is_not_kept(void **state)
{
	static const char *const receipts[] = {"\"\"", "\"../../x\"", "\"a b\"", "null",
		"\"abcdefghijklmnopqrstuvwxyzabcde\"", "{\"a\":1}", "[\"a b\"]", "1.5"};
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, PUSHOVER);
	for (size_t i = 0; i < sizeof(receipts) / sizeof(receipts[0]); i++) {
		char body[100];
		struct sink_answer a = {.status = 200, .retry_after = -1};
		struct sink_verdict v;

		snprintf(body, sizeof(body), "{\"status\":1,\"request\":\"r\",\"receipt\":%s}",
			receipts[i]);
		a.body = str_of(body);
		sink_judge(sink_fixture_block(f), &a, f->arena, &v);
		assert_int_equal(v.kind, SINK_DELIVERED);
		assert_false(str_present(v.receipt));
	}
}

static void an_acknowledgement_makes_no_sound(void **state)
{
	struct sink_fixture *f = *state;
	json_t *root;

	pagers_set_kind(f, ALERT_ACKNOWLEDGED, NTFY);
	root = request_json(f);
	assert_int_equal(json_integer_value(json_object_get(root, "priority")), 2);
	json_decref(root);
	pagers_set_kind(f, ALERT_WITHDRAWN, NTFY);
	root = request_json(f);
	assert_int_equal(json_integer_value(json_object_get(root, "priority")), 5);
	assert_true(str_starts(request_text(root, "title"), STR("FLASH WITHDRAWN: ")));
	json_decref(root);
}

#define PAGERS_TEST(test) cmocka_unit_test_setup_teardown(test, pagers_open, sink_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAGERS_TEST(the_end_of_a_trouble_resolves_it),
		PAGERS_TEST(pagerduty_resolves_the_incident),
		PAGERS_TEST(pagerduty_resolves_the_incident_of_a_digest),
		PAGERS_TEST(alertmanager_ends_the_alert),
		PAGERS_TEST(alertmanager_lets_an_alert_fire_for_a_day),
		PAGERS_TEST(pushover_stops_ringing),
		PAGERS_TEST(what_is_no_receipt_is_not_kept),
		PAGERS_TEST(an_acknowledgement_makes_no_sound),
	};

	return cmocka_run_group_tests_name("sink pagers end", tests, NULL, NULL);
}
