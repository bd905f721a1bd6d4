/* SPDX-License-Identifier: MIT */
/*
 * Receivers that ring a phone: limits in the unit of each service, what a click opens, priorities
 * and logins. Hostile texts stay texts.
 */
#include "lib/unit.h"

#include <jansson.h>

#include "base/utf8.h"
#include "lib/hostile.h"
#include "lib/request_part.h"
#include "lib/sink_fixture.h"
#include "text/cut.h"

#define NTFY	     "type = ntfy topic = desk token-credential = token"
#define NTFY_USER    "type = ntfy topic = desk user = d password-credential = user server = http://n/"
#define GOTIFY	     "type = gotify server = https://push.example/sub/ token-credential = token"
#define PAGERDUTY    "type = pagerduty key-credential = token"
#define PUSHOVER     "type = pushover token-credential = token user-credential = user"
#define ALERTMANAGER "type = alertmanager url = http://am.example/base/ labels = 'team=foreign'"

static const char *const pagers[] = {NTFY, GOTIFY, PAGERDUTY, PUSHOVER, ALERTMANAGER};
#define PAGERS (sizeof(pagers) / sizeof(pagers[0]))

static int pagers_open(void **state)
{
	int rc = sink_fixture_open(state);

	sink_fixture_set_secret(*state, "token", STR(" t0ken\n"));
	sink_fixture_set_secret(*state, "user", STR("us3r"));
	return rc;
}

/* --- limits --- */

static bool pagers_is_link(struct str s)
{
	return s.n == 0 || str_starts(s, STR("http://")) || str_starts(s, STR("https://"));
}

static void pagers_check_text(struct str s, size_t max, enum text_unit unit)
{
	assert_true(s.n > 0);
	assert_true(utf8_valid(s));
	assert_true(text_size(s, unit) <= max);
	hostile_assert_plain(s, "\n");
}

static void pagers_check_keys(json_t *object, const char *const *keys, size_t n)
{
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		bool known = false;

		for (size_t i = 0; i < n; i++)
			known = known || strcmp(keys[i], key) == 0;
		if (!known)
			fail_msg("the key %s", key);
	}
}

#define CHECK_KEYS(object, ...)                                                                    \
	do {                                                                                       \
		static const char *const known_keys[] = {__VA_ARGS__};                             \
		pagers_check_keys(object, known_keys, sizeof(known_keys) / sizeof(known_keys[0])); \
	} while (0)

static void check_ntfy(const struct sink_fixture *f)
{
	json_t *root = request_json(f);

	assert_true(f->request.body.n <= 8192);
	assert_string_equal(f->request.url.p, "https://ntfy.sh/");
	assert_string_equal(sink_fixture_header(f, "Authorization: "), "Bearer t0ken");
	CHECK_KEYS(root, "topic", "title", "message", "priority", "click");
	pagers_check_text(request_text(root, "title"), 250, TEXT_BYTES);
	pagers_check_text(request_text(root, "message"), 4096, TEXT_BYTES);
	assert_true(pagers_is_link(request_text(root, "click")));
	json_decref(root);
}

static void check_gotify(const struct sink_fixture *f)
{
	json_t *root = request_json(f);

	assert_string_equal(f->request.url.p, "https://push.example/sub/message");
	assert_string_equal(sink_fixture_header(f, "X-Gotify-Key: "), "t0ken");
	CHECK_KEYS(root, "title", "message", "priority", "extras");
	pagers_check_text(request_text(root, "title"), 250, TEXT_BYTES);
	pagers_check_text(request_text(root, "message"), 8000, TEXT_BYTES);
	assert_true(str_is(request_text(root, "extras.client::display.contentType"), "text/plain"));
	assert_true(pagers_is_link(request_text(root, "extras.client::notification.click.url")));
	json_decref(root);
}

static void check_pagerduty(const struct sink_fixture *f)
{
	json_t *root = request_json(f), *payload = json_object_get(root, "payload");

	assert_string_equal(f->request.url.p, "https://events.pagerduty.com/v2/enqueue");
	CHECK_KEYS(root, "routing_key", "event_action", "dedup_key", "client", "payload", "links");
	assert_true(str_is(request_text(root, "routing_key"), "t0ken"));
	pagers_check_text(request_text(root, "dedup_key"), 255, TEXT_CODE_POINTS);
	if (!payload) {
		assert_true(str_is(request_text(root, "event_action"), "resolve"));
		json_decref(root);
		return;
	}
	CHECK_KEYS(payload, "summary", "source", "severity", "timestamp", "group", "class",
		"custom_details");
	pagers_check_text(request_text(payload, "summary"), 1024, TEXT_CODE_POINTS);
	pagers_check_text(request_text(payload, "source"), 1000000, TEXT_BYTES);
	pagers_check_text(request_text(payload, "custom_details.text"), 8000, TEXT_BYTES);
	assert_true(pagers_is_link(request_text(root, "links.0.href")));
	json_decref(root);
}

static void check_pushover(const struct sink_fixture *f)
{
	struct buf value;

	assert_string_equal(f->request.url.p, "https://api.pushover.net/1/messages.json");
	assert_string_equal(
		sink_fixture_header(f, "Content-Type: "), "application/x-www-form-urlencoded");
	for (size_t i = 0; i < f->request.body.n; i++)
		assert_true((unsigned char)f->request.body.p[i] > ' ' &&
			    (unsigned char)f->request.body.p[i] < 0x7f);
	assert_true(str_is(request_field(f, "token", &value), "t0ken"));
	buf_release(&value);
	assert_true(str_is(request_field(f, "user", &value), "us3r"));
	buf_release(&value);
	pagers_check_text(request_field(f, "title", &value), 250, TEXT_CODE_POINTS);
	buf_release(&value);
	pagers_check_text(request_field(f, "message", &value), 1024, TEXT_CODE_POINTS);
	buf_release(&value);
	assert_true(pagers_is_link(request_field(f, "url", &value)));
	assert_true(value.len <= 512);
	buf_release(&value);
}

static void check_alertmanager(const struct sink_fixture *f)
{
	json_t *root = request_json(f), *alert;
	size_t i;

	assert_string_equal(f->request.url.p, "http://am.example/base/api/v2/alerts");
	assert_true(json_array_size(root) > 0);
	json_array_foreach (root, i, alert) {
		json_t *labels = json_object_get(alert, "labels");

		CHECK_KEYS(alert, "labels", "annotations", "startsAt", "endsAt", "generatorURL");
		CHECK_KEYS(labels, "alertname", "watch", "alert_id", "priority", "trouble",
			"subject", "team");
		assert_true(str_is(request_text(labels, "team"), "foreign"));
		pagers_check_text(request_text(alert, "annotations.summary"), 400, TEXT_BYTES);
		pagers_check_text(request_text(alert, "annotations.description"), 8000, TEXT_BYTES);
		assert_true(pagers_is_link(request_text(alert, "generatorURL")));
		assert_true(strcmp(request_text(alert, "startsAt").p,
				    request_text(alert, "endsAt").p) <= 0);
	}
	json_decref(root);
}

static void (*const checks[PAGERS])(const struct sink_fixture *f) = {
	check_ntfy, check_gotify, check_pagerduty, check_pushover, check_alertmanager};

static void hostile_texts_stay_texts(void **state)
{
	for (size_t i = 0; i < PAGERS; i++) {
		sink_fixture_configure(*state, pagers[i]);
		hostile_try_all(*state, checks[i]);
	}
}

/* A text of n graphemes, each the same; the caller frees it. */
static char *pagers_repeat(const char *grapheme, size_t n)
{
	size_t size = strlen(grapheme);
	char *text = malloc(n * size + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * size, grapheme, size);
	text[n * size] = '\0';
	return text;
}

/* In scripts of one to eighteen bytes per grapheme, and in characters that JSON escapes. */
static void long_texts_are_cut(void **state)
{
	static const char *const graphemes[] = {
		"a", "é", "大", "👩🏽‍🚒", "\"", "\\", "e\u0301\u0323", "a "};
	struct sink_fixture *f = *state;

	for (size_t g = 0; g < sizeof(graphemes) / sizeof(graphemes[0]); g++) {
		char *text = pagers_repeat(graphemes[g], 5000);

		f->alert.title = f->alert.watch_title = f->alert.feed_title = str_of(text);
		f->alert.source = f->alert.body = f->alert.title;
		f->alert.n_hits = 0;
		for (size_t i = 0; i < PAGERS; i++) {
			sink_fixture_configure(f, pagers[i]);
			assert_int_equal(sink_fixture_render(f), 0);
			checks[i](f);
			arena_clear(f->arena);
		}
		free(text);
	}
}

static void an_endless_digest_is_counted(void **state)
{
	static struct alert alerts[ALERT_DIGEST_MAX];
	const struct alert_digest digest = {ALERT_WHY_LIMIT, alerts, ALERT_DIGEST_MAX, 950};
	struct sink_fixture *f = *state;
	char *title = pagers_repeat("大", 66), *link = pagers_repeat("x", 400);

	memcpy(link, "https://a/", 10);
	for (size_t i = 0; i < ALERT_DIGEST_MAX; i++)
		alerts[i] = (struct alert){.title = str_of(title),
			.link = str_of(link),
			.watch = i % 2 ? STR("a") : STR("b"),
			.watch_title = str_of(title)};
	f->alert.kind = ALERT_DIGEST;
	f->alert.watch = STR("");
	f->alert.digest = &digest;
	f->alert.n_hits = 0;
	for (size_t i = 0; i < PAGERS; i++) {
		struct buf text;
		unsigned shown = 0, more = 0;
		const char *p;

		sink_fixture_configure(f, pagers[i]);
		assert_int_equal(sink_fixture_render(f), 0);
		checks[i](f);
		buf_init(&text, 1 << 20);
		if (checks[i] == check_pushover)
			(void)request_field(f, "message", &text);
		else
			buf_adds(&text, f->request.body);
		for (p = buf_z(&text); (p = strstr(p, "- 大")); p++)
			shown++;
		p = strstr(buf_z(&text), "and ");
		assert_non_null(p);
		more = (unsigned)strtoul(p + 4, NULL, 10);
		assert_int_equal(shown + more, 1000);
		assert_true(shown > 1);
		buf_release(&text);
	}
	free(title);
	free(link);
}

/* --- links --- */

static void only_web_addresses_can_be_clicked(void **state)
{
	static const struct {
		const char *link, *click;
	} rows[] = {
		{"https://news.example/a?x=1&y=2#z", "https://news.example/a?x=1&y=2#z"},
		{"HTTPS://news.example/a b", "https://news.example/a%20b"},
		{"http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"},
		{"https://news.example/大", "https://news.example/%E5%A4%A7"},
		{"https://news.example/100%", "https://news.example/100%25"},
		{"https://news.example/%zz%2f", "https://news.example/%25zz%2f"},
		{"https://news.example/<b>\"x\"", "https://news.example/%3Cb%3E%22x%22"},
		{"javascript:alert(1)", ""},
		{"data:text/html,x", ""},
		{"intent://scan/#Intent;scheme=zxing;end", ""},
		{"tel:+1900", ""},
		{"ftp://news.example/a", ""},
		{"//news.example/a", ""},
		{"/a", ""},
		{"https://bank.example@evil.example/", ""},
		{"https://u:p@news.example/", ""},
		{"https://", ""},
		{"https://a..example/", ""},
		{"https://news.example/a\nb", ""},
		{"http://news.example:99999/", ""},
		{"", ""},
	};
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, NTFY);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *root;

		f->alert.link = str_of(rows[i].link);
		assert_int_equal(sink_fixture_render(f), 0);
		root = request_json(f);
		assert_string_equal(request_text(root, "click").p, rows[i].click);
		json_decref(root);
	}
}

/* --- priorities and logins --- */

static void each_priority_has_its_own(void **state)
{
	static const int ntfy[] = {5, 4, 3, 2}, gotify[] = {10, 8, 5, 2};
	static const char *const pagerduty[] = {"critical", "error", "warning", "info"},
				 *const pushover[] = {"2", "1", "0", "-1"};
	struct sink_fixture *f = *state;

	for (enum alert_priority p = ALERT_FLASH; p <= ALERT_LOW; p++) {
		struct buf value;
		json_t *root;

		f->alert.priority = p;
		for (int i = 0; i < 2; i++) {
			sink_fixture_configure(f, i ? GOTIFY : NTFY);
			assert_int_equal(sink_fixture_render(f), 0);
			root = request_json(f);
			assert_int_equal(json_integer_value(json_object_get(root, "priority")),
				(i ? gotify : ntfy)[p]);
			json_decref(root);
		}
		sink_fixture_configure(f, PAGERDUTY);
		assert_int_equal(sink_fixture_render(f), 0);
		root = request_json(f);
		assert_string_equal(request_text(root, "payload.severity").p, pagerduty[p]);
		json_decref(root);
		sink_fixture_configure(f, PUSHOVER);
		assert_int_equal(sink_fixture_render(f), 0);
		assert_true(str_is(request_field(f, "priority", &value), pushover[p]));
		buf_release(&value);
		assert_int_equal(str_present(request_field(f, "retry", &value)), p == ALERT_FLASH);
		buf_release(&value);
		assert_int_equal(str_present(request_field(f, "expire", &value)), p == ALERT_FLASH);
		buf_release(&value);
	}
}

static void a_login_is_a_header(void **state)
{
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, NTFY_USER);
	assert_int_equal(sink_fixture_render(f), 0);
	assert_string_equal(sink_fixture_header(f, "Authorization: "), "Basic ZDp1czNy");
	sink_fixture_configure(
		f, "type = alertmanager url = http://am/ user = d password-credential = user");
	assert_int_equal(sink_fixture_render(f), 0);
	assert_string_equal(sink_fixture_header(f, "Authorization: "), "Basic ZDp1czNy");
	sink_fixture_configure(f, "type = ntfy topic = desk");
	assert_int_equal(sink_fixture_render(f), 0);
	assert_int_equal(f->request.n_headers, 1);
}

static void a_credential_without_a_token_is_reported(void **state)
{
	static const char *const bad[] = {"", " \n", "two words", "line\nbreak", "\x7f", "é"};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		f->secrets.v[0].value = str_of(bad[i]);
		for (size_t k = 0; k + 1 < PAGERS; k++) {
			sink_fixture_configure(f, pagers[k]);
			assert_int_equal(sink_fixture_render(f), -ERR_CONF);
			assert_string_equal(f->err.text,
				"notify desk: credential \"token\" does not hold a token");
		}
	}
}

#define PAGERS_TEST(test) cmocka_unit_test_setup_teardown(test, pagers_open, sink_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAGERS_TEST(hostile_texts_stay_texts),
		PAGERS_TEST(long_texts_are_cut),
		PAGERS_TEST(an_endless_digest_is_counted),
		PAGERS_TEST(only_web_addresses_can_be_clicked),
		PAGERS_TEST(each_priority_has_its_own),
		PAGERS_TEST(a_login_is_a_header),
		PAGERS_TEST(a_credential_without_a_token_is_reported),
	};

	return cmocka_run_group_tests_name("sink pagers", tests, NULL, NULL);
}
