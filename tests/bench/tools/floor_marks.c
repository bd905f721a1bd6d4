/* SPDX-License-Identifier: MIT */
/*
 * The floor of storing the results of deliveries: SQLite with a write-ahead log and synchronous
 * commits, one small row for each, and nothing else.
 *
 *     floor_marks ROWS-A-COMMIT COUNT FILE
 *
 * Prints "seconds".
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
}

static double wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	long rows, count;
	sqlite3 *db;
	sqlite3_stmt *mark;
	double w;

	if (argc != 4 || sqlite3_open(argv[3], &db) != SQLITE_OK)
		return 2;
	rows = atol(argv[1]);
	count = atol(argv[2]);
	run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		"CREATE TABLE d (id INTEGER PRIMARY KEY, state INTEGER, answer TEXT); BEGIN");
	sqlite3_prepare_v2(db, "INSERT INTO d VALUES (?, 0, NULL)", -1, &mark, NULL);
	for (long i = 1; i <= count; i++) {
		sqlite3_bind_int64(mark, 1, i);
		sqlite3_step(mark);
		sqlite3_reset(mark);
	}
	sqlite3_finalize(mark);
	run(db, "COMMIT");
	sqlite3_prepare_v2(
		db, "UPDATE d SET state = 1, answer = 'HTTP 204' WHERE id = ?", -1, &mark, NULL);
	w = wall();
	for (long i = 1; i <= count;) {
		run(db, "BEGIN IMMEDIATE");
		for (long n = 0; n < rows && i <= count; n++, i++) {
			sqlite3_bind_int64(mark, 1, i);
			sqlite3_step(mark);
			sqlite3_reset(mark);
		}
		run(db, "COMMIT");
	}
	printf("%.4f\n", wall() - w);
	sqlite3_finalize(mark);
	sqlite3_close(db);
	return 0;
}
