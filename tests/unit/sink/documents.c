/* SPDX-License-Identifier: MIT */
/* Alerts of edits as each service shows them. */
#include "lib/unit.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_edit_shows_old_and_new),
	};

	return cmocka_run_group_tests_name("sink documents", tests, NULL, NULL);
}
