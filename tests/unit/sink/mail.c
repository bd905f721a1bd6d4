/* SPDX-License-Identifier: MIT */
/* The mail of an alert: header fields, encodings, both alternatives. */
#include "lib/unit.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "lib/sink_fixture.h"
#include "sink/sink.h"

#define NOW INT64_C(1644862835000) /* 2022-02-14T18:20:35Z */
#define TO_TWO                                                                                     \
	"type = smtp server = smtp://mail.example:587 from = nightdesk@news.example "              \
	"to = { duty@news.example, foreign@news.example }"

static struct watch_hit hit = {QUERY_BODY, 31, 7, STR("embassy"), STR("embass*")};

static struct alert an_alert(void)
{
	return (struct alert){
		.id = STR("al_abcdefghijklmnopqrstuvwxyz"),
		.created = NOW,
		.watch = STR("embassy-relocation"),
		.watch_title = STR("Embassy relocation"),
		.priority = ALERT_URGENT,
		.title = STR("Norland relocates its embassy"),
		.link = STR("https://news.example/a?x=1&y=2"),
		.body = STR("First.\n\nNorland is moving its *embassy* out of Kyiv.\n- one\n- two"),
		.published = NOW - 3 * CLOCK_MINUTE,
		.feed = STR("wire"),
		.feed_title = STR("The Wire"),
		.source = STR("wire.example"),
		.hits = &hit,
		.n_hits = 1,
		.fetched = NOW,
	};
}

/* The request for an alert; its strings are in arena. */
static struct sink_request mail_of(const struct alert *a, const char *keys, struct arena *arena)
{
	static const struct sink_secrets no_secrets;
	struct notify_fixture notify;
	struct sink_request r = {0};
	struct notice notice = notice_of_alert(a);
	struct err e;

	notify_load(&notify, keys);
	assert_non_null(notify.conf);
	struct sink_context ctx = {.notify = &notify.conf->notifies[0],
		.secrets = &no_secrets,
		.now = NOW,
		.hostname = "box"};

	assert_int_equal(sink_render(&ctx, &notice, arena, &r, &e), 0);
	r.hello = arena_str(arena, r.hello);
	notify_unload(&notify);
	return r;
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
	struct arena *arena = arena_new(1 << 20);
	struct alert a = an_alert();
	struct sink_request r = mail_of(&a, TO_TWO, arena);

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!strstr(r.body.p, lines[i]))
			print_error("no %s in\n%s\n", lines[i], r.body.p);
		assert_non_null(strstr(r.body.p, lines[i]));
	}
	assert_short_lines(r.body.p);
	arena_free(arena);
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

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct alert a = an_alert();
		struct sink_request r;

		a.priority = rows[i].priority;
		a.title = str_of(rows[i].title);
		a.watch_title = str_of(rows[i].watch_title);
		r = mail_of(&a, TO_TWO, arena);
		if (!strstr(r.body.p, rows[i].subject) || !strstr(r.body.p, rows[i].from))
			print_error("row %zu:\n%s\n", i, r.body.p);
		assert_non_null(strstr(r.body.p, rows[i].subject));
		assert_non_null(strstr(r.body.p, rows[i].from));
		assert_short_lines(r.body.p);
		arena_free(arena);
	}
}

static void headers_cannot_be_injected(void **state)
{
	static const char *const allowed[] = {"From: ", "To: ", "Subject: ", " ",
		"Date: ", "Message-ID: ", "Importance: ", "Auto-Submitted: ", "MIME-Version: ",
		"Content-Type: ", "List-Id: ", "X-Nightdesk-Watch: ", "X-Nightdesk-Priority: "};
	struct arena *arena = arena_new(1 << 20);
	struct alert a = an_alert();
	const char *p;

	(void)state;
	a.title = STR("x\r\nBcc: evil@example\r\n\r\n.\r\nQUIT =?utf-8?B?eA==?= "
		      "\xe2\x80\xae turned and long enough to be folded into more than one word");
	a.body = STR("x\r\n.\r\nQUIT\n--=_al_abcdefghijklmnopqrstuvwxyz\nFrom me\n.\n<script>");
	a.watch_title = STR("W\r\nBcc: x@y");
	a.n_hits = 0;
	p = mail_of(&a, TO_TWO, arena).body.p;
	assert_short_lines(p);
	assert_null(strstr(p, "\nBcc"));
	assert_null(strstr(part_of(p, "text/html", arena), "<script>"));
	for (; strncmp(p, "\r\n", 2) != 0; p = strstr(p, "\r\n") + 2) {
		bool known = false;

		for (size_t k = 0; k < sizeof(allowed) / sizeof(allowed[0]); k++)
			known = known || strncmp(p, allowed[k], strlen(allowed[k])) == 0;
		assert_true(known);
	}
	arena_free(arena);
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
	struct arena *arena = arena_new(1 << 20);
	struct alert a = an_alert();
	struct sink_request r = mail_of(&a, TO_TWO, arena);
	const char *text = part_of(r.body.p, "text/html", arena);

	(void)state;
	for (size_t i = 0; i < sizeof(html) / sizeof(html[0]); i++) {
		if (!strstr(text, html[i]))
			print_error("no %s in\n%s\n", html[i], text);
		assert_non_null(strstr(text, html[i]));
	}
	assert_string_equal(part_of(r.body.p, "text/plain", arena), plain);
	assert_non_null(strstr(r.body.p, "Norland is moving its *[[embassy]]* out of Kyiv.\r\n"));
	arena_free(arena);
}

/* Random text of every kind arrives as it was. */
static void every_text_survives_its_encoding(void **state)
{
	static const char *const pieces[] = {"a", " ", "  ", "=", ".", "F", "From ", "\xd7\x90",
		"\xe6\x9a\xb4", "\xf0\x9f\x9a\xa8", "word", "\t", "--", "\xc3\xa9"};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5);
	for (int turn = 0; turn < 500; turn++) {
		struct arena *arena = arena_new(1 << 20);
		struct alert a = an_alert();
		struct sink_request r;
		struct buf text, shown;
		const char *got;

		buf_init(&text, 4096);
		buf_init(&shown, 32768);
		buf_addz(&text, "x");
		for (uint64_t n = rng_below(&rng, 70); n > 0; n--)
			buf_addz(
				&text, pieces[rng_below(&rng, sizeof(pieces) / sizeof(pieces[0]))]);
		buf_addz(&text, "x");
		a.n_hits = 0;
		a.title = STR("t");
		a.link = buf_str(&text);
		r = mail_of(&a, TO_TWO, arena);
		assert_short_lines(r.body.p);
		utf8_escape(&shown, a.link, a.link.n, false);
		got = part_of(r.body.p, "text/plain", arena);
		if (!strstr(got, buf_z(&shown)))
			print_error("turn %d: %s not in %s\n", turn, buf_z(&shown), got);
		assert_non_null(strstr(got, buf_z(&shown)));
		buf_release(&text);
		buf_release(&shown);
		arena_free(arena);
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

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct alert a = an_alert();

		assert_string_equal(mail_of(&a, rows[i].keys, arena).hello.p, rows[i].hello);
		arena_free(arena);
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
		cmocka_unit_test(headers_are_those_of_a_professional_mail),
		cmocka_unit_test(subjects_and_names_of_each_kind_are_valid),
		cmocka_unit_test(headers_cannot_be_injected),
		cmocka_unit_test(the_text_begins_with_the_passage),
		cmocka_unit_test(every_text_survives_its_encoding),
		cmocka_unit_test(the_server_is_given_a_full_name),
	};

	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
