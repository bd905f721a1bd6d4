/* SPDX-License-Identifier: MIT */
/* Requests to each service; items cannot inject anything into them. */
#include "lib/unit.h"

#include <jansson.h>

#include "base/digest.h"
#include "sink/sinks.h"
#include "lib/sink_fixture.h"

#define MAIL "type = smtp server = smtp://mail.example:587 from = nightdesk@news.example "

static int set_up(void **state)
{
	sink_fixture_open(state);
	sink_fixture_configure(*state, "type = webhook url = \"https://hooks.example/x\"");
	return 0;
}

static void a_webhook_request_is_signed_and_reproducible(void **state)
{
	struct sink_fixture *f = *state;
	struct buf content, expected;
	struct str first;
	uint8_t mac[SHA256_SIZE];

	sink_fixture_configure(f, "type = webhook url = \"https://hooks.example/x\""
				  " secret-credential = { old, new }");
	sink_fixture_set_secret(f, "old", STR("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n"));
	sink_fixture_set_secret(f, "new", STR("whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"));
	assert_int_equal(sink_fixture_render(f), 0);
	assert_string_equal(sink_fixture_header(f, "webhook-id: "), f->alert.id.p);
	assert_string_equal(sink_fixture_header(f, "webhook-timestamp: "), "1644862835");

	buf_init(&content, 1 << 20);
	buf_init(&expected, 1000);
	buf_printf(&content, "%s.1644862835.%s", f->alert.id.p, f->request.body.p);
	(void)digest_hmac_sha256(STR("012345678901234567890123"), buf_str(&content), mac);
	buf_addz(&expected, "v1,");
	digest_base64(&expected, mac, sizeof(mac));
	(void)digest_hmac_sha256(STR("abcdefghijklmnopqrstuvwx"), buf_str(&content), mac);
	buf_addz(&expected, " v1,");
	digest_base64(&expected, mac, sizeof(mac));
	assert_string_equal(sink_fixture_header(f, "webhook-signature: "), buf_z(&expected));
	buf_release(&content);
	buf_release(&expected);

	first = f->request.body;
	assert_int_equal(sink_fixture_render(f), 0);
	assert_string_equal(first.p, f->request.body.p);
}

static void the_webhook_body_is_as_documented(void **state)
{
	struct sink_fixture *f = *state;
	json_t *root, *data;

	assert_int_equal(sink_fixture_render(f), 0);
	root = json_loads(f->request.body.p, 0, NULL);
	assert_non_null(root);
	data = json_object_get(root, "data");
#define AT(o, k) json_string_value(json_object_get(o, k))
	assert_string_equal(AT(root, "type"), "alert.created");
	assert_string_equal(AT(root, "timestamp"), "2022-02-14T18:20:35Z");
	assert_string_equal(AT(json_object_get(data, "watch"), "priority"), "urgent");
	assert_string_equal(AT(json_object_get(data, "item"), "title"), f->alert.title.p);
	assert_string_equal(
		AT(json_object_get(json_object_get(data, "item"), "feed"), "title"), "The Wire");
	assert_int_equal(json_array_size(json_object_get(data, "hits")), 2);
	assert_string_equal(
		AT(json_array_get(json_object_get(data, "hits"), 1), "text"), "embassy");
	assert_non_null(strstr(AT(data, "snippet"), "<b>embassy</b>"));
	assert_null(strstr(AT(data, "snippet"), "<!channel>"));
	assert_int_equal(json_integer_value(
				 json_object_get(json_object_get(data, "latency"), "published_s")),
		95);
	assert_true(json_is_null(json_object_get(data, "story")));
#undef AT
	json_decref(root);
}

static void an_invalid_signing_key_is_a_configuration_error(void **state)
{
	struct sink_fixture *f = *state;

	sink_fixture_configure(
		f, "type = webhook url = \"https://hooks.example/x\" secret-credential = key");
	sink_fixture_set_secret(f, "key", STR("whsec_c2hvcnQ="));
	assert_int_equal(sink_fixture_render(f), -(int)ERR_CONF);
	assert_null(strstr(f->err.text, "c2hvcnQ"));
}

static void slack_text_contains_no_mention(void **state)
{
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, "type = slack url-credential = slack");
	sink_fixture_set_secret(f, "slack", STR("https://hooks.slack.example/T/B/X\n"));
	assert_int_equal(sink_fixture_render(f), 0);
	assert_string_equal(f->request.url.p, "https://hooks.slack.example/T/B/X");
	assert_null(strstr(f->request.body.p, "\"broadcast\""));
	assert_null(strstr(f->request.body.p, "\"user"));
	/* Of the preview, which is text. */
	assert_non_null(strstr(f->request.body.p, "&lt;!channel&gt;"));
	assert_non_null(strstr(f->request.body.p,
		"{\"type\":\"link\",\"url\":\"https://news.example/a?x=1&y=%3C2%3E%7C3\","
		"\"text\":\"US embassy <b>moves</b> & <!channel> *now*\"}"));
	assert_non_null(strstr(f->request.body.p,
		"{\"type\":\"text\",\"text\":\"embassy\",\"style\":{\"bold\":true}}"));
	assert_non_null(strstr(f->request.body.p, f->alert.id.p));
}

static void only_news_ring_people(void **state)
{
	static const struct {
		enum alert_kind kind;
		enum alert_priority priority;
		const char *mention;
	} rows[] = {
		{ALERT_CREATED, ALERT_FLASH, "<!here>"},
		{ALERT_UPDATED, ALERT_FLASH, "<!here>"},
		{ALERT_CREATED, ALERT_LOW, "<@U1>"},
		{ALERT_CREATED, ALERT_URGENT, NULL},
		{ALERT_TROUBLE_BEGAN, ALERT_FLASH, "<!here>"},
		{ALERT_TROUBLE_ENDED, ALERT_FLASH, NULL},
		{ALERT_REPORT, ALERT_LOW, NULL},
	};
	struct sink_fixture *f = *state;
	const char *mention;

	sink_fixture_configure(f, "type = slack url = http://a.example/ "
				  "mention { flash = \"<!here>\" low = \"<@U1>\" }");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f->alert.kind = rows[i].kind;
		f->alert.priority = rows[i].priority;
		mention = sink_text_mention(sink_fixture_block(f), &f->alert);
		assert_int_equal(mention != NULL, rows[i].mention != NULL);
		if (mention)
			assert_string_equal(mention, rows[i].mention);
	}
	f->alert.kind = ALERT_CREATED;
	f->alert.priority = ALERT_FLASH;
	assert_int_equal(sink_fixture_render(f), 0);
	assert_non_null(strstr(f->request.body.p, "{\"type\":\"broadcast\",\"range\":\"here\"}"));
}

static void a_credential_that_is_not_a_url_is_refused(void **state)
{
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, "type = webhook url-credential = hook");
	sink_fixture_set_secret(f, "hook", STR("file:///etc/passwd"));
	assert_int_equal(sink_fixture_render(f), -(int)ERR_CONF);
	f->secrets.v[0].value = STR("https://a.example/\r\nX: y");
	assert_int_equal(sink_fixture_render(f), -(int)ERR_CONF);
	assert_null(strstr(f->err.text, "a.example"));
}

static void syslog_messages_are_one_line_in_each_format(void **state)
{
	static const struct {
		const char *server, *start, *host;
		enum sink_socket socket;
		unsigned port;
	} rows[] = {
		{"local", "<60>Feb 14 18:20:35 nd[42]: id=al_", "/dev/log", SINK_UNIX_DGRAM, 0},
		{"/run/x.sock", "<60>Feb 14", "/run/x.sock", SINK_UNIX_DGRAM, 0},
		{"udp://log.example", "<60>1 2022-02-14T18:20:35.000Z box nd 42 alert [origin",
			"log.example", SINK_UDP, 514},
		{"udp://[::1]:5140", "<60>1 ", "::1", SINK_UDP, 5140},
		{"tls://log.example:7000", NULL, "log.example", SINK_TLS, 7000},
	};
	struct sink_fixture *f = *state;

	f->alert.title = STR("forged\n<0>line \x1b[2J \"quoted\"");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char keys[200];

		snprintf(keys, sizeof(keys), "type = syslog tag = nd server = \"%s\"",
			rows[i].server);
		sink_fixture_configure(f, keys);
		assert_int_equal(sink_fixture_render(f), 0);
		assert_int_equal(f->request.socket, rows[i].socket);
		assert_true(str_is(f->request.host, rows[i].host));
		assert_int_equal(f->request.port, rows[i].port);
		assert_null(strchr(f->request.body.p, '\n'));
		assert_null(strchr(f->request.body.p, '\x1b'));
		assert_non_null(strstr(f->request.body.p, "\\\"quoted\\\""));
		if (rows[i].start)
			assert_memory_equal(
				f->request.body.p, rows[i].start, strlen(rows[i].start));
		else
			assert_int_equal(strtoul(f->request.body.p, NULL, 10),
				strlen(strchr(f->request.body.p, ' ') + 1));
	}
}

static void structured_data_cannot_be_left(void **state)
{
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, "type = syslog tag = nd server = udp://log.example");
	f->alert.watch = STR("a\"] [x y=\"1\\");
	f->alert.source = STR("new\nline");
	f->alert.feed = STR_NONE;
	assert_int_equal(sink_fixture_render(f), 0);
	assert_non_null(strstr(f->request.body.p,
		" alert [origin software=\"nightdesk\"][nightdesk@32473 id=\"al_"
		"abcdefghijklmnopqrstuvwxyz\" type=\"alert.created\" priority=\"urgent\" "
		"watch=\"a\\\"\\] [x y=\\\"1\\\\\" source=\"new\\\\nline\"] id=al_"));
}

static void an_item_without_a_title_has_a_first_line(void **state)
{
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, "type = stdout");
	f->alert.title = STR_NONE;
	f->alert.n_hits = 0;
	assert_int_equal(sink_fixture_render(f), 0);
	assert_non_null(
		strstr(f->request.body.p, "URGENT  The United States is moving its embassy out "));
}

static void marks_of_direction_are_not_spelt_out(void **state)
{
	static const char *const keys[] = {"type = stdout", "type = syslog server = local",
		"type = slack url = \"https://x.example\"", MAIL "to = a@x.org"};
	struct sink_fixture *f = *state;

	f->alert.title = STR("\u200fשגרירות\u200f \u2067(ארה\"ב)\u2069\ufeff");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		sink_fixture_configure(f, keys[i]);
		assert_int_equal(sink_fixture_render(f), 0);
		assert_null(strstr(f->request.body.p, "\\u{"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_webhook_request_is_signed_and_reproducible, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			the_webhook_body_is_as_documented, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(an_invalid_signing_key_is_a_configuration_error,
			set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			slack_text_contains_no_mention, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(only_news_ring_people, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_credential_that_is_not_a_url_is_refused, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			syslog_messages_are_one_line_in_each_format, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			structured_data_cannot_be_left, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			an_item_without_a_title_has_a_first_line, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			marks_of_direction_are_not_spelt_out, set_up, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("sink render", tests, NULL, NULL);
}
