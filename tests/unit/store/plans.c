/* SPDX-License-Identifier: MIT */
/* How SQLite runs the statements: which of them take longer when more deliveries wait. */
#include "lib/unit.h"

#include <sqlite3.h>

#include "lib/store_fixture.h"

static const struct statement {
	const char *name, *text;
} statements[] = {
#define SQL(name, text) {#name, text},
#include "store/sql.def"
#undef SQL
};

static bool plan_has(sqlite3 *db, const char *text, const char *part)
{
	char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text);
	sqlite3_stmt *st;
	bool found = false;

	assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		found |= strstr((const char *)sqlite3_column_text(st, 3), part) != NULL;
	sqlite3_finalize(st);
	sqlite3_free(explain);
	return found;
}

static bool is_among(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* A receiver that is down for days may have a hundred thousand. */
static void only_statements_about_all_of_them_read_all_waiting_deliveries(void **state)
{
	static const char *const about_all[] = {"WAITING", "OUTBOX_SHIFT", "COUNT_DELIVERIES",
		"OLDEST_PENDING", "HELD_GROUPS", "MOVE_PARTS", "MOVE_PARTS_FOLD",
		"SILENCE_HOLD_PENDING", "SILENCE_SPLIT", NULL};
	struct store_fixture *f = *state;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		const struct statement *s = &statements[i];
		bool all = plan_has(db, s->text, "deliveries_state") ||
			   plan_has(db, s->text, "SCAN deliveries") ||
			   plan_has(db, s->text, "SCAN d USING INDEX deliveries_order");

		if (all != is_among(s->name, about_all))
			fail_msg("%s", s->name);
	}
	sqlite3_close(db);
}

static void notices_are_found_without_reading_all_alerts(void **state)
{
	struct store_fixture *f = *state;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (strcmp(statements[i].name, "NOTICES_EXPIRE") == 0)
			assert_false(plan_has(db, statements[i].text, "SCAN alerts"));
	sqlite3_close(db);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(only_statements_about_all_of_them_read_all_waiting_deliveries),
		T(notices_are_found_without_reading_all_alerts),
	};

	return cmocka_run_group_tests_name("store plans", tests, NULL, NULL);
}
