/* SPDX-License-Identifier: MIT */
/*
 * Feeds that were fetched over weeks, at their real times: none is called silent while it was not.
 * The snapshots are in $SHARED/corpus/replay; without them the test is skipped.
 */
#include "lib/unit.h"

#include <dirent.h>

#include "feed/parse.h"
#include "lib/desk_fixture.h"
#include "store/rhythm.h"

static struct feed_batch *read_batch(const char *dir, const char *name)
{
	const struct feed_parse_options o = {.url = STR("http://a.example/rss")};
	struct feed_batch *b = NULL;
	char path[1400], *bytes;
	struct err e;
	long size;
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	in = fopen(path, "rb");
	assert_non_null(in);
	fseek(in, 0, SEEK_END);
	size = ftell(in);
	rewind(in);
	bytes = malloc((size_t)size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)size, in), size);
	fclose(in);
	(void)feed_parse(str_slice(bytes, (size_t)size), &o, &b, &e);
	free(bytes);
	return b;
}

struct replayed {
	size_t polls, postings, alarms;
	int64_t last_poll;
	struct store_rhythm r;
};

static void play_snapshot(
	struct desk_fixture *f, struct replayed *x, const char *dir, const char *name)
{
	int64_t at = strtoll(name, NULL, 10) * CLOCK_SECOND;
	struct feed_batch *b = read_batch(dir, name);
	struct desk_poll p = {.feed = STR("replayed"),
		.outcome = DESK_NEW_BODY,
		.batch = b,
		.fetched = at,
		.interval = 2 * CLOCK_HOUR};
	struct desk_result got;

	if (!b)
		return; /* no feed */
	clock_virtual_step(at - clock_wall());
	assert_int_equal(desk_ingest(f->desk, f->conf, &p, &got, &f->e), 0);
	feed_batch_free(b);
	x->alarms += !got.posted && x->polls && x->r.silent_at != STAMP_NONE &&
		     at >= x->r.silent_at && x->last_poll < x->r.silent_at;
	x->polls++;
	x->postings += got.posted;
	x->last_poll = at;
	assert_int_equal(store_rhythm_get(f->db->store, 1, &x->r, &f->e), 0);
}

static void play_feed(const char *dir, const char *name)
{
	struct desk_fixture f;
	struct replayed x = {0};
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);

	assert_true(n > 2);
	desk_fixture_open(&f, "feed replayed { url = 'http://a.example/rss' }\n"
			      "watch every { query = 'the' }\n");
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.')
			play_snapshot(&f, &x, dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	print_message("%s: %zu polls, %zu with something new, %zu alarms; silent after %.1f h\n",
		name, x.polls, x.postings, x.alarms,
		x.r.silent_at == STAMP_NONE
			? 0
			: (double)(x.r.silent_at - x.r.last) / (double)CLOCK_HOUR);
	assert_int_equal(x.alarms, 0);
	desk_fixture_close(&f);
}

static void captured_feeds_are_not_called_silent(void **state)
{
	const char *shared = getenv("SHARED");
	struct dirent **names;
	char path[1100];
	int n;

	(void)state;
	snprintf(path, sizeof(path), "%s/corpus/replay", shared ? shared : "../shared");
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		skip();
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/corpus/replay/%s", shared ? shared : "../shared",
			names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			play_feed(path, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(captured_feeds_are_not_called_silent)};

	int failed;

	feed_parse_global_init();
	failed = cmocka_run_group_tests_name("rhythm of captured feeds", tests, NULL, NULL);
	feed_parse_global_cleanup();
	return failed;
}
