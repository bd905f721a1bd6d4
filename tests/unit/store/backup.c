/* SPDX-License-Identifier: MIT */
/* Copies of the database, and what a restore knows to have been sent. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/outbox.h"
#include "store/backup.h"

static void name_file(const struct store_fixture *f, const char *suffix, char out[128])
{
	snprintf(out, 128, "%s%s", f->path, suffix);
}

static int64_t add_alert(struct store_fixture *f, int64_t feed, const char *id)
{
	static const struct store_plan plans[] = {
		{.notify = STR("desk"), .due_at = 5}, {.notify = STR("mail"), .due_at = 5}};
	struct feed_item i = make_item(id, NULL, id, "text");
	struct store_item s = {.seen = STORE_NEW, .arrival = STORE_ARRIVED};
	struct alert a = {.id = str_of(id),
		.watch = STR("w"),
		.title = str_of(id),
		.published = STAMP_NONE,
		.fetched = STAMP_NONE};
	struct store_raise r = {.alert = &a, .plans = plans, .n_plans = 2};
	int64_t row;

	memcpy(s.key, i.key, sizeof(s.key));
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_item_put(f->store, feed, &i, 1, &s, &f->e), 0);
	r.item = s.id;
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return row;
}

/* The deliveries of an alert as "notify=state served". */
struct seen {
	char text[200];
};

static int put_row(void *ctx, const struct store_due *row)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%.*s=%d%.*s ", (int)row->d.notify.n,
		row->d.notify.p, row->d.state, (int)row->d.served.n,
		row->d.served.p ? row->d.served.p : "");
	return 0;
}

static void assert_deliveries(struct store_fixture *f, const char *alert, const char *expected)
{
	const struct store_delivery_filter filter = {.state = -1, .alert_id = str_of(alert)};
	struct seen s = {""};

	assert_int_equal(store_delivery_each(f->store, &filter, put_row, &s, &f->e), 0);
	assert_string_equal(s.text, expected);
}

static void deliver(struct store_fixture *f, int64_t delivery)
{
	assert_int_equal(
		store_delivery_update(f->store, delivery, STORE_DELIVERED, 9, 9, STR("204"), &f->e),
		0);
}

static void restore_now(struct store_fixture *f)
{
	struct store_restored r;

	store_close(f->store);
	f->store = NULL;
	if (store_restore(f->path, &r, &f->e))
		fail_msg("%s", f->e.text);
	assert_int_equal(r.unknown.cls, ERR_NONE);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
}

/* Deliveries: 1 and 2 of al_1, 3 and 4 of al_2, 5 and 6 of al_3. */
static void restore_knows_what_was_sent(void **state)
{
	struct store_fixture *f = *state;
	char copy[128], kept[128];
	struct store_copied v;
	int64_t feed = make_feed(f, "a", 1);

	name_file(f, ".copy", copy);
	name_file(f, ".before-restore", kept);
	add_alert(f, feed, "al_1");
	add_alert(f, feed, "al_2");
	deliver(f, 1);
	assert_int_equal(store_backup(f->path, copy, &v, &f->e), 0);
	assert_int_equal(v.items, 2);
	assert_int_equal(v.alerts, 2);
	/* after the backup: al_2 to desk, part of the mail, and al_3 to mail */
	deliver(f, 3);
	assert_int_equal(store_delivery_served(f->store, 4, STR("a@b"), &f->e), 0);
	add_alert(f, feed, "al_3");
	deliver(f, 6);
	assert_int_equal(store_restore_prepare(f->path, copy, &v, &f->e), 0);
	for (int times = 0; times < 2; times++) {
		restore_now(f);
		assert_deliveries(f, "al_1", "mail=0 desk=1 ");
		assert_deliveries(f, "al_2", "mail=0a@b desk=1 ");
		assert_deliveries(f, "al_3", "");
		/* from a database that was restored itself */
		assert_int_equal(store_restore_prepare(f->path, copy, &v, &f->e), 0);
	}
	restore_now(f);
	add_alert(f, feed, "al_3");
	assert_deliveries(f, "al_3", "mail=1 desk=0 ");
	unlink(copy);
	unlink(kept);
}

/* A part of a digest that retention has deleted was delivered with it. */
static void restore_knows_what_was_part_of_a_digest(void **state)
{
	struct store_fixture *f = *state;
	char copy[128], kept[128];
	struct store_copied v;
	int64_t feed = make_feed(f, "a", 1), row;

	name_file(f, ".copy", copy);
	name_file(f, ".before-restore", kept);
	assert_int_equal(store_backup(f->path, copy, &v, &f->e), 0);
	row = add_alert(f, feed, "al_1");
	assert_int_equal(store_alert_join_digest(f->store, row, row + 1, STR_NONE, &f->e), 0);
	assert_int_equal(store_restore_prepare(f->path, copy, &v, &f->e), 0);
	restore_now(f);
	add_alert(f, feed, "al_1");
	assert_deliveries(f, "al_1", "mail=1 desk=1 ");
	unlink(copy);
	unlink(kept);
}

static size_t repeats_to(struct store_fixture *f, const char *notify)
{
	int64_t ids[4];
	size_t n;

	assert_int_equal(
		store_repeat_ids(f->store, str_of(notify), INT64_MAX, ids, 4, &n, &f->e), 0);
	return n;
}

/* What was acknowledged since is not sent again, what was delivered since is. */
static void restore_knows_what_is_open(void **state)
{
	struct store_fixture *f = *state;
	char copy[128], kept[128];
	struct store_copied v;
	int64_t feed = make_feed(f, "a", 1);

	name_file(f, ".copy", copy);
	name_file(f, ".before-restore", kept);
	add_alert(f, feed, "al_1");
	deliver(f, 1);
	assert_int_equal(store_repeat_add(f->store, 1, 100, 1000, &f->e), 0);
	assert_int_equal(store_backup(f->path, copy, &v, &f->e), 0);
	assert_int_equal(store_repeat_drop(f->store, 1, &f->e), 0);
	deliver(f, 2);
	assert_int_equal(store_repeat_add(f->store, 2, 100, 1000, &f->e), 0);
	assert_int_equal(store_restore_prepare(f->path, copy, &v, &f->e), 0);
	restore_now(f);
	assert_int_equal(repeats_to(f, "desk"), 0);
	assert_int_equal(repeats_to(f, "mail"), 1);
	unlink(copy);
	unlink(kept);
}

static void damaged_copy_is_refused(void **state)
{
	struct store_fixture *f = *state;
	char copy[128];
	struct store_copied v;
	FILE *file;

	name_file(f, ".copy", copy);
	assert_int_equal(store_backup(f->path, copy, &v, &f->e), 0);
	assert_int_equal(truncate(copy, 8192), 0);
	assert_int_equal(store_restore_prepare(f->path, copy, &v, &f->e), -ERR_INPUT);
	assert_false(store_restore_waits(f->path));
	file = fopen(copy, "w");
	fputs("a letter", file);
	fclose(file);
	assert_int_equal(store_backup(f->path, copy, &v, &f->e), -ERR_CONF);
	assert_int_equal(store_backup(f->path, f->path, &v, &f->e), -ERR_CONF);
	unlink(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			restore_knows_what_was_sent, store_fixture_open, store_fixture_close),
		cmocka_unit_test_setup_teardown(restore_knows_what_was_part_of_a_digest,
			store_fixture_open, store_fixture_close),
		cmocka_unit_test_setup_teardown(
			restore_knows_what_is_open, store_fixture_open, store_fixture_close),
		cmocka_unit_test_setup_teardown(
			damaged_copy_is_refused, store_fixture_open, store_fixture_close),
	};

	return cmocka_run_group_tests_name("store backup", tests, NULL, NULL);
}
