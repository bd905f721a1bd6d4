/* SPDX-License-Identifier: MIT */
/* Feeds, alerts and deliveries in the database. */
#include "lib/unit.h"

#include "store/store.h"
#include "lib/store_fixture.h"
#include "store/outbox.h"
#include "store/threads.h"

static void feed_state_is_stored_and_read(void **state)
{
	struct store_fixture *f = *state;
	struct store_feed in = {
		.name = STR("bbc"),
		.url = STR("http://a.example/"),
		.etag = STR("\"x\""),
		.last_modified = STR("Sat, 12 Feb 2022 10:00:00 GMT"),
		.body_hash = UINT64_MAX,
		.last_poll = 1,
		.last_ok = 2,
		.last_body = 3,
		.next_due = 4,
		.failures = 5,
		.last_error = STR("no answer"),
		.baseline = true,
		.partial = 6,
		.title = STR("BBC"),
		.moved_to = STR("http://b.example/"),
		.moved_seen = 7,
		.gone = true,
		.items_seen = 8,
	};
	struct store_feed out;

	assert_int_equal(store_feed_get(f->store, STR("bbc"), f->arena, &out, &f->e), 0);
	assert_int_equal(out.id, 0);
	assert_int_equal(out.last_poll, STAMP_NONE);
	assert_int_equal(store_feed_put(f->store, &in, &f->e), 0);
	assert_int_equal(store_feed_get(f->store, STR("bbc"), f->arena, &out, &f->e), 0);
	assert_int_equal(out.id, in.id);
	assert_string_equal(out.etag.p, "\"x\"");
	assert_string_equal(out.last_modified.p, "Sat, 12 Feb 2022 10:00:00 GMT");
	assert_true(out.body_hash == UINT64_MAX);
	assert_int_equal(out.last_poll, 1);
	assert_int_equal(out.last_ok, 2);
	assert_int_equal(out.last_body, 3);
	assert_int_equal(out.next_due, 4);
	assert_int_equal(out.failures, 5);
	assert_string_equal(out.last_error.p, "no answer");
	assert_true(out.baseline && out.gone && !out.url_changed);
	assert_int_equal(out.partial, 6);
	assert_string_equal(out.title.p, "BBC");
	assert_string_equal(out.moved_to.p, "http://b.example/");
	assert_int_equal(out.moved_seen, 7);
	assert_int_equal(out.items_seen, 8);
}

static void a_new_url_clears_the_state_of_the_old_one(void **state)
{
	struct store_fixture *f = *state;
	struct store_feed feed = {
		.name = STR("bbc"),
		.url = STR("http://a.example/"),
		.etag = STR("\"x\""),
		.body_hash = 3,
		.baseline = true,
		.moved_to = STR("http://b.example/"),
		.moved_seen = 2,
		.gone = true,
	};
	struct store_feed out;
	int64_t id;

	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	id = feed.id;
	feed.url = STR("http://b.example/");
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	assert_false(str_present(feed.etag));
	assert_int_equal(store_feed_get(f->store, STR("bbc"), f->arena, &out, &f->e), 0);
	assert_int_equal(out.id, id);
	assert_false(str_present(out.etag) || str_present(out.moved_to) || out.gone);
	assert_int_equal(out.body_hash, 0);
	assert_int_equal(out.moved_seen, 0);
	assert_true(out.url_changed && out.baseline);
}

static bool raise_alert(struct store_fixture *f, const char *id, const char *watch, int64_t item,
	uint64_t edition, uint64_t story)
{
	struct store_plan plans[] = {
		{.notify = STR("desk"), .due_at = 5}, {.notify = STR("mail"), .due_at = 5}};
	struct alert a = {
		.id = str_of(id), .watch = str_of(watch), .created = 5, .published = STAMP_NONE};
	struct store_raise r = {&a, item, edition, story, plans, 2, 0, 0};
	int64_t raised;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &raised, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return raised != 0;
}

static void an_alert_is_raised_once(void **state)
{
	struct store_fixture *f = *state;
	int64_t one = make_stored_item(f, "1"), two = make_stored_item(f, "2"),
		three = make_stored_item(f, "3");
	struct metrics c;
	int64_t row;

	assert_true(raise_alert(f, "al_1", "w", one, 0, 77));
	assert_false(raise_alert(f, "al_1", "w", one, 0, 77));
	assert_false(raise_alert(f, "al_x", "w", one, 0, 78));	/* watch and item */
	assert_false(raise_alert(f, "al_2", "w", two, 0, 77));	/* watch and story */
	assert_false(raise_alert(f, "al_1", "v", three, 0, 0)); /* id */
	assert_true(raise_alert(f, "al_3", "v", two, 0, 77));
	assert_true(raise_alert(f, "al_4", "w", one, 9, 0)); /* another edition alerts again */
	assert_true(raise_alert(f, "al_5", "w", three, 0, 0));
	assert_int_equal(store_thread_find(f->store, STR("w"), one, &row, &f->e), 0);
	assert_int_equal(row, 1);
	assert_int_equal(store_thread_find(f->store, STR("w"), two, &row, &f->e), 0);
	assert_int_equal(row, 0);
	assert_int_equal(store_metrics(f->store, &c, &f->e), 0);
	assert_int_equal(c.alerts_stored, 4);
	assert_int_equal(c.deliveries_pending, 8);
	assert_int_equal(c.deliveries_oldest_pending, 5);
}

static void an_alert_is_stored_and_read(void **state)
{
	struct store_fixture *f = *state;
	struct watch_hit hits[] = {
		{QUERY_TITLE, 4, 7, STR("embassy"), STR("embass*")},
		{QUERY_BODY, 1000000, 3, STR("\xd0\x9a\"\n"), STR("\"a b\"~3")},
		{QUERY_BODY, 1, 1, STR("\xff"), STR("not text")},
	};
	struct str desk = STR("desk");
	struct store_plan plan = {.notify = desk, .due_at = 5, .group = STR("noon")};
	struct alert a = {
		.id = STR("al_1"),
		.created = 3,
		.watch = STR("w"),
		.watch_title = STR("W"),
		.priority = ALERT_URGENT,
		.item_id = STR("guid"),
		.title = STR("The embassy"),
		.body = STR("text"),
		.published = STAMP_NONE,
		.feed = STR("bbc"),
		.feed_title = STR("BBC"),
		.source = STR("bbc.co.uk"),
		.hits = hits,
		.n_hits = 3,
		.fetched = 4,
	};
	struct store_raise r = {&a, make_stored_item(f, "1"), 0, 0, &plan, 1, 0, 0};
	struct store_due *due;
	int64_t raised;
	size_t n;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &raised, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(store_outbox_due(f->store, desk, 4, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_outbox_due(f->store, desk, 5, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(due->d.created, 3);
	assert_int_equal(due->d.due_at, 5);
	assert_int_equal(due->d.next_at, 5);
	assert_string_equal(due->d.group.p, "noon");
	assert_string_equal(due->d.alert_id.p, "al_1");
	assert_string_equal(due->alert.id.p, "al_1");
	assert_int_equal(due->alert.priority, ALERT_URGENT);
	assert_string_equal(due->alert.item_id.p, "guid");
	assert_string_equal(due->alert.feed_title.p, "BBC");
	assert_string_equal(due->alert.source.p, "bbc.co.uk");
	assert_false(str_present(due->alert.link) || str_present(due->alert.language));
	assert_int_equal(due->alert.published, STAMP_NONE);
	assert_int_equal(due->alert.fetched, 4);
	assert_int_equal(due->alert.n_hits, 2);
	assert_int_equal(due->alert.hits[1].field, QUERY_BODY);
	assert_int_equal(due->alert.hits[1].offset, 1000000);
	assert_string_equal(due->alert.hits[1].text.p, "\xd0\x9a\"\n");
	assert_string_equal(due->alert.hits[1].term.p, "\"a b\"~3");
}

static void the_outbox_follows_the_wall_clock(void **state)
{
	struct store_fixture *f = *state;
	struct store_due *due;
	size_t n;

	assert_true(raise_alert(f, "al_1", "w", make_stored_item(f, "1"), 0, 0));
	assert_true(raise_alert(f, "al_2", "w", make_stored_item(f, "2"), 0, 0));
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 5, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(
		store_delivery_defer(f->store, due[1].d.id, 90, STR("HTTP 429"), &f->e), 0);
	assert_int_equal(store_delivery_update(f->store, due[0].d.id, STORE_PENDING, 100, 6,
				 STR("HTTP 500"), &f->e),
		0);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 89, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_outbox_shift(f->store, 3000, 3050, &f->e), 0);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 3200, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(due[1].d.alert_id.p, "al_2");
	assert_int_equal(due[1].d.next_at, 3050); /* no attempt yet: due at once */
	assert_int_equal(due[1].d.attempts, 0);
	assert_int_equal(due[0].d.next_at, 3100);
	assert_int_equal(due[0].d.attempts, 1);
}

static void due_deliveries_come_in_order(void **state)
{
	struct store_fixture *f = *state;
	struct store_due *due;
	struct metrics c;
	int64_t at;
	size_t n;

	for (int i = 0; i < 5; i++) {
		char id[16];

		snprintf(id, sizeof(id), "al_%d", i);
		assert_true(raise_alert(f, id, "w", make_stored_item(f, id), 0, 0));
	}
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 5, 3, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 3);
	assert_string_equal(due[0].d.alert_id.p, "al_0");
	assert_string_equal(due[2].d.alert_id.p, "al_2");
	assert_int_equal(store_delivery_update(f->store, due[0].d.id, STORE_PENDING, 100, 6,
				 STR("HTTP 500"), &f->e),
		0);
	assert_int_equal(store_delivery_update(f->store, due[1].d.id, STORE_DELIVERED, 0, 6,
				 STR("HTTP 200"), &f->e),
		0);
	assert_int_equal(store_delivery_update(
				 f->store, due[2].d.id, STORE_DEAD, 0, 6, STR("gave up"), &f->e),
		0);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 200, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 3);
	assert_string_equal(due[0].d.alert_id.p, "al_0");
	assert_int_equal(due[0].d.attempts, 1);
	assert_string_equal(due[0].d.answer.p, "HTTP 500");
	assert_int_equal(due[0].d.done_at, STAMP_NONE);
	assert_int_equal(store_outbox_next(f->store, STR("desk"), 4, &at, &f->e), 0);
	assert_int_equal(at, 5);
	assert_int_equal(store_outbox_next(f->store, STR("desk"), 5, &at, &f->e), 0);
	assert_int_equal(at, 100);
	assert_int_equal(store_outbox_next(f->store, STR("nobody"), 0, &at, &f->e), 0);
	assert_int_equal(at, STAMP_NONE);
	assert_int_equal(
		store_outbox_due(f->store, STR_NONE, 200, 99, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 8);
	assert_int_equal(store_metrics(f->store, &c, &f->e), 0);
	assert_int_equal(c.deliveries_delivered, 1);
	assert_int_equal(c.deliveries_dead, 1);
}

struct kept {
	struct arena *arena;
	struct store_delivery d;
};

static int keep_delivery(void *ctx, const struct store_due *row)
{
	struct kept *k = ctx;

	k->d = row->d;
	if (str_present(row->d.answer))
		k->d.answer = arena_str(k->arena, row->d.answer);
	return 0;
}

static struct store_delivery delivery(struct store_fixture *f, int64_t id)
{
	const struct store_delivery_filter filter = {.id = id, .state = -1};
	struct kept k = {.arena = f->arena};

	assert_int_equal(store_delivery_each(f->store, &filter, keep_delivery, &k, &f->e), 0);
	assert_int_equal(k.d.id, id);
	return k.d;
}

static struct store_decided decide(struct store_fixture *f, int64_t id, enum store_decision what)
{
	struct store_decided v;

	assert_int_equal(store_delivery_decide(f->store, id, what, 50, f->arena, &v, &f->e), 0);
	assert_false(store_in_transaction(f->store));
	return v;
}

static void update(struct store_fixture *f, int64_t id, enum store_delivery_state state)
{
	assert_int_equal(
		store_delivery_update(f->store, id, state, 100, 6, STR("HTTP 400"), &f->e), 0);
}

static void recipients_of_a_mail_are_stored(void **state)
{
	struct store_fixture *f = *state;
	struct store_due *due;
	size_t n;

	assert_true(raise_alert(f, "al_1", "w", make_stored_item(f, "1"), 0, 0));
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 5, 1, f->arena, &due, &n, &f->e), 0);
	assert_false(str_present(due->d.served));
	assert_int_equal(store_delivery_served(f->store, 1, STR("a@x b@x"), &f->e), 0);
	update(f, 1, STORE_DEAD);
	decide(f, 1, STORE_RETRY);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 50, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(due->d.served.p, "a@x b@x");
	assert_false(str_present(delivery(f, 2).served));
}

static void a_delivery_can_be_retried(void **state)
{
	static const enum store_delivery_state from[] = {STORE_PENDING, STORE_HELD, STORE_DEAD};
	struct store_fixture *f = *state;
	struct store_delivery d;
	struct store_decided v;

	assert_true(raise_alert(f, "al_1", "w", make_stored_item(f, "1"), 0, 0));
	for (size_t i = 0; i < 3; i++) {
		update(f, 1, from[i]);
		v = decide(f, 1, STORE_RETRY);
		assert_true(v.found && v.was == from[i]);
		assert_string_equal(v.notify.p, "desk");
		d = delivery(f, 1);
		assert_int_equal(d.state, STORE_PENDING);
		assert_int_equal(d.attempts, 0);
		assert_int_equal(d.next_at, 50);
		assert_int_equal(d.done_at, STAMP_NONE);
		assert_false(str_present(d.answer));
	}
	update(f, 1, STORE_DELIVERED);
	v = decide(f, 1, STORE_RETRY);
	assert_true(v.found && v.was == STORE_DELIVERED);
	assert_int_equal(delivery(f, 1).state, STORE_DELIVERED);
	v = decide(f, 1, STORE_DROP);
	assert_true(v.found && v.was == STORE_DELIVERED);
	assert_int_equal(delivery(f, 1).state, STORE_DELIVERED);
	assert_int_equal(delivery(f, 2).attempts, 0);
	assert_false(decide(f, 99, STORE_RETRY).found);
	assert_false(decide(f, 99, STORE_DROP).found);
}

static void a_delivery_can_be_dropped(void **state)
{
	struct store_fixture *f = *state;
	struct store_delivery d;
	int64_t at;

	assert_true(raise_alert(f, "al_1", "w", make_stored_item(f, "1"), 0, 0));
	assert_true(decide(f, 1, STORE_DROP).was == STORE_PENDING);
	/* It was being sent: a failure does not revive it, but a success is recorded. */
	update(f, 1, STORE_PENDING);
	assert_int_equal(store_delivery_defer(f->store, 1, 90, STR("HTTP 429"), &f->e), 0);
	d = delivery(f, 1);
	assert_int_equal(d.state, STORE_DEAD);
	assert_int_equal(d.done_at, 50);
	assert_string_equal(d.answer.p, "dropped by hand");
	assert_int_equal(store_outbox_next(f->store, STR("desk"), 0, &at, &f->e), 0);
	assert_int_equal(at, STAMP_NONE);
	assert_int_equal(delivery(f, 2).state, STORE_PENDING);
	update(f, 1, STORE_DELIVERED);
	assert_int_equal(delivery(f, 1).state, STORE_DELIVERED);
}

static void a_full_arena_returns_the_deliveries_that_fit(void **state)
{
	struct store_fixture *f = *state;
	struct arena *small = arena_new(8000);
	struct store_due *due;
	size_t n;

	for (int i = 0; i < 50; i++) {
		char id[16];

		snprintf(id, sizeof(id), "al_%d", i);
		raise_alert(f, id, "w", make_stored_item(f, id), 0, 0);
	}
	assert_int_equal(store_outbox_due(f->store, STR("desk"), 5, 10, small, &due, &n, &f->e), 0);
	assert_in_range(n, 1, 49);
	arena_free(small);
}

static const struct {
	struct alert a;
	size_t max;
	const char *line;
} headlines[] = {
	{{.title = STR("A title"), .body = STR("text")}, 100, "A title"},
	{{.body = STR("First words.\n\nMore  of it.")}, 100, "First words. More of it."},
	{{.title = STR(" \n "), .link = STR("http://a.example/1")}, 100, "http://a.example/1"},
	{{.id = STR("al_1")}, 100, "(an item without title, text or link)"},
	{{.title = STR("One two three four")}, 14, "One two\xe2\x80\xa6"},
	{{.title = STR("Donaudampfschifffahrt")}, 12, "Donaudamp\xe2\x80\xa6"},
	{{.title = STR("a\x1b[2J\xe2\x80\xae"
		       "b\xe2\x80\xa8"
		       "c")},
		100, "a[2Jb c"},
	{{.title = STR("\xd0\x9a\xd0\xb8\xd1\x97\xd0\xb2")}, 7, "\xd0\x9a\xd0\xb8\xe2\x80\xa6"},
	{{.title = STR("exact fit")}, 9, "exact fit"},
};

static void a_headline_is_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(headlines) / sizeof(headlines[0]); i++) {
		struct buf b;

		buf_init(&b, 4096);
		buf_addz(&b, "> ");
		alert_headline(&headlines[i].a, headlines[i].max, &b);
		assert_string_equal(buf_z(&b) + 2, headlines[i].line);
		assert_in_range(b.len - 2, 1, headlines[i].max);
		buf_release(&b);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(feed_state_is_stored_and_read),
		T(a_new_url_clears_the_state_of_the_old_one),
		T(an_alert_is_raised_once),
		T(an_alert_is_stored_and_read),
		T(the_outbox_follows_the_wall_clock),
		T(due_deliveries_come_in_order),
		T(recipients_of_a_mail_are_stored),
		T(a_delivery_can_be_retried),
		T(a_delivery_can_be_dropped),
		T(a_full_arena_returns_the_deliveries_that_fit),
		cmocka_unit_test(a_headline_is_one_line),
	};

	return cmocka_run_group_tests_name("store alerts", tests, NULL, NULL);
}
