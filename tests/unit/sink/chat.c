/* SPDX-License-Identifier: MIT */
/*
 * Messages for people within the limit of a service, whatever an alert has; escaped text; messages
 * that are tied to an earlier one or change it.
 */
#include "lib/unit.h"

#include <jansson.h>

#include "base/utf8.h"
#include "lib/sink_fixture.h"
#include "sink/chat.h"

#define OF "zzzzzzzzzzzzzzzzzzzzzzzzzz"

static void put_link(struct buf *out, struct str url, struct str text)
{
	buf_printf(out, "[%.*s](%.*s)", STR_ARG(text), STR_ARG(url));
}

static struct chat_format make_format(enum text_unit unit, size_t max)
{
	return (struct chat_format){.escape = {chat_put_markdown, chat_put_template_url},
		.faces = {[CHAT_STRONG] = {"**", "**"}, [CHAT_HIT] = {"**", "**"}},
		.link = put_link,
		.blocks = {[CHAT_HEAD] = {"", "", "\n"},
			[CHAT_LINE] = {"", "", "\n"},
			[CHAT_QUOTE] = {"> ", "\n> ", "\n"},
			[CHAT_ITEM] = {"- ", "", "\n"},
			[CHAT_SMALL] = {"", "", "\n"}},
		.unit = unit,
		.receipt_words = 1,
		.receipt_marks = "",
		.max = max};
}

static struct str put(struct sink_fixture *f, const struct chat_format *format,
	const char *template, struct buf *out)
{
	struct notice m = notice_of_alert(&f->alert);

	m.receipt = f->receipt;
	buf_clear(out);
	chat_put_message(format, sink_fixture_block(f), template, &m, out);
	assert_false(buf_failed(out));
	assert_true(utf8_valid(buf_str(out)));
	return buf_str(out);
}

static char *repeat(const char *part, size_t n)
{
	size_t length = strlen(part);
	char *text = calloc(n, length + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * length, part, length + 1);
	return text;
}

static void set_digest(struct alert *a, struct alert_digest *d, struct alert *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		parts[i] = (struct alert){.id = STR("al_1"),
			.watch = i % 3 ? STR("a") : STR("b"),
			.watch_title = STR("Watch *of* many"),
			.title = STR("An alert 👨‍👩‍👧 of_many"),
			.link = STR("https://news.example/a_long/path/to/it"),
			.published = STAMP_NONE};
	*d = (struct alert_digest){ALERT_WHY_QUIET, parts, n, 7};
	a->kind = ALERT_DIGEST;
	a->watch = STR("");
	a->digest = d;
}

static void every_message_fits(void **state)
{
	static const size_t maxima[] = {1000, 1500, 2000, 4096, 10000, 16000};
	struct sink_fixture *f = *state;
	char *title = repeat("é👨‍👩‍👧 *_", 5000), *word = repeat("*", 30000);
	struct alert_change change = {ALERT_TEXT, &f->alert.title, &f->alert.body, 1, 1};
	struct alert parts[50], whole = f->alert;
	struct alert_digest digest;
	struct buf out;

	sink_fixture_configure(f, "type = slack url = http://a.example/");
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < 6 * sizeof(maxima) / sizeof(maxima[0]); i++) {
		size_t max = maxima[i / 6];
		struct chat_format format = make_format((enum text_unit)(i % 3), max);

		f->alert = whole;
		f->alert.title = f->alert.body = str_of(i % 2 ? word : title);
		f->alert.watch_title = f->alert.feed_title = f->alert.title;
		f->alert.changes = &change;
		f->alert.n_changes = 1;
		if (i % 6 < 3)
			set_digest(&f->alert, &digest, parts, 50);
		put(f, &format, NULL, &out);
		assert_true(text_size(buf_str(&out), format.unit) <= max);
		assert_non_null(strstr(buf_z(&out), whole.id.p + 3));
		assert_non_null(strstr(buf_z(&out), "URGENT"));
		put(f, &format, "{title} {text} {watch} {link} {source} {feed}", &out);
		assert_true(out.len > 0 && text_size(buf_str(&out), format.unit) <= max);
	}
	buf_release(&out);
	free(title);
	free(word);
}

static void what_does_not_fit_is_counted(void **state)
{
	struct sink_fixture *f = *state;
	struct chat_format format = make_format(TEXT_CODE_POINTS, 1000);
	struct alert parts[50];
	struct alert_digest digest;
	struct buf out;
	const char *more;
	unsigned long shown = 0;

	sink_fixture_configure(f, "type = slack url = http://a.example/");
	buf_init(&out, 1 << 20);
	set_digest(&f->alert, &digest, parts, 50);
	put(f, &format, NULL, &out);
	for (const char *p = buf_z(&out); (p = strstr(p, "\n- ")); p++)
		shown++;
	more = strstr(buf_z(&out), "\nand ");
	assert_non_null(more);
	assert_int_equal(strtoul(more + 5, NULL, 10) + shown, 57);
	assert_true(shown > 3);
	assert_non_null(strstr(buf_z(&out), f->alert.id.p + 3));
	digest.n = 1;
	digest.left_out = 0;
	put(f, &format, NULL, &out);
	assert_null(strstr(buf_z(&out), "\nand "));
	buf_release(&out);
}

static void a_link_is_one_or_is_left_out(void **state)
{
	static const struct {
		const char *link, *shown;
	} rows[] = {
		{"https://a.example/x?a=1&b=2#c", "https://a.example/x?a=1&b=2#c"},
		{"HTTP://a.example/", "HTTP://a.example/"},
		{"https://a.example/(x)_*y*[z]", "https://a.example/%28x%29_%2Ay%2A%5Bz%5D"},
		{"https://a.example/\"><b>|`\\ x", "https://a.example/%22%3E%3Cb%3E%7C%60%5C%20x"},
		{"https://a.example/\r\nBcc: x", "https://a.example/%0D%0ABcc:%20x"},
		{"https://a.example/\xff", "https://a.example/%FF"},
		{"https://a.example/\u202e\u200b", "https://a.example/%E2%80%AE%E2%80%8B"},
		{"https://a.example/大", "https://a.example/大"},
		{"https://user:pass@a.example/", NULL},
		{"https://user@a.example/", NULL},
		{"javascript:alert(1)", NULL},
		{"tg://user?id=1", NULL},
		{"//a.example/", NULL},
		{"ftp://a.example/", NULL},
		{"mailto:a@b.example", NULL},
		{"https://", NULL},
		{"https://a b/", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;

		buf_init(&out, 4096);
		assert_int_equal(chat_put_url(&out, str_of(rows[i].link)), rows[i].shown != NULL);
		assert_string_equal(buf_z(&out), rows[i].shown ? rows[i].shown : "");
		buf_release(&out);
	}
	assert_false(chat_put_url(&(struct buf){0}, STR_NONE));
}

/* Matrix shows a link to a person as a mention, however its host is written. */
static void a_link_to_a_person_is_no_mention(void **state)
{
	static const char *const links[] = {"https://matrix.to/#/@duty:m.example",
		"https://MATRIX.TO/#/@duty:m.example",
		"https://www.Matrix.To:443/#/@duty:m.example",
		"http://matrix.to./#/@duty:m.example"};
	struct sink_fixture *f = *state;

	sink_fixture_configure(f,
		"type = matrix server = https://m.example room = \"!a:m.example\" "
		"token-credential = token");
	sink_fixture_set_secret(f, "token", STR("t"));
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		f->alert.link = str_of(links[i]);
		assert_int_equal(sink_fixture_render(f), 0);
		assert_null(strstr(f->request.body.p, "<a href"));
	}
	f->alert.link = STR("https://a.example/matrix-to");
	assert_int_equal(sink_fixture_render(f), 0);
	assert_non_null(strstr(f->request.body.p, "<a href"));
}

static void text_is_escaped(void **state)
{
#define J "\u2060"
	static const struct {
		const char *text, *markdown, *html;
	} rows[] = {
		{"plain, text. 5 - 3 = 2", "plain, text. 5 \\- 3 \\= 2", "plain, text. 5 - 3 = 2"},
		{"*b* _i_ ~s~ `c` ||x||", "\\*b\\* \\_i\\_ \\~s\\~ \\`c\\` \\|\\|x\\|\\|",
			"*b* _i_ ~s~ `c` ||x||"},
		{"[x](https://e.example)", "\\[x\\]\\(https:" J "//e" J ".example\\)",
			"[x](https:" J "//e" J ".example)"},
		{"www.a.com, U.S. 3.5 end.Then e.g. x",
			"www" J ".a" J ".com, U.S. 3.5 end" J ".Then e.g. x",
			"www" J ".a" J ".com, U.S. 3.5 end" J ".Then e.g. x"},
		{"# h", "\\# h", "# h"},
		{"a #5", "a \\#5", "a #5"},
		{"no.5 C# a-b", "no.5 C# a-b", "no.5 C# a-b"},
		{"1. one", "1\\. one", "1. one"},
		{"12) two", "12\\) two", "12) two"},
		{"> q", "\\> q", "&gt; q"},
		{"<b>&amp;\"", "\\<b\\>&amp;\"", "&lt;b&gt;&amp;amp;&quot;"},
		{"@all a@b.example @ 5", "@" J "all a@" J "b" J ".example @ 5",
			"@" J "all a@" J "b" J ".example @ 5"},
		{"@**all**", "@" J "\\*\\*all\\*\\*", "@" J "**all**"},
		{"нет.рф bü.example 例.com", "нет" J ".рф bü" J ".example 例" J ".com",
			"нет" J ".рф bü" J ".example 例" J ".com"},
		{"end.” 5. x и т.д.", "end.” 5. x и т" J ".д.", "end.” 5. x и т" J ".д."},
		{"(#tag #ж /kick and/or 1/2", "\\(#" J "tag \\#" J "ж /" J "kick and/or 1/2",
			"(#" J "tag #" J "ж /" J "kick and/or 1/2"},
		{":smile: 14:30", "\\:smile: 14:30", ":smile: 14:30"},
		{"a\\*b", "a\\\\\\*b", "a\\*b"},
		{"\x1b[2J", "\\\\u\\{1b\\}\\[2J", "\\u{1b}[2J"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;

		buf_init(&out, 4096);
		chat_put_markdown(&out, str_of(rows[i].text));
		assert_string_equal(buf_z(&out), rows[i].markdown);
		buf_clear(&out);
		chat_put_html(&out, str_of(rows[i].text));
		assert_string_equal(buf_z(&out), rows[i].html);
		buf_release(&out);
	}
}

/* Clients look for names and addresses in the text without its markup. */
static void a_hit_does_not_make_a_name(void **state)
{
	static const struct {
		const char *text, *hit, *shown;
	} rows[] = {
		{"said @embassy today", "embassy", "said @" J "**embassy** today"},
		{"said @@embassy", "@embassy", "said @" J "**@" J "embassy**"},
		{"see evil.example now", "evil", "see **evil**" J ".example now"},
		{"see evil.example now", "example", "see evil." J "**example** now"},
		{"see https://x", "https", "see **https**:" J "//x"},
		{"see https://x", "https:", "see **https:**" J "//x"},
		{"the embassy.", "embassy", "the **embassy**."},
		{"the #embassy", "embassy", "the #" J "**embassy**"},
	};
	struct sink_fixture *f = *state;
	struct chat_format format = make_format(TEXT_BYTES, 2000);
	struct buf out;

	format.escape.text = chat_put_html;
	sink_fixture_configure(f, "type = slack url = http://a.example/");
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str hit = str_of(rows[i].hit);
		const char *at = strstr(rows[i].text, rows[i].hit);

		f->alert.body = str_of(rows[i].text);
		f->hits[0] = (struct watch_hit){
			QUERY_BODY, (size_t)(at - rows[i].text), hit.n, hit, hit};
		f->alert.n_hits = 1;
		put(f, &format, NULL, &out);
		if (!strstr(buf_z(&out), rows[i].shown))
			print_error("%s: %s\n", rows[i].shown, buf_z(&out));
		assert_non_null(strstr(buf_z(&out), rows[i].shown));
	}
	buf_release(&out);
}

static void a_notice_about_an_alert_says_which(void **state)
{
	static const struct alert_earlier of = {STR("al_" OF), STR("3 dead"), SINK_NOW - 600000};
	static const struct {
		enum alert_kind kind;
		bool receipt, replies, edits;
		const char *has, *lacks;
	} rows[] = {
		{ALERT_WITHDRAWN, false, true, true, "about “3 dead”", "nothing lacks"},
		{ALERT_WITHDRAWN, false, true, true, "· WITHDRAWN [", "✓"},
		{ALERT_WITHDRAWN, true, true, true, "its title begins with KILL", "about"},
		{ALERT_WITHDRAWN, true, false, true, OF, "✓"},
		{ALERT_CORRECTED, true, true, true, "· CORRECTED [", "about"},
		{ALERT_ACKNOWLEDGED, false, true, true, "✓ acknowledged by duty, 2022-02-14 18:20",
			"\n> "},
		{ALERT_ACKNOWLEDGED, false, true, true, "about “3 dead”", "\n> "},
		{ALERT_ACKNOWLEDGED, true, true, false, "✓ acknowledged by duty", "about"},
		/* Changed: the alert as it was, and a line more. */
		{ALERT_ACKNOWLEDGED, true, true, true, "**URGENT** [", "· acknowledged"},
		{ALERT_ACKNOWLEDGED, true, true, true, "\n> The United", "about"},
		{ALERT_ACKNOWLEDGED, true, true, true, "✓ acknowledged by duty", "about"},
	};
	struct sink_fixture *f = *state;
	struct buf out;

	sink_fixture_configure(f, "type = slack url = http://a.example/");
	buf_init(&out, 1 << 20);
	f->alert.of = &of;
	f->alert.by = STR("duty");
	f->alert.n_hits = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct chat_format format = make_format(TEXT_BYTES, 2000);

		format.replies = rows[i].replies;
		format.edits = rows[i].edits;
		f->alert.kind = rows[i].kind;
		f->alert.cause = rows[i].kind == ALERT_WITHDRAWN ? STR("its title begins with KILL")
								 : STR_NONE;
		f->receipt = rows[i].receipt ? STR("1") : STR_NONE;
		put(f, &format, NULL, &out);
		/* A message that is changed keeps its id. */
		assert_int_equal(strstr(buf_z(&out), f->alert.id.p + 3) == NULL,
			rows[i].kind == ALERT_ACKNOWLEDGED && rows[i].receipt && rows[i].edits);
		if (!strstr(buf_z(&out), rows[i].has) || strstr(buf_z(&out), rows[i].lacks))
			print_error("%zu: %s\n", i, buf_z(&out));
		assert_non_null(strstr(buf_z(&out), rows[i].has));
		assert_null(strstr(buf_z(&out), rows[i].lacks));
	}
	buf_release(&out);
}

static void a_template_does_not_hide_what_a_message_is_about(void **state)
{
	static const struct alert_earlier of = {STR("al_" OF), STR("3 dead"), SINK_NOW - 600000};
	static const struct {
		enum alert_kind kind;
		const char *receipt, *text;
	} rows[] = {
		{ALERT_CREATED, NULL, "urgent US embassy"},
		{ALERT_WITHDRAWN, "1", "urgent WITHDRAWN: US embassy"},
		{ALERT_ACKNOWLEDGED, NULL,
			"urgent Acknowledged: US embassy\n✓ acknowledged by duty, 2022-02-14 18:20 "
			"UTC"},
		{ALERT_ACKNOWLEDGED, "1",
			"urgent Acknowledged: US embassy\n✓ acknowledged by duty, 2022-02-14 18:20 "
			"UTC"},
	};
	struct sink_fixture *f = *state;
	struct chat_format format = make_format(TEXT_BYTES, 2000);
	struct buf out;

	format.edits = true;
	sink_fixture_configure(f, "type = slack url = http://a.example/");
	buf_init(&out, 1 << 20);
	f->alert.title = STR("US embassy");
	f->alert.by = STR("duty");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f->alert.kind = rows[i].kind;
		f->alert.of = rows[i].kind == ALERT_CREATED ? NULL : &of;
		f->receipt = str_of(rows[i].receipt);
		put(f, &format, "{priority} {title}", &out);
		assert_string_equal(buf_z(&out), rows[i].text);
	}
	buf_release(&out);
}

/* No service takes one: the alert would end as refused. */
static void a_message_is_never_empty(void **state)
{
	static const char *const templates[] = {"{link}", "{author}\n{link}", " {cause} "};
	struct sink_fixture *f = *state;
	struct chat_format format = make_format(TEXT_BYTES, 2000);
	struct buf out;

	sink_fixture_configure(
		f, "type = slack url = http://a.example/ mention { urgent = \"<@U>\" }");
	buf_init(&out, 1 << 20);
	f->alert.title = STR("US *embassy*");
	f->alert.author = STR_NONE;
	f->alert.link = STR("javascript:x");
	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
		put(f, &format, templates[i], &out);
		assert_non_null(strstr(buf_z(&out), "US \\*embassy\\*"));
	}
	buf_release(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sink_fixture_open, sink_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_message_fits),
		TEST(what_does_not_fit_is_counted),
		TEST(a_link_is_one_or_is_left_out),
		TEST(text_is_escaped),
		TEST(a_link_to_a_person_is_no_mention),
		TEST(a_hit_does_not_make_a_name),
		TEST(a_notice_about_an_alert_says_which),
		TEST(a_template_does_not_hide_what_a_message_is_about),
		TEST(a_message_is_never_empty),
	};

	return cmocka_run_group_tests_name("sink chat", tests, NULL, NULL);
}
