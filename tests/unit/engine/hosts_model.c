/* SPDX-License-Identifier: MIT */
/* Requests of hosts in any order of events, against the definition of their limits. */
#include "lib/unit.h"

#include "base/rng.h"
#include "engine/hosts.h"
#include "lib/conf_text.h"

#define SLOTS 60
#define HOSTS 14

struct model_limits {
	unsigned parallel;
	int64_t gap;
};

struct model_node {
	unsigned active, slow;
	int64_t ready_at;
};

/* Groups: budgets, then registrable domains; NONE. */
enum { WIRES, FREE, QUIET, PAPER, NONE };
static const struct model_limits model_groups[] = {{2, 2000}, {4, 0}, {1, 1000}, {3, 0}};
static const struct model_limits model_own = {2, 1000};

static const struct {
	const char *name;
	int group;
	int domain; /* that pauses together; -1: only the host does, -2: only the feed */
} model_hosts[HOSTS] = {
	{"wire.example", WIRES, 0},
	{"a.wire.example", WIRES, 0},
	{"b.wire.example", WIRES, 0},
	{"agency.example", WIRES, 1},
	{"x.free.example", FREE, -2},
	{"y.free.example", FREE, -2},
	{"quiet.example", QUIET, -1},
	{"b.quiet.example", QUIET, -1},
	{"a.paper.co.uk", PAPER, -1},
	{"b.paper.co.uk", PAPER, -1},
	{"c.paper.co.uk", PAPER, -1},
	{"single.example", NONE, -1},
	{"10.0.0.1", NONE, -1},
	{"10.0.0.2", NONE, -1},
};

struct model {
	struct host_budgets budgets;
	struct hosts h[HOSTS_SHARING];
	struct host_slot slots[SLOTS];
	int host[SLOTS];
	struct model_node hosts[HOSTS], groups[NONE];
	int64_t now;
	struct rng rng;
};

static bool node_admits(
	const struct model_node *n, const struct model_limits *l, bool slow, int64_t now)
{
	return n->ready_at <= now &&
	       (!l || (n->active < l->parallel && (!slow || n->slow < (l->parallel + 1) / 2)));
}

static bool model_admits(const struct model *m, int i)
{
	int host = m->host[i], group = model_hosts[host].group;
	bool slow = m->slots[i].lane == LANE_SLOW;
	bool own = group == NONE || group == PAPER; /* a budget is in place of its limits */

	return node_admits(&m->hosts[host], own ? &model_own : NULL, slow, m->now) &&
	       (group == NONE ||
		       node_admits(&m->groups[group], &model_groups[group], slow, m->now));
}

static void node_note(struct model_node *n, const struct host_slot *s, int by)
{
	n->active += (unsigned)by;
	n->slow += s->lane == LANE_SLOW ? (unsigned)by : 0;
}

static void model_note(struct model *m, int i, int by)
{
	int group = model_hosts[m->host[i]].group;

	node_note(&m->hosts[m->host[i]], &m->slots[i], by);
	if (group != NONE)
		node_note(&m->groups[group], &m->slots[i], by);
}

static void model_take(struct model *m)
{
	int network = (int)rng_below(&m->rng, HOSTS_SHARING);
	bool slow = rng_below(&m->rng, 2);
	struct host_slot *s = hosts_take_ready(&m->h[network], m->now, slow);
	int i, group;

	if (m->budgets.moving) {
		assert_null(s);
		return;
	}
	for (i = 0; !s && i < SLOTS; i++)
		if (m->slots[i].state == HOST_SLOT_QUEUED &&
			m->host[i] % HOSTS_SHARING == network &&
			(slow || m->slots[i].lane != LANE_SLOW) && model_admits(m, i))
			fail_msg("%s could start", model_hosts[m->host[i]].name);
	if (!s)
		return;
	i = (int)(s - m->slots);
	group = model_hosts[m->host[i]].group;
	if (!model_admits(m, i) || (!slow && s->lane == LANE_SLOW))
		fail_msg("%s started", model_hosts[m->host[i]].name);
	model_note(m, i, 1);
	if (group == NONE || group == PAPER)
		m->hosts[m->host[i]].ready_at = m->now + model_own.gap;
	if (group != NONE)
		m->groups[group].ready_at = m->now + model_groups[group].gap;
}

static void model_block(struct model *m, int i)
{
	int64_t until = m->now + (int64_t)rng_below(&m->rng, 8000);

	(void)hosts_block(&m->slots[i], until);
	for (int k = 0; k < HOSTS; k++) {
		bool same = model_hosts[k].domain >= 0 &&
			    model_hosts[k].domain == model_hosts[m->host[i]].domain;

		if ((k == m->host[i] && model_hosts[k].domain != -2) || same)
			if (until > m->hosts[k].ready_at)
				m->hosts[k].ready_at = until;
	}
}

static void model_shift(struct model *m, int64_t ms)
{
	host_budgets_shift(&m->budgets, ms);
	for (int i = 0; i < HOSTS; i++)
		m->hosts[i].ready_at -= ms;
	for (int i = 0; i < NONE; i++)
		m->groups[i].ready_at -= ms;
}

static void model_enqueue(struct model *m, int i)
{
	struct host_slot *s = &m->slots[i];

	m->host[i] = (int)rng_below(&m->rng, HOSTS);
	s->urgent = rng_below(&m->rng, 3) == 0;
	s->lane = (enum lane)rng_below(&m->rng, LANES);
	assert_int_equal(hosts_enqueue(&m->h[m->host[i] % HOSTS_SHARING], s,
				 model_hosts[m->host[i]].name, rng_below(&m->rng, 9) == 0, m->now),
		0);
}

/* Another configuration, with the same budgets in another order; or hosts move to that. */
static void model_configure(struct model *m, struct conf **c)
{
	if (m->budgets.moving)
		assert_in_range(host_budgets_move(&m->budgets), 0, 1);
	else if (rng_below(&m->rng, 20) == 0)
		assert_int_equal(host_budgets_set(&m->budgets, c[rng_below(&m->rng, 2)]), 0);
}

static void model_step(struct model *m, struct conf **c)
{
	int i = (int)rng_below(&m->rng, SLOTS);
	struct host_slot *s = &m->slots[i];

	switch (rng_below(&m->rng, 12)) {
	case 0: m->now += (int64_t)rng_below(&m->rng, 3000); break;
	case 1:
		if (s->state == HOST_SLOT_ACTIVE)
			model_block(m, i);
		break;
	case 2:
		if (rng_below(&m->rng, 20) == 0)
			model_shift(m, (int64_t)rng_below(&m->rng, 5000));
		break;
	case 3:
		for (uint64_t n = rng_below(&m->rng, 400) + 1; n > 0; n--)
			model_configure(m, c);
		break;
	case 4:
	case 5:
	case 6:
	case 7: model_take(m); break;
	case 8:
		if (s->state != HOST_SLOT_NONE) {
			if (s->state == HOST_SLOT_ACTIVE)
				model_note(m, i, -1);
			hosts_leave(&m->h[m->host[i] % HOSTS_SHARING], s);
		}
		break;
	default:
		if (s->state == HOST_SLOT_NONE)
			model_enqueue(m, i);
	}
}

static void limits_hold_in_any_order_of_events(void **state)
{
	struct conf *c[] = {
		conf_text_load(
			"poll { per-host = 2 per-domain = 3 host-gap = 1s }\n"
			"budget wires { domains = { wire.example, agency.example } "
			"parallel = 2 gap = 2s retry-after = domain }\n"
			"budget free { domains = { free.example } parallel = 4 gap = 0s "
			"retry-after = feed }\n"
			"budget quiet { domains = { quiet.example } parallel = 1 gap = 1s }"),
		conf_text_load(
			"poll { per-host = 2 per-domain = 3 host-gap = 1s }\n"
			"budget quiet { domains = { quiet.example } parallel = 1 gap = 1s }\n"
			"budget free { domains = { free.example } parallel = 4 gap = 0s "
			"retry-after = feed }\n"
			"budget wires { domains = { agency.example, other.example, wire.example } "
			"parallel = 2 gap = 2s retry-after = domain }")};

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct model *m = calloc(1, sizeof(*m));

		assert_non_null(m);
		rng_seed(&m->rng, seed);
		m->now = 1000000;
		assert_int_equal(host_budgets_init(&m->budgets), 0);
		for (int i = 0; i < HOSTS_SHARING; i++)
			hosts_init(&m->h[i], &m->budgets);
		assert_int_equal(host_budgets_set(&m->budgets, c[0]), 0);
		for (int i = 0; i < 5000; i++)
			model_step(m, c);
		for (int i = 0; i < HOSTS_SHARING; i++)
			hosts_release(&m->h[i]);
		host_budgets_release(&m->budgets);
		free(m);
	}
	conf_unref(c[0]);
	conf_unref(c[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_hold_in_any_order_of_events),
	};

	return cmocka_run_group_tests_name("engine hosts model", tests, NULL, NULL);
}
