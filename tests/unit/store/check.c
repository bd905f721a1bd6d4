/* SPDX-License-Identifier: MIT */
/* Each b-tree of the database damaged in turn: found, and rebuilt if it can be. */
#include "lib/unit.h"

#include <fcntl.h>
#include <sqlite3.h>

#include "lib/store_fixture.h"
#include "store/archive.h"
#include "store/check.h"

#define ITEMS 1500

static atomic_bool stop;

static void fill(struct store_fixture *f)
{
	static const struct store_plan plans[] = {{.notify = STR("desk"), .due_at = 5}};
	int64_t feed = make_feed(f, "a", 1);
	bool more = true;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	for (int k = 0; k < ITEMS; k++) {
		char id[64];
		struct feed_item i;
		struct store_item s = {.seen = STORE_NEW, .arrival = STORE_ARRIVED};
		struct alert a = {
			.watch = STR("w"), .published = STAMP_NONE, .fetched = STAMP_NONE};
		struct store_raise r = {.alert = &a, .plans = plans, .n_plans = 1};
		int64_t row;

		snprintf(id, sizeof(id), "item %d", k * 7919 % 100003);
		i = make_item(id, NULL, id, "the text of an item");
		memcpy(s.key, i.key, sizeof(s.key));
		assert_int_equal(store_item_put(f->store, feed, &i, k, &s, &f->e), 0);
		a.id = a.title = str_of(id);
		r.item = s.id;
		r.story_key = (uint64_t)k + 1;
		assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	}
	assert_int_equal(store_commit(f->store, &f->e), 0);
	while (more)
		assert_int_equal(archive_index(f->store, &more, &f->e), 0);
}

/* A leaf page of a b-tree; 0: it has only its root. */
static int64_t find_leaf(const char *path, const char *tree)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int64_t page = 0;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
				 "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'"
				 " AND path LIKE '/%/%' LIMIT 1 OFFSET 1",
				 -1, &st, NULL),
		SQLITE_OK);
	sqlite3_bind_text(st, 1, tree, -1, SQLITE_STATIC);
	if (sqlite3_step(st) == SQLITE_ROW)
		page = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return page;
}

static void damage_page(const char *path, int64_t page)
{
	char junk[4096];
	int fd = open(path, O_WRONLY);

	memset(junk, 0xa5, sizeof(junk));
	assert_int_equal(pwrite(fd, junk, sizeof(junk), (page - 1) * 4096), 4096);
	close(fd);
}

static enum store_health check_all(struct store_fixture *f, size_t *part)
{
	enum store_health worst = STORE_SOUND, h;
	struct err damage;

	for (size_t k = 0; k < store_check_parts(); k++) {
		if (store_check(f->path, k, &stop, &h, &damage, &f->e))
			fail_msg("%s: %s", store_check_name(k), f->e.text);
		if (h > worst) {
			worst = h;
			*part = k;
		}
	}
	return worst;
}

static const struct {
	const char *tree, *table;
	enum store_health health;
} trees[] = {
	{"items_first_seen", "items", STORE_INDEX_DAMAGED},
	{"alerts_item", "alerts", STORE_INDEX_DAMAGED},
	{"alerts_story", "alerts", STORE_INDEX_DAMAGED},
	{"sqlite_autoindex_alerts_1", "alerts", STORE_INDEX_DAMAGED},
	{"sqlite_autoindex_deliveries_1", "deliveries", STORE_INDEX_DAMAGED},
	{"deliveries_order", "deliveries", STORE_INDEX_DAMAGED},
	{"words_data", "words_data", STORE_INDEX_DAMAGED},
	{"items", "items", STORE_DAMAGED},
	{"known", "known", STORE_DAMAGED},
	{"deliveries", "deliveries", STORE_DAMAGED},
};

static void reopen(struct store_fixture *f)
{
	store_close(f->store);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
}

static int count_found(void *ctx, const struct archive_found *found)
{
	(void)found;
	++*(int *)ctx;
	return 0;
}

static void assert_works(struct store_fixture *f)
{
	struct archive_query q = {.since = STAMP_NONE};
	struct archive_terms *terms;
	bool more = true;
	int n = 0;

	while (more)
		assert_int_equal(archive_index(f->store, &more, &f->e), 0);
	assert_int_equal(archive_terms_new(&terms, STR("text"), &f->e), 0);
	q.terms = terms;
	assert_int_equal(archive_search(f->store, &q, count_found, &n, &f->e), 0);
	archive_terms_free(terms);
	assert_int_equal(n, ITEMS);
	assert_int_equal(
		store_delivery_update(f->store, 7, STORE_DELIVERED, 9, 9, STR("204"), &f->e), 0);
}

static void damage_is_found_and_rebuilt(void **state)
{
	(void)state;
	for (size_t t = 0; t < sizeof(trees) / sizeof(trees[0]); t++) {
		struct store_fixture *f;
		size_t part = 0;
		int64_t page;

		store_fixture_open((void **)&f);
		fill(f);
		assert_int_equal(check_all(f, &part), STORE_SOUND);
		reopen(f);
		page = find_leaf(f->path, trees[t].tree);
		if (page == 0)
			fail_msg("%s has no leaf", trees[t].tree);
		damage_page(f->path, page);
		if (check_all(f, &part) != trees[t].health)
			fail_msg("%s: not %d", trees[t].tree, trees[t].health);
		assert_string_equal(store_check_name(part), trees[t].table);
		if (trees[t].health == STORE_INDEX_DAMAGED) {
			if (store_mend(f->store, part, &f->e))
				fail_msg("%s: %s", trees[t].tree, f->e.text);
			assert_int_equal(check_all(f, &part), STORE_SOUND);
			assert_works(f);
			reopen(f);
			assert_int_equal(check_all(f, &part), STORE_SOUND);
		}
		store_fixture_close((void **)&f);
	}
}

static void check_ends_when_it_is_stopped(void **state)
{
	struct store_fixture *f = *state;
	enum store_health h;
	struct err damage;

	fill(f);
	stop = true;
	assert_int_equal(store_check(f->path, 3, &stop, &h, &damage, &f->e), -ERR_TEMP);
	stop = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damage_is_found_and_rebuilt),
		cmocka_unit_test_setup_teardown(
			check_ends_when_it_is_stopped, store_fixture_open, store_fixture_close),
	};

	return cmocka_run_group_tests_name("store check", tests, NULL, NULL);
}
