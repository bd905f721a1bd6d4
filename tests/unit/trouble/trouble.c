/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/cost.h"

#include "base/clock.h"
#include "trouble/trouble.h"

struct fixture {
	struct troubles *t;
	size_t wakes;
	enum trouble_kind kind;
	bool ended;
	char names[200]; /* of the notice taken last, after spaces */
};

static void on_wake(void *arg)
{
	((struct fixture *)arg)->wakes++;
}

static int fixture_start(void **state)
{
	static struct fixture f;

	f = (struct fixture){0};
	clock_virtual_start(INT64_C(1790000000000));
	clock_virtual_advance(CLOCK_HOUR);
	f.t = troubles_new(on_wake, &f);
	*state = &f;
	return f.t ? 0 : -1;
}

static int fixture_end(void **state)
{
	troubles_free(((struct fixture *)*state)->t);
	clock_virtual_stop();
	return 0;
}

static size_t take(struct fixture *f)
{
	struct trouble *v;
	size_t n = troubles_take(f->t, &f->kind, &f->ended, &v);

	f->names[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(f->names + strlen(f->names), sizeof(f->names) - strlen(f->names), " %.*s",
			STR_ARG(v[i].subject));
	free(v);
	return n;
}

/* Advances in seconds, as the timer would; returns how many notices came, the last one in f. */
static unsigned advance(struct fixture *f, int64_t ms)
{
	unsigned notices = 0;

	for (; ms > 0; ms -= CLOCK_SECOND) {
		struct fixture before = *f;

		clock_virtual_advance(CLOCK_SECOND);
		if (troubles_next(f->t) > clock_mono())
			continue;
		if (take(f))
			notices++;
		else
			memcpy(f, &before, sizeof(*f));
	}
	return notices;
}

static size_t count_all(const struct fixture *f)
{
	size_t n = 0;

	for (int k = 0; k < TROUBLE_KINDS; k++)
		n += troubles_count(f->t, (enum trouble_kind)k);
	return n;
}

static void begin(struct fixture *f, enum trouble_kind kind, const char *subject)
{
	trouble_begin(f->t, kind, str_of(subject), STR("it hurts"));
}

static void end(struct fixture *f, enum trouble_kind kind, const char *subject)
{
	trouble_end(f->t, kind, str_of(subject));
}

static void test_begins_and_ends_once(void **state)
{
	struct fixture *f = *state;

	begin(f, TROUBLE_DISK_FULL, NULL);
	assert_int_equal(f->wakes, 1);
	begin(f, TROUBLE_DISK_FULL, NULL);
	assert_int_equal(count_all(f), 1);
	assert_int_equal(advance(f, 10 * CLOCK_SECOND), 1);
	assert_int_equal(f->kind, TROUBLE_DISK_FULL);
	assert_false(f->ended);
	begin(f, TROUBLE_DISK_FULL, NULL);
	assert_int_equal(advance(f, CLOCK_HOUR), 0);
	end(f, TROUBLE_DISK_FULL, NULL);
	end(f, TROUBLE_DISK_FULL, NULL);
	assert_int_equal(count_all(f), 0);
	assert_int_equal(advance(f, 10 * CLOCK_SECOND), 1);
	assert_true(f->ended);
	assert_int_equal(advance(f, CLOCK_HOUR), 0);
	assert_int_equal(troubles_next(f->t), INT64_MAX);
}

static void test_grace(void **state)
{
	struct fixture *f = *state;

	begin(f, TROUBLE_RECEIVER_FAILING, "mail");
	assert_int_equal(advance(f, 50 * CLOCK_SECOND), 0);
	assert_int_equal(count_all(f), 0);
	end(f, TROUBLE_RECEIVER_FAILING, "mail");
	assert_int_equal(advance(f, CLOCK_HOUR), 0);
	begin(f, TROUBLE_RECEIVER_FAILING, "mail");
	assert_int_equal(advance(f, 119 * CLOCK_SECOND), 0);
	assert_int_equal(advance(f, CLOCK_SECOND), 1);
	/* Recovers, and fails again before the recovery was reported. */
	end(f, TROUBLE_RECEIVER_FAILING, "mail");
	assert_int_equal(advance(f, 30 * CLOCK_SECOND), 0);
	begin(f, TROUBLE_RECEIVER_FAILING, "mail");
	assert_int_equal(advance(f, CLOCK_HOUR), 0);
	assert_int_equal(troubles_count(f->t, TROUBLE_RECEIVER_FAILING), 1);
}

static void test_one_notice_for_a_minute(void **state)
{
	struct fixture *f = *state;

	begin(f, TROUBLE_FEED_FAILING, "a");
	advance(f, 20 * CLOCK_SECOND);
	begin(f, TROUBLE_FEED_FAILING, "b");
	trouble_skip_grace(f->t, TROUBLE_FEED_FAILING, STR("a"));
	advance(f, 30 * CLOCK_SECOND);
	trouble_skip_grace(f->t, TROUBLE_FEED_FAILING, STR("b"));
	begin(f, TROUBLE_FEED_FAILING, "c");
	begin(f, TROUBLE_RECEIVER_GONE, "a");
	assert_int_equal(advance(f, 3 * CLOCK_SECOND), 1);
	assert_int_equal(f->kind, TROUBLE_RECEIVER_GONE);
	assert_int_equal(advance(f, 10 * CLOCK_MINUTE), 1);
	assert_int_equal(f->kind, TROUBLE_FEED_FAILING);
	assert_string_equal(f->names, " a b");
	assert_int_equal(advance(f, CLOCK_HOUR), 1);
	assert_string_equal(f->names, " c");
}

/* The first of a burst at once, the others in one notice a minute later. */
static void test_burst(void **state)
{
	struct fixture *f = *state;

	begin(f, TROUBLE_ITEMS_LEFT_OUT, "a");
	assert_int_equal(advance(f, 5 * CLOCK_SECOND), 1);
	for (char name[] = "b"; name[0] <= 'f'; name[0]++) {
		begin(f, TROUBLE_ITEMS_LEFT_OUT, name);
		assert_int_equal(advance(f, 5 * CLOCK_SECOND), 0);
	}
	assert_int_equal(advance(f, CLOCK_MINUTE), 1);
	assert_string_equal(f->names, " b c d e f");
}

static void test_ends_by_itself(void **state)
{
	struct fixture *f = *state;

	begin(f, TROUBLE_WATCH_OVERRUN, "w");
	assert_int_equal(advance(f, 20 * CLOCK_HOUR), 1);
	begin(f, TROUBLE_WATCH_OVERRUN, "w");
	assert_int_equal(advance(f, 20 * CLOCK_HOUR), 0);
	assert_int_equal(advance(f, 5 * CLOCK_HOUR), 1);
	assert_true(f->ended);
	assert_string_equal(f->names, " w");
}

static void test_remembered(void **state)
{
	struct fixture *f = *state;

	begin(f, TROUBLE_RECEIVER_FAILING, "slack");
	trouble_remember(f->t, TROUBLE_RECEIVER_FAILING, STR("slack"), 5, STR("500"));
	trouble_remember(f->t, TROUBLE_RECEIVER_FAILING, STR("mail"), 5, STR("500"));
	begin(f, TROUBLE_RECEIVER_FAILING, "mail");
	assert_int_equal(count_all(f), 2);
	assert_int_equal(advance(f, CLOCK_HOUR), 0);
	end(f, TROUBLE_RECEIVER_FAILING, "mail");
	assert_int_equal(advance(f, CLOCK_HOUR), 1);
	assert_true(f->ended);
	assert_string_equal(f->names, " mail");
}

static bool is_kept(void *arg, const struct trouble_row *row, struct str subject)
{
	(void)arg;
	assert_int_equal(row->of, TROUBLE_OF_FEED);
	return str_is(subject, "kept");
}

static void test_removed_blocks(void **state)
{
	struct fixture *f = *state;

	begin(f, TROUBLE_ITEMS_LEFT_OUT, "kept");
	begin(f, TROUBLE_ITEMS_LEFT_OUT, "removed");
	begin(f, TROUBLE_DISK_FULL, NULL);
	begin(f, TROUBLE_FEED_FAILING, "removed");
	assert_int_equal(advance(f, CLOCK_MINUTE), 2);
	troubles_prune(f->t, TROUBLE_OF_FEED, is_kept, NULL);
	assert_int_equal(count_all(f), 2);
	assert_int_equal(advance(f, 2 * CLOCK_HOUR), 1);
	assert_true(f->ended);
	assert_string_equal(f->names, " removed");
}

/* The cost of one trouble that begins, is reported, is listed and ends, with n others present. */
static void trouble_cost(void *ctx, size_t n)
{
	struct fixture *f = (struct fixture *)ctx + (n > 1);
	struct trouble one;

	for (int i = 0; i < 2000; i++) {
		begin(f, TROUBLE_ITEMS_UNMATCHED, "other");
		advance(f, 3 * CLOCK_SECOND);
		assert_int_equal(troubles_list(f->t, TROUBLE_ITEMS_UNMATCHED, &one, 1), 1);
		troubles_end_subject(f->t, TROUBLE_OF_FEED, STR("other"));
		advance(f, 3 * CLOCK_SECOND);
	}
}

static void test_many(void **state)
{
	struct fixture f[2] = {*(struct fixture *)*state};
	char name[32];

	f[1].t = troubles_new(on_wake, &f[1]);
	assert_non_null(f[1].t);
	for (size_t i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "f%zu", i);
		begin(&f[1], TROUBLE_FEED_FAILING, name);
	}
	assert_int_equal(advance(&f[1], 2 * CLOCK_HOUR), 1);
	assert_cost("a trouble beside 3,000 others", trouble_cost, f, 1, 3000, 4);
	troubles_free(f[1].t);
}

static void test_rows(void **state)
{
	(void)state;
	for (int k = 0; k < TROUBLE_KINDS; k++) {
		const struct trouble_row *row = &trouble_rows[k];

		assert_int_equal(trouble_kind_of(str_of(row->name)), k);
		assert_true(row->one && row->over && row->advice);
		assert_true((row->of != TROUBLE_OF_NONE) == (row->noun != NULL));
		assert_true((row->noun != NULL) == (row->many && row->overs));
	}
	assert_int_equal(trouble_kind_of(STR("no such")), TROUBLE_KINDS);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_start, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(test_begins_and_ends_once),
		TEST(test_grace),
		TEST(test_one_notice_for_a_minute),
		TEST(test_burst),
		TEST(test_ends_by_itself),
		TEST(test_remembered),
		TEST(test_removed_blocks),
		TEST(test_many),
		TEST(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
