/* SPDX-License-Identifier: MIT */
/* The keys of each sink: errors, and completeness of every table. */
#include "lib/unit.h"

#include "lib/sink_fixture.h"

static const struct {
	const char *keys, *diag;
} invalid[] = {
	{"type = webhook", "notify desk needs url or url-credential"},
	{"type = slack", "notify desk needs url or url-credential"},
	{"type = slack token-credential = t", "notify desk needs channel, with a token"},
	{"type = slack token-credential = t channel = c url = http://a/",
		"notify desk has both an address and a token"},
	{"type = slack token-credential = t channel = c server = slack.com",
		"server: slack.com is no server for type slack"},
	{"type = slack url = http://a/ mention { flash = everyone }", "this mentions nobody"},
	{"type = slack url = http://a/ mention { flash = \"<@U1> x\" }", "this mentions nobody"},
	{"type = slack url = http://a/ mention { flash = \"<!all>\" }", "this mentions nobody"},
	{"type = slack url = http://a/ mention { flash = \"<@U1> <@U-2>\" }",
		"this mentions nobody"},
	{"type = telegram chat = x token-credential = t", "chat: this is no chat"},
	{"type = telegram chat = \"@a b\" token-credential = t", "chat: this is no chat"},
	{"type = telegram chat = -100 token-credential = t mention { flash = duty }",
		"this mentions nobody"},
	{"type = telegram chat = -100 token-credential = t "
	 "mention { flash = '<a href=\"tg://user?id=1\">Anna' }",
		"this mentions nobody"},
	{"type = telegram chat = -100 token-credential = t "
	 "mention { flash = '<a href=\"tg://user?id=anna\">Anna</a>' }",
		"this mentions nobody"},
	{"type = telegram chat = -100 token-credential = t mention { flash = '@a <b>' }",
		"this mentions nobody"},
	{"type = telegram chat = \"@desk\"", "notify desk needs the key token-credential"},
	{"type = mattermost url = http://a/ token-credential = t",
		"notify desk has both an address and a token"},
	{"type = mattermost token-credential = t channel = town",
		"notify desk needs server and channel, with a token"},
	{"type = mattermost token-credential = t channel = town-square server = http://a",
		"channel: this is no id of a channel"},
	{"type = matrix server = http://a room = \"#x:a\" token-credential = t",
		"room: this is no id of a room"},
	{"type = matrix server = a room = \"!x:a\" token-credential = t",
		"server: a is no server for type matrix"},
	{"type = matrix server = http://a room = \"!x\" token-credential = t "
	 "mention { low = \"@a:b x\" }",
		"this mentions nobody"},
	{"type = discord", "notify desk needs url or url-credential"},
	{"type = discord url = http://a/ thread = news", "thread: this is no id"},
	{"type = discord url = http://a/ mention { flash = \"<@1> <@&x>\" }",
		"this mentions nobody"},
	{"type = discord url = http://a/ mention { flash = \"@all\" }", "this mentions nobody"},
	{"type = mattermost url = http://a/ mention { flash = all }", "this mentions nobody"},
	{"type = teams url = http://a/ mention { flash = \"A <>\" }", "this mentions nobody"},
	{"type = teams url = http://a/ mention { flash = \"<a@b>\" }", "this mentions nobody"},
	{"type = teams url = http://a/ mention { flash = \"A <a@b>, B\" }", "this mentions nobody"},
	{"type = googlechat url = http://a/ mention { flash = \"@all\" }", "this mentions nobody"},
	{"type = zulip server = http://a user = a@b.example token-credential = t channel = n "
	 "mention { flash = \"@all\" }",
		"this mentions nobody"},
	{"type = zulip server = http://a user = bot token-credential = t channel = n",
		"user: this is no mail address"},
	{"type = webhook url = http://a/ url-credential = b",
		"notify desk has both url and url-credential"},
	{"type = webhook url-credential = a/b", "url-credential: this is no name of a credential"},
	{"type = webhook url = \"http://u:p@a/\"",
		"url: a name or password does not belong in an address"},
	{"type = webhook url = http://a/ secret-credential = { a, b, c }",
		"secret-credential: at most 2 values"},
	{"type = slack url = http://a/ headers = \"A: b\"",
		"type slack has no key headers; it belongs to webhook"},
	{"type = smtp server = mail from = a@b.example to = a@b.example",
		"server: mail is no server for type smtp"},
	{"type = smtp from = a@b.example to = a@b.example",
		"notify desk needs server, such as \"smtp://mail.example.org:587\""},
	{"type = smtp server = smtp://m to = a@b", "notify desk needs from"},
	{"type = smtp server = smtp://m from = a@b", "notify desk needs to"},
	{"type = smtp server = smtp://m from = a@b to = a@b user = u",
		"notify desk needs user and password-credential, both or neither"},
	{"type = smtp server = smtp://m from = \"A <a@b.example>\" to = a@b",
		"from: this is no mail address"},
	{"type = smtp server = smtp://m from = a@b to = a@b user = u "
	 "password-credential = p starttls = off",
		"the password would go over the network unencrypted"},
	{"type = syslog server = udp://h:99999",
		"server: udp://h:99999 is no server for type syslog"},
	{"type = exec", "notify desk needs the key command"},
	{"type = exec command = page", "command: a program is named by its path from /"},
	{"type = exec command = {}", "command: a program is named by its path from /"},
	{"type = exec command = \"/bin/a\\nb\"", "command: this must be one line, without tabs"},
	{"type = exec command = /bin/true timeout = 0s", "timeout: at least 1s"},
	{"type = exec command = /bin/true timeout = 1h", "timeout: at most 10m"},
	{"type = exec command = /bin/true parallel = 0", "parallel: at least 1"},
	{"type = file", "notify desk needs the key path"},
	{"type = file path = alerts", "path: a file is named by its path from /"},
	{"type = file path = /a mode = 888", "mode: this is no file mode"},
	{"type = file path = /a mode = 0666", "mode: everybody could write to the file"},
	{"type = file path = /a sync = maybe", "sync: this must be yes or no"},
	{"type = journal path = /a", "type journal has no key path; it belongs to file"},
	{"type = stdout timezone = Europe/Kyjiv", "timezone: there is no such time zone"},
	{"type = stdout time-zone = UTC", "time-zone is no key of notify; did you mean timezone?"},
	{"type = syslog tag = \"a b\"", "tag: this is no tag"},
	{"type = syslog taag = a", "taag is no key of notify; did you mean tag?"},
	{"type = syslog facility = nws",
		"facility: this must be kern, user, mail, daemon, auth, syslog, lpr, news, "
		"uucp, cron, authpriv, ftp, local0, local1, local2, local3, local4, "
		"local5, local6 or local7 (did you mean news?)"},
};

static void invalid_keys_are_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
		struct notify_fixture f;

		notify_load(&f, invalid[i].keys);
		if (f.conf)
			fail_msg("accepted: %s", invalid[i].keys);
		if (f.diags.n != 1 || strcmp(f.diags.v[0].text, invalid[i].diag) != 0)
			print_error("%s: %zu: %s\n", invalid[i].keys, f.diags.n,
				f.diags.n ? f.diags.v[0].text : "-");
		assert_int_equal(f.diags.n, 1);
		assert_string_equal(f.diags.v[0].text, invalid[i].diag);
		notify_unload(&f);
	}
}

static void an_unknown_type_gets_the_known_ones(void **state)
{
	struct notify_fixture f;
	struct buf text;

	(void)state;
	buf_init(&text, 4096);
	for (size_t i = 0; sinks[i]; i++)
		buf_printf(&text, "%s%s",
			i == 0	       ? "type: this must be "
			: sinks[i + 1] ? ", "
				       : " or ",
			sinks[i]->conf.name);
	notify_load(&f, "type = xq");
	assert_string_equal(f.diags.v[0].text, buf_z(&text));
	notify_unload(&f);
	buf_addz(&text, " (did you mean slack?)");
	notify_load(&f, "type = slak url = http://a/");
	assert_string_equal(f.diags.v[0].text, buf_z(&text));
	notify_unload(&f);
	buf_release(&text);
}

static void all_forms_of_a_mention_are_taken(void **state)
{
	static const char *const keys[] = {
		"type = slack url = http://a/ mention { flash = \"<!here> <@U1> <!subteam^S1>\" }",
		"type = slack url = http://a/ mention { low = \"<!channel><!everyone>\" }",
		"type = telegram chat = -100 token-credential = t mention { flash = \"@a, @b_c\" }",
		"type = telegram chat = -100 token-credential = t "
		"mention { low = '<a href=\"tg://user?id=1\">Anna & Bo</a>, @b' }",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct notify_fixture f;

		notify_load(&f, keys[i]);
		if (!f.conf)
			fail_msg("%s: %s", keys[i], f.diags.v[0].text);
		notify_unload(&f);
	}
}

static void every_type_is_complete(void **state)
{
	(void)state;
	for (size_t i = 0; sinks[i]; i++) {
		const struct sink_type *s = sinks[i];
		size_t n = 0;

		assert_ptr_equal(sink_conf_type(i), &s->conf);
		assert_non_null(s->render);
		assert_non_null(s->judge);
		assert_true(s->window > 0 && s->max_bytes > 0 && s->pace_ms >= 0);
		for (const struct conf_key_row *row = s->conf.keys; row->key; row++, n++) {
			assert_non_null(row->help);
			assert_true(row->required || conf_schema_default(row)[0]);
			assert_true(row->field < s->conf.settings_size);
			assert_ptr_equal(conf_schema_find_key(s->conf.keys, str_of(row->key)), row);
		}
		assert_true(n <= CONF_KEYS_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_keys_are_explained),
		cmocka_unit_test(an_unknown_type_gets_the_known_ones),
		cmocka_unit_test(all_forms_of_a_mention_are_taken),
		cmocka_unit_test(every_type_is_complete),
	};

	return cmocka_run_group_tests_name("sink conf", tests, NULL, NULL);
}
