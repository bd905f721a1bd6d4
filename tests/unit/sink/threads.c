/* SPDX-License-Identifier: MIT */
/* Requests about an alert whose message the service has: replies to it, and changes of it. */
#include "lib/unit.h"

#include "lib/sink_fixture.h"

static const struct alert_earlier earlier = {
	STR("al_zzzzzzzzzzzzzzzzzzzzzzzzzz"), STR("3 dead"), SINK_NOW - 600000};

static const struct str outlets[] = {STR("bbc"), STR("AFP")};
static const struct alert_story grown = {.id = STR("7"),
	.reports = 7,
	.outlets = 6,
	.sources = 3,
	.also = outlets,
	.n_also = 2,
	.span = 9 * CLOCK_MINUTE};

static const struct sink_type *type_of(const char *name)
{
	for (size_t i = 0; sinks[i]; i++)
		if (strcmp(sinks[i]->conf.name, name) == 0)
			return sinks[i];
	fail_msg("no type %s", name);
	return NULL;
}

/* url, method: of the request; has, lacks: in the body; NULL: not checked. */
static const struct threads_row {
	const char *type, *receipt;
	enum alert_kind kind;
	const char *method, *url, *has, *lacks;
} rows[] = {
	{"telegram", "-100 77", ALERT_WITHDRAWN, "POST", "/bot123:token/sendMessage",
		"\"reply_parameters\":{\"message_id\":77,\"allow_sending_without_reply\":true}",
		"disable_notification"},
	{"telegram", "-100 77", ALERT_ACKNOWLEDGED, "POST", "/bot123:token/editMessageText",
		"{\"chat_id\":-100,", "reply_parameters"},
	{"telegram", "-100 77", ALERT_ACKNOWLEDGED, NULL, NULL, "\"message_id\":77", "@duty"},
	{"telegram", NULL, ALERT_ACKNOWLEDGED, "POST", "/sendMessage",
		"\"disable_notification\":true", "message_id"},
	{"slack", "C1 16.5", ALERT_CORRECTED, "POST", "/api/chat.postMessage",
		"\"thread_ts\":\"16.5\",\"reply_broadcast\":true", NULL},
	{"slack", "C1 16.5", ALERT_ACKNOWLEDGED, "POST", "/api/chat.update",
		"\"channel\":\"C1\",\"ts\":\"16.5\"", "thread_ts"},
	{"slack", "C1 16.5", ALERT_ACKNOWLEDGED, NULL, NULL, "\"ts\":\"16.5\"", "unfurl"},
	{"slack", NULL, ALERT_WITHDRAWN, "POST", "/api/chat.postMessage",
		"\"text\":\"about “3 dead”, 2022-02-14 18:10 UTC · al_zzzz", "thread_ts"},
	{"matrix", "$e", ALERT_WITHDRAWN, "PUT",
		"/send/m.room.message/al_abcdefghijklmnopqrstuvwxyz",
		"\"m.relates_to\":{\"m.in_reply_to\":{\"event_id\":\"$e\"}}", "m.new_content"},
	{"matrix", "$e", ALERT_ACKNOWLEDGED, "PUT", NULL,
		"\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$e\"}", "in_reply_to"},
	{"matrix", "$e", ALERT_ACKNOWLEDGED, "PUT", NULL,
		"\"m.new_content\":{\"msgtype\":\"m.text\"", "user_ids"},
	{"matrix", NULL, ALERT_ACKNOWLEDGED, "PUT", NULL, "{\"msgtype\":\"m.notice\"",
		"m.relates_to"},
	{"discord", "99", ALERT_ACKNOWLEDGED, "PATCH", "https://hooks.example/x/messages/99",
		"acknowledged by duty", "\"roles\""},
	{"discord", "99", ALERT_WITHDRAWN, "POST", "https://hooks.example/x?wait=true",
		"about “3 dead”", NULL},
	{"mattermost", "99", ALERT_WITHDRAWN, "POST", "https://hooks.example/x", "about “3 dead”",
		NULL},
	{"teams", "99", ALERT_ACKNOWLEDGED, "POST", "https://hooks.example/x", "about “3 dead”",
		NULL},
	{"googlechat", NULL, ALERT_WITHDRAWN, "POST",
		"https://hooks.example/x?messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD&"
		"requestId=al_abcdefghijklmnopqrstuvwxyz",
		"\"thread\":{\"threadKey\":\"al_zzzzzzzzzzzzzzzzzzzzzzzzzz\"}", "about"},
	{"zulip", "42", ALERT_ACKNOWLEDGED, "PATCH", "https://chat.example/api/v1/messages/42",
		"content=%2A%2AFLASH", "topic="},
	{"telegram", "-100 77", ALERT_STORY, "POST", "/bot123:token/editMessageText",
		"also: bbc, AFP and 3 more · at least 3 sources · 9 min", "reply_parameters"},
	{"slack", "C1 16.5", ALERT_STORY, "POST", "/api/chat.update", "also: bbc, AFP",
		"thread_ts"},
	{"matrix", "$e", ALERT_STORY, "PUT", NULL,
		"\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$e\"}", "user_ids"},
	{"discord", "99", ALERT_STORY, "PATCH", "https://hooks.example/x/messages/99",
		"at least 3 sources", "\"roles\""},
	{"zulip", "42", ALERT_STORY, "PATCH", "https://chat.example/api/v1/messages/42",
		"at%20least%203%20sources", "topic="},
	{"zulip", "42", ALERT_CORRECTED, "POST", "https://chat.example/api/v1/messages",
		"topic=Embassy%20relocation&content=", NULL},
};

static void the_message_of_the_alert_is_answered_or_changed(void **state)
{
	struct sink_fixture *f = *state;

	f->alert.of = &earlier;
	f->alert.by = STR("duty");
	f->alert.priority = ALERT_FLASH;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct threads_row *row = &rows[i];
		const char *method;

		sink_fixture_configure_type(f, type_of(row->type));
		f->alert.kind = row->kind;
		f->alert.story = row->kind == ALERT_STORY ? &grown : NULL;
		f->receipt = str_of(row->receipt);
		assert_int_equal(sink_fixture_render(f), 0);
		assert_false(f->request.needless);
		method = f->request.method ? f->request.method : "POST";
		if (!strstr(f->request.body.p, row->has))
			print_error("%zu: %s: %s\n", i, f->request.url.p, f->request.body.p);
		if (row->method)
			assert_string_equal(method, row->method);
		if (row->url)
			assert_non_null(strstr(f->request.url.p, row->url));
		assert_non_null(strstr(f->request.body.p, row->has));
		if (row->lacks)
			assert_null(strstr(f->request.body.p, row->lacks));
	}
}

/* What a receipt is comes from an answer, and may be anything. */
static void a_receipt_of_another_form_harms_nothing(void **state)
{
	static const char *const receipts[] = {
		"", " ", "a", "1 ", " 2", "../../x y", "\"}", "1 2 3"};
	struct sink_fixture *f = *state;

	f->alert.of = &earlier;
	for (size_t i = 0; sinks[i]; i++) {
		if (!sinks[i]->conf.chat)
			continue;
		sink_fixture_configure_type(f, sinks[i]);
		for (size_t k = 0; k < 2 * sizeof(receipts) / sizeof(receipts[0]); k++) {
			f->alert.kind = k % 2 ? ALERT_ACKNOWLEDGED : ALERT_WITHDRAWN;
			f->receipt = str_of(receipts[k / 2]);
			assert_int_equal(sink_fixture_render(f), 0);
			assert_null(strstr(f->request.url.p, ".."));
			assert_null(strchr(f->request.url.p, ' '));
		}
	}
}

/* That more outlets report it is no message of its own; programs get it always. */
static void growth_without_a_message_is_not_sent(void **state)
{
	struct sink_fixture *f = *state;

	f->alert.of = &earlier;
	f->alert.story = &grown;
	f->alert.kind = ALERT_STORY;
	for (size_t i = 0; sinks[i]; i++) {
		sink_fixture_configure_type(f, sinks[i]);
		f->receipt = STR_NONE;
		assert_int_equal(sink_fixture_render(f), 0);
		assert_int_equal(f->request.needless, !sinks[i]->sends_json);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sink_fixture_open, sink_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_message_of_the_alert_is_answered_or_changed),
		TEST(growth_without_a_message_is_not_sent),
		TEST(a_receipt_of_another_form_harms_nothing),
	};

	return cmocka_run_group_tests_name("sink threads", tests, NULL, NULL);
}
