/* SPDX-License-Identifier: MIT */
/*
 * Builds the full-text index of an archive from the start, in the batches of the daemon.
 *
 *     reindex DATABASE
 *
 * Prints "items cpu-seconds index-bytes longest-batch-ms", the last by the wall clock.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/archive.h"
#include "store/store.h"

static double now(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long long ask(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	long long n = -1;

	if (sqlite3_open(path, &db) == SQLITE_OK &&
		sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK) {
		if (sqlite3_step(st) == SQLITE_ROW)
			n = sqlite3_column_int64(st, 0);
		sqlite3_finalize(st);
	}
	sqlite3_close(db);
	return n;
}

int main(int argc, char **argv)
{
	double start, batch, longest = 0;
	bool more = true;
	struct store *s;
	struct err e;

	if (argc != 2)
		return 2;
	(void)ask(argv[1], "UPDATE archive SET version = 0");
	if (store_open(&s, argv[1], STORE_WRITE, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	start = now(CLOCK_PROCESS_CPUTIME_ID);
	while (more) {
		batch = now(CLOCK_MONOTONIC);
		if (archive_index(s, &more, &e)) {
			fprintf(stderr, "%s\n", e.text);
			return 1;
		}
		batch = now(CLOCK_MONOTONIC) - batch;
		longest = batch > longest ? batch : longest;
	}
	start = now(CLOCK_PROCESS_CPUTIME_ID) - start;
	store_close(s);
	printf("%lld %.3f %lld %.1f\n", ask(argv[1], "SELECT count(*) FROM items"), start,
		ask(argv[1], "SELECT sum(length(block)) FROM words_data"), longest * 1000);
	return 0;
}
