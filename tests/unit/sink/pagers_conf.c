/* SPDX-License-Identifier: MIT */
/* The keys of receivers that ring a phone, and messages in the operator's words. */
#include "lib/unit.h"

#include "lib/request_part.h"
#include "lib/sink_fixture.h"

static void invalid_keys_are_explained(void **state)
{
	static const struct {
		const char *keys, *diag;
	} rows[] = {
		{"type = ntfy", "notify desk needs the key topic"},
		{"type = ntfy topic = \"a b\"", "topic: this is no topic of ntfy"},
		{"type = ntfy topic = desk/duty", "topic: this is no topic of ntfy"},
		{"type = ntfy topic = desk server = ntfy.sh",
			"server: this must begin with https:// or http://"},
		{"type = ntfy topic = desk server = \"https://u:p@ntfy.example/\"",
			"server: a name or password does not belong in an address"},
		{"type = ntfy topic = desk user = u",
			"notify desk needs user and password-credential, both or neither"},
		{"type = ntfy topic = desk token-credential = t user = u password-credential = p",
			"notify desk has both token-credential and user"},
		{"type = ntfy topic = desk template = '{titel}'",
			"template: {titel} is no placeholder; did you mean {title}?"},
		{"type = gotify server = http://a/", "notify desk needs the key token-credential"},
		{"type = gotify token-credential = t", "notify desk needs the key server"},
		{"type = gotify server = http://a/ token-credential = t template = '{x-y}'",
			"template: {x-y} is no placeholder"},
		{"type = pagerduty", "notify desk needs the key key-credential"},
		{"type = pagerduty key-credential = k server = events.eu",
			"server: this must begin with https:// or http://"},
		{"type = pushover token-credential = t",
			"notify desk needs the key user-credential"},
		{"type = pushover user-credential = u",
			"notify desk needs the key token-credential"},
		{"type = alertmanager", "notify desk needs url or url-credential"},
		{"type = alertmanager url = http://a/ labels = team", "labels: this is no label"},
		{"type = alertmanager url = http://a/ labels = '=foreign'",
			"labels: this is no label"},
		{"type = alertmanager url = http://a/ labels = 'team='",
			"labels: this is no label"},
		{"type = alertmanager url = http://a/ labels = '1team=foreign'",
			"labels: this is no label"},
		{"type = alertmanager url = http://a/ labels = 'my-team=foreign'",
			"labels: this is no label"},
		{"type = alertmanager url = http://a/ labels = { 'a=b', 'priority=low' }",
			"labels: nightdesk sets alertname, watch, alert_id, trouble, subject and "
			"priority itself"},
		{"type = alertmanager url = http://a/ password-credential = p",
			"notify desk needs user and password-credential, both or neither"},
		{"type = ntfy topic = desk mention { flash = x }", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct notify_fixture f;

		notify_load(&f, rows[i].keys);
		if (f.conf || f.diags.n != 1 ||
			(rows[i].diag && strcmp(f.diags.v[0].text, rows[i].diag) != 0))
			fail_msg("%s: %zu: %s", rows[i].keys, f.diags.n,
				f.diags.n ? f.diags.v[0].text : "-");
		notify_unload(&f);
	}
}

static void a_template_is_the_text(void **state)
{
	struct sink_fixture *f = *state;
	struct buf value;
	json_t *root;

	sink_fixture_set_secret(f, "t", STR("t0ken"));
	sink_fixture_configure(f, "type = ntfy topic = desk template = '{title} {{x} ({source})'");
	assert_int_equal(sink_fixture_render(f), 0);
	root = request_json(f);
	assert_string_equal(request_text(root, "message").p,
		"US embassy <b>moves</b> & <!channel> *now* {x} (wire\u2060.example)");
	json_decref(root);
	/* No service takes an empty text. */
	f->alert.author = STR_NONE;
	sink_fixture_configure(
		f, "type = gotify server = http://a/ token-credential = t template = '{author}'");
	assert_int_equal(sink_fixture_render(f), 0);
	root = request_json(f);
	assert_string_equal(
		request_text(root, "message").p, "US embassy <b>moves</b> & <!channel> *now*");
	json_decref(root);
	sink_fixture_configure(f, "type = pushover token-credential = t user-credential = t "
				  "template = '{id}'");
	assert_int_equal(sink_fixture_render(f), 0);
	assert_true(str_is(request_field(f, "message", &value), "al_abcdefghijklmnopqrstuvwxyz"));
	buf_release(&value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_keys_are_explained),
		cmocka_unit_test_setup_teardown(
			a_template_is_the_text, sink_fixture_open, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("sink pagers conf", tests, NULL, NULL);
}
