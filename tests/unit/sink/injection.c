/* SPDX-License-Identifier: MIT */
/*
 * Hostile text in every field of an item, for every receiver: it stays text. No header, command,
 * field, line, mention or terminal code comes of it, and all JSON and UTF-8 is valid.
 */
#include "lib/unit.h"

#include <jansson.h>

#include "base/utf8.h"
#include "lib/hostile.h"
#include "lib/sink_fixture.h"
#include "sink/sink.h"

static bool has(struct str s, const char *part)
{
	return str_find(s, str_of(part)) >= 0;
}

static void assert_headers(const struct sink_fixture *f)
{
	static const char *const names[] = {
		"Content-Type: application/json", "webhook-id: al_", "webhook-timestamp: "};

	for (size_t i = 0; i < f->request.n_headers; i++) {
		bool known = false;

		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			known = known || str_starts(f->request.headers[i], str_of(names[k]));
		assert_true(known);
		hostile_assert_plain(f->request.headers[i], "");
	}
}

static json_t *load(const struct sink_fixture *f)
{
	json_t *root =
		json_loadb(f->request.body.p, f->request.body.n, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(root);
	assert_true(utf8_valid(f->request.body));
	return root;
}

static void check_document(const struct sink_fixture *f)
{
	json_t *root = load(f);
	const char *type = json_string_value(json_object_get(root, "type"));
	json_t *snippet = json_object_get(json_object_get(root, "data"), "snippet");

	assert_headers(f);
	assert_int_equal(json_object_size(root), 3);
	assert_true(str_starts(str_of(type), STR("alert.")) ||
		    str_starts(str_of(type), STR("digest.")) ||
		    str_starts(str_of(type), STR("trouble.")));
	if (json_is_string(snippet)) {
		assert_false(has(str_of(json_string_value(snippet)), "<script"));
		assert_false(has(str_of(json_string_value(snippet)), "<img"));
	}
	json_decref(root);
}

static void check_own_body(const struct sink_fixture *f)
{
	json_t *root = load(f);

	assert_headers(f);
	assert_int_equal(json_object_size(root), 2);
	assert_int_equal(json_array_size(json_object_get(root, "b")), 2);
	json_decref(root);
}

static void check_line(const struct sink_fixture *f)
{
	assert_null(memchr(f->request.body.p, '\n', f->request.body.n - 1));
	check_document(f);
}

static void check_slack(const struct sink_fixture *f)
{
	json_t *root = load(f);
	struct str text = str_of(json_string_value(json_object_get(root, "text")));

	assert_headers(f);
	assert_false(has(f->request.body, "\"broadcast\"") || has(f->request.body, "\"user"));
	assert_false(has(text, "<!") || has(text, "<@") || has(text, "<#"));
	assert_false(has(text, "<https://evil.example|https://bank"));
	assert_false(has(text, "<script"));
	hostile_assert_plain(text, "\n");
	json_decref(root);
}

static void check_stdout(const struct sink_fixture *f)
{
	hostile_assert_plain(f->request.body, "\n");
}

static void check_syslog(const struct sink_fixture *f)
{
	ptrdiff_t start = str_find(f->request.body, STR("[nightdesk@32473 "));
	const char *p = f->request.body.p + start;
	bool quoted = false;

	hostile_assert_plain(f->request.body, "");
	if (start < 0)
		return; /* a local log has no structured data */
	/* It ends where it is closed outside of quotes, and the text follows. */
	for (; quoted || *p != ']'; p++) {
		if (quoted && *p == '\\')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		assert_true(*p != '\0');
	}
	assert_int_equal(p[1], ' ');
}

static void check_mail(const struct sink_fixture *f)
{
	struct str body = f->request.body;
	ptrdiff_t end = str_find(body, STR("\r\n\r\n"));

	assert_true(end > 0);
	hostile_assert_plain(str_slice(body.p, (size_t)end), "\r\n");
	for (size_t i = 0; i < body.n; i++) {
		assert_true((unsigned char)body.p[i] < 0x80);
		assert_true(body.p[i] != '\n' || body.p[i - 1] == '\r');
		assert_true(body.p[i] != '\r' || body.p[i + 1] == '\n');
		assert_false(body.p[i] == '\n' && body.p[i + 1] == '.');
	}
	assert_false(has(str_slice(body.p, (size_t)end), "\nBcc:"));
	assert_int_equal(f->request.n_to, 1);
}

/* Field by field, as journald reads it. */
static void check_journal(const struct sink_fixture *f)
{
	struct str rest = f->request.body;
	size_t messages = 0, priorities = 0;

	assert_true(rest.n > 0);
	while (rest.n) {
		size_t n = 0, length = 0;
		struct str name;

		while (n < rest.n && (rest.p[n] == '_' || (rest.p[n] >= 'A' && rest.p[n] <= 'Z')))
			n++;
		name = str_slice(rest.p, n);
		assert_true(str_is(name, "MESSAGE") || str_is(name, "PRIORITY") ||
			    str_is(name, "SYSLOG_IDENTIFIER") || str_is(name, "MESSAGE_ID") ||
			    str_starts(name, STR("NIGHTDESK_")));
		messages += str_is(name, "MESSAGE");
		priorities += str_is(name, "PRIORITY");
		if (rest.p[n] == '=') {
			const char *line = memchr(rest.p, '\n', rest.n);

			n = (size_t)(line - rest.p) + 1;
		} else {
			assert_int_equal(rest.p[n], '\n');
			for (size_t i = 0; i < 8; i++)
				length |= (size_t)(unsigned char)rest.p[n + 1 + i] << (8 * i);
			n += 9 + length;
			assert_true(n < rest.n && rest.p[n] == '\n');
			n++;
		}
		rest = str_slice(rest.p + n, rest.n - n);
	}
	assert_int_equal(messages, 1);
	assert_int_equal(priorities, 1);
}

static void text_of_items_stays_text(void **state)
{
	static const struct {
		const char *keys;
		void (*check)(const struct sink_fixture *f);
	} rows[] = {
		{"type = webhook url = http://a.example/", check_document},
		{"type = webhook url = http://a.example/ body = '{\"a\": \"{title}{link}{text}\", "
		 "\"b\": [\"{author}{feed}{source}{terms}\", \"{watch}{language}{id}{type}\"]}'",
			check_own_body},
		{"type = exec command = /bin/true", check_line},
		{"type = file path = /a", check_line},
		{"type = slack url = http://a.example/", check_slack},
		{"type = slack url = http://a.example/ template = '{title} {text} {author} {terms} "
		 "{watch} {feed} {link}'",
			check_slack},
		{"type = stdout", check_stdout},
		{"type = stdout template = '{title} {text} {author} {terms} {watch} {link}'",
			check_stdout},
		{"type = syslog", check_syslog},
		{"type = syslog server = udp://a.example", check_syslog},
		{"type = syslog server = tls://a.example template = '{title} {text} {author} "
		 "{terms} "
		 "{watch} {link}'",
			check_syslog},
		{"type = journal", check_journal},
		{"type = journal template = '{title} {text} {link}'", check_journal},
		{"type = smtp server = smtp://a.example from = a@a.example to = b@a.example",
			check_mail},
		{"type = smtp server = smtp://a.example from = a@a.example to = b@a.example "
		 "template = '{title} {text} {author} {terms} {watch} {feed} {link}'",
			check_mail},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].keys);
		sink_fixture_configure(*state, rows[i].keys);
		hostile_try_all(*state, rows[i].check);
	}
}

/* All strings in a document. */
static void assert_strings(json_t *v)
{
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_string(v))
		hostile_assert_plain(str_slice(json_string_value(v), json_string_length(v)), "\n");
	json_object_foreach (v, key, member)
		assert_strings(member);
	json_array_foreach (v, i, member)
		assert_strings(member);
}

/* What each service understands in it, tests/system/services.py checks. */
static void check_chat(const struct sink_fixture *f)
{
	json_t *root;

	for (size_t i = 0; i < f->request.n_headers; i++)
		hostile_assert_plain(f->request.headers[i], "");
	hostile_assert_plain(f->request.url, "");
	if (str_find(f->request.headers[0], STR("json")) < 0) {
		hostile_assert_plain(f->request.body, "");
		return;
	}
	root = load(f);
	assert_strings(root);
	json_decref(root);
}

static void chat_messages_are_valid(void **state)
{
	for (size_t i = 0; sinks[i]; i++) {
		if (!sinks[i]->conf.chat)
			continue;
		print_message("%s\n", sinks[i]->conf.name);
		sink_fixture_configure_type(*state, sinks[i]);
		hostile_try_all(*state, check_chat);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			text_of_items_stays_text, sink_fixture_open, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			chat_messages_are_valid, sink_fixture_open, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("sink injection", tests, NULL, NULL);
}
