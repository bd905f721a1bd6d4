/* SPDX-License-Identifier: MIT */
/* Traces of items: edits, verdicts, reasons for no alert, alerts, and finding items. */
#include "lib/unit.h"

#include <sqlite3.h>

#include "desk/text_diff.h"
#include "desk/explain.h"
#include "feed/identity.h"
#include "lib/desk_fixture.h"

#define CONF                                                                                       \
	"feed a { url = 'http://a.example/rss' source = 'outlet' groups = { wires } }\n"           \
	"feed b { url = 'http://b.example/rss' source = 'outlet' }\n"                              \
	"notify desk { type = 'stdout' }\nnotify mail { type = 'stdout' }\n"                       \
	"watch moves { query = 'embassy' notify = { desk, mail } }\n"                              \
	"watch near { query = 'embassy NEAR/2 kyiv' notify = desk }\n"                             \
	"watch boxed { query = 'embassy' groups = { nobody } feeds = { b } notify = desk }\n"      \
	"watch calm { query = 'embassy' exclude = 'monday' notify = desk }\n"                      \
	"watch rain { query = 'rain' notify = desk }\n"

#define TEXT "On Monday the embassy will leave the old and busy city of Kyiv."

static struct desk_result poll_items(
	struct desk_fixture *f, const char *feed, struct feed_item *items, size_t n)
{
	struct feed_batch b = make_batch(items, n);
	struct desk_poll p = {
		.feed = str_of(feed),
		.outcome = DESK_NEW_BODY,
		.batch = &b,
		.started = clock_wall(),
		.fetched = clock_wall(),
	};
	struct desk_result r;

	for (size_t i = 0; i < n; i++)
		feed_identity_fill(&items[i], NULL, 0);
	assert_int_equal(desk_ingest(f->desk, f->conf, &p, &r, &f->e), 0);
	clock_virtual_advance(CLOCK_MINUTE);
	return r;
}

static struct desk_result poll_one(struct desk_fixture *f, const char *feed, struct feed_item item)
{
	return poll_items(f, feed, &item, 1);
}

static void poll_two(
	struct desk_fixture *f, const char *feed, struct feed_item one, struct feed_item other)
{
	struct feed_item items[] = {one, other};

	poll_items(f, feed, items, 2);
}

/* Feed a has a baseline, feed b does not. */
static void open_newsroom(struct desk_fixture *f)
{
	desk_fixture_open(f, CONF "watch groups-of { query = 'x' groups = { wires } }\n");
	poll_one(f, "a", make_item("old", NULL, "The embassy opens", "Years ago."));
}

static int64_t find_one(struct desk_fixture *f, const char *name)
{
	int64_t rows[4];
	size_t n = 0;

	assert_int_equal(
		desk_find_items(f->db->store, f->conf, str_of(name), rows, 4, &n, &f->e), 0);
	assert_int_equal(n, 1);
	return rows[0];
}

static struct desk_explanation explain(struct desk_fixture *f, const char *name, const char *watch)
{
	const struct conf_watch *w = watch ? conf_find_watch(f->conf, str_of(watch)) : NULL;
	struct desk_explanation x;
	int rc = desk_explain(f->db->store, f->conf, find_one(f, name), w, f->db->arena, &x, &f->e);

	if (rc)
		print_error("%s\n", f->e.text);
	assert_int_equal(rc, 0);
	return x;
}

static const struct desk_verdict *verdict(const struct desk_explanation *x, const char *watch)
{
	for (size_t i = 0; i < x->n_verdicts; i++)
		if (strcmp(x->verdicts[i].watch->name, watch) == 0)
			return &x->verdicts[i];
	fail_msg("no verdict of %s", watch);
	return NULL;
}

static bool says(struct str s, const char *words)
{
	return str_find(s, str_of(words)) >= 0;
}

static void matches_and_failures_are_explained(void **state)
{
	struct desk_fixture f;
	struct desk_explanation x;
	const struct desk_verdict *v;

	(void)state;
	open_newsroom(&f);
	poll_one(&f, "a", make_item("1", "http://a.example/1", "Farewell", TEXT));
	x = explain(&f, "1", NULL);
	assert_true(str_is(x.item.feed, "a") && x.conf_feed && !x.first_run);
	assert_int_equal(x.n_matching, 1);
	assert_int_equal(x.n_verdicts, 6);
	assert_int_equal(x.n_unexplained, 0);
	v = verdict(&x, "moves");
	assert_true(v->matches && v->alert_state == DESK_ALERTED &&
		    str_eq(v->alert_id, x.alerts[0].id));
	assert_int_equal(v->n_hits, 1);
	assert_true(str_is(v->hits[0].text, "embassy") && v->hits[0].field == QUERY_BODY);
	v = verdict(&x, "near");
	assert_false(v->matches || v->outside);
	assert_true(says(v->why, "at the nearest 8 words lie between, 2 may"));
	v = verdict(&x, "boxed");
	assert_true(!v->matches && v->outside);
	v = verdict(&x, "calm");
	assert_true(!v->outside && v->excluded);
	assert_true(says(v->why, "exclude monday: the body has \"Monday\""));
	assert_false(verdict(&x, "near")->excluded || verdict(&x, "boxed")->excluded);
	assert_true(says(verdict(&x, "rain")->why, "does not occur"));
	assert_false(verdict(&x, "groups-of")->outside);
	x = explain(&f, "1", "rain");
	assert_int_equal(x.n_verdicts, 1);
	assert_string_equal(x.verdicts[0].watch->name, "rain");
	x = explain(&f, "1", "moves");
	assert_int_equal(x.n_verdicts, 1);
	assert_true(x.verdicts[0].matches);
	desk_fixture_close(&f);
}

static void the_reason_for_no_alert_is_given(void **state)
{
	struct desk_fixture f;
	struct desk_explanation x;

	(void)state;
	open_newsroom(&f);
	poll_one(&f, "b", make_item("other", NULL, "Hello", "World"));
	x = explain(&f, "old", "moves");
	assert_true(x.first_run && x.verdicts[0].alert_state == DESK_FIRST_RUN);
	assert_int_equal(x.n_alerts, 0);
	poll_one(&f, "a", make_item("1", "http://a.example/1", "The embassy", "x"));
	poll_one(&f, "b", make_item("1b", "http://a.example/1", "The embassy", "y"));
	x = explain(&f, "1b", "moves");
	assert_int_equal(x.verdicts[0].alert_state, DESK_SAME_STORY);
	assert_true(str_eq(x.verdicts[0].alert_id, explain(&f, "1", "moves").verdicts[0].alert_id));
	assert_int_equal(x.n_quiet, 1);
	assert_true(x.quiet[0].reason == STORE_QUIET_STORY &&
		    str_is(x.quiet[0].link, "http://a.example/1"));
	/* A watch that was added after the item arrived. */
	poll_one(&f, "a", make_item("2", NULL, "A flood", "x"));
	desk_configure(&f, CONF "watch flood { query = 'flood' notify = desk }\n");
	x = explain(&f, "2", "flood");
	assert_true(x.verdicts[0].matches && x.verdicts[0].alert_state == DESK_NOT_RECORDED);
	desk_fixture_close(&f);
}

/* What was recorded stays true after later edits of either item, and of the watch. */
static void reasons_are_those_of_their_time(void **state)
{
	struct desk_fixture f;
	struct desk_explanation x;
	struct str first;

	(void)state;
	open_newsroom(&f);
	poll_one(&f, "b", make_item("other", NULL, "Hello", "World"));
	poll_one(&f, "a", make_item("1", "http://a.example/1", "The embassy", "x"));
	first = explain(&f, "1", "moves").verdicts[0].alert_id;
	poll_one(&f, "b", make_item("1b", "http://a.example/1", "The embassy", "y"));
	/* The publisher gives the copy a page of its own. */
	poll_one(&f, "b", make_item("1b", "http://a.example/copy", "The embassy stays", "y"));
	x = explain(&f, "1b", "moves");
	assert_int_equal(x.verdicts[0].alert_state, DESK_SAME_STORY);
	assert_true(str_eq(x.verdicts[0].alert_id, first));
	assert_int_equal(x.n_quiet, 2); /* folded, then edited */
	assert_true(x.quiet[0].reason == STORE_QUIET_STORY && str_eq(x.quiet[0].alert, first));
	assert_true(str_is(x.quiet[0].link, "http://a.example/1"));
	assert_true(x.quiet[1].reason == STORE_QUIET_EDIT && !str_present(x.quiet[1].alert));
	assert_int_equal(x.quiet[1].at - x.quiet[0].at, CLOCK_MINUTE);
	/* An edit that no longer matches. */
	poll_one(&f, "b", make_item("1b", "http://a.example/copy", "Nothing", "y"));
	x = explain(&f, "1b", "moves");
	assert_true(!x.verdicts[0].matches && x.n_quiet == 2);
	desk_fixture_close(&f);
}

static void a_version_alerts_once(void **state)
{
	struct desk_fixture f;
	struct desk_explanation x;

	(void)state;
	desk_fixture_open(&f, "feed a { url = 'http://a.example/rss' }\n"
			      "watch moves { query = 'embassy' on-update = alert }\n");
	poll_one(&f, "a", make_item("old", NULL, "The embassy opens", "Years ago."));
	poll_one(&f, "a", make_item("1", NULL, "The embassy", "x"));
	poll_one(&f, "a", make_item("1", NULL, "The embassy", "y"));
	poll_one(&f, "a", make_item("1", NULL, "The embassy", "x"));
	assert_int_equal(explain(&f, "1", NULL).n_quiet, 0); /* three editions of one item */
	poll_one(&f, "a", make_item("1", NULL, "The embassy", "y"));
	x = explain(&f, "1", NULL);
	assert_int_equal(x.n_quiet, 1);
	assert_true(x.quiet[0].reason == STORE_QUIET_VERSION && str_present(x.quiet[0].alert));
	desk_fixture_close(&f);
}

static void edits_are_shown(void **state)
{
	struct desk_fixture f;
	struct desk_explanation x;

	(void)state;
	open_newsroom(&f);
	poll_one(&f, "a", make_item("1", NULL, "Farewell", "Nothing is known."));
	poll_one(&f, "a", make_item("1", NULL, "Farewell", "Nothing at all is known."));
	poll_one(&f, "a", make_item("1", NULL, "The embassy leaves", "Nothing at all is known."));
	x = explain(&f, "1", "moves");
	assert_int_equal(x.n_edits, 2);
	assert_int_equal(x.edits[0].n_changes, 1);
	assert_int_equal(x.edits[0].changes[0].part, ALERT_TITLE);
	assert_true(str_is(*x.edits[0].changes[0].was, "Farewell"));
	assert_true(str_is(*x.edits[0].changes[0].is, "The embassy leaves"));
	assert_int_equal(x.edits[1].n_changes, 1);
	assert_int_equal(x.edits[1].changes[0].part, ALERT_TEXT);
	assert_true(str_is(*x.edits[1].changes[0].was, "Nothing is known."));
	assert_true(str_is(*x.edits[1].changes[0].is, "Nothing at all is known."));
	assert_int_equal(x.edits[0].at - x.edits[1].at, CLOCK_MINUTE);
	assert_true(x.verdicts[0].matches && x.verdicts[0].alert_state == DESK_ALERTED);
	desk_fixture_close(&f);
}

/* Items stored before the arrival was recorded. */
static void forget_arrivals(struct desk_fixture *f)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->db->path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "UPDATE items SET arrival = NULL", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void arrival_is_stored_or_guessed(void **state)
{
	static const char *const feeds = "feed q { url = 'http://q.example/' }\n"
					 "feed n { url = 'http://n.example/' first-run = newest }\n"
					 "feed t { url = 'http://t.example/' first-run = alert }\n";
	struct desk_fixture f;
	struct desk_explanation x;
	char text[512];

	(void)state;
	snprintf(text, sizeof(text), "%swatch other { query = 'flood' }\n", feeds);
	desk_fixture_open(&f, text);
	poll_one(&f, "q", make_item("quiet", NULL, "The embassy", "x"));
	poll_one(&f, "n", make_item("newest", NULL, "The embassy", "x"));
	poll_one(&f, "t", make_item("told", NULL, "The embassy", "x"));
	poll_one(&f, "q", make_item("news", NULL, "The embassy", "x"));
	snprintf(text, sizeof(text), "%swatch moves { query = 'embassy' }\n", feeds);
	desk_configure(&f, text);
	x = explain(&f, "quiet", "moves");
	assert_true(x.first_run && !x.first_run_guessed);
	assert_int_equal(x.verdicts[0].alert_state, DESK_FIRST_RUN);
	/* These two were matched, with another version of the watch. */
	x = explain(&f, "newest", "moves");
	assert_true(x.first_run && x.verdicts[0].alert_state == DESK_NOT_RECORDED);
	x = explain(&f, "told", "moves");
	assert_true(x.first_run && x.verdicts[0].alert_state == DESK_NOT_RECORDED);
	x = explain(&f, "news", "moves");
	assert_true(!x.first_run && x.verdicts[0].alert_state == DESK_NOT_RECORDED);
	forget_arrivals(&f);
	x = explain(&f, "quiet", "moves");
	assert_true(x.first_run && x.first_run_guessed);
	assert_int_equal(x.verdicts[0].alert_state, DESK_FIRST_RUN);
	assert_false(explain(&f, "news", "moves").first_run);
	desk_fixture_close(&f);
}

static void earlier_texts_are_matched(void **state)
{
	struct desk_fixture f;
	struct desk_explanation x;

	(void)state;
	open_newsroom(&f);
	poll_one(&f, "a", make_item("1", NULL, "The embassy", "Rain."));
	poll_one(&f, "a", make_item("1", NULL, "The embassy", "More rain."));
	poll_one(&f, "a", make_item("1", NULL, "The embassy", "On Monday."));
	x = explain(&f, "1", NULL);
	assert_int_equal(verdict(&x, "moves")->earlier, 3);
	assert_true(verdict(&x, "calm")->earlier == 3 && !verdict(&x, "calm")->matches);
	assert_true(verdict(&x, "rain")->earlier == 3 && !verdict(&x, "rain")->matches);
	assert_int_equal(verdict(&x, "near")->earlier, 0);
	poll_one(&f, "a", make_item("1", NULL, "Nothing", "At all."));
	x = explain(&f, "1", NULL);
	assert_int_equal(verdict(&x, "moves")->earlier, 7);
	assert_int_equal(verdict(&x, "rain")->earlier, 6);
	/* The first text did not alert; the edit that made it match did, now as then. */
	poll_one(&f, "b", make_item("2", NULL, "Nothing", "At all."));
	poll_one(&f, "b", make_item("2", NULL, "Nothing", "The embassy."));
	x = explain(&f, "2", "moves");
	assert_true(x.verdicts[0].alert_state == DESK_ALERTED && x.verdicts[0].earlier == 0);
	desk_configure(&f, CONF "watch all { query = 'all' } watch none { query = 'nothing' }\n");
	x = explain(&f, "2", NULL);
	assert_int_equal(verdict(&x, "none")->alert_state, DESK_FIRST_RUN);
	assert_int_equal(verdict(&x, "moves")->alert_state, DESK_ALERTED);
	desk_fixture_close(&f);
}

static void deliveries_are_shown(void **state)
{
	struct desk_fixture f;
	struct desk_explanation x;
	const struct store_delivery *d;

	(void)state;
	open_newsroom(&f);
	poll_one(&f, "a", make_item("1", NULL, "The embassy", "y"));
	x = explain(&f, "1", NULL);
	assert_int_equal(x.n_alerts, 2); /* moves and calm */
	for (size_t i = 0; i < x.n_alerts; i++)
		assert_int_equal(
			x.alerts[i].n_deliveries, str_is(x.alerts[i].watch, "moves") ? 2 : 1);
	x = explain(&f, "1", "moves");
	assert_int_equal(x.n_alerts, 1);
	d = &x.alerts[0].deliveries[0];
	assert_int_equal(d->state, STORE_PENDING);
	assert_int_equal(store_begin(f.db->store, &f.e), 0);
	assert_int_equal(store_delivery_update(f.db->store, d->id, STORE_DELIVERED, 0, T0,
				 STR("200 thanks"), &f.e),
		0);
	assert_int_equal(store_commit(f.db->store, &f.e), 0);
	x = explain(&f, "1", "moves");
	d = &x.alerts[0].deliveries[0];
	assert_int_equal(d->state, STORE_DELIVERED);
	assert_int_equal(d->attempts, 1);
	assert_true(str_is(d->answer, "200 thanks"));
	desk_fixture_close(&f);
}

static void items_are_found(void **state)
{
	struct desk_fixture f;
	struct desk_explanation x;
	char number[32];
	int64_t rows[4], row;
	size_t n;

	(void)state;
	open_newsroom(&f);
	poll_one(&f, "b", make_item("7", NULL, "Another", "x"));
	poll_one(&f, "a", make_item("7", "http://a.example/7", "The embassy", "x"));
	assert_int_equal(desk_find_items(f.db->store, f.conf, STR("7"), rows, 4, &n, &f.e), 0);
	assert_int_equal(n, 2);
	assert_true(rows[0] > rows[1]);
	row = find_one(&f, "http://a.example/7");
	assert_int_equal(row, rows[0]);
	/* The same page with the address that a browser shows. */
	assert_int_equal(find_one(&f, "https://www.a.example/7#top"), row);
	snprintf(number, sizeof(number), "#%lld", (long long)row);
	assert_int_equal(find_one(&f, number), row);
	x = explain(&f, number, NULL);
	assert_int_equal(find_one(&f, x.alerts[0].id.p), row);
	/* Two stories with one id are stored under other keys. */
	poll_two(&f, "a", make_item("same", "http://a.example/x", "A", "x"),
		make_item("same", "http://a.example/y", "B", "y"));
	assert_int_equal(desk_find_items(f.db->store, f.conf, STR("same"), rows, 4, &n, &f.e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(desk_find_items(f.db->store, f.conf, STR("no"), rows, 4, &n, &f.e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(
		desk_explain(f.db->store, f.conf, 999, NULL, f.db->arena, &x, &f.e), -ERR_INPUT);
	desk_fixture_close(&f);
}

static const struct {
	const char *was, *is, *was_part, *is_part;
} edits[] = {
	{"same", "same", NULL, NULL},
	{"one two three", "one four three", "one two three", "one four three"},
	{"", "all new", "", "all new"},
	{"aaaa bbbb cccc dddd eeee ffff", "aaaa bbbb cccc XXXX eeee ffff", "cccc dddd eeee",
		"cccc XXXX eeee"},
	{"aaaa bbbb cccc", "aaaa bbbb cccc dddd", "bbbb cccc", "bbbb cccc dddd"},
	{"dies in Kyiv", "died in Kyiv", "dies in", "died in"},
	{"x x x x", "x x x", "x x x x", "x x x"},
	{"aaaa Київ bbbb", "aaaa Києв bbbb", "aaaa Київ bbbb", "aaaa Києв bbbb"},
};

static void the_diff_has_the_words_that_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		struct str was, is;

		desk_text_diff(str_of(edits[i].was), str_of(edits[i].is), 6, 60, &was, &is);
		if (!edits[i].was_part) {
			assert_false(str_present(was) || str_present(is));
			continue;
		}
		if (!str_is(was, edits[i].was_part) || !str_is(is, edits[i].is_part))
			print_error("%zu: \"%.*s\" \"%.*s\"\n", i, STR_ARG(was), STR_ARG(is));
		assert_true(str_is(was, edits[i].was_part));
		assert_true(str_is(is, edits[i].is_part));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_and_failures_are_explained),
		cmocka_unit_test(the_reason_for_no_alert_is_given),
		cmocka_unit_test(reasons_are_those_of_their_time),
		cmocka_unit_test(a_version_alerts_once),
		cmocka_unit_test(edits_are_shown),
		cmocka_unit_test(arrival_is_stored_or_guessed),
		cmocka_unit_test(earlier_texts_are_matched),
		cmocka_unit_test(deliveries_are_shown),
		cmocka_unit_test(items_are_found),
		cmocka_unit_test(the_diff_has_the_words_that_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
