/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Per watch: its own share, and the most that it may use including what the pool adds. */
#define STEPS_OWN  ((uint64_t)1 << 12)
#define STEPS_MOST ((uint64_t)1 << 21) /* some 60 ms */
#define REGEX_OWN  100000	       /* of watch_regex_find */
#define REGEX_MOST 1300000
/* The pool: at most a second each. */
#define STEPS_POOL ((uint64_t)1 << 25)
#define REGEX_POOL ((uint64_t)1000000000)

static uint64_t budget_at_most(uint64_t n, uint64_t most)
{
	return n < most ? n : most;
}

bool watch_budget_init(struct watch_budget *b, size_t n_regexes)
{
	*b = (struct watch_budget){
		.regexes = calloc(n_regexes + 1, sizeof(*b->regexes)), .n_regexes = n_regexes};
	return b->regexes != NULL;
}

void watch_budget_release(struct watch_budget *b)
{
	free(b->regexes);
	free(b->overruns);
	*b = (struct watch_budget){0};
}

static void budget_fill_pool(struct watch_pool *p, unsigned parts)
{
	p->steps = budget_at_most(p->steps + STEPS_POOL / parts, STEPS_POOL);
	p->regex_cost = budget_at_most(p->regex_cost + REGEX_POOL / parts, REGEX_POOL);
}

/* Subtracts from the pool what the present watch used beyond its own share. */
static void budget_settle_steps(struct watch_budget *b)
{
	uint64_t spent = b->steps_given - b->steps;

	b->pool.steps -= spent - budget_at_most(spent, STEPS_OWN);
	b->steps = b->steps_given = 0;
}

void watch_budget_begin_item(struct watch_budget *b, uint32_t generation)
{
	budget_settle_steps(b);
	if (!b->pool.kept)
		budget_fill_pool(&b->pool, 1);
	if (generation <= b->generation) /* the number wrapped around */
		memset(b->regexes, 0, b->n_regexes * sizeof(*b->regexes));
	b->generation = generation;
	b->n_overruns = 0;
	b->overrun = false;
}

void watch_budget_begin_watch(struct watch_budget *b)
{
	budget_settle_steps(b);
	b->steps = b->steps_given = budget_at_most(STEPS_OWN + b->pool.steps, STEPS_MOST);
	b->overrun = false;
}

void watch_budget_fill(struct watch_budget *b, unsigned parts)
{
	budget_settle_steps(b);
	budget_fill_pool(&b->pool, parts);
	b->pool.kept = true;
}

bool watch_budget_note_overrun(struct watch_budget *b, size_t watch)
{
	for (size_t i = 0; i < b->n_overruns; i++)
		if (b->overruns[i] == watch)
			return true;
	if (!array_room(&b->overruns, b->n_overruns, &b->cap_overruns, 1, sizeof(*b->overruns)))
		return false;
	b->overruns[b->n_overruns++] = watch;
	return true;
}

uint64_t watch_budget_regex(struct watch_budget *b, uint32_t first_regex)
{
	struct watch_regex_state *r = &b->regexes[first_regex];

	if (r->generation != b->generation)
		*r = (struct watch_regex_state){b->generation, REGEX_MOST, REGEX_OWN};
	return budget_at_most(r->own + b->pool.regex_cost, r->budget);
}

void watch_budget_spend_regex(struct watch_budget *b, uint32_t first_regex, uint64_t cost)
{
	struct watch_regex_state *r = &b->regexes[first_regex];
	uint64_t own = budget_at_most(cost, r->own);

	r->budget -= cost;
	r->own -= own;
	b->pool.regex_cost -= cost - own;
}
