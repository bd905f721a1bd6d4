/* SPDX-License-Identifier: MIT */
/* An item through a set: what matches it, with its hits; and the scratch for that. */
#include <stdlib.h>

#include "scratch.h"

#define ITEM_BYTES ((size_t)512 << 20) /* lists of matches of one item, of one watch */

static bool make_stemmers(struct watch_scratch *s)
{
	for (size_t i = 0; i < s->set->program.n_languages; i++) {
		s->stemmers[i] = text_stemmer_new(s->set->program.languages[i]);
		if (!s->stemmers[i])
			return false;
	}
	return true;
}

struct watch_scratch *watch_scratch_new(const struct watch_set *set)
{
	struct watch_scratch *s = calloc(1, sizeof(*s));
	const struct watch_program *p = &set->program;

	if (!s)
		return NULL;
	s->set = set;
	s->arena = arena_new(ITEM_BYTES);
	s->lists = arena_new(ITEM_BYTES);
	s->atoms = calloc(p->n_atoms + 1, sizeof(*s->atoms));
	s->phrases = calloc(p->n_phrases + 1, sizeof(*s->phrases));
	s->regexes = calloc(p->n_regexes + 1, sizeof(*s->regexes));
	s->marks = calloc(p->n_atoms + p->n_phrases + 1, sizeof(*s->marks));
	s->matched = calloc(p->n_watches / 64 + 1, sizeof(*s->matched));
	s->matching = calloc(p->n_watches / 64 / 64 + 1, sizeof(*s->matching));
	s->hits_most = SIZE_MAX;
	s->seen = calloc(p->n_watches + 1, sizeof(*s->seen));
	s->candidates = calloc(p->n_watches + 1, sizeof(*s->candidates));
	s->regex = p->n_regexes ? watch_regex_scratch_new() : NULL;
	if (!s->arena || !s->lists || !watch_lexicon_init(&s->lexicon) || !s->atoms ||
		!s->phrases || !s->regexes || !s->seen || !s->marks ||
		!watch_statistics_init(&s->statistics, set) || !s->matched || !s->matching ||
		!s->candidates || (p->n_regexes && !s->regex) || !make_stemmers(s)) {
		watch_scratch_free(s);
		return NULL;
	}
	return s;
}

void watch_scratch_free(struct watch_scratch *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_words; i++)
		text_words_release(&s->words[i]);
	for (size_t i = 0; i < WATCH_LANGUAGES_MAX; i++)
		text_stemmer_free(s->stemmers[i]);
	watch_regex_scratch_free(s->regex);
	watch_lexicon_release(&s->lexicon);
	arena_free(s->arena);
	arena_free(s->lists);
	free(s->regions);
	free(s->words);
	watch_concordance_release(&s->words_at);
	free(s->refs);
	free(s->kept);
	free(s->pairs);
	free(s->occurrences);
	free(s->parts);
	free(s->atoms);
	free(s->phrases);
	free(s->regexes);
	watch_statistics_release(&s->statistics);
	free(s->marks);
	free(s->terms);
	free(s->matched);
	free(s->matching);
	free(s->seen);
	free(s->candidates);
	free(s->found.v);
	free(s->hits);
	free(s->found_hits);
	free(s->overruns);
	free(s);
}

static void note_overrun(struct watch_scratch *s, uint32_t watch)
{
	for (size_t i = 0; i < s->n_overruns; i++)
		if (s->overruns[i] == watch)
			return;
	if (!array_room(&s->overruns, s->n_overruns, &s->cap_overruns, 1, sizeof(*s->overruns))) {
		s->failed = true;
		return;
	}
	s->overruns[s->n_overruns++] = watch;
}

static bool matches(struct watch_scratch *s, uint32_t watch)
{
	bool matched;

	watch_eval_begin(s);
	matched = watch_eval(s, s->set->program.watches[watch].root, WATCH_NO_LEAD);
	if (s->overrun)
		note_overrun(s, watch);
	return matched;
}

static void tell(struct watch_scratch *s, uint32_t watch, watch_match_fn *fn, void *ctx)
{
	struct watch_match m = {.watch = watch};

	s->n_hits = 0;
	watch_eval_begin(s);
	watch_collect(s, s->set->program.watches[watch].root, WATCH_NO_LEAD);
	if (s->overrun) /* it matches, but hits may be missing */
		note_overrun(s, watch);
	watch_hits_finish(s);
	if (s->failed)
		return;
	m.hits = s->found_hits;
	m.n_hits = s->n_found_hits;
	fn(ctx, &m);
}

size_t watch_matched_take(struct watch_scratch *s)
{
	size_t n = 0, words = s->set->program.n_watches / 64 / 64 + 1;

	for (size_t i = 0; i < words; i++) {
		for (uint64_t full = s->matching[i]; full; full &= full - 1) {
			size_t at = i * 64 + (size_t)__builtin_ctzll(full);

			for (uint64_t bits = s->matched[at]; bits; bits &= bits - 1)
				s->candidates[n++] =
					(uint32_t)(at * 64) + (uint32_t)__builtin_ctzll(bits);
			s->matched[at] = 0;
		}
		s->matching[i] = 0;
	}
	return n;
}

static int find(struct watch_scratch *s, const struct watch_view *v, size_t *n, struct err *e)
{
	int rc = watch_item_read(s, v, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < s->n_candidates; i++) {
		uint32_t w = s->candidates[i];

		if (matches(s, w))
			watch_matches(s, w);
	}
	*n = watch_matched_take(s);
	return s->failed ? watch_item_failure(s, e) : 0;
}

int watch_set_match(const struct watch_set *set, struct watch_scratch *s,
	const struct watch_view *v, watch_match_fn *fn, void *ctx, struct err *e)
{
	size_t n = 0;
	int rc = find(s, v, &n, e);

	(void)set;
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n && !s->failed; i++)
		tell(s, s->candidates[i], fn, ctx);
	return s->failed ? watch_item_failure(s, e) : 0;
}

int watch_set_match_only(const struct watch_set *set, struct watch_scratch *s,
	const struct watch_view *v, watch_match_fn *fn, void *ctx, struct err *e)
{
	size_t n = 0;
	int rc = find(s, v, &n, e);

	(void)set;
	for (size_t i = 0; i < n && rc == 0; i++)
		fn(ctx, &(struct watch_match){.watch = s->candidates[i]});
	return rc;
}

int watch_scratch_learn(struct watch_scratch *s, const struct watch_view *v, struct err *e)
{
	int rc = watch_item_read(s, v, e);

	watch_matched_take(s);
	return rc;
}

bool watch_scratch_rebuild(struct watch_scratch *s)
{
	return watch_statistics_due(&s->statistics) && watch_statistics_rebuild(&s->statistics);
}

void watch_scratch_hits(struct watch_scratch *s, size_t most)
{
	s->hits_most = most;
}

size_t watch_scratch_overruns(const struct watch_scratch *s, const size_t **watches)
{
	*watches = s->overruns;
	return s->n_overruns;
}
