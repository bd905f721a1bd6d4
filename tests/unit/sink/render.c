/* SPDX-License-Identifier: MIT */
/* Requests to each service; items cannot inject anything into them. */
#include "lib/unit.h"

#include <jansson.h>

#include "base/digest.h"
#include "sink/sink.h"
#include "lib/sink_fixture.h"

#define MAIL	"type = smtp server = smtp://mail.example:587 from = nightdesk@news.example "
#define SENT_TO MAIL "to = a@x.org"
#define LOCAL	"type = smtp server = smtp://127.0.0.2 from = n@x.org to = a@x.org"
#define NOW	INT64_C(1644862835000) /* 2022-02-14T18:20:35Z */

struct fixture {
	struct arena *arena;
	struct notify_fixture notify;
	struct sink_secrets secrets;
	struct str served;
	struct watch_hit hits[2];
	struct alert alert;
	struct sink_request request;
	struct err err;
};

static struct alert an_alert(struct watch_hit hits[2])
{
	static const char body[] = "The United States is moving its embassy out of Kyiv.";

	hits[0] = (struct watch_hit){QUERY_TITLE, 3, 7, STR("embassy"), STR("embass*")};
	hits[1] = (struct watch_hit){QUERY_BODY, 32, 7, STR("embassy"), STR("embass*")};
	return (struct alert){
		.id = STR("al_abcdefghijklmnopqrstuvwxyz"),
		.created = NOW,
		.watch = STR("embassy-relocation"),
		.watch_title = STR("Embassy relocation"),
		.priority = ALERT_URGENT,
		.item_id = STR("urn:1"),
		.title = STR("US embassy <b>moves</b> & <!channel> *now*"),
		.link = STR("https://news.example/a?x=1&y=<2>|3"),
		.author = STR("A. Writer"),
		.body = STR("The United States is moving its embassy out of Kyiv."),
		.published = NOW - 95000,
		.feed = STR("wire"),
		.feed_title = STR("The Wire"),
		.source = STR("wire.example"),
		.language = STR("en"),
		.hits = hits,
		.n_hits = sizeof(body) > 1 ? 2 : 0,
		.fetched = NOW - 400,
	};
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(1 << 20);
	notify_load(&f->notify, "type = webhook url = \"https://hooks.example/x\"");
	f->alert = an_alert(f->hits);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	notify_unload(&f->notify);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void configure(struct fixture *f, const char *keys)
{
	notify_unload(&f->notify);
	notify_load(&f->notify, keys);
	if (!f->notify.conf)
		print_error("%s: %s\n", keys, f->notify.diags.v[0].text);
	assert_non_null(f->notify.conf);
}

static void set_secret(struct fixture *f, const char *credential, struct str value)
{
	f->secrets.v[f->secrets.n++] = (struct sink_secret){credential, value};
}

static const struct conf_notify *notify_of(const struct fixture *f)
{
	return &f->notify.conf->notifies[0];
}

static int render(struct fixture *f)
{
	struct sink_context ctx = {.notify = notify_of(f),
		.secrets = &f->secrets,
		.now = NOW,
		.hostname = "box",
		.pid = 42,
		.served = f->served};

	struct notice notice = notice_of_alert(&f->alert);

	int rc = sink_render(&ctx, &notice, f->arena, &f->request, &f->err);

	assert_true(f->request.body.n <= sink_type_of(notify_of(f))->max_bytes);
	return rc;
}

static const char *header(const struct sink_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (str_starts(r->headers[i], str_of(name)))
			return r->headers[i].p + strlen(name);
	return NULL;
}

static void a_webhook_request_is_signed_and_reproducible(void **state)
{
	struct fixture *f = *state;
	struct buf content, expected;
	struct str first;
	uint8_t mac[SHA256_SIZE];

	configure(f, "type = webhook url = \"https://hooks.example/x\""
		     " secret-credential = { old, new }");
	set_secret(f, "old", STR("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n"));
	set_secret(f, "new", STR("whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"));
	assert_int_equal(render(f), 0);
	assert_string_equal(header(&f->request, "webhook-id: "), f->alert.id.p);
	assert_string_equal(header(&f->request, "webhook-timestamp: "), "1644862835");

	buf_init(&content, 1 << 20);
	buf_init(&expected, 1000);
	buf_printf(&content, "%s.1644862835.%s", f->alert.id.p, f->request.body.p);
	(void)digest_hmac_sha256(STR("012345678901234567890123"), buf_str(&content), mac);
	buf_addz(&expected, "v1,");
	digest_base64(&expected, mac, sizeof(mac));
	(void)digest_hmac_sha256(STR("abcdefghijklmnopqrstuvwx"), buf_str(&content), mac);
	buf_addz(&expected, " v1,");
	digest_base64(&expected, mac, sizeof(mac));
	assert_string_equal(header(&f->request, "webhook-signature: "), buf_z(&expected));
	buf_release(&content);
	buf_release(&expected);

	first = f->request.body;
	assert_int_equal(render(f), 0);
	assert_string_equal(first.p, f->request.body.p);
}

static void the_webhook_body_is_as_documented(void **state)
{
	struct fixture *f = *state;
	json_t *root, *data;

	assert_int_equal(render(f), 0);
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
	struct fixture *f = *state;

	configure(f, "type = webhook url = \"https://hooks.example/x\" secret-credential = key");
	set_secret(f, "key", STR("whsec_c2hvcnQ="));
	assert_int_equal(render(f), -(int)ERR_CONF);
	assert_null(strstr(f->err.text, "c2hvcnQ"));
}

static void slack_text_contains_no_mention(void **state)
{
	struct fixture *f = *state;
	json_t *root;
	const char *text;

	configure(f, "type = slack url-credential = slack");
	set_secret(f, "slack", STR("https://hooks.slack.example/T/B/X\n"));
	assert_int_equal(render(f), 0);
	assert_string_equal(f->request.url.p, "https://hooks.slack.example/T/B/X");
	root = json_loads(f->request.body.p, 0, NULL);
	text = json_string_value(json_object_get(root, "text"));
	assert_null(strstr(text, "<!"));
	assert_non_null(strstr(text, "&lt;!channel&gt;"));
	assert_non_null(strstr(text, "<https://news.example/a?x=1&amp;y=%3C2%3E%7C3|"));
	assert_non_null(strstr(text, "*embassy*"));
	assert_non_null(strstr(text, f->alert.id.p));
	json_decref(root);
}

static void a_credential_that_is_not_a_url_is_refused(void **state)
{
	struct fixture *f = *state;

	configure(f, "type = webhook url-credential = hook");
	set_secret(f, "hook", STR("file:///etc/passwd"));
	assert_int_equal(render(f), -(int)ERR_CONF);
	f->secrets.v[0].value = STR("https://a.example/\r\nX: y");
	assert_int_equal(render(f), -(int)ERR_CONF);
	assert_null(strstr(f->err.text, "a.example"));
}

static void a_login_requires_encryption_by_default(void **state)
{
	static const struct {
		const char *keys;
		bool required, off, any_certificate;
	} rows[] = {
		{SENT_TO, 1, 0, 0},
		{LOCAL, 0, 0, 1},
		{"type = smtp server = \"smtp://[::1]:25\" from = n@x.org to = a@x.org", 0, 0, 1},
		{SENT_TO " starttls = required", 1, 0, 0},
		{SENT_TO " starttls = off", 0, 1, 1},
		{SENT_TO " user = u password-credential = p", 1, 0, 0},
		{SENT_TO " user = u password-credential = p starttls = opportunistic", 0, 0, 0},
		{"type = smtp server = smtps://x.org from = n@x.org to = a@x.org", 1, 0, 0},
	};
	struct fixture *f = *state;

	set_secret(f, "p", STR("hunter2"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		configure(f, rows[i].keys);
		assert_int_equal(render(f), 0);
		assert_int_equal(f->request.starttls_required, rows[i].required);
		assert_int_equal(f->request.starttls_off, rows[i].off);
		assert_int_equal(f->request.any_certificate, rows[i].any_certificate);
		assert_int_equal(str_is(f->request.password, "hunter2"), i == 5 || i == 6);
	}
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
	struct fixture *f = *state;

	f->alert.title = STR("forged\n<0>line \x1b[2J \"quoted\"");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char keys[200];

		snprintf(keys, sizeof(keys), "type = syslog tag = nd server = \"%s\"",
			rows[i].server);
		configure(f, keys);
		assert_int_equal(render(f), 0);
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
	struct fixture *f = *state;

	configure(f, "type = syslog tag = nd server = udp://log.example");
	f->alert.watch = STR("a\"] [x y=\"1\\");
	f->alert.source = STR("new\nline");
	f->alert.feed = STR_NONE;
	assert_int_equal(render(f), 0);
	assert_non_null(strstr(f->request.body.p,
		" alert [origin software=\"nightdesk\"][nightdesk@32473 id=\"al_"
		"abcdefghijklmnopqrstuvwxyz\" type=\"alert.created\" priority=\"urgent\" "
		"watch=\"a\\\"\\] [x y=\\\"1\\\\\" source=\"new\\\\nline\"] id=al_"));
}

static void an_item_without_a_title_has_a_first_line(void **state)
{
	struct fixture *f = *state;

	configure(f, "type = stdout");
	f->alert.title = STR_NONE;
	f->alert.n_hits = 0;
	assert_int_equal(render(f), 0);
	assert_non_null(
		strstr(f->request.body.p, "URGENT  The United States is moving its embassy out "));
}

static void marks_of_direction_are_not_spelt_out(void **state)
{
	static const char *const keys[] = {"type = stdout", "type = syslog server = local",
		"type = slack url = \"https://x.example\"", MAIL "to = a@x.org"};
	struct fixture *f = *state;

	f->alert.title = STR("\u200fשגרירות\u200f \u2067(ארה\"ב)\u2069\ufeff");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		configure(f, keys[i]);
		assert_int_equal(render(f), 0);
		assert_null(strstr(f->request.body.p, "\\u{"));
	}
}

static void recipients_that_accepted_a_mail_are_skipped(void **state)
{
	static const struct {
		const char *served, *left;
	} rows[] = {
		{NULL, "a@x.org aa@x.org b@x.org"},
		{"aa@x.org", "a@x.org b@x.org"},
		{"gone@x.org a@x.org", "aa@x.org b@x.org"},
		{"b@x.org aa@x.org a@x.org", ""},
	};
	struct fixture *f = *state;

	configure(f, MAIL "to = { a@x.org, aa@x.org, b@x.org }");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char left[100] = "";

		f->served = str_of(rows[i].served);
		assert_int_equal(render(f), 0);
		for (size_t k = 0; k < f->request.n_to; k++)
			snprintf(left + strlen(left), sizeof(left) - strlen(left), "%s%.*s",
				k ? " " : "", STR_ARG(f->request.to[k]));
		assert_string_equal(left, rows[i].left);
		assert_int_equal(f->request.needless, !rows[i].left[0]);
		assert_non_null(strstr(
			f->request.body.p, "To: <a@x.org>,\r\n <aa@x.org>,\r\n <b@x.org>\r\n"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_login_requires_encryption_by_default, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_webhook_request_is_signed_and_reproducible, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_webhook_body_is_as_documented, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_invalid_signing_key_is_a_configuration_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(slack_text_contains_no_mention, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_credential_that_is_not_a_url_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			syslog_messages_are_one_line_in_each_format, set_up, tear_down),
		cmocka_unit_test_setup_teardown(structured_data_cannot_be_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_item_without_a_title_has_a_first_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			marks_of_direction_are_not_spelt_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			recipients_that_accepted_a_mail_are_skipped, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("sink render", tests, NULL, NULL);
}
