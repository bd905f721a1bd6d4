/* SPDX-License-Identifier: MIT */
/* Alerts of edits, and digests, as each service shows them. */
#include "lib/unit.h"

#include "alert/json.h"
#include "base/clock.h"
#include "lib/sink_fixture.h"
#include "sink/sink.h"

static const struct alert base = {
	.id = STR("al_abcdefghijklmnopqrstuvwxyz"),
	.created = INT64_C(1644862835000),
	.watch = STR("embassy-relocation"),
	.watch_title = STR("Embassy relocation"),
	.priority = ALERT_URGENT,
	.title = STR("The embassy"),
	.link = STR("https://news.example/1"),
	.published = STAMP_NONE,
	.feed = STR("wire"),
	.feed_title = STR("The Wire"),
	.source = STR("wire.example"),
	.fetched = STAMP_NONE,
};

/* Fails unless the body for a receiver with these keys has the text. */
static void assert_body_has(const struct alert *a, const char *keys, const char *text)
{
	static const struct sink_secrets no_secrets;
	struct arena *arena = arena_new(1 << 20);
	struct notify_fixture notify;
	struct sink_request request;
	struct notice notice = notice_of_alert(a);
	struct err e;

	notify_load(&notify, keys);
	assert_non_null(notify.conf);
	struct sink_context ctx = {.notify = &notify.conf->notifies[0],
		.secrets = &no_secrets,
		.now = a->created,
		.hostname = "box"};

	assert_int_equal(sink_render(&ctx, &notice, arena, &request, &e), 0);
	if (!strstr(request.body.p, text))
		print_error("%s: no %s in %s\n", keys, text, request.body.p);
	assert_non_null(strstr(request.body.p, text));
	assert_true(request.body.n <= sink_type_of(ctx.notify)->max_bytes);
	notify_unload(&notify);
	arena_free(arena);
}

static void an_edit_shows_old_and_new(void **state)
{
	static const struct {
		const char *keys, *text;
	} rows[] = {
		{"type = webhook url = http://a.example/",
			"\"change\":{\"title\":[\"The <old> title\",null],"
			"\"categories\":[[\"Level 3\",\"AT\"],[\"AT\",\"Level 4\"]]}"},
		{"type = slack url = http://a.example/",
			"\\ntitle: The &lt;old&gt; title → (none)\\n"
			"categories: Level 3 → Level 4\\n"},
		{"type = stdout", "\ntitle: The <old> title → (none)\n"
				  "categories: Level 3 → Level 4\n"},
		{"type = syslog", "changed=\"title: The <old> title → (none); "
				  "categories: Level 3 → Level 4\""},
	};
	static const struct str was[] = {STR("Level 3"), STR("AT")},
				is[] = {STR("AT"), STR("Level 4")}, title = STR("The <old> title");
	static const struct alert_change changes[] = {
		{.part = ALERT_TITLE, .was = &title, .n_was = 1},
		{ALERT_CATEGORIES, was, is, 2, 2},
	};
	struct alert a = base;

	(void)state;
	a.kind = ALERT_UPDATED;
	a.changes = changes;
	a.n_changes = 2;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_body_has(&a, rows[i].keys, rows[i].text);
}

static void a_digest_lists_its_alerts(void **state)
{
	static const struct alert parts[] = {
		{.id = STR("al_1"),
			.watch = STR("w"),
			.title = STR("One & <!here>"),
			.link = STR("http://a.example/1|x"),
			.published = 1000,
			.feed = STR("wire")},
		{.id = STR("al_2"),
			.watch = STR("w"),
			.title = STR("Two"),
			.published = STAMP_NONE,
			.feed = STR("wire")},
	};
	static const struct alert_digest digest = {ALERT_WHY_FLOOD, parts, 2, 7};
	static const struct {
		const char *keys, *text;
	} rows[] = {
		{"type = webhook url = http://a.example/",
			"{\"type\":\"digest.created\",\"timestamp\":\"2022-02-14T18:20:35Z\","
			"\"data\":{\"id\":\"dg_1\",\"watch\":{"},
		{"type = webhook url = http://a.example/",
			"\"title\":\"9 more alerts at once\",\"why\":\"flood\",\"alerts\":"
			"[{\"id\":\"al_1\",\"watch\":{\"name\":\"w\",\"title\":\"\","
			"\"priority\":\"flash\"},\"item\":{\"title\":\"One & <!here>\","
			"\"link\":\"http://a.example/1|x\","
			"\"published\":\"1970-01-01T00:00:01Z\","
			"\"feed\":{\"name\":\"wire\",\"title\":\"wire\"}}},"},
		{"type = webhook url = http://a.example/", "],\"left_out\":7}}"},
		{"type = slack url = http://a.example/",
			"\\n• <http://a.example/1%7Cx|One &amp; &lt;!here&gt;>\\n• Two\\n"
			"and 7 more: nightdesk alerts list\\n"},
		{"type = stdout", "URGENT · digest  9 more alerts at once · The Wire\n"
				  "The feed brought more at once than it usually does.\n\n"
				  "- One & <!here>\n  http://a.example/1|x\n- Two\n"
				  "and 7 more: nightdesk alerts list\nEmbassy relocation\n"
				  "source wire.example · alert dg_1\n"},
		{"type = syslog", "id=dg_1 priority=urgent watch=\"embassy-relocation\" "
				  "feed=\"wire\" source=\"wire.example\" "
				  "title=\"9 more alerts at once\" why=flood alerts=9 "
				  "titles=\"One & <!here>; Two\""},
		{"type = smtp server = smtp://a.example from = a@a.example to = b@a.example",
			"Subject: URGENT 9 more alerts at once\r\n"},
		{"type = smtp server = smtp://a.example from = a@a.example to = b@a.example",
			"Message-ID: <dg_1@a.example>\r\n"},
	};
	struct alert a = base;

	(void)state;
	a.kind = ALERT_DIGEST;
	a.id = STR("dg_1");
	a.title = STR("9 more alerts at once");
	a.link = STR_NONE;
	a.digest = &digest;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_body_has(&a, rows[i].keys, rows[i].text);
}

/* A receiver may refuse more than 20 KB. */
static void the_largest_digest_is_a_short_document(void **state)
{
	static struct alert parts[ALERT_DIGEST_MAX];
	struct alert_digest digest = {.why = ALERT_WHY_FLOOD, .alerts = parts, .left_out = 10000};
	struct alert a = base;
	char title[ALERT_DIGEST_TITLE_MAX + 1];
	size_t bytes = 0;
	struct buf out;

	(void)state;
	memset(title, 'x', sizeof(title) - 1);
	title[sizeof(title) - 1] = '\0';
	a.title = str_of(title);
	while (digest.n < ALERT_DIGEST_MAX &&
		bytes + alert_digest_bytes(&a) <= ALERT_DIGEST_BYTES) {
		bytes += alert_digest_bytes(&a);
		parts[digest.n++] = a;
	}
	a.kind = ALERT_DIGEST;
	a.digest = &digest;
	buf_init(&out, 1 << 20);
	assert_int_equal(alert_json_write(&a, &out), 0);
	assert_in_range(out.len, 10000, 20000);
	buf_release(&out);
}

static void a_trouble_says_what_to_do(void **state)
{
	static const struct {
		const char *keys, *text;
	} rows[] = {
		{"type = webhook url = http://a.example/",
			"{\"type\":\"trouble.began\",\"timestamp\":\"2022-02-14T18:20:35Z\","
			"\"data\":{"
			"\"id\":\"tr_1\",\"title\":\"2 receivers "
			"fail\",\"kind\":\"receiver-failing\","
			"\"advice\":\"look\",\"person\":true,\"troubles\":[{\"subject\":\"a\","
			"\"since\":\"2022-02-14T18:18:35Z\",\"detail\":\"HTTP 500\"}],"
			"\"left_out\":1}}"},
		{"type = slack url = http://a.example/", "\\na, since &lt;now&gt;\\nand 1 more\\n"},
		{"type = stdout", "URGENT · trouble  2 receivers fail · nightdesk on box\n"
				  "a, since <now>\nand 1 more\nnotice tr_1\n"},
		{"type = syslog", "id=tr_1 priority=urgent trouble=\"receiver-failing\" "
				  "feed=\"nightdesk\" title=\"2 receivers fail\" "
				  "text=\"a, since <now>; and 1 more\""},
		{"type = smtp server = smtp://a.example from = a@a.example to = b@a.example",
			"Subject: URGENT Trouble: 2 receivers fail\r\n"},
	};
	static const struct alert_trouble_part part = {
		STR("a"), STR("HTTP 500"), INT64_C(1644862715000)};
	static const struct alert_trouble trouble = {
		STR("receiver-failing"), STR("look"), true, &part, 1, 1};
	const struct alert a = {
		.kind = ALERT_TROUBLE_BEGAN,
		.id = STR("tr_1"),
		.created = base.created,
		.watch = STR("nightdesk"),
		.watch_title = STR("nightdesk"),
		.priority = ALERT_URGENT,
		.title = STR("2 receivers fail"),
		.body = STR("a, since <now>\nand 1 more\n"),
		.published = STAMP_NONE,
		.feed = STR("nightdesk"),
		.feed_title = STR("nightdesk on box"),
		.fetched = STAMP_NONE,
		.trouble = &trouble,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_body_has(&a, rows[i].keys, rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_edit_shows_old_and_new),
		cmocka_unit_test(a_digest_lists_its_alerts),
		cmocka_unit_test(a_trouble_says_what_to_do),
		cmocka_unit_test(the_largest_digest_is_a_short_document),
	};

	return cmocka_run_group_tests_name("sink documents", tests, NULL, NULL);
}
