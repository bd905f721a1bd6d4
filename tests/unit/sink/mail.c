/* SPDX-License-Identifier: MIT */
/* The mail of an alert: header fields, encodings, both alternatives. */
#include "lib/unit.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "lib/sink_fixture.h"
#include "sink/sink.h"

#define TO_TWO                                                                                     \
	"type = smtp server = smtp://mail.example:587 from = nightdesk@news.example "              \
	"to = { duty@news.example, foreign@news.example }"

static struct watch_hit hit = {QUERY_BODY, 31, 7, STR("embassy"), STR("embass*")};

static int set_up(void **state)
{
	struct sink_fixture *f;

	sink_fixture_open(state);
	f = *state;
	f->alert = (struct alert){
		.id = STR("al_abcdefghijklmnopqrstuvwxyz"),
		.created = SINK_NOW,
		.watch = STR("embassy-relocation"),
		.watch_title = STR("Embassy relocation"),
		.priority = ALERT_URGENT,
		.title = STR("Norland relocates its embassy"),
		.link = STR("https://news.example/a?x=1&y=2"),
		.body = STR("First.\n\nNorland is moving its *embassy* out of Kyiv.\n- one\n- two"),
		.published = SINK_NOW - 3 * CLOCK_MINUTE,
		.feed = STR("wire"),
		.feed_title = STR("The Wire"),
		.source = STR("wire.example"),
		.hits = &hit,
		.n_hits = 1,
		.fetched = SINK_NOW,
	};
	return 0;
}

/* Returns the mail of f->alert, in f->arena. */
static const char *mail_of(struct sink_fixture *f, const char *keys)
{
	sink_fixture_configure(f, keys);
	assert_int_equal(sink_fixture_render(f), 0);
	return f->request.body.p;
}

/* Decodes the part of that media type; quoted-printable or base64. In arena. */
static const char *part_of(const char *mail, const char *type, struct arena *arena)
{
	char start[80];
	const char *p, *end;
	struct buf out;
	bool quoted;

	snprintf(start, sizeof(start), "Content-Type: %s; charset=utf-8\r\n", type);
	p = strstr(mail, start);
	assert_non_null(p);
	p += strlen(start);
	quoted = strncmp(p, "Content-Transfer-Encoding: quoted-printable\r\n\r\n", 47) == 0;
	p = strstr(p, "\r\n\r\n") + 4;
	end = strstr(p, "\r\n--=_");
	assert_non_null(end);
	buf_init(&out, 1 << 20);
	for (; quoted && p < end; p++) {
		if (*p != '=')
			buf_addc(&out, *p);
		else if (p[1] == '\r')
			p += 2;
		else {
			char hex[3] = {p[1], p[2], '\0'};

			buf_addc(&out, (char)strtoul(hex, NULL, 16));
			p += 2;
		}
	}
	while (!quoted && p < end) {
		const char *line = strstr(p, "\r\n");

		if (!line || line > end)
			line = end;
		assert_int_equal(digest_unbase64(&out, str_slice(p, (size_t)(line - p))), 0);
		p = line + 2;
	}
	p = arena_strdup(arena, buf_z(&out));
	buf_release(&out);
	return p;
}

static void assert_short_lines(const char *mail)
{
	for (const char *p = mail; *p;) {
		const char *end = strstr(p, "\r\n");

		assert_non_null(end);
		assert_true(end - p <= 76);
		assert_true(*p != '.' && strncmp(p, "From ", 5) != 0);
		for (; p < end; p++)
			assert_true(*p >= ' ' && *p <= '~');
		p = end + 2;
	}
}

static void headers_are_those_of_a_professional_mail(void **state)
{
	static const char *const lines[] = {
		"From: \"nightdesk: Embassy relocation\" <nightdesk@news.example>\r\n",
		"To: <duty@news.example>,\r\n <foreign@news.example>\r\n",
		"\r\nSubject: URGENT Norland relocates its embassy\r\n",
		"\r\nDate: Mon, 14 Feb 2022 18:20:35 +0000\r\n",
		"\r\nMessage-ID: <al_abcdefghijklmnopqrstuvwxyz@news.example>\r\n",
		"\r\nImportance: high\r\n",
		"\r\nList-Id: <embassy-relocation.nightdesk.news.example>\r\n",
		"\r\nX-Nightdesk-Watch: embassy-relocation\r\n",
		"\r\nX-Nightdesk-Priority: urgent\r\n",
		"\r\nAuto-Submitted: auto-generated\r\n",
		"\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_al_",
	};
	struct sink_fixture *f = *state;
	const char *mail = mail_of(f, TO_TWO);

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!strstr(mail, lines[i]))
			print_error("no %s in\n%s\n", lines[i], mail);
		assert_non_null(strstr(mail, lines[i]));
	}
	assert_short_lines(mail);
}

/* The name and title are shown by programs of which many do not know the other. */
static void subjects_and_names_of_each_kind_are_valid(void **state)
{
	static const struct {
		enum alert_priority priority;
		const char *title, *watch_title;
		const char *subject, *from;
	} rows[] = {
		{ALERT_NORMAL, "Storm", "W", "Subject: Storm\r\n", "From: \"nightdesk: W\" <"},
		{ALERT_LOW, "Storm", "W \"x\" \\", "Subject: LOW Storm\r\n",
			"From: =?utf-8?B?bmlnaHRkZXNrOiBXICJ4IiBc?= <"},
		{ALERT_FLASH, "Größe", "Über", "Subject: =?utf-8?B?RkxBU0ggR3LDtsOfZQ==?=\r\n",
			"From: =?utf-8?B?bmlnaHRkZXNrOiDDnGJlcg==?= <"},
		{ALERT_NORMAL, "=?utf-8?B?eA==?=", "W",
			"Subject: =?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=\r\n", "From: "},
		{ALERT_NORMAL,
			"A headline of ordinary words that is long enough to be folded somewhere "
			"in the middle of it all",
			"W",
			"Subject: A headline of ordinary words that is long enough to be folded"
			"\r\n somewhere in the middle of it all\r\n",
			"From: "},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *mail;

		f->alert.priority = rows[i].priority;
		f->alert.title = str_of(rows[i].title);
		f->alert.watch_title = str_of(rows[i].watch_title);
		mail = mail_of(f, TO_TWO);
		if (!strstr(mail, rows[i].subject) || !strstr(mail, rows[i].from))
			print_error("row %zu:\n%s\n", i, mail);
		assert_non_null(strstr(mail, rows[i].subject));
		assert_non_null(strstr(mail, rows[i].from));
		assert_short_lines(mail);
	}
}

static void headers_cannot_be_injected(void **state)
{
	static const char *const allowed[] = {"From: ", "To: ", "Subject: ", " ",
		"Date: ", "Message-ID: ", "Importance: ", "Auto-Submitted: ", "MIME-Version: ",
		"Content-Type: ", "List-Id: ", "X-Nightdesk-Watch: ", "X-Nightdesk-Priority: "};
	struct sink_fixture *f = *state;
	const char *p;

	f->alert.title =
		STR("x\r\nBcc: evil@example\r\n\r\n.\r\nQUIT =?utf-8?B?eA==?= "
		    "\xe2\x80\xae turned and long enough to be folded into more than one word");
	f->alert.body =
		STR("x\r\n.\r\nQUIT\n--=_al_abcdefghijklmnopqrstuvwxyz\nFrom me\n.\n<script>");
	f->alert.watch_title = STR("W\r\nBcc: x@y");
	f->alert.n_hits = 0;
	p = mail_of(f, TO_TWO);
	assert_short_lines(p);
	assert_null(strstr(p, "\nBcc"));
	assert_null(strstr(part_of(p, "text/html", f->arena), "<script>"));
	for (; strncmp(p, "\r\n", 2) != 0; p = strstr(p, "\r\n") + 2) {
		bool known = false;

		for (size_t k = 0; k < sizeof(allowed) / sizeof(allowed[0]); k++)
			known = known || strncmp(p, allowed[k], strlen(allowed[k])) == 0;
		assert_true(known);
	}
}

static void the_text_begins_with_the_passage(void **state)
{
	static const char plain[] = "First.\r\nNorland is moving its *[[embassy]]* out of Kyiv.\r\n"
				    "- one\r\n- two\r\n\r\nhttps://news.example/a?x=1&y=2\r\n\r\n"
				    "The Wire, 3 min old · published 2022-02-14 18:17 UTC by "
				    "wire.example\r\nEmbassy relocation · matched: embass*\r\n"
				    "alert al_abcdefghijklmnopqrstuvwxyz, urgent";
	static const char *const html[] = {
		"<p dir=\"auto\">First.<br>\r\nNorland is moving its *<b style=",
		">embassy</b>* out of Kyiv.<br>\r\n- one<br>\r\n- two</p>",
		"<a href=\"https://news.example/a?x=1&amp;y=2\">news.example</a>",
		"color-scheme",
	};
	struct sink_fixture *f = *state;
	const char *mail = mail_of(f, TO_TWO);
	const char *text = part_of(mail, "text/html", f->arena);

	for (size_t i = 0; i < sizeof(html) / sizeof(html[0]); i++) {
		if (!strstr(text, html[i]))
			print_error("no %s in\n%s\n", html[i], text);
		assert_non_null(strstr(text, html[i]));
	}
	assert_string_equal(part_of(mail, "text/plain", f->arena), plain);
	assert_non_null(strstr(mail, "Norland is moving its *[[embassy]]* out of Kyiv.\r\n"));
}

/* A notice is an answer to the mail about its alert: mail programs show them together. */
static void a_notice_answers_the_mail_of_its_alert(void **state)
{
	static const struct alert_earlier of = {
		STR("al_zyxwvutsrqponmlkjihgfedcba"), STR("Norland moves"), SINK_NOW};
	static const enum alert_kind kinds[] = {
		ALERT_CORRECTED, ALERT_WITHDRAWN, ALERT_ACKNOWLEDGED};
	struct sink_fixture *f = *state;
	const char *mail = mail_of(f, TO_TWO);

	assert_null(strstr(mail, "References:"));
	assert_null(strstr(mail, "In-Reply-To:"));
	f->alert.of = &of;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		f->alert.kind = kinds[i];
		mail = mail_of(f, TO_TWO);
		assert_non_null(strstr(
			mail, "\r\nIn-Reply-To: <al_zyxwvutsrqponmlkjihgfedcba@news.example>\r\n"));
		assert_non_null(strstr(
			mail, "\r\nReferences: <al_zyxwvutsrqponmlkjihgfedcba@news.example>\r\n"));
		assert_non_null(strstr(
			mail, "\r\nMessage-ID: <al_abcdefghijklmnopqrstuvwxyz@news.example>\r\n"));
		assert_short_lines(mail);
	}
}

static void a_text_of_the_operator_is_in_both_alternatives(void **state)
{
	struct sink_fixture *f = *state;
	const char *mail;

	f->alert.title = STR("A <b>bold</b> & {id}");
	mail = mail_of(
		f, TO_TWO " template = \"{priority} <{watch}>\\n\\n{title}: {text}\\n{link}\"");
	assert_string_equal(part_of(mail, "text/plain", f->arena),
		"urgent <Embassy relocation>\r\n\r\nA <b>bold</b> & {id}: First. Norland is moving "
		"its *embassy* out of Kyiv. - one - two\r\nhttps://news.example/a?x=1&y=2");
	assert_non_null(strstr(part_of(mail, "text/html", f->arena),
		"<p dir=\"auto\">urgent &lt;Embassy relocation&gt;<br>\r\n<br>\r\n"
		"A &lt;b&gt;bold&lt;/b&gt; &amp; {id}: First. Norland is moving its *embassy* out "
		"of "
		"Kyiv. - one - two<br>\r\nhttps://news.example/a?x=1&amp;y=2</p>"));
	assert_non_null(strstr(mail, "\r\nSubject: URGENT A <b>bold</b> & {id}\r\n"));
}

/* Random text of every kind arrives as it was. */
static void every_text_survives_its_encoding(void **state)
{
	static const char *const pieces[] = {"a", " ", "  ", "=", ".", "F", "From ", "\xd7\x90",
		"\xe6\x9a\xb4", "\xf0\x9f\x9a\xa8", "word", "\t", "--", "\xc3\xa9"};
	struct sink_fixture *f = *state;
	struct rng rng;

	rng_seed(&rng, 5);
	for (int turn = 0; turn < 500; turn++) {
		struct buf text, shown;
		const char *mail, *got;

		buf_init(&text, 4096);
		buf_init(&shown, 32768);
		buf_addz(&text, "x");
		for (uint64_t n = rng_below(&rng, 70); n > 0; n--)
			buf_addz(
				&text, pieces[rng_below(&rng, sizeof(pieces) / sizeof(pieces[0]))]);
		buf_addz(&text, "x");
		f->alert.n_hits = 0;
		f->alert.title = STR("t");
		f->alert.link = buf_str(&text);
		mail = mail_of(f, TO_TWO);
		assert_short_lines(mail);
		utf8_escape(&shown, f->alert.link, f->alert.link.n, false);
		got = part_of(mail, "text/plain", f->arena);
		if (!strstr(got, buf_z(&shown)))
			print_error("turn %d: %s not in %s\n", turn, buf_z(&shown), got);
		assert_non_null(strstr(got, buf_z(&shown)));
		buf_release(&text);
		buf_release(&shown);
		arena_clear(f->arena);
	}
}

static void the_server_is_given_a_full_name(void **state)
{
	static const struct {
		const char *keys, *hello;
	} rows[] = {
		{TO_TWO, "news.example"},
		{TO_TWO " hello = desk.example.org", "desk.example.org"},
		{TO_TWO " hello = \"[192.0.2.1]\"", "[192.0.2.1]"},
		{TO_TWO " hello = \"[IPv6:2001:db8::1]\"", "[IPv6:2001:db8::1]"},
	};
	static const char *const refused[] = {TO_TWO " hello = box", TO_TWO " hello = \"a b.c\"",
		TO_TWO " hello = \"[300.1.1.1]\"", TO_TWO " hello = \"[::1]\""};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mail_of(f, rows[i].keys);
		assert_string_equal(f->request.hello.p, rows[i].hello);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct notify_fixture notify;

		notify_load(&notify, refused[i]);
		assert_null(notify.conf);
		notify_unload(&notify);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			headers_are_those_of_a_professional_mail, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			subjects_and_names_of_each_kind_are_valid, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			headers_cannot_be_injected, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			the_text_begins_with_the_passage, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_notice_answers_the_mail_of_its_alert, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_text_of_the_operator_is_in_both_alternatives, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			every_text_survives_its_encoding, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			the_server_is_given_a_full_name, set_up, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
