/* SPDX-License-Identifier: MIT */
/* Admission of requests to quick, unknown and slow peers. */
#include "lib/unit.h"

#include "engine/lanes.h"

#define LATE (LANES_QUICK_MS + 1)

enum { SLOTS = 8 };

static int64_t now;

/* A request that takes ms. */
static void answer_in(struct lanes *l, struct lane_peer *p, int64_t ms)
{
	lanes_enter(l, p, now);
	now += ms;
	lanes_leave(l, p, now);
}

static void a_peer_is_as_quick_as_it_was_before(void **state)
{
	struct lanes l;
	struct lane_peer p = {0};

	(void)state;
	lanes_init(&l, SLOTS);
	lanes_init_peer(&p);
	assert_int_equal(lanes_of_peer(&p), LANE_UNKNOWN);
	answer_in(&l, &p, LANES_QUICK_MS);
	assert_int_equal(lanes_of_peer(&p), LANE_QUICK);
	answer_in(&l, &p, LATE);
	assert_int_equal(lanes_of_peer(&p), LANE_SLOW);
	answer_in(&l, &p, 1);
	answer_in(&l, &p, 1);
	assert_int_equal(lanes_of_peer(&p), LANE_QUICK);
	for (int i = 0; i < 10; i++) {
		answer_in(&l, &p, LATE);
		answer_in(&l, &p, 1);
	}
	answer_in(&l, &p, 1);
	assert_int_equal(lanes_of_peer(&p), LANE_SLOW); /* every other time is too often */
	assert_int_equal(l.taken + l.slow, 0);
}

static void a_cancelled_request_says_nothing(void **state)
{
	struct lanes l;
	struct lane_peer p = {0};

	(void)state;
	lanes_init(&l, SLOTS);
	lanes_init_peer(&p);
	lanes_enter(&l, &p, now);
	now += LATE;
	assert_true(lanes_admit(&l, LANE_SLOW, now));
	assert_int_equal(l.slow, 1);
	lanes_cancel(&l, &p);
	lanes_cancel(&l, &p);
	assert_int_equal(lanes_of_peer(&p), LANE_UNKNOWN);
	assert_int_equal(l.taken + l.slow, 0);
}

static void slow_peers_get_half(void **state)
{
	struct lanes l;
	struct lane_peer p[SLOTS * 2];
	int n;

	(void)state;
	lanes_init(&l, SLOTS);
	for (n = 0; n < SLOTS && lanes_admit(&l, LANE_SLOW, now); n++) {
		p[n] = (struct lane_peer){.doubt = LANE_SLOW};
		lanes_enter(&l, &p[n], now);
	}
	assert_int_equal(n, SLOTS / 2);
	for (; lanes_admit(&l, LANE_QUICK, now); n++) {
		p[n] = (struct lane_peer){0};
		lanes_enter(&l, &p[n], now);
	}
	assert_int_equal(n, SLOTS);
	lanes_leave(&l, &p[0], now);
	assert_true(lanes_admit(&l, LANE_SLOW, now));
}

/* All slots are taken by unknown peers, which turn out to hang. */
static void late_requests_beyond_the_share_give_way(void **state)
{
	struct lanes l;
	struct lane_peer p[SLOTS];
	int n, given = 0;

	(void)state;
	lanes_init(&l, SLOTS);
	for (n = 0; lanes_admit(&l, LANE_UNKNOWN, now); n++, now++) {
		lanes_init_peer(&p[n]);
		lanes_enter(&l, &p[n], now);
	}
	assert_int_equal(n, SLOTS);
	assert_false(lanes_admit(&l, LANE_QUICK, now));
	assert_null(lanes_first_late(&l));
	assert_int_equal(lanes_next_overdue(&l), p[0].since + LATE);
	now += LATE;
	assert_false(lanes_admit(&l, LANE_QUICK, now));
	for (struct lane_peer *late; (late = lanes_first_late(&l)); given++) {
		assert_ptr_equal(late, &p[given]); /* the longest first */
		lanes_leave(&l, late, now);
		assert_int_equal(lanes_of_peer(late), LANE_SLOW);
	}
	assert_int_equal(given, SLOTS / 2);
	assert_true(lanes_admit(&l, LANE_QUICK, now));
	assert_true(lanes_admit(&l, LANE_UNKNOWN, now));
	assert_false(lanes_admit(&l, LANE_SLOW, now));
}

static void one_slot_is_for_all(void **state)
{
	struct lanes l;

	(void)state;
	lanes_init(&l, 1);
	assert_true(lanes_admit(&l, LANE_SLOW, now));
	assert_true(lanes_admit(&l, LANE_QUICK, now));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_is_as_quick_as_it_was_before),
		cmocka_unit_test(a_cancelled_request_says_nothing),
		cmocka_unit_test(slow_peers_get_half),
		cmocka_unit_test(late_requests_beyond_the_share_give_way),
		cmocka_unit_test(one_slot_is_for_all),
	};

	return cmocka_run_group_tests_name("engine lanes", tests, NULL, NULL);
}
