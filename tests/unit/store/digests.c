/* SPDX-License-Identifier: MIT */
/* Alerts of edits and digests in the database; deliveries that are part of a digest. */
#include "lib/unit.h"

#include "lib/store_fixture.h"

static const struct alert parts[] = {
	{
		.id = STR("al_2"),
		.watch = STR("w"),
		.watch_title = STR("W \"w\""),
		.priority = ALERT_URGENT,
		.title = STR("Two"),
		.link = STR("http://a.example/2"),
		.published = 1000,
		.feed = STR("a"),
		.feed_title = STR("A"),
	},
	{
		.id = STR("al_3"),
		.watch = STR("w"),
		.title = STR("Three"),
		.published = STAMP_NONE,
		.feed = STR("a"),
	},
};

static const struct alert_digest digest = {ALERT_WHY_FLOOD, parts, 2, 7};

static int64_t add_item(struct store_fixture *f, int64_t feed, const char *id)
{
	struct feed_item i = make_item(id, NULL, id, "text");
	struct store_item s = {.seen = STORE_NEW, .arrival = STORE_ARRIVED};

	memcpy(s.key, i.key, sizeof(s.key));
	assert_int_equal(store_item_put(f->store, feed, &i, 1, &s, &f->e), 0);
	return s.id;
}

static int64_t raise_alert(
	struct store_fixture *f, struct alert a, const char *id, int64_t item, uint64_t edition)
{
	static const struct store_plan plans[] = {
		{.notify = STR("desk"), .due_at = 5}, {.notify = STR("mail"), .due_at = 5}};
	struct store_raise r = {
		.alert = &a, .item = item, .edition = edition, .plans = plans, .n_plans = 2};
	int64_t row;

	a.id = str_of(id);
	a.watch = STR("w");
	a.published = STAMP_NONE;
	a.fetched = STAMP_NONE;
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_true(row > 0);
	return row;
}

/* Alert al_1 by itself; al_2 and al_3 in digest dg_1. */
static void fill(struct store_fixture *f)
{
	const struct alert plain = {.kind = ALERT_CREATED};
	const struct alert dg = {.kind = ALERT_DIGEST, .title = STR("2 more"), .digest = &digest};
	int64_t feed = make_feed(f, "a", 0), items[3], rows[3], row;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	for (int i = 0; i < 3; i++) {
		char id[8];

		snprintf(id, sizeof(id), "al_%d", i + 1);
		items[i] = add_item(f, feed, id);
		rows[i] = raise_alert(f, plain, id, items[i], 0);
	}
	row = raise_alert(f, dg, "dg_1", items[1], 99);
	for (int i = 1; i < 3; i++)
		assert_int_equal(
			store_alert_join_digest(f->store, rows[i], row, STR_NONE, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

static void a_digest_is_stored_and_read(void **state)
{
	struct store_fixture *f = *state;
	const struct alert_digest *d;
	struct store_due *due;
	size_t n;

	fill(f);
	assert_int_equal(
		store_outbox_due(f->store, STR("mail"), 9, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(due[0].alert.id.p, "al_1");
	assert_null(due[0].alert.digest);
	assert_string_equal(due[1].alert.id.p, "dg_1");
	assert_int_equal(due[1].alert.kind, ALERT_DIGEST);
	d = due[1].alert.digest;
	assert_true(d->why == ALERT_WHY_FLOOD && d->n == 2 && d->left_out == 7);
	assert_string_equal(d->alerts[0].id.p, "al_2");
	assert_string_equal(d->alerts[0].watch_title.p, "W \"w\"");
	assert_int_equal(d->alerts[0].priority, ALERT_URGENT);
	assert_string_equal(d->alerts[0].link.p, "http://a.example/2");
	assert_int_equal(d->alerts[0].published, 1000);
	assert_string_equal(d->alerts[0].feed_title.p, "A");
	assert_string_equal(d->alerts[1].title.p, "Three");
	assert_false(str_present(d->alerts[1].link));
	assert_int_equal(d->alerts[1].published, STAMP_NONE);
	/* Their age is that at the time of the digest. */
	assert_int_equal(d->alerts[0].created, due[1].alert.created);
	assert_int_equal(d->alerts[1].created, due[1].alert.created);
}

struct found {
	struct arena *arena;
	size_t n;
	struct store_delivery d[9];
};

static int keep_delivery(void *ctx, const struct store_due *row)
{
	struct found *found = ctx;

	found->d[found->n] = row->d;
	found->d[found->n].digest = arena_str(found->arena, row->d.digest);
	found->d[found->n].answer = arena_str(found->arena, row->d.answer);
	found->n++;
	return 0;
}

static struct found deliveries(struct store_fixture *f, const char *alert, int state)
{
	struct found found = {.arena = f->arena};
	struct store_delivery_filter by = {
		.alert_id = str_of(alert), .notify = STR("mail"), .state = state};

	assert_int_equal(store_delivery_each(f->store, &by, keep_delivery, &found, &f->e), 0);
	return found;
}

static int keep_row(void *ctx, const struct store_alert_row *row)
{
	*(struct store_alert_row *)ctx = *row;
	return 0;
}

static struct store_alert_row alert_row(struct store_fixture *f, const char *id)
{
	struct store_alert_filter by = {.id = str_of(id), .since = STAMP_NONE};
	struct store_alert_row row = {0};

	assert_int_equal(store_alert_each(f->store, &by, keep_row, &row, &f->e), 0);
	return row;
}

static void a_part_has_the_state_of_its_digest(void **state)
{
	struct store_fixture *f = *state;
	struct store_alert_row row;
	struct store_decided v;
	struct metrics m = {0};
	struct found found;
	int64_t part;

	fill(f);
	found = deliveries(f, "al_2", -1);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.d[0].state, STORE_PENDING);
	assert_string_equal(found.d[0].digest.p, "dg_1");
	part = found.d[0].id;
	found = deliveries(f, "dg_1", -1);
	assert_false(str_present(found.d[0].digest));
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_delivery_update(
				 f->store, found.d[0].id, STORE_DELIVERED, 0, 7, STR("200"), &f->e),
		0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	found = deliveries(f, "al_2", STORE_DELIVERED);
	assert_int_equal(found.n, 1);
	assert_true(found.d[0].attempts == 1 && found.d[0].done_at == 7);
	assert_string_equal(found.d[0].answer.p, "200");
	row = alert_row(f, "al_3");
	assert_true(row.deliveries[STORE_DELIVERED] == 1 && row.deliveries[STORE_PENDING] == 1);
	assert_int_equal(store_metrics(f->store, &m, &f->e), 0);
	assert_true(
		m.alerts_stored == 3 && m.deliveries_delivered == 1 && m.deliveries_pending == 3);
	/* A decision about a part is one about its digest. */
	assert_int_equal(
		store_delivery_decide(f->store, part, STORE_DROP, 8, f->arena, &v, &f->e), 0);
	assert_true(v.found && v.was == STORE_DELIVERED);
	part = deliveries(f, "al_3", -1).d[0].id - 1; /* to desk */
	assert_int_equal(
		store_delivery_decide(f->store, part, STORE_DROP, 8, f->arena, &v, &f->e), 0);
	assert_true(v.found && v.was == STORE_PENDING && str_is(v.notify, "desk"));
	assert_true(v.of > 0 && v.of != part);
	row = alert_row(f, "dg_1");
	assert_true(row.deliveries[STORE_DELIVERED] == 1 && row.deliveries[STORE_PENDING] == 0);
	row = alert_row(f, "al_2");
	assert_true(row.deliveries[STORE_DELIVERED] == 1 && row.deliveries[STORE_PENDING] == 0);
}

static void retention_keeps_a_digest_with_its_parts(void **state)
{
	const struct alert plain = {.kind = ALERT_CREATED};
	const struct alert dg = {.kind = ALERT_DIGEST, .title = STR("held"), .digest = &digest};
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0), row, into;
	struct store_due *due;
	bool more = true;
	size_t n;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	row = raise_alert(f, plain, "al_1", add_item(f, feed, "al_1"), 0);
	into = raise_alert(f, dg, "dg_1", 0, 99);
	assert_int_equal(store_alert_join_digest(f->store, row, into, STR_NONE, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(store_outbox_due(f->store, STR_NONE, 9, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(store_delivery_update(f->store, due[i].d.id, STORE_DEAD, 9, 9,
					 STR("refused"), &f->e),
			0);
	while (more)
		assert_int_equal(store_expire(f->store, DAY, 100, &more, &f->e), 0);
	assert_int_equal(alert_row(f, "al_1").deliveries[STORE_DEAD], 2);
}

/* Deliveries 1 and 2 are of al_1, 3 and 4 of al_2; sets rows to those of the alerts. */
static void raise_two(struct store_fixture *f, int64_t rows[2])
{
	const struct alert plain = {.kind = ALERT_CREATED};
	int64_t feed = make_feed(f, "a", 0);

	rows[0] = raise_alert(f, plain, "al_1", add_item(f, feed, "al_1"), 0);
	rows[1] = raise_alert(f, plain, "al_2", add_item(f, feed, "al_2"), 0);
}

/* A restore may know that the other one was delivered. */
static void an_alert_becomes_part_of_what_waits_only(void **state)
{
	struct store_fixture *f = *state;
	int64_t rows[2];

	assert_int_equal(store_begin(f->store, &f->e), 0);
	raise_two(f, rows);
	assert_int_equal(
		store_delivery_update(f->store, 2, STORE_DELIVERED, 9, 9, STR("ok"), &f->e), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(store_delivery_join(f->store, rows[1],
					 i ? STR("mail") : STR("desk"), rows[0], &f->e),
			0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(deliveries(f, "al_2", -1).d[0].state, STORE_PENDING);
	assert_false(str_present(deliveries(f, "al_2", -1).d[0].digest));
	assert_int_equal(alert_row(f, "al_2").deliveries[STORE_PENDING], 2);
}

/* Where the alert is held and does not join the digest, its parts stay with it. */
static void parts_stay_with_an_alert_that_joins_no_digest(void **state)
{
	const struct alert dg = {.kind = ALERT_DIGEST, .title = STR("2 more"), .digest = &digest};
	struct store_fixture *f = *state;
	int64_t rows[2], into;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	raise_two(f, rows);
	assert_int_equal(store_delivery_update(f->store, 2, STORE_HELD, 9, 9, STR_NONE, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, rows[1], STR("mail"), rows[0], &f->e), 0);
	into = raise_alert(f, dg, "dg_1", 0, 99);
	assert_int_equal(store_alert_join_digest(f->store, rows[0], into, STR_NONE, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_string_equal(deliveries(f, "al_2", -1).d[0].digest.p, "al_1");
}

static void changes_are_stored_and_read(void **state)
{
	static const struct str was[] = {STR("Level 3"), STR("AT")}, text = STR("a \"b\"\nc");
	static const struct alert_change changes[] = {
		{.part = ALERT_TEXT, .is = &text, .n_is = 1},
		{.part = ALERT_CATEGORIES, .was = was, .n_was = 2},
	};
	const struct alert edit = {.kind = ALERT_UPDATED, .changes = changes, .n_changes = 2};
	struct store_fixture *f = *state;
	const struct alert_change *c;
	struct store_due *due;
	int64_t feed = make_feed(f, "a", 0);
	size_t n;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	raise_alert(f, edit, "al_1", add_item(f, feed, "1"), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(
		store_outbox_due(f->store, STR("mail"), 9, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(due[0].alert.n_changes, 2);
	c = due[0].alert.changes;
	assert_true(c[0].part == ALERT_TEXT && c[0].n_was == 0 && str_eq(c[0].is[0], text));
	assert_true(c[1].part == ALERT_CATEGORIES && c[1].n_is == 0 && c[1].n_was == 2);
	assert_true(str_is(c[1].was[1], "AT"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_digest_is_stored_and_read),
		T(a_part_has_the_state_of_its_digest),
		T(retention_keeps_a_digest_with_its_parts),
		T(an_alert_becomes_part_of_what_waits_only),
		T(parts_stay_with_an_alert_that_joins_no_digest),
		T(changes_are_stored_and_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
