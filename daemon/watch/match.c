/* SPDX-License-Identifier: MIT */
/* Matches an item against a set: reads it, evaluates the candidates, and collects hits. */
#include <stdlib.h>

#include "scratch.h"

#define SPAN_BYTES ((size_t)512 << 20) /* lists of matches, for one watch */

struct watch_scratch *watch_scratch_new(const struct watch_set *set)
{
	struct watch_scratch *s = calloc(1, sizeof(*s));
	const struct watch_program *p = &set->program;

	if (!s)
		return NULL;
	s->set = set;
	s->hits.most = SIZE_MAX;
	s->spans.arena = arena_new(SPAN_BYTES);
	s->regex = p->n_regexes ? watch_regex_scratch_new() : NULL;
	if (!watch_item_init(&s->item, set) || !watch_statistics_init(&s->statistics, set) ||
		!watch_candidates_init(&s->candidates, p->n_watches) ||
		!watch_budget_init(&s->budget, p->n_regexes) || !s->spans.arena ||
		(p->n_regexes && !s->regex)) {
		watch_scratch_free(s);
		return NULL;
	}
	return s;
}

void watch_scratch_free(struct watch_scratch *s)
{
	if (!s)
		return;
	watch_item_release(&s->item);
	watch_statistics_release(&s->statistics);
	watch_candidates_release(&s->candidates);
	watch_budget_release(&s->budget);
	watch_hits_release(&s->hits);
	watch_regex_scratch_free(s->regex);
	arena_free(s->spans.arena);
	free(s->spans.parts);
	free(s->raises);
	free(s);
}

int watch_scratch_failure(const struct watch_scratch *s, struct err *e)
{
	if (arena_overflowed(s->spans.arena))
		return err_set(e, ERR_LIMIT, "an item with too many places to be matched");
	return watch_item_failure(&s->item, e);
}

int watch_scratch_read(struct watch_scratch *s, const struct watch_view *v, struct err *e)
{
	const struct watch_index *x = s->statistics.index;
	int rc = watch_item_read(&s->item, v, &x->words, e);

	watch_candidates_begin_item(&s->candidates, s->item.generation);
	watch_budget_begin_item(&s->budget, s->item.generation);
	if (rc < 0)
		return rc;
	if (!watch_terms_find(&s->item, x))
		return watch_scratch_failure(s, e);
	watch_candidates_find(s);
	if (s->item.failed)
		return watch_scratch_failure(s, e);
	watch_statistics_count(&s->statistics, &s->item);
	return 0;
}

static void match_record_overrun(struct watch_scratch *s, uint32_t watch)
{
	if (s->budget.overrun && !watch_budget_note_overrun(&s->budget, watch))
		s->item.failed = true;
}

static bool match_eval_watch(struct watch_scratch *s, uint32_t watch)
{
	bool matched;

	watch_eval_begin(s);
	matched = watch_eval(s, s->set->program.watches[watch].root, WATCH_NO_LEAD);
	match_record_overrun(s, watch);
	return matched;
}

static uint32_t match_count_needed(struct watch_scratch *s, uint32_t watch, uint32_t root)
{
	uint32_t needed;

	watch_eval_begin(s);
	needed = watch_count_needed(s, root);
	match_record_overrun(s, watch);
	return needed;
}

/* Sets how many sources the watch and its conditions need. False: out of memory. */
static bool match_count_sources(struct watch_scratch *s, uint32_t watch, struct watch_match *m)
{
	const struct watch_program *p = &s->set->program;
	const struct watch_entry *w = &p->watches[watch];

	if (w->counts_sources)
		m->sources = match_count_needed(s, watch, w->root);
	if (!array_room(&s->raises, 0, &s->cap_raises, w->n_raises, sizeof(*s->raises)))
		return false;
	for (uint32_t i = 0; i < w->n_raises; i++)
		s->raises[i] = match_count_needed(s, watch, p->raises[w->raises + i]);
	m->raises = s->raises;
	m->n_raises = w->n_raises;
	return !s->item.failed;
}

static void match_report_watch(
	struct watch_scratch *s, uint32_t watch, watch_match_fn *fn, void *ctx)
{
	struct watch_match m = {.watch = watch};

	s->hits.n = 0;
	watch_eval_begin(s);
	watch_collect(s, s->set->program.watches[watch].root, WATCH_NO_LEAD);
	match_record_overrun(s, watch); /* it matches, but may lack hits */
	if (!watch_hits_finish(&s->hits))
		s->item.failed = true;
	if (s->item.failed)
		return;
	m.hits = s->hits.found;
	m.n_hits = s->hits.n_found;
	if (!match_count_sources(s, watch, &m))
		s->item.failed = true;
	else
		fn(ctx, &m);
}

static int match_find_watches(
	struct watch_scratch *s, const struct watch_view *v, size_t *n, struct err *e)
{
	int rc = watch_scratch_read(s, v, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < s->candidates.n; i++) {
		uint32_t w = s->candidates.v[i];

		if (match_eval_watch(s, w))
			watch_candidates_match(&s->candidates, w);
	}
	*n = watch_candidates_take_matches(&s->candidates);
	return s->item.failed ? watch_scratch_failure(s, e) : 0;
}

int watch_set_match(const struct watch_set *set, struct watch_scratch *s,
	const struct watch_view *v, watch_match_fn *fn, void *ctx, struct err *e)
{
	size_t n = 0;
	int rc = match_find_watches(s, v, &n, e);

	(void)set;
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n && !s->item.failed; i++)
		match_report_watch(s, s->candidates.v[i], fn, ctx);
	return s->item.failed ? watch_scratch_failure(s, e) : 0;
}

int watch_set_match_only(const struct watch_set *set, struct watch_scratch *s,
	const struct watch_view *v, watch_match_fn *fn, void *ctx, struct err *e)
{
	size_t n = 0;
	int rc = match_find_watches(s, v, &n, e);

	(void)set;
	for (size_t i = 0; i < n && rc == 0; i++)
		fn(ctx, &(struct watch_match){.watch = s->candidates.v[i]});
	return rc;
}

int watch_scratch_learn(struct watch_scratch *s, const struct watch_view *v, struct err *e)
{
	return watch_scratch_read(s, v, e);
}

bool watch_scratch_rebuild(struct watch_scratch *s)
{
	return watch_statistics_due(&s->statistics) && watch_statistics_rebuild(&s->statistics);
}

void watch_scratch_fill(struct watch_scratch *s, unsigned parts)
{
	watch_budget_fill(&s->budget, parts);
}

void watch_scratch_hits(struct watch_scratch *s, size_t most)
{
	s->hits.most = most;
}

size_t watch_scratch_overruns(const struct watch_scratch *s, const size_t **watches)
{
	*watches = s->budget.overruns;
	return s->budget.n_overruns;
}
