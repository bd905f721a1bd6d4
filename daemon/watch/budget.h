/* SPDX-License-Identifier: MIT */
/*
 * Limits what evaluating an item may cost. Each watch has a small share of its own; what it needs
 * beyond that comes from a pool shared by all watches, until the pool is empty. So a watch that
 * needs little is always evaluated, whatever the others use up. Costs are counted in steps, never
 * in time.
 */
#ifndef WATCH_BUDGET_H
#define WATCH_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Costs as counted by watch_regex_find. */
struct watch_regex_state {
	uint32_t generation; /* of the item; entries of another generation are invalid */
	uint64_t budget;     /* left for the expressions of the watch */
	uint64_t own;	     /* of that: not taken from the pool */
};

struct watch_pool {
	uint64_t steps;	     /* combinations of words */
	uint64_t regex_cost; /* as counted by watch_regex_find */
	bool kept;	     /* not refilled for each item */
};

struct watch_budget {
	struct watch_pool pool;		   /* before the present watch took its steps */
	uint64_t steps, steps_given;	   /* left for the present watch, and given to it */
	bool overrun;			   /* the present watch used up its steps */
	uint32_t generation;		   /* of the item */
	struct watch_regex_state *regexes; /* by the number of a watch's first expression */
	size_t n_regexes;
	size_t *overruns; /* watches that exceeded their budget on this item */
	size_t n_overruns, cap_overruns;
};

/* False: out of memory; release is safe. */
bool watch_budget_init(struct watch_budget *b, size_t n_regexes);
void watch_budget_release(struct watch_budget *b);
/* Before an item is read: fills the pool, unless it is kept. */
void watch_budget_begin_item(struct watch_budget *b, uint32_t generation);
/* Call before a watch is evaluated, and again before its hits are collected. */
void watch_budget_begin_watch(struct watch_budget *b);
/* Adds one of `parts` equal parts to the pool, which is kept from now on. */
void watch_budget_fill(struct watch_budget *b, unsigned parts);
/* Appends the watch to overruns. False: out of memory. */
bool watch_budget_note_overrun(struct watch_budget *b, size_t watch);

/*
 * Return what the expressions of a watch may cost; then subtract what they did cost, at most that.
 */
uint64_t watch_budget_regex(struct watch_budget *b, uint32_t first_regex);
void watch_budget_spend_regex(struct watch_budget *b, uint32_t first_regex, uint64_t cost);

/*
 * Takes n of the steps left. Returns false if there are fewer: the watch has exceeded its budget.
 */
static inline bool watch_budget_spend(struct watch_budget *b, uint64_t n)
{
	if (b->steps >= n) {
		b->steps -= n;
		return true;
	}
	b->steps = 0;
	b->overrun = true;
	return false;
}

#endif
