/* SPDX-License-Identifier: MIT */
/* Alerts of edits, and digests, as each service shows them. */
#include "lib/unit.h"

#include "alert/json.h"
#include "base/clock.h"
#include "lib/sink_fixture.h"
#include "sink/sink.h"

static const struct alert base = {
	.id = STR("al_abcdefghijklmnopqrstuvwxyz"),
	.created = SINK_NOW,
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
static void assert_body_has(struct sink_fixture *f, const char *keys, const char *text)
{
	sink_fixture_configure(f, keys);
	assert_int_equal(sink_fixture_render(f), 0);
	if (!strstr(f->request.body.p, text))
		print_error("%s: no %s in %s\n", keys, text, f->request.body.p);
	assert_non_null(strstr(f->request.body.p, text));
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
			"\"text\":\"title: The <old> title → (none)\"},{\"type\":\"text\","
			"\"text\":\"\\n\"}]},{\"type\":\"rich_text_section\",\"elements\":["
			"{\"type\":\"text\",\"text\":\"categories: Level 3 → Level 4\"}"},
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
	struct sink_fixture *f = *state;

	f->alert = base;
	f->alert.kind = ALERT_UPDATED;
	f->alert.changes = changes;
	f->alert.n_changes = 2;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_body_has(f, rows[i].keys, rows[i].text);
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
			"{\"type\":\"link\",\"url\":\"http://a.example/1%7Cx\","
			"\"text\":\"One & <!here>\"}"},
		{"type = slack url = http://a.example/",
			"{\"type\":\"text\",\"text\":\"Two\"}]}]},"
			"{\"type\":\"rich_text_section\",\"elements\":[{\"type\":\"text\","
			"\"text\":\"and 7 more: nightdesk alerts list\"}"},
		{"type = stdout",
			"URGENT · digest  9 more alerts at once · The Wire\n"
			"The feed brought more at once than it usually does.\n\n"
			"- One & <!here> · just published\n  http://a.example/1|x\n- Two\n"
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
	struct sink_fixture *f = *state;

	f->alert = base;
	f->alert.kind = ALERT_DIGEST;
	f->alert.id = STR("dg_1");
	f->alert.title = STR("9 more alerts at once");
	f->alert.link = STR_NONE;
	f->alert.digest = &digest;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_body_has(f, rows[i].keys, rows[i].text);
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
		{"type = slack url = http://a.example/", "\"text\":\"a, since <now>\"}"},
		{"type = stdout", "URGENT · trouble  2 receivers fail · nightdesk on box\n"
				  "a, since <now>\nand 1 more\nnotice tr_1\n"},
		{"type = syslog", "id=tr_1 priority=urgent trouble=\"receiver-failing\" "
				  "feed=\"nightdesk\" title=\"2 receivers fail\" "
				  "text=\"a, since <now>; and 1 more\""},
		{"type = smtp server = smtp://a.example from = a@a.example to = b@a.example",
			"Subject: URGENT Trouble: 2 receivers fail\r\n"},
	};
	static const struct alert_trouble_part part = {
		STR("a"), STR("HTTP 500"), SINK_NOW - 2 * CLOCK_MINUTE};
	static const struct alert_trouble trouble = {
		STR("receiver-failing"), STR("look"), true, &part, 1, 1};
	struct sink_fixture *f = *state;

	f->alert = (struct alert){
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
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_body_has(f, rows[i].keys, rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_edit_shows_old_and_new, sink_fixture_open, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_digest_lists_its_alerts, sink_fixture_open, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_trouble_says_what_to_do, sink_fixture_open, sink_fixture_close),
		cmocka_unit_test(the_largest_digest_is_a_short_document),
	};

	return cmocka_run_group_tests_name("sink documents", tests, NULL, NULL);
}
