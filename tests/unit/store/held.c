/* SPDX-License-Identifier: MIT */
/* Deliveries that are held, and what at-most counts. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/held.h"
#include "store/troubles.h"

static int64_t add_item(struct store_fixture *f, const char *id)
{
	struct feed_item i = make_item(id, NULL, id, "text");
	struct store_item s = {.seen = STORE_NEW, .arrival = STORE_ARRIVED};

	memcpy(s.key, i.key, sizeof(s.key));
	assert_int_equal(store_item_put(f->store, 1, &i, 1, &s, &f->e), 0);
	return s.id;
}

static int64_t hold(struct store_fixture *f, const char *id, const char *watch,
	enum alert_priority priority, const struct store_plan *plans)
{
	struct alert a = {.id = str_of(id),
		.watch = str_of(watch),
		.watch_title = str_of(watch),
		.priority = priority,
		.title = str_of(id[3] == 'x' ? NULL : id),
		.body = STR("body"),
		.created = 5,
		.published = STAMP_NONE,
		.fetched = STAMP_NONE};
	struct store_raise r = {.alert = &a, .item = add_item(f, id), .plans = plans, .n_plans = 2};
	int64_t row;

	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_true(row > 0);
	return row;
}

static void fill(struct store_fixture *f)
{
	const struct store_plan quiet[] = {{STR("desk"), STORE_HELD, 50, STR("quiet"), {0}},
		{STR("mail"), STORE_PENDING, 5, {0}, {0}}};
	const struct store_plan limit[] = {{STR("desk"), STORE_HELD, 30, STR("limit"), {0}},
		{STR("mail"), STORE_SILENCED, 5, {0}, {0}}};

	make_feed(f, "a", 0);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	hold(f, "al_1", "b", ALERT_LOW, quiet);
	hold(f, "al_2", "a", ALERT_NORMAL, quiet);
	hold(f, "al_x", "b", ALERT_URGENT, limit);
	hold(f, "al_4", "a", ALERT_NORMAL, limit);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

struct seen {
	char text[128];
};

static int see(void *ctx, const struct alert *a)
{
	struct seen *seen = ctx;
	size_t n = strlen(seen->text);

	assert_int_equal(a->created, 5);
	snprintf(seen->text + n, sizeof(seen->text) - n, "%s%.*s %.*s %.*s", n ? "; " : "",
		STR_ARG(a->id), STR_ARG(a->watch),
		STR_ARG(str_present(a->title) ? a->title : a->body));
	return 0;
}

static void what_is_held_is_listed_by_watch(void **state)
{
	const struct store_held_choice all = {STR("desk"), STR_NONE, 60};
	const struct store_held_choice one = {STR("desk"), STR("limit"), 60};
	struct store_fixture *f = *state;
	struct seen seen = {""};
	struct store_held *v;
	struct store_due *due;
	int64_t at;
	size_t n;

	fill(f);
	assert_int_equal(store_held_groups(f->store, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_true(
		str_is(v[0].notify, "desk") && str_is(v[0].group, "limit") && v[0].due_at == 30);
	assert_true(str_is(v[1].group, "quiet") && v[1].due_at == 50);
	assert_int_equal(store_held_move(f->store, &v[1], 40, &f->e), 0);
	assert_int_equal(store_held_due(f->store, STR("desk"), STR("quiet"), &at, &f->e), 0);
	assert_int_equal(at, 40);
	assert_int_equal(store_held_due(f->store, STR("mail"), STR("quiet"), &at, &f->e), 0);
	assert_int_equal(at, STAMP_NONE);
	/* The watch with the urgent one first; a short form without a title has the text. */
	assert_int_equal(store_held_each(f->store, &all, see, &seen, &f->e), 0);
	assert_string_equal(seen.text, "al_x b body; al_1 b al_1; al_2 a al_2; al_4 a al_4");
	seen.text[0] = '\0';
	assert_int_equal(store_held_each(f->store, &one, see, &seen, &f->e), 0);
	assert_string_equal(seen.text, "al_x b body; al_4 a al_4");
	/* Held ones are not due, silenced ones never. */
	assert_int_equal(store_outbox_due(f->store, STR_NONE, 99, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(store_held_send(f->store, &one, 60, &f->e), 0);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 60, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 2);
}

static void what_is_held_joins_a_digest(void **state)
{
	const struct store_held_choice all = {STR("desk"), STR_NONE, 60};
	const struct store_plan plan = {.notify = STR("desk"), .due_at = 60};
	const struct alert parts[] = {
		{.id = STR("al_1"), .title = STR("t"), .watch = STR("b"), .published = STAMP_NONE}};
	const struct alert_digest list = {ALERT_WHY_QUIET, parts, 1, 3};
	const struct alert a = {.kind = ALERT_DIGEST,
		.id = STR("dg_1"),
		.watch = STR(""),
		.title = STR("4 alerts"),
		.published = STAMP_NONE,
		.fetched = STAMP_NONE,
		.digest = &list};
	const struct store_raise r = {.alert = &a, .plans = &plan, .n_plans = 1};
	struct store_fixture *f = *state;
	struct store_due *due;
	struct store_held *v;
	int64_t row;
	size_t n;

	fill(f);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_held_join(f->store, &all, row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(store_held_groups(f->store, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 60, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_true(due[0].alert.digest->why == ALERT_WHY_QUIET && due[0].alert.watch.n == 0);
}

static void a_digest_goes_to_the_receivers_of_its_alerts(void **state)
{
	static const struct alert_digest list = {.why = ALERT_WHY_FLOOD};
	struct store_fixture *f = *state;
	struct alert a = {.kind = ALERT_DIGEST,
		.id = STR("dg_1"),
		.watch = STR("a"),
		.title = STR("1 more"),
		.published = STAMP_NONE,
		.fetched = STAMP_NONE,
		.digest = &list};
	const struct store_raise r = {.alert = &a};
	struct store_due *due;
	int64_t row;
	size_t n;

	fill(f);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	/* Row 2 is pending at mail, and held in another group at desk. */
	assert_int_equal(store_alert_join_digest(f->store, 2, row, STR("limit"), &f->e), 0);
	assert_int_equal(store_digest_send(f->store, &row, 70, &f->e), 0);
	assert_true(row > 0);
	a.id = STR("dg_2");
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	/* Row 4 is silenced at mail, and held in that group at desk. */
	assert_int_equal(store_alert_join_digest(f->store, 4, row, STR("limit"), &f->e), 0);
	assert_int_equal(store_digest_send(f->store, &row, 70, &f->e), 0);
	assert_true(row > 0);
	a.id = STR("dg_3");
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_digest_send(f->store, &row, 70, &f->e), 0);
	assert_int_equal(row, 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(
		store_outbox_due(f->store, STR("mail"), 70, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(due[0].alert.id.p, "dg_1");
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 70, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(due[0].alert.id.p, "dg_2");
}

static void at_most_counts_what_is_sent(void **state)
{
	const struct store_plan plans[] = {
		{.notify = STR("desk"), .due_at = 5}, {.notify = STR("mail"), .due_at = 5}};
	const struct store_pace desk = {.notify = STR("desk"), .n = 2, .within = 100},
				watch = {.watch = STR("desk"), .n = 1, .within = 100};
	struct store_fixture *f = *state;
	int64_t rows[3], at;

	make_feed(f, "a", 0);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	for (int i = 0; i < 3; i++) {
		char id[8];

		snprintf(id, sizeof(id), "al_%d", i);
		rows[i] = hold(f, id, "w", ALERT_LOW, plans);
		assert_int_equal(store_pace_add(f->store, &desk, rows[i], 1000 + 10 * i, &f->e), 0);
	}
	/* Of three the second last counts; what became part of another message does not. */
	assert_int_equal(store_pace_free(f->store, &desk, 1030, &at, &f->e), 0);
	assert_int_equal(at, 1110);
	assert_int_equal(store_alert_join_digest(f->store, rows[2], rows[1], STR_NONE, &f->e), 0);
	assert_int_equal(store_pace_free(f->store, &desk, 1030, &at, &f->e), 0);
	assert_int_equal(at, 1100);
	assert_int_equal(store_pace_free(f->store, &desk, 1100, &at, &f->e), 0);
	assert_int_equal(at, STAMP_NONE);
	/* A watch of that name is another matter, and it counts alerts. */
	assert_int_equal(store_pace_free(f->store, &watch, 1030, &at, &f->e), 0);
	assert_int_equal(at, STAMP_NONE);
	assert_int_equal(store_pace_add(f->store, &watch, rows[2], 1030, &f->e), 0);
	assert_int_equal(store_pace_free(f->store, &watch, 1031, &at, &f->e), 0);
	assert_int_equal(at, 1130);
	/* The clock is set: the counts move with it. */
	assert_int_equal(store_outbox_shift(f->store, -500, 531, &f->e), 0);
	assert_int_equal(store_pace_free(f->store, &watch, 531, &at, &f->e), 0);
	assert_int_equal(at, 630);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

/* Alerts wait for mail: two of them are old enough. */
static void what_waits_too_long_is_folded(void **state)
{
	const struct store_plan plans[] = {
		{.notify = STR("mail"), .due_at = 5}, {.notify = STR("desk"), .due_at = 5}};
	const struct store_trouble failing = {
		.kind = STR("receiver-failing"), .subject = STR("mail"), .since = 1};
	const struct store_held_choice away = {STR("mail"), STORE_AWAY_GROUP, 60};
	struct store_fixture *f = *state;
	struct store_away message;
	struct metrics m;
	struct store_away_receiver *v;
	int64_t row;
	size_t n;

	make_feed(f, "a", 0);
	assert_int_equal(store_trouble_put(f->store, &failing, &f->e), 0);
	assert_int_equal(store_away_receivers(f->store, f->arena, &v, &n, &f->e), 0);
	assert_true(n == 1 && str_is(v[0].name, "mail") && v[0].since == 1);
	assert_int_equal(store_away_find(f->store, STR("mail"), &message, &f->e), 0);
	assert_int_equal(message.row, 0);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	row = hold(f, "al_1", "a", ALERT_LOW, plans);
	hold(f, "al_2", "a", ALERT_LOW, plans);
	assert_int_equal(store_away_hold(f->store, STR("mail"), 4, &n, &f->e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_away_hold(f->store, STR("mail"), 5, &n, &f->e), 0);
	assert_int_equal(n, 2);
	/* An alert in the group is not the message. */
	assert_int_equal(store_away_find(f->store, STR("mail"), &message, &f->e), 0);
	assert_int_equal(message.row, 0);
	assert_int_equal(store_held_fold(f->store, &away, row, 9, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(store_metrics(f->store, &m, &f->e), 0);
	assert_true(m.deliveries_folded == 2 && m.deliveries_pending == 2);
	/* At the other receiver they end. */
	assert_int_equal(store_away_expire(f->store, STR("desk"), 4, 9, &n, &f->e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_away_expire(f->store, STR("desk"), 5, 9, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(store_metrics(f->store, &m, &f->e), 0);
	assert_true(m.deliveries_expired == 2 && m.deliveries_pending == 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)
	const struct CMUnitTest tests[] = {
		T(what_is_held_is_listed_by_watch),
		T(what_is_held_joins_a_digest),
		T(a_digest_goes_to_the_receivers_of_its_alerts),
		T(what_waits_too_long_is_folded),
		T(at_most_counts_what_is_sent),
	};

	return cmocka_run_group_tests_name("store held", tests, NULL, NULL);
}
