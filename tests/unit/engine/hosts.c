/* SPDX-License-Identifier: MIT */
/* Which request may start: limits of hosts, domains and budgets, urgent feeds, pauses. */
#include "lib/unit.h"

#include "engine/hosts.h"
#include "lib/conf_text.h"

struct fixture {
	struct host_budgets budgets;
	struct hosts h;
};

static void configure(struct fixture *f, const char *blocks)
{
	struct conf *c = conf_text_load(blocks);

	assert_int_equal(host_budgets_set(&f->budgets, c), 0);
	while (host_budgets_move(&f->budgets) > 0)
		;
	conf_unref(c);
}

static void open_fixture(struct fixture *f, const char *blocks)
{
	assert_int_equal(host_budgets_init(&f->budgets), 0);
	hosts_init(&f->h, &f->budgets);
	configure(f, blocks);
}

static void close_fixture(struct fixture *f)
{
	hosts_release(&f->h);
	host_budgets_release(&f->budgets);
}

static void enqueue(struct fixture *f, struct host_slot *s, const char *host, int64_t now)
{
	assert_int_equal(hosts_enqueue(&f->h, s, host, false, now), 0);
}

static void requests_to_a_host_take_turns(void **state)
{
	struct host_slot s[5] = {{.state = HOST_SLOT_NONE}};
	struct host_slot other = {.state = HOST_SLOT_NONE};
	struct fixture f;

	(void)state;
	open_fixture(&f, "poll { per-host = 2 host-gap = 1s }");
	for (size_t i = 0; i < 4; i++)
		enqueue(&f, &s[i], "a.example", 0);
	assert_int_equal(hosts_enqueue(&f.h, &s[4], "a.example", true, 0), 0);
	enqueue(&f, &other, "b.example", 0);

	assert_ptr_equal(hosts_take_ready(&f.h, 0, false), &s[4]); /* inserted before the others */
	assert_ptr_equal(hosts_take_ready(&f.h, 0, false), &other);
	assert_null(hosts_take_ready(&f.h, 0, false)); /* the minimum gap */
	assert_int_equal(hosts_next_ready(&f.h, false), 1000);
	assert_ptr_equal(hosts_take_ready(&f.h, 1000, false), &s[0]);
	assert_null(hosts_take_ready(&f.h, 5000, false)); /* two at once */
	assert_int_equal(hosts_next_ready(&f.h, false), INT64_MAX);
	assert_true(hosts_block(&s[0], 60000)); /* the host sent Retry-After */
	hosts_leave(&f.h, &s[0]);
	hosts_leave(&f.h, &s[1]); /* removed from the queue */
	assert_null(hosts_take_ready(&f.h, 59999, false));
	assert_ptr_equal(hosts_take_ready(&f.h, 60000, false), &s[2]);
	hosts_leave(&f.h, &s[2]);
	hosts_leave(&f.h, &s[3]);
	hosts_leave(&f.h, &s[4]);
	hosts_leave(&f.h, &other);
	assert_int_equal(hosts_next_ready(&f.h, false), INT64_MAX);
	/* Idle hosts go as others are asked: only that of this request is left. */
	for (int i = 0; i < HOSTS_PARTS; i++) {
		enqueue(&f, &other, "c.example", 70000);
		hosts_leave(&f.h, &other);
	}
	enqueue(&f, &other, "c.example", 70000);
	assert_int_equal(f.h.n, 1);
	close_fixture(&f);
}

/* How many of the slots start at that time; their places among them are noted. */
static size_t take_all(struct fixture *f, struct host_slot **out, int64_t now)
{
	size_t n = 0;

	while ((out[n] = hosts_take_ready(&f->h, now, true)))
		n++;
	return n;
}

static void hosts_of_a_budget_share_its_limits(void **state)
{
	static const char *const hosts[] = {"wire.example", "www.wire.example",
		"feeds.www.wire.example", "photos.wire.example", "agency.example",
		"otherwire.example"};
	struct host_slot s[6] = {{.state = HOST_SLOT_NONE}}, *out[7];
	struct fixture f;

	(void)state;
	open_fixture(&f, "poll { per-host = 1 host-gap = 0s }\n"
			 "budget wires { domains = { wire.example, agency.example } parallel = 2 "
			 "gap = 5s }\n"
			 "budget photos { domains = { photos.wire.example } parallel = 1 }");
	for (size_t i = 0; i < 6; i++)
		enqueue(&f, &s[i], hosts[i], 1000);
	/* One of the budget, that of the budget below it, and the one with a similar name. */
	assert_int_equal(take_all(&f, out, 1000), 3);
	assert_ptr_equal(out[0], &s[0]);
	assert_int_equal(hosts_next_ready(&f.h, true), 6000);
	assert_int_equal(take_all(&f, out, 5999), 0);
	assert_int_equal(take_all(&f, out, 6000), 1);
	assert_int_equal(take_all(&f, out, 20000), 0); /* two at once */
	assert_int_equal(hosts_next_ready(&f.h, true), INT64_MAX);
	hosts_leave(&f.h, &s[0]);
	assert_int_equal(take_all(&f, out, 20000), 1);
	for (size_t i = 0; i < 6; i++)
		hosts_leave(&f.h, &s[i]);
	assert_int_equal(hosts_next_ready(&f.h, true), INT64_MAX);
	close_fixture(&f);
}

static void hosts_of_a_domain_share_a_limit(void **state)
{
	static const char *const hosts[] = {"a.paper.co.uk", "b.paper.co.uk", "paper.co.uk",
		"c.paper.co.uk", "other.co.uk", "10.0.0.1", "10.0.0.2", "a.news", "b.news"};
	struct host_slot s[9] = {{.state = HOST_SLOT_NONE}}, *out[10];
	struct fixture f;

	(void)state;
	open_fixture(&f, "poll { per-host = 2 per-domain = 2 host-gap = 0s }");
	for (size_t i = 0; i < 9; i++)
		enqueue(&f, &s[i], hosts[i], 0);
	assert_int_equal(take_all(&f, out, 0), 7);
	assert_int_equal(s[2].state, HOST_SLOT_QUEUED);
	assert_int_equal(s[3].state, HOST_SLOT_QUEUED);
	hosts_leave(&f.h, &s[1]);
	assert_int_equal(take_all(&f, out, 0), 1);
	assert_ptr_equal(out[0], &s[2]);
	configure(&f, "poll { per-host = 2 per-domain = 0 host-gap = 0s }");
	assert_int_equal(take_all(&f, out, 0), 1);
	close_fixture(&f);
}

/* The order in which twelve start one at a time, u for urgent; every other is, and came later. */
static void start_in_turn(struct fixture *f, const char *const *hosts, char order[13])
{
	struct host_slot s[12] = {{.state = HOST_SLOT_NONE}};

	for (size_t i = 0; i < 12; i++) {
		s[i].urgent = i % 2;
		enqueue(f, &s[i], hosts[i % 2], (int64_t)i * 100);
	}
	for (size_t i = 0; i < 12; i++) {
		struct host_slot *next = hosts_take_ready(&f->h, 10000, false);

		assert_non_null(next);
		order[i] = next->urgent ? 'u' : '.';
		hosts_leave(&f->h, next);
	}
	order[12] = '\0';
}

static void urgent_ones_go_first_and_the_others_are_not_forgotten(void **state)
{
	static const char *const one[] = {"a.example", "a.example"};
	static const char *const two[] = {"a.example", "b.example"};
	char order[13];
	struct fixture f;

	(void)state;
	open_fixture(&f, "poll { per-host = 1 host-gap = 0s }");
	start_in_turn(&f, one, order);
	assert_string_equal(order, "uuu.uuu.....");
	start_in_turn(&f, two, order);
	assert_string_equal(order, "uuu.uuu.....");
	configure(&f, "poll { host-gap = 0s }\nbudget b { domains = { a.example, b.example } "
		      "parallel = 1 }");
	start_in_turn(&f, two, order);
	assert_string_equal(order, "uuu.uuu.....");
	close_fixture(&f);
}

static void slow_ones_get_half(void **state)
{
	struct host_slot s[6] = {{.state = HOST_SLOT_NONE}}, *out[7];
	struct fixture f;

	(void)state;
	open_fixture(&f, "budget b { domains = { wire.example } parallel = 4 gap = 0s }");
	for (size_t i = 0; i < 6; i++) {
		char host[30];

		snprintf(host, sizeof(host), "%zu.wire.example", i);
		s[i].lane = i < 4 ? LANE_SLOW : LANE_QUICK;
		enqueue(&f, &s[i], host, 0);
	}
	assert_ptr_equal(hosts_take_ready(&f.h, 0, false), &s[4]);
	assert_int_equal(take_all(&f, out, 0), 3);
	assert_int_equal(s[2].state, HOST_SLOT_QUEUED);
	hosts_leave(&f.h, &s[4]);
	assert_int_equal(take_all(&f, out, 0), 0);
	hosts_leave(&f.h, &s[0]);
	assert_int_equal(take_all(&f, out, 0), 1);
	close_fixture(&f);
}

static const struct {
	const char *scope;
	bool others;	  /* hosts_block() says so */
	size_t start_now; /* of the feeds at the host, its neighbour, and the other domain */
} scopes[] = {{"feed", false, 3}, {"host", true, 2}, {"domain", true, 1}};

static void a_pause_counts_for_what_the_budget_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		struct host_slot s[5] = {{.state = HOST_SLOT_NONE}}, *out[6];
		struct fixture f;
		char blocks[200];

		snprintf(blocks, sizeof(blocks),
			"budget b { domains = { wire.example, agency.example } parallel = 9 "
			"gap = 0s retry-after = %s }",
			scopes[i].scope);
		open_fixture(&f, blocks);
		enqueue(&f, &s[0], "a.wire.example", 0);
		assert_int_equal(take_all(&f, out, 0), 1);
		enqueue(&f, &s[1], "a.wire.example", 0);
		enqueue(&f, &s[2], "agency.example", 0);
		assert_int_equal(hosts_block(&s[0], 60000), scopes[i].others);
		enqueue(&f, &s[3], "b.wire.example", 0); /* also one that was not known */
		assert_int_equal(take_all(&f, out, 59999), scopes[i].start_now);
		assert_int_equal(hosts_blocked_until(&f.h, "a.wire.example", 59999),
			scopes[i].others ? 60000 : 0);
		assert_int_equal(
			hosts_blocked_until(&f.h, "new.wire.example", 59999), i == 2 ? 60000 : 0);
		if (scopes[i].others)
			assert_non_null(hosts_first_blocked(&s[0]));
		/* A reload keeps the pause. */
		configure(&f, blocks);
		enqueue(&f, &s[4], "a.wire.example", 59999);
		assert_int_equal(take_all(&f, out, 59999), scopes[i].others ? 0 : 1);
		assert_int_equal(
			take_all(&f, out, 60000), 4 - scopes[i].start_now - !scopes[i].others);
		close_fixture(&f);
	}
}

/* What waits at another host does not, even if a pause would be for both. */
static void what_is_queued_is_of_the_same_host(void **state)
{
	struct host_slot s[3] = {{.state = HOST_SLOT_NONE}}, *out[4];
	struct fixture f;

	(void)state;
	open_fixture(&f, "budget b { domains = { wire.example } parallel = 1 gap = 0s "
			 "retry-after = domain }");
	enqueue(&f, &s[0], "a.wire.example", 0);
	assert_int_equal(take_all(&f, out, 0), 1);
	enqueue(&f, &s[1], "b.wire.example", 0);
	assert_ptr_equal(hosts_first_blocked(&s[0]), &s[1]);
	assert_false(hosts_has_queued(&s[0]));
	enqueue(&f, &s[2], "a.wire.example", 0);
	assert_true(hosts_has_queued(&s[0]));
	close_fixture(&f);
}

static void what_runs_counts_for_the_budget_of_a_reload(void **state)
{
	struct host_slot s[4] = {{.state = HOST_SLOT_NONE}}, *out[5];
	struct fixture f;

	(void)state;
	open_fixture(&f, "poll { per-host = 2 host-gap = 0s }");
	enqueue(&f, &s[0], "a.example", 0);
	enqueue(&f, &s[1], "b.example", 0);
	assert_int_equal(take_all(&f, out, 0), 2);
	enqueue(&f, &s[2], "a.example", 0);
	enqueue(&f, &s[3], "b.example", 64); /* after s[2] */
	configure(&f, "budget b { domains = { a.example, b.example } parallel = 3 gap = 0s }");
	assert_int_equal(take_all(&f, out, 0), 1);
	configure(&f, "budget c { domains = { b.example } parallel = 1 gap = 0s }\n"
		      "poll { per-host = 1 host-gap = 0s }");
	assert_int_equal(take_all(&f, out, 0), 0);
	hosts_leave(&f.h, &s[1]);
	assert_int_equal(take_all(&f, out, 0), 1);
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_to_a_host_take_turns),
		cmocka_unit_test(hosts_of_a_budget_share_its_limits),
		cmocka_unit_test(hosts_of_a_domain_share_a_limit),
		cmocka_unit_test(urgent_ones_go_first_and_the_others_are_not_forgotten),
		cmocka_unit_test(slow_ones_get_half),
		cmocka_unit_test(a_pause_counts_for_what_the_budget_says),
		cmocka_unit_test(what_is_queued_is_of_the_same_host),
		cmocka_unit_test(what_runs_counts_for_the_budget_of_a_reload),
	};

	return cmocka_run_group_tests_name("engine hosts", tests, NULL, NULL);
}
