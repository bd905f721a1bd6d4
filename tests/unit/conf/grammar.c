/* SPDX-License-Identifier: MIT */
/* Configuration text parsed to a tree; syntax errors. */
#include "lib/unit.h"

#include "lib/conf_fixture.h"
#include "lib/cost.h"

static void blocks_keys_and_values_have_places(void **state)
{
	static const char text[] =
		"\xEF\xBB\xBF# c\r\npoll { every = 5m }\r\n"
		"notify n { type = \"smtp\"   server = \"s\\\\\\\"\\n\"  to={a,'b''c',}\n}\n";
	struct conf_fixture f;
	const struct conf_node *n, *key;

	(void)state;
	conf_fixture_parse(&f, str_of(text));
	assert_int_equal(f.diags.n, 0);
	n = f.tree.root.first;
	assert_true(str_is(n->word, "poll"));
	assert_false(str_present(n->name));
	assert_int_equal(n->at.line, 2);
	assert_true(str_is(n->first->values[0].text, "5m"));
	assert_int_equal(n->first->values[0].at.column, 16);
	n = n->next;
	assert_true(str_is(n->name, "n"));
	assert_int_equal(n->name_at.column, 8);
	key = conf_draft_key(n, "server");
	assert_true(str_is(key->values[0].text, "s\\\"\n"));
	assert_int_equal(key->at.column, 28);
	key = conf_draft_key(n, "to");
	assert_true(key->list);
	assert_int_equal(key->n_values, 2);
	assert_true(str_is(key->values[1].text, "b'c"));
	conf_fixture_release(&f);
}

static void bytes_of_a_value_are_found_in_the_file(void **state)
{
	static const char text[] =
		"watch w { query = 'ü a''b\r\n  c' }\ndefine d { query = \"x\\\"y\" }";
	static const struct {
		size_t offset;
		unsigned line, column;
	} rows[] = {{0, 1, 20}, {2, 1, 21}, {4, 1, 23}, {5, 1, 25}, {6, 1, 26}, {7, 2, 1},
		{9, 2, 3}, {10, 2, 4}};
	struct conf_fixture f;
	const struct conf_value *v;
	struct conf_span at;

	(void)state;
	conf_fixture_parse(&f, str_of(text));
	v = &f.tree.root.first->first->values[0];
	assert_true(str_is(v->text, "ü a'b\n  c"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at = conf_value_span(v, rows[i].offset);
		assert_int_equal(at.at.line, rows[i].line);
		assert_int_equal(at.at.column, rows[i].column);
	}
	at = conf_value_span(&f.tree.root.last->first->values[0], 2);
	assert_int_equal(at.at.column, 24);
	conf_fixture_release(&f);
}

static void syntax_errors_are_explained(void **state)
{
	static const struct {
		const char *text, *diags;
	} rows[] = {
		{"define d { query = 'Ukraine's capital OR Kyiv' }\npoll { every = 5m,}",
			"1:28 an apostrophe ends the '…' that began at line 1 column 20\n"
			"2:18 a comma outside a list\n"},
		{"define d { query = 'the diplomats' families' }\nfeed {",
			"1:34 an apostrophe ends the '…' that began at line 1 column 20\n"
			"2:1 the block feed is not closed before the end of the file\n"},
		{"watch w {\n query = 'embassy\n title = \"x\"\n exclude = 'football'\n}\n}",
			"2:10 the ' that begins this text is never closed\n"
			"6:1 a } that closes nothing\n"},
		{"define d { query = 'Kyiv }\nfeed x { url }\n",
			"1:20 the ' that begins this text is never closed\n"
			"2:10 url means nothing here\n"},
		{"watch w {\n query = 'a\n b\n",
			"1:1 the block watch w is not closed before the end of the file\n"
			"2:10 the ' that begins this text is never closed\n"},
		{"feed a {\n url = \"http://a/\n title = x\n}\n",
			"2:8 the \" that begins this text is not closed on its line\n"},
		{"feed a { title = \"He said \"no\" today\" url = x }",
			"1:27 a \" ends the \"…\" that began at line 1 column 18\n"},
		{"watch a {\n query = \"one\n two\"\n title = x }",
			"2:10 a text in \"…\" ends on the line where it began\n"},
		{"feed a {\n url = x\nfeed b {\n url = y\n}\n",
			"3:1 the block feed a, opened at line 1, is not closed\n"},
		{"feed a\n url = x\n}\n", "1:1 a { is missing after feed a\n"},
		{"feed bbc world { }", "1:10 a name is one word\n"},
		{"poll { every 5m\n contact \"x\" }", "1:8 a = is missing after every\n"
						      "2:2 a = is missing after contact\n"},
		{"poll {\n every: 5m\n contact:\"x\"\n parallel:3 }",
			"2:7 a : where a = belongs\n3:9 a : where a = belongs\n4:10 a : where a = "
			"belongs\n"},
		{"feed a { title = “BBC World” url = ‘x’ }",
			"1:18 “ is no quote here\n1:36 ‘ is no quote here\n"},
		{"feed a { groups = a, b\n url = \"x\",\n title = y }",
			"1:20 a comma outside a list\n2:11 a comma outside a list\n"},
		{"feed a { groups = { a b, , c }\n headers = { d\n url = x }",
			"1:23 a comma is missing between two values of this list\n"
			"1:26 a comma without a value before it\n"
			"2:12 this list is never closed\n"},
		{"feed a { title = BBC World\n url = http://x/?a=b\n every = 5m; }",
			"1:18 a value of several words that is not quoted\n"
			"2:19 a = in a value that is not quoted\n"
			"3:12 a semicolon at the end of a value\n"},
		{"feed a { title =\n url = O'Brien groups = { 'a' 'b' } }",
			"1:10 title has no value\n2:9 a quote inside a value that is not quoted\n"
			"2:31 a comma is missing between two values of this list\n"},
		{"feed a { title = \"a\\d\" }", "1:20 \\d is none of the escapes \\\\ \\\" \\n\n"},
		{"feed a { url = https://a.example/#x\n}",
			"1:34 warning: what follows the # is a comment\n"},
		{"every = 5m\n{ a = b }\n\"x\" , =", "1:1 every stands outside every block\n"
						     "2:1 a { without a kind of block before it\n"
						     "3:1 a text without a key before it\n"
						     "3:5 a comma outside a list\n"
						     "3:7 a = without a key before it\n"},
		{"feed a { title =\xC2\xA0x }",
			"1:17 a special space or an invisible character stands here\n"},
		{"feed a { title = \"caf\xE9\" }", "1:22 this is not UTF-8: byte 0xE9\n"},
		{"\xFF\xFE"
		 "f",
			"0:0 the file is UTF-16\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		conf_fixture_expect(rows[i].text, rows[i].diags, false);
}

/* The bound is generous, so a busy machine does not fail it; a quadratic parser takes hours. */
static void read_blocks(void *unused, size_t n)
{
	struct conf_fixture f;
	struct buf text;

	(void)unused;
	buf_init(&text, 1 << 26);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text,
			"feed f%zu { url = \"https://h%zu.example/feed\" groups = { a, b } }\n", i,
			i);
	conf_fixture_read(&f, buf_str(&text));
	assert_int_equal(f.draft.blocks[CONF_KIND_FEED].n, n);
	assert_int_equal(f.diags.errors, 0);
	conf_fixture_release(&f);
	buf_release(&text);
}

static void many_blocks_take_linear_time(void **state)
{
	(void)state;
	assert_linear("blocks", read_blocks, NULL, 10000);
}

static void read_many(void *piece, size_t n)
{
	struct conf_fixture f;
	struct buf text;

	buf_init(&text, 2 * n);
	put_many(&text, n, piece);
	conf_fixture_read(&f, buf_str(&text));
	assert_true(f.diags.n <= CONF_DIAGS_KEPT);
	conf_fixture_release(&f);
	buf_release(&text);
}

static void hostile_text_takes_linear_time(void **state)
{
	static char pieces[][32] = {"a = '''\n", "'x' y'", "\"", "{", "feed {", "a = {",
		"a = \"x\n", "' '", "é", "'a'b", "x = '\n", "}", "= ,", "“", "feed f { x 'y'\n",
		"a'b", "poll {every = '"};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		assert_linear(pieces[i], read_many, pieces[i], 100000);
}

static void a_message_shows_its_line(void **state)
{
	struct conf_fixture f;
	struct buf out;

	(void)state;
	conf_fixture_read(&f, STR("poll {\n\t\"é\"  evry = 5m\n}"));
	buf_init(&out, 10000);
	for (size_t i = 0; i < f.diags.n; i++)
		if (f.diags.v[i].place.line == 2)
			conf_diag_print(&out, &f.diags.v[i]);
	assert_string_equal(buf_z(&out),
		"t.conf:2:2: a text without a key before it\n  \"é\"  evry = 5m\n  ^\n"
		"  write key = value\n"
		"t.conf:2:7: evry is no key of poll; did you mean every?\n  \"é\"  evry = 5m\n"
		"       ^\n");
	buf_release(&out);
	conf_fixture_release(&f);
}

static void lines_with_a_secret_are_not_shown(void **state)
{
	static const struct {
		const char *text;
		bool shown;
	} rows[] = {
		{"notify m { type = stdout\n password = hunter2 }", false},
		{"notify m { type = smtp password = hunter2 tooo = 1 }", false},
		{"notify m { type = smtp\n password: hunter2 }", false},
		{"notify m { type = smtp\n \"password\" : \"hunter2\" }", false},
		{"notify m { type = smtp\n password = \"hunter2 }", false},
		{"notify m { type = smtp\n password hunter2 }", false},
		{"SMTP_PASSWORD=hunter2", false},
		{"notify m { token hunter2", false},
		{"watch w { api-key = hunter2 }", false},
		{"feed f { url = \"https://u:hunter2@a.example/x\" evry = 5 }", false},
		{"feed f { url = \"https://a.example/x?api_key=hunter2\" evry = 5 }", false},
		{"notify m { password-credential = hunter2 evry = 5 }", true},
		{"notify m { secret-credential = { key, hunter2 } evry = 5 }", true},
		{"feed f { url = \"https://a.example/hunter2@b\" evry = 5 }", true},
		{"watch w { title = \"the password of hunter2\" evry = 5 }", true},
	};
	struct conf_fixture f;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		conf_fixture_read(&f, str_of(rows[i].text));
		assert_int_not_equal(f.diags.n, 0);
		buf_init(&out, 10000);
		for (size_t k = 0; k < f.diags.n; k++)
			conf_diag_print(&out, &f.diags.v[k]);
		if (!strstr(buf_z(&out), "hunter2") == rows[i].shown)
			fail_msg("%s: %s", rows[i].text, buf_z(&out));
		buf_release(&out);
		conf_fixture_release(&f);
	}
}

static void messages_contain_no_terminal_control_codes(void **state)
{
	struct conf_fixture f;
	struct buf out;

	(void)state;
	conf_fixture_read(&f, STR("poll { \xE2\x80\xAE\x1B[2J evry = \x1B }"));
	buf_init(&out, 10000);
	for (size_t i = 0; i < f.diags.n; i++)
		conf_diag_print(&out, &f.diags.v[i]);
	assert_null(memchr(buf_z(&out), 0x1B, out.len));
	assert_null(strstr(buf_z(&out), "\xE2\x80\xAE"));
	assert_non_null(strstr(buf_z(&out), "\n  poll { \\u{202e}\\u{1b}[2J evry = \\u{1b} }\n"
					    "                           ^\n"));
	buf_release(&out);
	conf_fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_keys_and_values_have_places),
		cmocka_unit_test(bytes_of_a_value_are_found_in_the_file),
		cmocka_unit_test(syntax_errors_are_explained),
		cmocka_unit_test(many_blocks_take_linear_time),
		cmocka_unit_test(hostile_text_takes_linear_time),
		cmocka_unit_test(a_message_shows_its_line),
		cmocka_unit_test(lines_with_a_secret_are_not_shown),
		cmocka_unit_test(messages_contain_no_terminal_control_codes),
	};

	return cmocka_run_group_tests_name("conf grammar", tests, NULL, NULL);
}
