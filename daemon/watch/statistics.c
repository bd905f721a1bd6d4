/* SPDX-License-Identifier: MIT */
#include "statistics.h"

#include <stdlib.h>

#define COUNT_ALL      500 /* the first items are all counted, */
#define COUNT_EACH     128 /* later one in this number */
#define REBUILD_FACTOR 16  /* growth of `items` until the next rebuild */

bool watch_statistics_init(struct watch_statistics *t, const struct watch_set *set)
{
	const struct watch_program *p = &set->program;

	*t = (struct watch_statistics){
		.set = set,
		.rebuild_at = COUNT_ALL,
		.counts = calloc(p->n_atoms + p->n_phrases + 1, sizeof(*t->counts)),
		.index = &set->index,
	};
	return t->counts != NULL;
}

void watch_statistics_release(struct watch_statistics *t)
{
	watch_index_release(&t->learnt);
	free(t->counts);
	*t = (struct watch_statistics){0};
}

static bool statistics_add_item(struct watch_statistics *t)
{
	t->items++;
	if (t->items > COUNT_ALL && t->items % COUNT_EACH != 0)
		return false;
	t->counted++;
	return true;
}

static void statistics_count_words(
	struct watch_statistics *t, struct watch_item *item, const struct watch_region *r)
{
	const struct watch_vocabulary *v = item->vocabulary;

	for (uint32_t i = 0; i < r->count; i++) {
		struct watch_lookup word = {
			.hash = r->words->word[i].hash, .form = text_words_form(r->words, i)};
		uint32_t atom = watch_vocabulary_exact(v, &word);

		if (atom == WATCH_NONE || watch_term_marked(item, atom))
			continue;
		watch_term_mark(item, atom);
		t->counts[atom]++;
	}
}

void watch_statistics_count(struct watch_statistics *t, struct watch_item *item)
{
	const struct watch_known *known = item->vocabulary->known;
	size_t n_atoms = item->program->n_atoms;

	if (!statistics_add_item(t))
		return;
	watch_terms_unmark(item);
	for (size_t i = 0; i < item->n_regions; i++)
		statistics_count_words(t, item, &item->regions[i]);
	for (size_t i = 0; i < item->n_terms; i++) {
		uint32_t term = item->terms[i];

		if (term >= n_atoms || !known[term].exact)
			t->counts[term]++;
	}
}

bool watch_statistics_due(const struct watch_statistics *t)
{
	return t->items >= t->rebuild_at;
}

bool watch_statistics_rebuild(struct watch_statistics *t)
{
	struct watch_frequencies frequencies = {t->counts, t->counted};
	struct watch_index index;

	while (t->items >= t->rebuild_at)
		t->rebuild_at *= REBUILD_FACTOR;
	if (t->counted == 0 || watch_index_make(&index, &t->set->program, &frequencies) < 0)
		return false;
	watch_index_release(&t->learnt);
	t->learnt = index;
	t->index = &t->learnt;
	return true;
}
