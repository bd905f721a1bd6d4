/* SPDX-License-Identifier: MIT */
/* The documents that items came with, which live as long as those. */
#include "lib/unit.h"

#include <sqlite3.h>

#include "lib/store_fixture.h"
#include "store/documents.h"

/* A document that came at `at` and brought one item, or a version of it; returns its row. */
static int64_t poll_one(struct store_fixture *f, int64_t feed, struct feed_item i, int64_t at)
{
	struct feed_batch b = make_batch(&i, 1);
	struct store_item state;
	struct store_lookup l = {
		.feed = feed, .batch = &b, .now = at, .items = &state, .arena = f->arena};
	struct store_document d = {.asked = at - 1,
		.fetched = at,
		.bytes = 5,
		.sha256 = {1, 2, [31] = 3},
		.form = STORE_DOCUMENT_CUT,
		.origin = STR("url http://a.example/\netag: \"1\"\n")};

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_items_known(f->store, &l, &f->e), 0);
	assert_int_not_equal(state.seen, STORE_KNOWN);
	assert_int_equal(store_document_add(f->store, feed, &d, 1, &state.document, &f->e), 0);
	assert_int_equal(store_item_put(f->store, feed, &i, at, &state, &f->e), 0);
	assert_int_equal(store_items_touch(f->store, &l, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return state.id;
}

static int count_documents(const struct store_fixture *f)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int n;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, "SELECT count(*) FROM documents", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

static void each_version_has_the_document_that_it_came_with(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0), item;
	struct store_revision *v;
	struct store_item_row row;
	struct store_document d;
	bool found;
	size_t n;

	poll_one(f, feed, make_item("1", NULL, "One", "text"), 10);
	item = poll_one(f, feed, make_item("1", NULL, "One, corrected", "text"), 20);
	assert_int_equal(store_item_get(f->store, item, f->arena, &row, &found, &f->e), 0);
	assert_int_equal(store_item_revisions(f->store, &row, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(
		store_document_get(f->store, row.document, f->arena, &d, &found, &f->e), 0);
	assert_true(found);
	assert_int_equal(d.fetched, 20);
	assert_int_equal(d.asked, 19);
	assert_int_equal(d.bytes, 5);
	assert_int_equal(d.sha256[1], 2);
	assert_int_equal(d.sha256[31], 3);
	assert_int_equal(d.form, STORE_DOCUMENT_CUT);
	assert_string_equal(d.origin.p, "url http://a.example/\netag: \"1\"\n");
	assert_int_equal(
		store_document_get(f->store, v[0].document, f->arena, &d, &found, &f->e), 0);
	assert_int_equal(d.fetched, 10);
	assert_int_equal(store_document_get(f->store, 99, f->arena, &d, &found, &f->e), 0);
	assert_false(found);
}

/* Of an item that changes with every poll, the first version stays with its document. */
static void the_first_version_is_kept(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0), item = 0;
	struct store_revision *v;
	struct store_item_row row;
	struct store_document d;
	bool found;
	size_t n;

	for (int i = 0; i < STORE_REVISIONS_MAX + 10; i++) {
		char title[32];

		snprintf(title, sizeof(title), "updated %d minutes ago", i);
		item = poll_one(f, feed, make_item("1", NULL, title, "text"), 40 + i);
	}
	assert_int_equal(store_item_get(f->store, item, f->arena, &row, &found, &f->e), 0);
	assert_int_equal(store_item_revisions(f->store, &row, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, STORE_REVISIONS_MAX);
	assert_string_equal(v[0].item.title.p, "updated 40 minutes ago");
	assert_string_equal(v[n - 2].item.title.p, "updated 10 minutes ago");
	assert_string_equal(v[n - 1].item.title.p, "updated 0 minutes ago");
	assert_int_equal(
		store_document_get(f->store, v[n - 1].document, f->arena, &d, &found, &f->e), 0);
	assert_int_equal(d.fetched, 40);
	assert_int_equal(count_documents(f), STORE_REVISIONS_MAX + 1);
}

static void they_are_deleted_with_the_last_item(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0);
	bool more = true;

	poll_one(f, feed, make_item("1", NULL, "One", "text"), DAY);
	poll_one(f, feed, make_item("1", NULL, "One, corrected", "text"), DAY + 1);
	poll_one(f, feed, make_item("2", NULL, "Two", "text"), 9 * DAY);
	make_feed(f, "a", 9 * DAY);
	assert_int_equal(count_documents(f), 3);
	while (more)
		assert_int_equal(store_expire(f->store, 10 * DAY, 9, &more, &f->e), 0);
	assert_int_equal(count_documents(f), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_version_has_the_document_that_it_came_with,
			store_fixture_open, store_fixture_close),
		cmocka_unit_test_setup_teardown(
			the_first_version_is_kept, store_fixture_open, store_fixture_close),
		cmocka_unit_test_setup_teardown(they_are_deleted_with_the_last_item,
			store_fixture_open, store_fixture_close),
	};

	return cmocka_run_group_tests_name("store documents", tests, NULL, NULL);
}
