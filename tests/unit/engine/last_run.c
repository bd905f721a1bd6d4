/* SPDX-License-Identifier: MIT */
/* What is remembered from run to run: failures in a row, and suspects. */
#include "lib/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/last_run.h"

struct runs {
	char dir[64], state[96], file[128];
	struct last_run *r;
	struct err e;
};

static int set_up(void **state)
{
	struct runs *u = calloc(1, sizeof(*u));

	snprintf(u->dir, sizeof(u->dir), "/tmp/nightdesk-run.XXXXXX");
	assert_non_null(mkdtemp(u->dir));
	snprintf(u->state, sizeof(u->state), "%s/desk.db", u->dir);
	snprintf(u->file, sizeof(u->file), "%s.run", u->state);
	clock_virtual_start(INT64_C(1790000000000));
	*state = u;
	return 0;
}

static int tear_down(void **state)
{
	struct runs *u = *state;

	last_run_free(u->r);
	unlink(u->file);
	rmdir(u->dir);
	free(u);
	clock_virtual_stop();
	return 0;
}

static void begin_run(struct runs *u)
{
	assert_int_equal(last_run_open(&u->r, u->state, &u->e), 0);
	last_run_start(u->r);
}

/* As kill -9. */
static void end_killed(struct runs *u)
{
	last_run_free(u->r);
	u->r = NULL;
}

static void end_on_purpose(struct runs *u, bool clean)
{
	last_run_finish(u->r, clean);
	end_killed(u);
}

static void the_pause_grows_with_failures_in_a_row(void **state)
{
	static const int64_t seconds[] = {0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300};
	struct runs *u = *state;

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		assert_int_equal(last_run_open(&u->r, u->state, &u->e), 0);
		assert_int_equal(last_run_failures(u->r), i);
		assert_int_equal(last_run_pause(u->r), seconds[i] * CLOCK_SECOND);
		last_run_start(u->r);
		if (i % 2)
			end_on_purpose(u, false);
		else
			end_killed(u);
	}
	/* A run that lasts, and one that is stopped, end the row. */
	begin_run(u);
	last_run_settle(u->r);
	end_killed(u);
	assert_int_equal(last_run_open(&u->r, u->state, &u->e), 0);
	assert_int_equal(last_run_failures(u->r), 0);
	last_run_start(u->r);
	end_killed(u);
	begin_run(u);
	end_on_purpose(u, true);
	assert_int_equal(last_run_open(&u->r, u->state, &u->e), 0);
	assert_int_equal(last_run_failures(u->r), 0);
}

/* A start that was only delayed, and killed in the delay, is not another failure. */
static void a_pause_that_is_cut_short_changes_nothing(void **state)
{
	struct runs *u = *state;

	begin_run(u);
	last_run_begin(u->r, LAST_RUN_PARSE, STR("a"));
	end_killed(u);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(last_run_open(&u->r, u->state, &u->e), 0);
		assert_int_equal(last_run_failures(u->r), 1);
		assert_int_equal(last_run_find(u->r, STR("a"))->times, 1);
		end_killed(u);
	}
}

static void suspects_wait_longer_each_time(void **state)
{
	static const int64_t waits[] = {CLOCK_MINUTE, 10 * CLOCK_MINUTE, CLOCK_HOUR, 6 * CLOCK_HOUR,
		CLOCK_DAY, CLOCK_DAY, CLOCK_DAY};
	struct runs *u = *state;
	const struct last_run_suspect *s;

	begin_run(u);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		last_run_begin(u->r, LAST_RUN_PARSE, STR("other"));
		last_run_end(u->r, LAST_RUN_PARSE);
		last_run_begin(u->r, i % 2 ? LAST_RUN_PARSE : LAST_RUN_INGEST, STR("Київ"));
		end_killed(u);
		begin_run(u);
		assert_null(last_run_find(u->r, STR("other")));
		s = last_run_find(u->r, STR("Київ"));
		assert_non_null(s);
		assert_int_equal(s->times, i + 1);
		assert_true(s->fresh);
		assert_int_equal(s->until - clock_wall(), waits[i]);
		last_run_report(u->r, STR("Київ"));
	}
	end_killed(u);
	begin_run(u);
	s = last_run_find(u->r, STR("Київ"));
	assert_int_equal(s->times, sizeof(waits) / sizeof(waits[0]));
	assert_false(s->fresh);
	/* The clock was set back by a year: it does not wait for longer than its wait. */
	end_killed(u);
	clock_virtual_step(-365 * CLOCK_DAY);
	begin_run(u);
	assert_int_equal(last_run_find(u->r, STR("Київ"))->until - clock_wall(), CLOCK_DAY);
	last_run_clear(u->r, STR("Київ"));
	end_killed(u);
	begin_run(u);
	assert_null(last_run_find(u->r, STR("Київ")));
}

static void both_steps_are_suspects_and_an_end_on_purpose_has_none(void **state)
{
	struct runs *u = *state;

	for (int i = 0; i < 3; i++) {
		begin_run(u);
		last_run_begin(u->r, LAST_RUN_PARSE, STR("a"));
		last_run_begin(u->r, LAST_RUN_INGEST, STR("b"));
		if (i == 2)
			end_killed(u);
		else
			end_on_purpose(u, i == 0);
		assert_int_equal(last_run_open(&u->r, u->state, &u->e), 0);
		assert_int_equal(last_run_find(u->r, STR("a")) != NULL, i == 2);
		assert_int_equal(last_run_find(u->r, STR("b")) != NULL, i == 2);
		end_killed(u);
	}
	/* After the end nothing is marked, whatever threads still do. */
	begin_run(u);
	last_run_clear(u->r, STR("a"));
	last_run_finish(u->r, false);
	last_run_begin(u->r, LAST_RUN_PARSE, STR("a"));
	end_killed(u);
	begin_run(u);
	assert_null(last_run_find(u->r, STR("a")));
}

static void the_table_of_suspects_is_bounded(void **state)
{
	struct runs *u = *state;
	char name[32];

	for (int i = 0; i < 200; i++) {
		begin_run(u);
		snprintf(name, sizeof(name), "feed-%d", i);
		last_run_begin(u->r, LAST_RUN_PARSE, str_of(name));
		end_killed(u);
		clock_virtual_advance(1000);
	}
	begin_run(u);
	assert_non_null(last_run_find(u->r, STR("feed-199")));
	assert_non_null(last_run_find(u->r, STR("feed-140")));
	assert_null(last_run_find(u->r, STR("feed-0")));
}

static void put(const struct runs *u, const void *bytes, size_t n, off_t at)
{
	int fd = open(u->file, O_WRONLY | O_CREAT, 0640);

	assert_int_equal(pwrite(fd, bytes, n, at), (ssize_t)n);
	close(fd);
}

/* A power failure may leave anything: it is as good as no file. */
static void any_content_is_survived(void **state)
{
	struct runs *u = *state;
	unsigned char junk[9000];
	struct stat st;
	unsigned seed = 7;

	begin_run(u);
	last_run_begin(u->r, LAST_RUN_PARSE, STR("a"));
	end_killed(u);
	assert_int_equal(stat(u->file, &st), 0);
	assert_int_equal(st.st_mode & 0137, 0);
	for (int round = 0; round < 300; round++) {
		for (size_t i = 0; i < sizeof(junk); i++)
			junk[i] = (unsigned char)((seed = seed * 1103515245u + 12345u) >> 16);
		/* Also with its beginning intact. */
		put(u, junk, (size_t)st.st_size - (round % 2 ? 32 : 0), round % 2 ? 32 : 0);
		if (round % 3 == 0)
			assert_int_equal(truncate(u->file, (off_t)(seed % 8000)), 0);
		begin_run(u);
		assert_true(last_run_pause(u->r) <= 5 * CLOCK_MINUTE);
		assert_null(last_run_find(u->r, STR("b")));
		last_run_begin(u->r, LAST_RUN_INGEST, STR("a"));
		end_killed(u);
		begin_run(u);
		assert_non_null(last_run_find(u->r, STR("a")));
		end_killed(u);
	}
}

static void what_cannot_be_kept_is_reported(void **state)
{
	struct runs *u = *state;
	struct last_run *second;
	char name[200];
	char longest[LAST_RUN_FEED_MAX + 20];

	begin_run(u);
	assert_int_equal(last_run_open(&second, u->state, &u->e), -(int)ERR_TEMP);
	assert_null(second);
	snprintf(name, sizeof(name), "%s/none/desk.db", u->dir);
	assert_int_equal(last_run_open(&second, name, &u->e), -(int)ERR_PERM);
	memset(longest, 'x', sizeof(longest));
	last_run_begin(u->r, LAST_RUN_PARSE, str_slice(longest, sizeof(longest)));
	end_killed(u);
	begin_run(u);
	assert_null(last_run_find(u->r, str_slice(longest, sizeof(longest))));
	/* Without the file all calls are allowed. */
	last_run_start(NULL);
	last_run_begin(NULL, LAST_RUN_PARSE, STR("a"));
	last_run_end(NULL, LAST_RUN_PARSE);
	last_run_clear(NULL, STR("a"));
	last_run_report(NULL, STR("a"));
	last_run_settle(NULL);
	last_run_finish(NULL, true);
	assert_null(last_run_find(NULL, STR("a")));
	assert_int_equal(last_run_pause(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_pause_grows_with_failures_in_a_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_pause_that_is_cut_short_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(suspects_wait_longer_each_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			both_steps_are_suspects_and_an_end_on_purpose_has_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_table_of_suspects_is_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(any_content_is_survived, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_kept_is_reported, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("engine last run", tests, NULL, NULL);
}
