/* SPDX-License-Identifier: MIT */
/* What the answers of receivers that ring a phone mean. */
#include "lib/unit.h"

#include "base/clock.h"
#include "lib/sink_fixture.h"

#define NTFY	     "type = ntfy topic = desk"
#define GOTIFY	     "type = gotify server = http://a/ token-credential = t"
#define PAGERDUTY    "type = pagerduty key-credential = t"
#define PUSHOVER     "type = pushover token-credential = t user-credential = u"
#define ALERTMANAGER "type = alertmanager url = http://a/"

static const struct {
	const char *keys;
	long status;
	int64_t retry_after;
	const char *body;
	enum sink_verdict_kind kind;
	bool denied;
	int64_t wait;
} rows[] = {
	{NTFY, 200, -1, "{\"id\":\"x\"}", SINK_DELIVERED, false, 0},
	{NTFY, 401, -1, "{\"code\":40101,\"http\":401,\"error\":\"unauthorized\"}", SINK_TROUBLE,
		true, 0},
	{NTFY, 403, -1, "{\"code\":40301,\"http\":403,\"error\":\"forbidden\"}", SINK_TROUBLE, true,
		0},
	{NTFY, 400, -1,
		"{\"code\":40009,\"http\":400,\"error\":\"invalid request: topic "
		"invalid\"}",
		SINK_TROUBLE, true, 0},
	{NTFY, 400, -1,
		"{\"code\":40017,\"http\":400,\"error\":\"invalid request: request "
		"body must be message JSON\"}",
		SINK_BAD, false, 0},
	{NTFY, 413, -1, "{\"code\":41303,\"http\":413,\"error\":\"JSON body too large\"}", SINK_BAD,
		false, 0},
	{NTFY, 429, -1,
		"{\"code\":42901,\"http\":429,\"error\":\"limit reached: too many "
		"requests\"}",
		SINK_WAIT, false, 5 * CLOCK_SECOND},
	{NTFY, 429, -1,
		"{\"code\":42908,\"http\":429,\"error\":\"limit reached: daily message "
		"quota reached\"}",
		SINK_WAIT, false, CLOCK_HOUR},
	{NTFY, 429, 7000, "{\"code\":42901}", SINK_WAIT, false, 7000},
	{NTFY, 200, -1, "<html>Log in to the network", SINK_TROUBLE, false, 0},
	{GOTIFY, 200, -1, "", SINK_TROUBLE, false, 0},
	{PAGERDUTY, 202, -1, "<html>Log in", SINK_TROUBLE, false, 0},
	{PUSHOVER, 200, -1, "ok", SINK_TROUBLE, false, 0},
	{PUSHOVER, 200, -1, "{\"errors\":[\"no\"],\"status\":0}", SINK_TROUBLE, false, 0},
	{PUSHOVER, 400, -1,
		"{\"receipt\":\"not found\",\"errors\":[\"receipt not found; may be invalid or "
		"expired\"],\"status\":0}",
		SINK_DELIVERED, false, 0},
	{ALERTMANAGER, 200, -1, "<html>Log in", SINK_TROUBLE, false, 0},
	{NTFY, 429, -1,
		"{\"code\":42909,\"http\":429,\"error\":\"limit reached: too many auth "
		"failures\"}",
		SINK_TROUBLE, true, 0},
	{NTFY, 507, -1, "{\"code\":50701}", SINK_TROUBLE, false, 0},
	{GOTIFY, 200, -1, "{\"id\":25}", SINK_DELIVERED, false, 0},
	{GOTIFY, 400, -1,
		"{\"error\":\"Bad Request\",\"errorCode\":400,\"errorDescription\":"
		"\"Field 'message' is required\"}",
		SINK_BAD, false, 0},
	{GOTIFY, 401, -1, "{\"error\":\"Unauthorized\"}", SINK_TROUBLE, true, 0},
	{GOTIFY, 500, -1, "{}", SINK_TROUBLE, false, 0},
	{PAGERDUTY, 202, -1, "{\"status\":\"success\"}", SINK_DELIVERED, false, 0},
	{PAGERDUTY, 400, -1,
		"{\"status\":\"invalid event\",\"message\":\"Event object is invalid\","
		"\"errors\":[\"Length of 'routing_key' is incorrect (should be 32 "
		"characters)\"]}",
		SINK_TROUBLE, true, 0},
	{PAGERDUTY, 400, -1,
		"{\"status\":\"invalid event\",\"message\":\"Event object is invalid\","
		"\"errors\":[\"Invalid routing key\"]}",
		SINK_TROUBLE, true, 0},
	{PAGERDUTY, 400, -1,
		"{\"status\":\"invalid event\",\"message\":\"Event object is invalid\","
		"\"errors\":[\"'payload.severity' is invalid\"]}",
		SINK_BAD, false, 0},
	{PAGERDUTY, 429, -1, "Request Limit Exceeded", SINK_WAIT, false, 30 * CLOCK_SECOND},
	{PAGERDUTY, 429, 90000, "", SINK_WAIT, false, 90000},
	{PAGERDUTY, 503, -1, "", SINK_TROUBLE, false, 0},
	{PUSHOVER, 200, -1, "{\"status\":1,\"request\":\"x\"}", SINK_DELIVERED, false, 0},
	{PUSHOVER, 400, -1,
		"{\"token\":\"invalid\",\"errors\":[\"application token is invalid, see "
		"https://pushover.net/api\"],\"status\":0}",
		SINK_TROUBLE, true, 0},
	{PUSHOVER, 400, -1,
		"{\"user\":\"invalid\",\"errors\":[\"user identifier is not a valid user, "
		"group, or subscribed user key\"],\"status\":0}",
		SINK_TROUBLE, true, 0},
	{PUSHOVER, 400, -1,
		"{\"user\":\"valid\",\"errors\":[\"user is valid but has no active "
		"devices\"],\"status\":0}",
		SINK_TROUBLE, true, 0},
	{PUSHOVER, 400, -1,
		"{\"message\":\"cannot be blank\",\"errors\":[\"message cannot be "
		"blank\"],\"status\":0}",
		SINK_BAD, false, 0},
	{PUSHOVER, 429, -1, "{\"status\":0}", SINK_WAIT, false, CLOCK_HOUR},
	{PUSHOVER, 500, -1, "", SINK_TROUBLE, false, 0},
	{ALERTMANAGER, 200, -1, "", SINK_DELIVERED, false, 0},
	{ALERTMANAGER, 400, -1, "\"start time must be before end time\"", SINK_BAD, false, 0},
	{ALERTMANAGER, 404, -1, "404 page not found", SINK_TROUBLE, true, 0},
	{ALERTMANAGER, 500, -1, "\"x\"", SINK_TROUBLE, false, 0},
};

static void each_answer_has_a_meaning(void **state)
{
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sink_answer a = {.status = rows[i].status,
			.retry_after = rows[i].retry_after,
			.body = str_of(rows[i].body)};
		struct sink_verdict v;

		sink_fixture_configure(f, rows[i].keys);
		sink_judge(sink_fixture_block(f), &a, f->arena, &v);
		if (v.kind != rows[i].kind || v.denied != rows[i].denied || v.wait != rows[i].wait)
			fail_msg("row %zu: kind %d, denied %d, wait %lld", i, (int)v.kind, v.denied,
				(long long)v.wait);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_answer_has_a_meaning, sink_fixture_open, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("sink pagers answers", tests, NULL, NULL);
}
