/* SPDX-License-Identifier: MIT */
#include "lib/conf_types.h"

static const char *const test_levels[] = {"low", "high", NULL};

static const struct conf_key_row test_hook_keys[] = {
	{CONF_KEY("url", TARGET, test_hook, url), .told = "none", .help = "h"},
	{CONF_KEY("url-credential", CREDENTIAL, test_hook, url_credential), .told = "none",
		.help = "h"},
	{CONF_KEY("secret-credential", CREDENTIALS, test_hook, keys), .told = "none", .max = 2,
		.help = "h"},
	{0},
};

static const struct conf_key_row test_chat_keys[] = {
	{CONF_KEY("url", TARGET, test_hook, url), .told = "none", .help = "h"},
	{0},
};

static const struct conf_key_row test_mail_keys[] = {
	{CONF_KEY("server", SERVER, test_mail, server), .required = true, .help = "h"},
	{CONF_KEY("to", MAILS, test_mail, to), .told = "none", .max = 3, .help = "h"},
	{CONF_KEY("tag", TAG, test_mail, tag), .fallback = "nightdesk", .help = "h"},
	{CONF_KEY("level", ENUM, test_mail, level), .fallback = "high", .words = test_levels,
		.help = "h"},
	{CONF_KEY("strict", ENUM, test_mail, strict), .told = "by level", .words = test_levels,
		.help = "h"},
	{0},
};

/* Mentions are "@name". */
static void test_chat_check(struct conf_check *c, const void *settings)
{
	(void)settings;
	for (int p = 0; p < CONF_PRIORITIES; p++) {
		const char *mention = conf_check_mention(c, (enum alert_priority)p);

		if (mention && mention[0] != '@')
			conf_check_error_mention(
				c, (enum alert_priority)p, "write @name", "this mentions nobody");
	}
}

static const struct conf_key_row test_no_keys[] = {{0}};

static void test_mail_check(struct conf_check *c, const void *settings)
{
	static const char *const schemes[] = {"mail://", NULL};
	const struct test_mail *m = settings;

	conf_check_server(c, "server", m->server, schemes, "write mail://host");
	if (m->server && !conf_check_given(c, "to"))
		conf_check_error(c, NULL, "needs to");
	if (m->level == 0 && m->strict == 1)
		conf_check_error_at(c, "strict", "leave it out", "strict is too much for low");
	if (m->to.n == 3)
		conf_check_error(c, NULL, "has too many friends");
}

const struct conf_notify_type *test_types(size_t i)
{
	static const struct conf_notify_type types[] = {
		{"hook", test_hook_keys, sizeof(struct test_hook), NULL, .utc = false},
		{"chat", test_chat_keys, sizeof(struct test_hook), test_chat_check, .chat = true,
			.mention = true},
		{"mail", test_mail_keys, sizeof(struct test_mail), test_mail_check, .utc = false},
		{"stdout", test_no_keys, 0, NULL, .utc = false},
	};

	return i < sizeof(types) / sizeof(types[0]) ? &types[i] : NULL;
}
