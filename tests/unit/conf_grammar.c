/* SPDX-License-Identifier: MIT */
/* Configuration text to tree and draft, and what is said about broken text. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "conf/draft.h"
#include "conf/form.h"
#include "conf/nearest.h"
#include "conf/schema.h"
#include "conf/value.h"

struct fixture {
	struct arena *scratch, *kept;
	struct conf_source source;
	struct conf_tree tree;
	struct conf_diags diags;
	struct conf_draft draft;
};

static const struct conf_env no_env;

static void set_up(struct fixture *f, struct str text)
{
	*f = (struct fixture){
		.scratch = arena_new((size_t)1 << 30), .kept = arena_new((size_t)1 << 30)};
	f->source.name = "t.conf";
	conf_diags_init(&f->diags);
	conf_tree_init(&f->tree, f->scratch);
	f->draft = (struct conf_draft){.arena = f->kept,
		.scratch = f->scratch,
		.diags = &f->diags,
		.dir = "/etc/nightdesk",
		.env = &no_env};
	if (conf_source_init(&f->source, text, f->scratch, &f->diags) == 0)
		assert_int_equal(conf_tree_read(&f->tree, &f->source, &f->diags), 0);
}

static void read_all(struct fixture *f, struct str text)
{
	set_up(f, text);
	assert_int_equal(conf_draft_read(&f->draft, &f->tree), 0);
	assert_int_equal(conf_draft_link(&f->draft, &f->source), 0);
	conf_diags_sort(&f->diags);
}

static void tear_down(struct fixture *f)
{
	conf_diags_release(&f->diags);
	arena_free(f->scratch);
	arena_free(f->kept);
}

/* All diags, a line each: "line:column text". */
static void listing(const struct fixture *f, struct buf *out)
{
	buf_init(out, 1 << 20);
	for (size_t i = 0; i < f->diags.n; i++)
		buf_printf(out, "%u:%u %s%s\n", f->diags.v[i].place.line,
			f->diags.v[i].place.column, f->diags.v[i].warning ? "warning: " : "",
			f->diags.v[i].text);
}

static void expect(const char *text, const char *diags, bool whole)
{
	struct fixture f;
	struct buf out;

	if (whole)
		read_all(&f, str_of(text));
	else
		set_up(&f, str_of(text));
	conf_diags_sort(&f.diags);
	listing(&f, &out);
	if (strcmp(buf_z(&out), diags) != 0)
		print_error("text:\n%s\ngives:\n%s\n", text, buf_z(&out));
	assert_string_equal(buf_z(&out), diags);
	buf_release(&out);
	tear_down(&f);
}

static void blocks_keys_and_values_have_places(void **state)
{
	static const char text[] =
		"\xEF\xBB\xBF# c\r\npoll { every = 5m }\r\n"
		"notify n { type = \"smtp\"   server = \"s\\\\\\\"\\n\"  to={a,'b''c',}\n}\n";
	struct fixture f;
	const struct conf_node *n, *key;

	(void)state;
	set_up(&f, str_of(text));
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
	tear_down(&f);
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
	struct fixture f;
	const struct conf_value *v;
	struct conf_span at;

	(void)state;
	set_up(&f, str_of(text));
	v = &f.tree.root.first->first->values[0];
	assert_true(str_is(v->text, "ü a'b\n  c"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at = conf_value_span(v, rows[i].offset);
		assert_int_equal(at.at.line, rows[i].line);
		assert_int_equal(at.at.column, rows[i].column);
	}
	at = conf_value_span(&f.tree.root.last->first->values[0], 2);
	assert_int_equal(at.at.column, 24);
	tear_down(&f);
}

static void broken_text_is_explained(void **state)
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
		expect(rows[i].text, rows[i].diags, false);
}

static void wrong_blocks_are_explained(void **state)
{
#define FEED  "feed f { url = http://a.example/ groups = world }\n"
#define NOTE  "notify desk { type = stdout }\n"
#define WATCH "watch w { query = 'x' notify = desk }\n"
	static const struct {
		const char *text, *diags;
	} rows[] = {
		{FEED NOTE WATCH, ""},
		{"", "0:0 warning: there is no feed to read\n"
		     "0:0 warning: there is no watch, so nothing will ever alert\n"},
		{FEED NOTE WATCH "pol { }\ngizmo x { }\ntest { }",
			"4:1 pol is no kind of block; did you mean poll?\n"
			"5:1 gizmo is no kind of block\n"
			"6:1 a test stands inside the watch that it tests\n"},
		{FEED NOTE WATCH "poll { evry = 5m  Parallel = 3 colour = red per_host = 2 }",
			"4:8 evry is no key of poll; did you mean every?\n"
			"4:19 Parallel is no key of poll; did you mean parallel?\n"
			"4:32 colour is no key of poll\n"
			"4:45 per_host is no key of poll; did you mean per-host?\n"},
		{FEED NOTE WATCH FEED "poll { every = 5m every = 6m }\npoll { }\n",
			"4:6 feed f stands twice; the first is at t.conf:1:6\n"
			"5:19 every stands twice; the first is in line 5\n"
			"6:1 poll stands twice; the first is at t.conf:5:1\n"},
		{FEED NOTE WATCH "feed { url = http://b.example/ }\nfeed -x { }\ndaemon d { }",
			"4:1 a feed needs a name: feed NAME { … }\n5:6 -x is no name\n"
			"6:8 daemon has no name\n"},
		{FEED NOTE "watch w { query = 'x' notify = { desk, x, deks } feeds = { f, g } "
			   "groups = { word } }",
			"3:40 there is no notify x\n"
			"3:43 there is no notify deks; did you mean desk?\n"
			"3:63 there is no feed g\n"
			"3:78 warning: no feed is in the group word; did you mean world?\n"},
		{FEED NOTE "watch w { query = 'x' }\nwatch v { query = 'x' notify = desk }\n"
			   "feed g { url = http://a.example/ }\n",
			"3:7 warning: watch w notifies nobody\n"
			"4:7 warning: watch v has the same query as watch w at t.conf:3\n"
			"5:6 warning: feed g has the same url as feed f at t.conf:1\n"},
		{FEED NOTE
			"watch w { notify = desk test { } test { match = a body = b title = c } }",
			"3:1 watch w needs the key query\n3:25 a test has either match or "
			"no-match\n"
			"3:34 a test with title and body has no place for the text of match\n"},
		{FEED NOTE WATCH
			"notify a { type = stdout url = http://a.example/ to = a@b.example }",
			"4:26 type stdout has no key url; it belongs to webhook and slack\n"
			"4:50 type stdout has no key to; it belongs to smtp\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(rows[i].text, rows[i].diags, true);
}

static void wrong_values_are_explained(void **state)
{
	static const struct {
		const char *block, *diag;
	} rows[] = {
		{"poll { every = 5x }", "every: this is no duration"},
		{"poll { every = 0 }", "every: at least 1s"},
		{"poll { every = 31d }", "every: at most 30d"},
		{"poll { per-host = 0 }", "per-host: at least 1"},
		{"poll { per-host = two }", "per-host: this is no whole number"},
		{"poll { max-body = 8MB }", "max-body: this is no size"},
		{"poll { max-body = 99999999999999999999GiB }", "max-body: this is no size"},
		{"poll { private-networks = { 10.0.0.0/33 } }",
			"private-networks: this is no block of addresses"},
		{"poll { contact = { a, b } }", "contact takes one value, not a list"},
		{"daemon { log = loud }", "log: this must be error, warn, notice, info or debug"},
		{"daemon { log = inf }", "log: this must be error, warn, notice, info or debug "
					 "(did you mean info?)"},
		{"daemon { strip-parameters = { a*b } }",
			"strip-parameters: this is no name of a parameter"},
		{"feed x { url = ftp://a.example/ }",
			"url: this must begin with https:// or http://"},
		{"feed x { url = \"http://u:p@a.example/\" }",
			"url: a name or password does not belong in an address"},
		{"feed x { url = \"http:///x\" }", "url: this is no complete address"},
		{"feed x { url = http://b.example/ headers = \"X-A\" }",
			"headers: this is no header"},
		{"feed x { url = http://b.example/ headers = \"host: x\" }",
			"headers: this header is nightdesk's own to set"},
		{"feed x { url = http://b.example/ user = u }",
			"feed x: user and password-credential go together"},
		{"feed x { url = http://b.example/ lang = English }", "lang: this is no language"},
		{"feed x { url = http://b.example/ groups = { a/b } }", "groups: this is no name"},
		{"feed x { url = http://b.example/ every = \"force\" }",
			"every: this is no duration"},
		{"feed x { url = http://b.example/ title = \"a\\nb\" }",
			"title: this must be one line, without tabs"},
		{"notify x { type = webhook }", "notify x needs url or url-credential"},
		{"notify x { type = webhook url = http://a/ url-credential = b }",
			"notify x has both url and url-credential"},
		{"notify x { type = webhook url-credential = a/b }",
			"url-credential: this is no name of a credential"},
		{"notify x { type = smtp server = mail from = a@b.example to = a@b.example }",
			"server: mail is no server for type smtp"},
		{"notify x { type = smtp server = smtp://m from = \"A <a@b.example>\" to = a@b }",
			"from: this is no mail address"},
		{"notify x { type = smtp server = smtp://m from = a@b to = a@b user = u "
		 "password-credential = p starttls = off }",
			"the password would go over the network unencrypted"},
		{"notify x { type = syslog server = udp://h:99999 }",
			"server: udp://h:99999 is no server for type syslog"},
		{"notify x { type = syslog tag = \"a b\" }", "tag: this is no syslog tag"},
		{"notify x { type = syslog facility = nws }",
			"facility: this must be kern, user, mail, daemon, auth, syslog, lpr, news, "
			"uucp, "
			"cron, authpriv, ftp, local0, local1, local2, local3, local4, local5, "
			"local6 or "
			"local7 (did you mean news?)"},
		{"define d { query = ' ' }\nwatch v { query = '@d' notify = desk }",
			"query: this query is empty"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f;
		struct buf text;

		buf_init(&text, 1 << 16);
		buf_printf(&text, "%s", FEED NOTE WATCH);
		buf_addz(&text, rows[i].block);
		read_all(&f, buf_str(&text));
		if (f.diags.n != 1 || strcmp(f.diags.v[0].text, rows[i].diag) != 0)
			print_error("%s: %zu: %s\n", rows[i].block, f.diags.n,
				f.diags.n ? f.diags.v[0].text : "-");
		assert_int_equal(f.diags.n, 1);
		assert_string_equal(f.diags.v[0].text, rows[i].diag);
		assert_false(f.diags.v[0].warning);
		tear_down(&f);
		buf_release(&text);
	}
}

static void defaults_are_filled_in(void **state)
{
	struct fixture f;
	const struct conf_feed *feed;

	(void)state;
	read_all(&f,
		STR("poll { every = 10m }\nfeed a { url = \"https://www.a.example/x\" }\n"
		    "feed b { url = http://b.example every = \"force 1m\" first-run = newest }\n"
		    "notify m { type = smtp server = smtp://h:25 from = a@b.c to = {x@y.z} user = "
		    "u "
		    "password-credential = p }\n"
		    "daemon { state = s.db control = \"\" log-format = json }"));
	assert_int_equal(f.diags.errors, 0);
	feed = &f.draft.feeds[0].feed;
	assert_int_equal(feed->every, 10 * CLOCK_MINUTE);
	assert_false(feed->force);
	assert_int_equal(feed->first_run, CONF_FIRST_QUIET);
	assert_string_equal(feed->source, "a.example");
	feed = &f.draft.feeds[1].feed;
	assert_int_equal(feed->every, CLOCK_MINUTE);
	assert_true(feed->force);
	assert_int_equal(feed->first_run, CONF_FIRST_NEWEST);
	assert_string_equal(f.draft.daemon.state, "/etc/nightdesk/s.db");
	assert_null(f.draft.daemon.control);
	assert_int_equal(f.draft.daemon.retention, 90 * CLOCK_DAY);
	assert_int_equal(f.draft.daemon.log, LOG_LEVEL_INFO);
	assert_true(f.draft.daemon.log_json);
	assert_int_equal(f.draft.daemon.strip_parameters.n, 3);
	assert_int_equal(f.draft.poll.max_body, 8 << 20);
	assert_int_equal(f.draft.poll.per_host, 2);
	assert_true(f.draft.notifies[0].notify.starttls_required);
	tear_down(&f);
}

/* The bound is generous, so that a busy machine does not fail it; a quadratic reader takes hours.
 */
static void many_blocks_take_linear_time(void **state)
{
	struct fixture f;
	struct buf text;
	int64_t start;

	(void)state;
	buf_init(&text, 1 << 26);
	for (int i = 0; i < 100000; i++)
		buf_printf(&text,
			"feed f%d { url = \"https://h%d.example/feed\" groups = { a, b } }\n", i,
			i);
	start = clock_thread_cpu_us();
	read_all(&f, buf_str(&text));
	print_message("100,000 blocks, %zu bytes: %lld ms\n", text.len,
		(long long)(clock_thread_cpu_us() - start) / 1000);
	assert_true(clock_thread_cpu_us() - start < 5000000);
	assert_int_equal(f.draft.n_feeds, 100000);
	assert_int_equal(f.diags.errors, 0);
	tear_down(&f);
	buf_release(&text);
}

static void hostile_text_ends_soon(void **state)
{
	static const char *const pieces[] = {"a = '''\n", "'x' y'", "\"", "{", "feed {", "a = {",
		"a = \"x\n", "' '", "é", "'a'b", "x = '\n", "}", "= ,", "“", "feed f { x 'y'\n",
		"a'b", "poll {every = '"};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct fixture f;
		struct buf text;
		int64_t start = clock_thread_cpu_us();

		buf_init(&text, 1 << 20);
		while (text.len < 500000)
			buf_addz(&text, pieces[i]);
		read_all(&f, buf_str(&text));
		assert_true(f.diags.n <= CONF_DIAGS_KEPT);
		if (clock_thread_cpu_us() - start > 4000000)
			print_error("%s\n", pieces[i]);
		assert_true(clock_thread_cpu_us() - start < 4000000);
		tear_down(&f);
		buf_release(&text);
	}
}

static void a_message_shows_its_line(void **state)
{
	struct fixture f;
	struct buf out;

	(void)state;
	read_all(&f, STR("poll {\n\t\"é\"  evry = 5m\n}"));
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
	tear_down(&f);
}

static void a_message_moves_no_terminal(void **state)
{
	struct fixture f;
	struct buf out;

	(void)state;
	read_all(&f, STR("poll { \xE2\x80\xAE\x1B[2J evry = \x1B }"));
	buf_init(&out, 10000);
	for (size_t i = 0; i < f.diags.n; i++)
		conf_diag_print(&out, &f.diags.v[i]);
	assert_null(memchr(buf_z(&out), 0x1B, out.len));
	assert_null(strstr(buf_z(&out), "\xE2\x80\xAE"));
	assert_non_null(strstr(buf_z(&out), "\n  poll { \\u{202e}\\u{1b}[2J evry = \\u{1b} }\n"
					    "                           ^\n"));
	buf_release(&out);
	tear_down(&f);
}

static void every_row_of_the_schema_is_whole(void **state)
{
	const struct conf_key_row *row;

	(void)state;
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		for (size_t i = 0; (row = conf_schema_key(k, i)); i++) {
			assert_non_null(row->help);
			assert_true(row->required || conf_schema_default(row)[0]);
			assert_non_null(conf_value_type_name(row->type));
			assert_ptr_equal(conf_schema_find_key(k, str_of(row->key)), row);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_keys_and_values_have_places),
		cmocka_unit_test(bytes_of_a_value_are_found_in_the_file),
		cmocka_unit_test(broken_text_is_explained),
		cmocka_unit_test(wrong_blocks_are_explained),
		cmocka_unit_test(wrong_values_are_explained),
		cmocka_unit_test(defaults_are_filled_in),
		cmocka_unit_test(many_blocks_take_linear_time),
		cmocka_unit_test(hostile_text_ends_soon),
		cmocka_unit_test(a_message_shows_its_line),
		cmocka_unit_test(a_message_moves_no_terminal),
		cmocka_unit_test(every_row_of_the_schema_is_whole),
	};

	return cmocka_run_group_tests_name("conf grammar", tests, NULL, NULL);
}
