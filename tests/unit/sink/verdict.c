/* SPDX-License-Identifier: MIT */
/* What the answers of each kind of receiver mean. */
#include "lib/unit.h"

#include "lib/sink_fixture.h"
#include "sink/sink.h"

#define HOOK	 "type = webhook url = http://a.example/"
#define SLACK	 "type = slack url = http://a.example/"
#define TELEGRAM "type = telegram chat = -100 token-credential = t"
#define ZULIP                                                                                      \
	"type = zulip server = http://a.example user = b@a.example token-credential = t channel "  \
	"= c"
#define MAIL   "type = smtp server = smtp://mail.example from = n@x.org to = a@x.org"
#define SYSLOG "type = syslog"
#define FILE_  "type = file path = /a"
#define DAY    INT64_C(86400000)

static struct sink_verdict judge(
	struct sink_fixture *f, const char *keys, const struct sink_answer *a)
{
	struct sink_verdict v;

	sink_fixture_configure(f, keys);
	sink_judge(sink_fixture_block(f), a, f->arena, &v);
	assert_true(str_present(v.answer));
	return v;
}

static const char *kind_name(enum sink_verdict_kind kind)
{
	static const char *const names[] = {
		"DELIVERED", "LATER", "BAD", "TROUBLE", "GONE", "WAIT", "UNTIED"};

	return names[kind];
}

struct row {
	const char *keys;
	long status;
	const char *body;
	enum sink_verdict_kind kind;
	bool denied;
};

static void check_rows(struct sink_fixture *f, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sink_answer a = {.status = rows[i].status,
			.retry_after = -1,
			.body = rows[i].body ? str_of(rows[i].body) : STR("")};
		struct sink_verdict v = judge(f, rows[i].keys, &a);

		if (v.kind != rows[i].kind || v.denied != rows[i].denied)
			print_error("%ld %s: %s %d\n", rows[i].status,
				rows[i].body ? rows[i].body : "", kind_name(v.kind), v.denied);
		assert_int_equal(v.kind, rows[i].kind);
		assert_int_equal(v.denied, rows[i].denied);
		assert_int_equal(v.wait, 0);
	}
}

#define CHECK_ROWS(f, rows) check_rows(f, rows, sizeof(rows) / sizeof(rows[0]))

static void every_status_of_http_has_a_meaning(void **state)
{
	static const struct row rows[] = {
		{HOOK, 200, NULL, SINK_DELIVERED, false},
		{HOOK, 201, NULL, SINK_DELIVERED, false},
		{HOOK, 202, NULL, SINK_DELIVERED, false},
		{HOOK, 204, NULL, SINK_DELIVERED, false},
		{HOOK, 299, NULL, SINK_DELIVERED, false},
		{HOOK, 100, NULL, SINK_TROUBLE, false},
		{HOOK, 301, NULL, SINK_TROUBLE, false},
		{HOOK, 302, NULL, SINK_TROUBLE, false},
		{HOOK, 303, NULL, SINK_TROUBLE, false},
		{HOOK, 304, NULL, SINK_TROUBLE, false},
		{HOOK, 307, NULL, SINK_TROUBLE, false},
		{HOOK, 308, NULL, SINK_TROUBLE, false},
		{HOOK, 400, "missing field", SINK_BAD, false},
		{HOOK, 400, NULL, SINK_BAD, false},
		{HOOK, 400, "No matching Signature found", SINK_TROUBLE, true},
		{HOOK, 400, "<html><head><title>400 The plain HTTP request was sent to HTTPS port",
			SINK_TROUBLE, true},
		{HOOK, 400, "Bad Request - Invalid Hostname", SINK_TROUBLE, true},
		{HOOK, 401, NULL, SINK_TROUBLE, true},
		{HOOK, 402, NULL, SINK_TROUBLE, false},
		{HOOK, 403, NULL, SINK_TROUBLE, true},
		{HOOK, 404, NULL, SINK_TROUBLE, true},
		{HOOK, 405, NULL, SINK_TROUBLE, false},
		{HOOK, 406, NULL, SINK_TROUBLE, false},
		{HOOK, 407, NULL, SINK_TROUBLE, false},
		{HOOK, 408, NULL, SINK_TROUBLE, false},
		{HOOK, 409, NULL, SINK_TROUBLE, false},
		{HOOK, 410, NULL, SINK_GONE, false},
		{HOOK, 411, NULL, SINK_TROUBLE, false},
		{HOOK, 413, NULL, SINK_BAD, false},
		{HOOK, 415, NULL, SINK_TROUBLE, false},
		{HOOK, 418, NULL, SINK_TROUBLE, false},
		{HOOK, 421, NULL, SINK_TROUBLE, false},
		{HOOK, 422, NULL, SINK_BAD, false},
		{HOOK, 423, NULL, SINK_TROUBLE, false},
		{HOOK, 425, NULL, SINK_TROUBLE, false},
		{HOOK, 429, NULL, SINK_TROUBLE, false},
		{HOOK, 451, NULL, SINK_TROUBLE, false},
		{HOOK, 500, NULL, SINK_TROUBLE, false},
		{HOOK, 501, NULL, SINK_TROUBLE, false},
		{HOOK, 502, NULL, SINK_TROUBLE, false},
		{HOOK, 503, NULL, SINK_TROUBLE, false},
		{HOOK, 504, NULL, SINK_TROUBLE, false},
		{HOOK, 520, NULL, SINK_TROUBLE, false},
		{HOOK, 599, NULL, SINK_TROUBLE, false},
		{HOOK, 999, NULL, SINK_TROUBLE, false},
		{HOOK, 1000, NULL, SINK_TROUBLE, false},
	};

	CHECK_ROWS(*state, rows);
}

static void slack_says_in_a_word_what_is_wrong(void **state)
{
	static const struct row rows[] = {
		{SLACK, 200, "ok", SINK_DELIVERED, false},
		{SLACK, 400, "invalid_payload", SINK_BAD, false},
		{SLACK, 400, "no_text", SINK_BAD, false},
		{SLACK, 400, "too_many_attachments", SINK_BAD, false},
		{SLACK, 400, "invalid_blocks", SINK_BAD, false},
		{SLACK, 400, "missing_text_or_fallback_or_attachments", SINK_BAD, false},
		{SLACK, 500, "msg_too_long", SINK_BAD, false},
		{SLACK, 400, "user_not_found", SINK_TROUBLE, true},
		{SLACK, 403, "action_prohibited", SINK_TROUBLE, true},
		{SLACK, 403, "posting_to_general_channel_denied", SINK_TROUBLE, true},
		{SLACK, 404, "channel_not_found", SINK_TROUBLE, true},
		{SLACK, 404, "no_service", SINK_TROUBLE, true},
		{SLACK, 404, "no_active_hooks", SINK_TROUBLE, true},
		{SLACK, 400, "no_service_id", SINK_TROUBLE, true},
		{SLACK, 403, "invalid_token", SINK_TROUBLE, true},
		{SLACK, 400, "team_disabled", SINK_TROUBLE, true},
		{SLACK, 410, "channel_is_archived", SINK_GONE, false},
		{SLACK, 403, "channel_is_archived", SINK_GONE, false},
		{SLACK, 500, "rollup_error", SINK_TROUBLE, false},
		{SLACK, 500, "", SINK_TROUBLE, false},
		{SLACK, 429, "rate_limited", SINK_TROUBLE, false},
		{SLACK, 400, "something new", SINK_BAD, false},
		/* Words of Slack mean nothing elsewhere. */
		{HOOK, 400, "user_not_found", SINK_BAD, false},
	};

	CHECK_ROWS(*state, rows);
}

/* What an administrator of the chat can put right is no fault of the message. */
static void telegram_refuses_the_bot_or_the_message(void **state)
{
#define SAYS(text) "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: " text "\"}"
	static const struct row rows[] = {
		{TELEGRAM, 400, SAYS("chat not found"), SINK_TROUBLE, true},
		{TELEGRAM, 400, SAYS("need administrator rights in the channel chat"), SINK_TROUBLE,
			true},
		{TELEGRAM, 400, SAYS("CHAT_ADMIN_REQUIRED"), SINK_TROUBLE, true},
		{TELEGRAM, 400, SAYS("CHAT_RESTRICTED"), SINK_TROUBLE, true},
		{TELEGRAM, 400, SAYS("CHAT_WRITE_FORBIDDEN"), SINK_TROUBLE, true},
		{TELEGRAM, 400, SAYS("CHAT_SEND_PLAIN_FORBIDDEN"), SINK_TROUBLE, true},
		{TELEGRAM, 400, SAYS("have no write access to the chat"), SINK_TROUBLE, true},
		{TELEGRAM, 400, SAYS("have no rights to send a message"), SINK_TROUBLE, true},
		{TELEGRAM, 400, SAYS("group chat is deactivated"), SINK_TROUBLE, true},
		{TELEGRAM, 400, SAYS("message text is empty"), SINK_BAD, false},
		{TELEGRAM, 400, SAYS("message is too long"), SINK_BAD, false},
		{TELEGRAM, 400, SAYS("message to edit not found"), SINK_UNTIED, false},
		{TELEGRAM, 400, SAYS("message is not modified"), SINK_DELIVERED, false},
	};

	CHECK_ROWS(*state, rows);
#undef SAYS
}

static void zulip_refuses_the_bot_or_the_message(void **state)
{
#define SAYS(text) "{\"result\":\"error\",\"msg\":\"" text "\",\"code\":\"BAD_REQUEST\"}"
	static const struct row rows[] = {
		{ZULIP, 400, SAYS("Only organization administrators can send to this channel."),
			SINK_TROUBLE, true},
		{ZULIP, 400, SAYS("New members cannot send to this stream."), SINK_TROUBLE, true},
		{ZULIP, 400, SAYS("Account is not associated with this subdomain"), SINK_TROUBLE,
			true},
		{ZULIP, 400, SAYS("Not authorized to send to channel 'a'"), SINK_TROUBLE, true},
		{ZULIP, 400, SAYS("Message must not be empty"), SINK_BAD, false},
	};

	CHECK_ROWS(*state, rows);
#undef SAYS
}

static void a_time_to_wait_is_obeyed_within_bounds(void **state)
{
	static const struct {
		long status;
		int64_t retry_after; /* -1: none, or none that can be read */
		enum sink_verdict_kind kind;
		int64_t wait;
	} rows[] = {
		{429, 7000, SINK_WAIT, 7000},
		{429, DAY, SINK_WAIT, DAY},
		{429, 100 * DAY, SINK_WAIT, DAY},
		{429, INT64_MAX, SINK_WAIT, DAY},
		{429, 0, SINK_TROUBLE, 0},
		{429, -1, SINK_TROUBLE, 0},
		{503, 7000, SINK_TROUBLE, 7000},
		{503, INT64_C(99999999999), SINK_TROUBLE, DAY},
		{500, 7000, SINK_TROUBLE, 7000},
		{404, 7000, SINK_TROUBLE, 7000},
		{302, 7000, SINK_TROUBLE, 7000},
		{204, 7000, SINK_DELIVERED, 0},
		{400, 7000, SINK_BAD, 0},
		{410, 7000, SINK_GONE, 0},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sink_answer a = {
			.status = rows[i].status, .retry_after = rows[i].retry_after};
		struct sink_verdict v = judge(f, HOOK, &a);

		assert_int_equal(v.kind, rows[i].kind);
		assert_int_equal(v.wait, rows[i].wait);
	}
}

static void the_answer_is_quoted(void **state)
{
	static const struct {
		struct sink_answer a;
		const char *text;
	} rows[] = {
		{{.status = 429, .retry_after = 7000, .body = STR("slow down\nnow")},
			"HTTP 429, asked to wait 7 s: slow down"},
		{{.status = 400, .retry_after = -1, .body = STR("  no title  ")},
			"HTTP 400: no title"},
		{{.status = 500, .retry_after = -1, .body = STR("<html>\r\n<head>")},
			"HTTP 500: <html>"},
		{{.status = 204, .retry_after = -1, .body = STR("fine")}, "HTTP 204"},
		{{.error = ERR_TEMP, .retry_after = -1, .error_text = STR("a.example: no")},
			"a.example: no"},
		{{.error = ERR_TEMP, .retry_after = -1}, "could not be sent"},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(str_is(judge(f, HOOK, &rows[i].a).answer, rows[i].text));
}

/* Whatever cannot be sent waits, except a message that no transport takes. */
static void errors_end_no_message(void **state)
{
	static const struct {
		const char *keys;
		enum err_class error;
		enum sink_verdict_kind kind;
	} rows[] = {
		{HOOK, ERR_TEMP, SINK_TROUBLE},
		{HOOK, ERR_CONF, SINK_TROUBLE},
		{HOOK, ERR_PERM, SINK_TROUBLE},
		{HOOK, ERR_ACCESS, SINK_TROUBLE},
		{HOOK, ERR_LIMIT, SINK_TROUBLE},
		{HOOK, ERR_INPUT, SINK_BAD},
		{HOOK, ERR_NOMEM, SINK_WAIT},
		{HOOK, ERR_IO, SINK_WAIT},
		{HOOK, ERR_BUG, SINK_LATER},
		{MAIL, ERR_TEMP, SINK_TROUBLE},
		{MAIL, ERR_CONF, SINK_TROUBLE},
		{SYSLOG, ERR_NONE, SINK_DELIVERED},
		{SYSLOG, ERR_TEMP, SINK_TROUBLE},
		{SYSLOG, ERR_INPUT, SINK_BAD}, /* too long for a datagram */
		{FILE_, ERR_NONE, SINK_DELIVERED},
		{FILE_, ERR_IO, SINK_TROUBLE},
		{FILE_, ERR_PERM, SINK_TROUBLE},
		{FILE_, ERR_TEMP, SINK_TROUBLE},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sink_answer a = {
			.error = rows[i].error, .retry_after = -1, .error_text = STR("it fails")};

		assert_int_equal(judge(f, rows[i].keys, &a).kind, rows[i].kind);
	}
}

/* --- mail --- */

/* Before any recipient was named. */
static void a_refused_session_is_trouble(void **state)
{
	static const struct row rows[] = {
		{MAIL, 250, "ok", SINK_DELIVERED, false},
		{MAIL, 421, "4.3.2 shutting down", SINK_TROUBLE, false},
		{MAIL, 450, "4.7.1 try again", SINK_TROUBLE, false},
		{MAIL, 451, "4.3.0 database", SINK_TROUBLE, false},
		{MAIL, 454, "TLS not available", SINK_TROUBLE, false},
		{MAIL, 530, "5.7.0 Must issue a STARTTLS command first", SINK_TROUBLE, true},
		{MAIL, 534, "5.7.9 application-specific password required", SINK_TROUBLE, true},
		{MAIL, 535, "5.7.8 Error: authentication failed", SINK_TROUBLE, true},
		{MAIL, 550, "5.7.1 your address is on a list", SINK_TROUBLE, true},
		{MAIL, 550, "sender rejected", SINK_TROUBLE, true},
		{MAIL, 552, "message size exceeds fixed limit", SINK_TROUBLE, true},
		{MAIL, 554, "no SMTP service here", SINK_TROUBLE, true},
		{MAIL, 500, "what?", SINK_TROUBLE, false},
	};

	CHECK_ROWS(*state, rows);
}

static struct sink_verdict judge_recipient(struct sink_fixture *f, long status, const char *said)
{
	struct sink_recipient to[] = {{STR("a@x"), status, str_of(said)}};
	struct sink_answer a = {.status = status,
		.retry_after = -1,
		.body = str_of(said),
		.recipients = to,
		.n_recipients = 1};

	return judge(f, MAIL, &a);
}

static void the_reply_to_a_recipient_says_whose_fault_it_is(void **state)
{
	static const struct {
		long status;
		const char *said;
		enum sink_verdict_kind kind;
	} rows[] = {
		{450, "4.2.0 greylisted", SINK_LATER},
		{451, "4.7.1 come back", SINK_LATER},
		{452, "4.2.2 over quota", SINK_LATER},
		{421, "4.7.0 too many connections", SINK_TROUBLE},
		{550, "5.1.1 <a@x>: Recipient address rejected: User unknown", SINK_BAD},
		{550, "5.1.1 access denied, no such full spam user", SINK_BAD},
		{550, "5.1.2 bad domain", SINK_BAD},
		{550, "5.1.10 null MX", SINK_BAD},
		{550, "5.2.1 disabled", SINK_BAD},
		{551, "user not local", SINK_BAD},
		{553, "mailbox name not allowed", SINK_BAD},
		{550, "no such user", SINK_BAD},
		{553, "5.1.8 sender domain not found", SINK_TROUBLE},
		{550, "5.1.7 bad sender", SINK_TROUBLE},
		{552, "5.2.2 mailbox full", SINK_TROUBLE},
		{552, "mailbox full", SINK_TROUBLE},
		{550, "5.2.2 over quota", SINK_TROUBLE},
		{554, "5.3.2 system not accepting", SINK_TROUBLE},
		{550, "5.4.1 no route", SINK_TROUBLE},
		{504, "5.5.2 <box>: Helo command rejected: need fully-qualified hostname",
			SINK_TROUBLE},
		{503, "5.5.1 bad sequence", SINK_TROUBLE},
		{530, "5.7.0 authentication required", SINK_TROUBLE},
		{550, "5.7.1 blocked", SINK_TROUBLE},
		{554, "5.7.1 <a@x>: Relay access denied", SINK_TROUBLE},
		{550, "5.7.26 unauthenticated", SINK_TROUBLE},
		{550, "relay not permitted", SINK_TROUBLE},
		{550, "Relaying denied", SINK_TROUBLE},
		{554, "Service unavailable; client host [1.2.3.4] blocked using zen", SINK_TROUBLE},
		{550, "mailbox is full", SINK_TROUBLE},
		{554, "Message rejected as SPAM", SINK_TROUBLE},
		{550, "", SINK_BAD},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sink_verdict v = judge_recipient(f, rows[i].status, rows[i].said);

		if (v.kind != rows[i].kind)
			print_error(
				"%ld %s: %s\n", rows[i].status, rows[i].said, kind_name(v.kind));
		assert_int_equal(v.kind, rows[i].kind);
	}
}

static void the_reply_to_a_mail_says_whose_fault_it_is(void **state)
{
	static const struct {
		long status;
		const char *said;
		enum sink_verdict_kind kind;
	} rows[] = {
		{250, "2.0.0 queued", SINK_DELIVERED},
		{451, "4.3.0 try again", SINK_LATER},
		{452, "4.3.1 insufficient system storage", SINK_LATER},
		{421, "4.3.2 going down", SINK_TROUBLE},
		{550, "5.7.1 content rejected", SINK_TROUBLE},
		{552, "5.3.4 too big", SINK_TROUBLE},
		{554, "5.6.0 malformed", SINK_BAD},
		{554, "transaction failed", SINK_BAD},
		{554, "rejected as spam", SINK_TROUBLE},
	};
	struct sink_recipient to[] = {{STR("a@x"), 250, STR("ok")}};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sink_answer a = {.status = rows[i].status,
			.retry_after = -1,
			.body = str_of(rows[i].said),
			.recipients = to,
			.n_recipients = 1};

		assert_int_equal(judge(f, MAIL, &a).kind, rows[i].kind);
	}
}

static void a_mail_without_an_answer_may_have_arrived(void **state)
{
	static const struct {
		bool sent;
		enum err_class error;
		enum sink_verdict_kind kind;
	} rows[] = {
		{false, ERR_TEMP, SINK_TROUBLE},
		{true, ERR_TEMP, SINK_LATER},
		{true, ERR_NOMEM, SINK_WAIT},
	};
	struct sink_recipient to[] = {{STR("a@x"), 250, STR("ok")}};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sink_answer a = {.error = rows[i].error,
			.error_text = STR("mail.example: too slow"),
			.retry_after = -1,
			.sent = rows[i].sent,
			.recipients = to,
			.n_recipients = 1};

		assert_int_equal(judge(f, MAIL, &a).kind, rows[i].kind);
	}
}

static void a_mail_is_judged_by_its_recipients(void **state)
{
	static const struct {
		long status, of[3];
		enum sink_verdict_kind kind;
		const char *served, *answer;
	} rows[] = {
		{250, {250, 250, 250}, SINK_DELIVERED, NULL, "SMTP 250"},
		{250, {250, 550, 251}, SINK_BAD, "a@x c@x",
			"SMTP 550 for b@x: no such user; delivered to all others"},
		{250, {550, 451, 250}, SINK_LATER, "c@x",
			"SMTP 550 for a@x: no such user; 451 for b@x: no such user;"
			" delivered to all others"},
		/* A server that takes mail is not in trouble. */
		{250, {552, 250, 550}, SINK_LATER, "b@x", NULL},
		{550, {451, 550, 550}, SINK_LATER, NULL, NULL},
		{550, {451, 552, 550}, SINK_TROUBLE, NULL, NULL},
		{451, {550, 550, 550}, SINK_BAD, NULL, NULL},
		{452, {250, 550, 250}, SINK_LATER, NULL, "SMTP 452: bye"},
		{554, {250, 451, 250}, SINK_BAD, NULL, "SMTP 554: bye"},
		{550, {0, 0, 0}, SINK_TROUBLE, NULL, "SMTP 550: bye"},
		{0, {250, 550, 250}, SINK_TROUBLE, NULL, "the line is dead"},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sink_recipient to[] = {{STR("a@x"), rows[i].of[0], STR("no such user")},
			{STR("b@x"), rows[i].of[1], STR("no such user\nor so")},
			{STR("c@x"), rows[i].of[2], STR("no such user")}};
		struct sink_answer a = {.status = rows[i].status,
			.error = rows[i].status ? ERR_NONE : ERR_TEMP,
			.error_text = STR("the line is dead"),
			.retry_after = -1,
			.body = STR("bye"),
			.recipients = to,
			.n_recipients = 3};
		struct sink_verdict v = judge(f, MAIL, &a);

		assert_int_equal(v.kind, rows[i].kind);
		assert_int_equal(str_present(v.served), rows[i].served != NULL);
		assert_true(!rows[i].served || str_is(v.served, rows[i].served));
		assert_true(!rows[i].answer || str_is(v.answer, rows[i].answer));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sink_fixture_open, sink_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_status_of_http_has_a_meaning),
		TEST(slack_says_in_a_word_what_is_wrong),
		TEST(telegram_refuses_the_bot_or_the_message),
		TEST(zulip_refuses_the_bot_or_the_message),
		TEST(a_time_to_wait_is_obeyed_within_bounds),
		TEST(the_answer_is_quoted),
		TEST(errors_end_no_message),
		TEST(a_refused_session_is_trouble),
		TEST(the_reply_to_a_recipient_says_whose_fault_it_is),
		TEST(the_reply_to_a_mail_says_whose_fault_it_is),
		TEST(a_mail_without_an_answer_may_have_arrived),
		TEST(a_mail_is_judged_by_its_recipients),
	};

	return cmocka_run_group_tests_name("sink verdict", tests, NULL, NULL);
}
