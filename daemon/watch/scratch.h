/* SPDX-License-Identifier: MIT */
/* All state that matching needs besides the set; one per thread. */
#ifndef WATCH_SCRATCH_H
#define WATCH_SCRATCH_H

#include "budget.h"
#include "candidates.h"
#include "hits.h"
#include "item.h"
#include "phrase.h"
#include "regex.h"
#include "statistics.h"

/* Memory for the lists of spans.h; invalid when the next watch is evaluated. */
struct watch_span_memory {
	struct arena *arena;
	uint32_t *parts; /* of spans that are not all words from first to last */
	size_t n_parts, cap_parts;
};

struct watch_scratch {
	const struct watch_set *set;
	struct watch_item item;
	struct watch_statistics statistics;
	struct watch_candidates candidates;
	struct watch_budget budget;
	struct watch_span_memory spans;
	struct watch_regex_scratch *regex;
	struct watch_hits hits;
	uint32_t *raises; /* of the present match */
	size_t cap_raises;
};

/* --- match.c --- */

/*
 * Makes v the present item and finds the candidates. Watches that the index alone decides are
 * already among the matches.
 */
int watch_scratch_read(struct watch_scratch *s, const struct watch_view *v, struct err *e);
/* Returns the error after item.failed was set: -ERR_LIMIT or -ERR_NOMEM. */
int watch_scratch_failure(const struct watch_scratch *s, struct err *e);

/* --- candidates.c --- */

/* Turns the terms found into candidates, by posting lists and guards. */
void watch_candidates_find(struct watch_scratch *s);

/* --- eval.c --- */

/* Call before a watch is evaluated, and before its hits are collected. */
void watch_eval_begin(struct watch_scratch *s);
/* Does the item satisfy the step? lead: the body ends after this number of words. */
bool watch_eval(struct watch_scratch *s, uint32_t step, uint32_t lead);
/*
 * The least number of sources with which the item satisfies the step; 0: any; WATCH_SOURCES_NEVER:
 * it does not. QUERY_SOURCES is below AND and OR only.
 */
uint32_t watch_count_needed(struct watch_scratch *s, uint32_t step);
/* Appends the hits of a step that the item satisfies to s->hits, unsorted. */
void watch_collect(struct watch_scratch *s, uint32_t step, uint32_t lead);

#endif
