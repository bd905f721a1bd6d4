/* SPDX-License-Identifier: MIT */
#include "index.h"
#include "operator.h"

#include <stdlib.h>

#define CONJUNCTS_MAX  6
#define GUARD_REPEATED 32  /* entries of guards */
#define SLOTS	       3   /* per entry of a hash table, at least */
#define BLOOM_BITS     12  /* per tag, while the filter fits in a near cache: */
#define BLOOM_SHIFT    20u /* its maximal size, as a power of two */
#define GUARD_TERMS    64  /* a longer list costs more than it saves */

/* A part of a watch that must match. */
struct index_conjunct {
	uint32_t step;
	uint32_t from, n; /* its terms in index_maker.terms */
	double cost;
	bool exact;
};

struct index_maker {
	struct watch_index *index;
	const struct watch_program *p;
	const struct watch_frequencies *frequencies;
	struct watch_terms terms;
	struct index_conjunct parts[CONJUNCTS_MAX];
	size_t n_parts;
	bool whole;		       /* the parts are the whole query */
	struct watch_posting *entries; /* by watch */
	uint32_t *entry_terms;	       /* of each entry */
	size_t n_entries, cap_entries, cap_entry_terms;
};

/* Splits a step into its parts: those of an AND, the operands of a NEAR, or the step itself. */
static bool index_split_step(struct index_maker *m, uint32_t at)
{
	const struct watch_step *s = &m->p->steps[at];
	struct index_conjunct *part;

	if (watch_operators[s->op].needs == WATCH_NEEDS_ALL) {
		m->whole = m->whole &&
			   s->op == QUERY_AND; /* the others require more than their parts */
		for (uint32_t i = 0; i < s->count; i++)
			if (!index_split_step(m, m->p->kids[s->first + i].step))
				return false;
		return true;
	}
	if (m->n_parts == CONJUNCTS_MAX) {
		m->whole = false;
		return true;
	}
	part = &m->parts[m->n_parts];
	*part = (struct index_conjunct){.step = at, .from = (uint32_t)m->terms.n};
	part->cost = watch_require(m->p, m->frequencies, at, &m->terms);
	part->n = (uint32_t)m->terms.n - part->from;
	part->exact = watch_require_exact(m->p, at);
	m->whole = m->whole && part->exact;
	m->n_parts += part->n > 0;
	return part->cost >= 0;
}

static int index_by_cost(const void *a, const void *b)
{
	const struct index_conjunct *x = a, *y = b;

	return (x->cost > y->cost) - (x->cost < y->cost);
}

static bool index_put_guard(struct index_maker *m, uint32_t value)
{
	struct watch_index *x = m->index;

	if (!array_room(&x->guards, x->n_guards, &x->cap_guards, 1, sizeof(*x->guards)))
		return false;
	x->guards[x->n_guards++] = value;
	return true;
}

static bool index_is_exact(const struct index_maker *m, uint32_t atom)
{
	return atom != WATCH_NONE && m->p->atoms[atom].kind == WATCH_ATOM_EXACT;
}

static uint32_t index_tag_of(const struct index_maker *m, uint32_t atom)
{
	return watch_tag(m->p->atoms[atom].key);
}

/* The tag of a phrase is that of its rarest word. */
static struct watch_guard_term index_guard_term(const struct index_maker *m, uint32_t term)
{
	uint32_t atom = term;

	if (term >= m->p->n_atoms) {
		const struct watch_phrase *ph = &m->p->phrases[term - m->p->n_atoms];
		double cost;

		atom = m->p->pieces[ph->first +
				    watch_phrase_rarest(m->p, m->frequencies, ph, &cost)];
	}
	return (struct watch_guard_term){
		term, index_is_exact(m, atom) ? index_tag_of(m, atom) : WATCH_TAG_UNKNOWN};
}

static bool index_put_guard_list(struct index_maker *m, const struct index_conjunct *part)
{
	if (!index_put_guard(m, part->n))
		return false;
	for (uint32_t k = 0; k < part->n; k++) {
		struct watch_guard_term g = index_guard_term(m, m->terms.v[part->from + k]);

		if (!index_put_guard(m, g.term) || !index_put_guard(m, g.tag))
			return false;
	}
	return true;
}

/* From all parts but the first, which is the trigger; the most selective first. */
static bool index_make_guard(struct index_maker *m, uint32_t *guard)
{
	uint32_t n = 0, at = (uint32_t)m->index->n_guards;

	for (size_t i = 1; i < m->n_parts; i++) {
		if (m->parts[i].n <= GUARD_TERMS)
			n++;
		else
			m->whole = false;
	}
	*guard = n ? at : 0;
	if (n && !index_put_guard(m, n))
		return false;
	for (size_t i = 1; i < m->n_parts; i++)
		if (m->parts[i].n <= GUARD_TERMS && !index_put_guard_list(m, &m->parts[i]))
			return false;
	if (m->whole)
		*guard |= WATCH_DECIDED;
	return m->index->n_guards < WATCH_DECIDED;
}

static bool index_add_watch(struct index_maker *m, uint32_t watch)
{
	const struct index_conjunct *trigger = &m->parts[0];
	uint32_t guard;

	m->terms.n = m->n_parts = 0;
	m->whole = true;
	if (!index_split_step(m, m->p->watches[watch].root))
		return false;
	if (m->n_parts == 0) {
		m->index->always[m->index->n_always++] = watch;
		return true;
	}
	qsort(m->parts, m->n_parts, sizeof(*m->parts), index_by_cost);
	if (!index_make_guard(m, &guard) ||
		!array_room(&m->entry_terms, m->n_entries, &m->cap_entry_terms, trigger->n,
			sizeof(*m->entry_terms)) ||
		!array_room(&m->entries, m->n_entries, &m->cap_entries, trigger->n,
			sizeof(*m->entries)))
		return false;
	for (uint32_t i = 0; i < trigger->n; i++) {
		m->entry_terms[m->n_entries] = m->terms.v[trigger->from + i];
		m->entries[m->n_entries++] = (struct watch_posting){watch, guard};
	}
	return true;
}

/* Turns counts into offsets: starts[t] is the first entry of t. */
static void index_add_up_starts(uint32_t *starts, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i <= n; i++) {
		sum += starts[i];
		starts[i] = sum;
	}
}

/* Inserting the entries advanced each start to the next one's. */
static void index_move_starts_back(uint32_t *starts, size_t n)
{
	for (size_t i = n; i > 0; i--)
		starts[i] = starts[i - 1];
	starts[0] = 0;
}

static size_t index_guard_length(const uint32_t *guard)
{
	size_t n = 1;

	for (uint32_t lists = guard[0]; lists; lists--)
		n += 1 + 2 * (size_t)guard[n];
	return n;
}

/*
 * Stores guards in the order of postings, so that both are read sequentially. A watch has a posting
 * for each trigger: short guards are duplicated, long ones are stored once.
 */
static bool index_order_guards(struct index_maker *m)
{
	struct watch_index *x = m->index;
	uint32_t *old = x->guards, *moved = calloc(x->n_guards, sizeof(*moved));
	bool ok = moved != NULL;

	x->guards = NULL;
	x->n_guards = x->cap_guards = 0;
	ok = ok && index_put_guard(m, 0);
	for (size_t i = 0; ok && i < m->n_entries; i++) {
		uint32_t *guard = &x->postings[i].guard, from = *guard & ~WATCH_DECIDED;
		size_t n = from ? index_guard_length(old + from) : 0;

		if (n && (n <= GUARD_REPEATED || !moved[from])) {
			moved[from] = (uint32_t)x->n_guards;
			for (size_t k = 0; ok && k < n; k++)
				ok = index_put_guard(m, old[from + k]);
		}
		*guard = (*guard & WATCH_DECIDED) | (n ? moved[from] : 0);
	}
	free(moved);
	free(old);
	return ok && x->n_guards < WATCH_DECIDED;
}

/* By term; in each list the watches are in ascending order. */
static bool index_make_postings(struct index_maker *m)
{
	struct watch_index *x = m->index;
	size_t n = m->p->n_atoms + m->p->n_phrases;

	x->starts = calloc(n + 2, sizeof(*x->starts));
	x->postings = calloc(m->n_entries + 1, sizeof(*x->postings));
	if (!x->starts || !x->postings)
		return false;
	for (size_t i = 0; i < m->n_entries; i++)
		x->starts[m->entry_terms[i] + 1]++;
	index_add_up_starts(x->starts, n);
	for (size_t i = 0; i < m->n_entries; i++)
		x->postings[x->starts[m->entry_terms[i]]++] = m->entries[i];
	index_move_starts_back(x->starts, n);
	return true;
}

/* Chooses the two adjacent words of a phrase that are rarest together. */
static bool index_pair_of(const struct index_maker *m, uint32_t phrase, struct watch_pair *pair)
{
	const struct watch_phrase *ph = &m->p->phrases[phrase];
	const uint32_t *pieces = m->p->pieces + ph->first;
	double least = WATCH_REQUIRE_NONE;

	for (uint32_t i = 0; i + 1 < ph->count; i++) {
		double costs[2];

		if (!index_is_exact(m, pieces[i]) || !index_is_exact(m, pieces[i + 1]))
			continue;
		costs[0] = watch_atom_cost(m->p, m->frequencies, pieces[i]);
		costs[1] = watch_atom_cost(m->p, m->frequencies, pieces[i + 1]);
		if (costs[0] * costs[1] >= least)
			continue;
		least = costs[0] * costs[1];
		*pair = (struct watch_pair){
			.tag = watch_pair_tag(
				index_tag_of(m, pieces[i]), index_tag_of(m, pieces[i + 1])),
			.phrase = phrase,
			.atoms = {pieces[i], pieces[i + 1]},
			.first = (uint16_t)i,
			.rarer = costs[1] < costs[0],
			.whole = ph->count == 2,
		};
	}
	return least < WATCH_REQUIRE_NONE;
}

static bool index_is_trigger(const struct index_maker *m, size_t term)
{
	return m->index->starts[term] != m->index->starts[term + 1];
}

/* Lists phrases without a pair by their anchor. */
static bool index_make_anchored(struct index_maker *m)
{
	struct watch_index *x = m->index;
	uint32_t *anchors = calloc(m->p->n_phrases + 1, sizeof(*anchors));

	x->anchored_starts = calloc(m->p->n_atoms + 2, sizeof(*x->anchored_starts));
	x->anchored = calloc(m->p->n_phrases + 1, sizeof(*x->anchored));
	if (!anchors || !x->anchored_starts || !x->anchored) {
		free(anchors);
		return false;
	}
	for (uint32_t i = 0; i < m->p->n_phrases; i++) {
		const struct watch_phrase *ph = &m->p->phrases[i];
		struct watch_pair pair;
		double cost;

		anchors[i] = WATCH_NONE;
		if (!index_is_trigger(m, m->p->n_atoms + i) || index_pair_of(m, i, &pair))
			continue;
		anchors[i] = m->p->pieces[ph->first +
					  watch_phrase_rarest(m->p, m->frequencies, ph, &cost)];
		x->anchored_starts[anchors[i] + 1]++;
	}
	index_add_up_starts(x->anchored_starts, m->p->n_atoms);
	for (uint32_t i = 0; i < m->p->n_phrases; i++)
		if (anchors[i] != WATCH_NONE)
			x->anchored[x->anchored_starts[anchors[i]]++] = i;
	index_move_starts_back(x->anchored_starts, m->p->n_atoms);
	free(anchors);
	return true;
}

static bool index_make_bloom(struct watch_bloom *s, uint64_t count)
{
	unsigned bits = 6;

	while (bits < BLOOM_SHIFT && (uint64_t)1 << bits < count * BLOOM_BITS)
		bits++;
	s->shift = 32 - bits;
	s->bits = calloc(((size_t)1 << bits) / 64, sizeof(*s->bits));
	return s->bits != NULL;
}

static void index_add_to_bloom(struct watch_bloom *s, uint32_t tag)
{
	uint32_t bit = tag >> s->shift;

	s->bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

static uint64_t index_slots_for(uint64_t count)
{
	uint64_t slots = 64;

	while (slots < count * SLOTS)
		slots *= 2;
	return slots;
}

static bool index_is_trigger_atom(const struct index_maker *m, uint32_t atom)
{
	const uint32_t *anchored = m->index->anchored_starts;

	return index_is_exact(m, atom) &&
	       (index_is_trigger(m, atom) || anchored[atom] != anchored[atom + 1]);
}

static void index_put_trigger_atom(struct index_maker *m, uint32_t atom)
{
	struct watch_index *x = m->index;
	uint32_t tag = index_tag_of(m, atom), at = tag & x->trigger_mask;

	while (x->trigger_atoms[at].atom != WATCH_NONE)
		at = (at + 1) & x->trigger_mask;
	x->trigger_atoms[at] = (struct watch_trigger_atom){tag, atom};
	index_add_to_bloom(&x->words, tag);
}

static void index_put_pair(struct index_maker *m, const struct watch_pair *pair)
{
	struct watch_index *x = m->index;
	uint32_t at = pair->tag & x->pair_mask;
	uint32_t rarer = index_tag_of(m, pair->atoms[pair->rarer]);

	while (x->pairs[at].phrase != WATCH_NONE)
		at = (at + 1) & x->pair_mask;
	x->pairs[at] = *pair;
	index_add_to_bloom(&x->paired, pair->tag);
	index_add_to_bloom(&x->words, rarer);
	index_add_to_bloom(&x->rarer, rarer);
}

/* Allocates empty hash tables and filters. */
static bool index_make_tables(struct watch_index *x, uint64_t trigger_atoms, uint64_t pairs)
{
	uint64_t trigger_slots = index_slots_for(trigger_atoms),
		 pair_slots = index_slots_for(pairs);

	x->trigger_mask = (uint32_t)(trigger_slots - 1);
	x->pair_mask = (uint32_t)(pair_slots - 1);
	x->trigger_atoms = calloc(trigger_slots, sizeof(*x->trigger_atoms));
	x->pairs = calloc(pair_slots, sizeof(*x->pairs));
	if (!x->trigger_atoms || !x->pairs || !index_make_bloom(&x->words, trigger_atoms + pairs) ||
		!index_make_bloom(&x->rarer, pairs) || !index_make_bloom(&x->paired, pairs))
		return false;
	for (uint64_t i = 0; i < trigger_slots; i++)
		x->trigger_atoms[i].atom = WATCH_NONE;
	for (uint64_t i = 0; i < pair_slots; i++)
		x->pairs[i].phrase = WATCH_NONE;
	return true;
}

static bool index_make_triggers(struct index_maker *m)
{
	uint64_t trigger_atoms = 0, pairs = 0;
	struct watch_pair pair;

	for (uint32_t i = 0; i < m->p->n_atoms; i++)
		trigger_atoms += index_is_trigger_atom(m, i);
	for (uint32_t i = 0; i < m->p->n_phrases; i++)
		pairs += index_is_trigger(m, m->p->n_atoms + i);
	if (!index_make_tables(m->index, trigger_atoms, pairs))
		return false;
	for (uint32_t i = 0; i < m->p->n_atoms; i++)
		if (index_is_trigger_atom(m, i))
			index_put_trigger_atom(m, i);
	for (uint32_t i = 0; i < m->p->n_phrases; i++)
		if (index_is_trigger(m, m->p->n_atoms + i) && index_pair_of(m, i, &pair))
			index_put_pair(m, &pair);
	return true;
}

static bool index_make_all(struct index_maker *m)
{
	m->index->always = calloc(m->p->n_watches + 1, sizeof(*m->index->always));
	if (!m->index->always || !index_put_guard(m, 0))
		return false;
	for (size_t w = 0; w < m->p->n_watches; w++)
		if (!index_add_watch(m, (uint32_t)w))
			return false;
	return index_make_postings(m) && index_order_guards(m) && index_make_anchored(m) &&
	       index_make_triggers(m);
}

int watch_index_make(struct watch_index *index, const struct watch_program *p,
	const struct watch_frequencies *frequencies)
{
	struct index_maker m = {.index = index, .p = p, .frequencies = frequencies};
	bool ok;

	*index = (struct watch_index){0};
	ok = index_make_all(&m);
	free(m.terms.v);
	free(m.entry_terms);
	free(m.entries);
	if (!ok)
		watch_index_release(index);
	return ok ? 0 : -(int)ERR_NOMEM;
}

void watch_index_release(struct watch_index *index)
{
	free(index->trigger_atoms);
	free(index->pairs);
	free(index->words.bits);
	free(index->rarer.bits);
	free(index->paired.bits);
	free(index->starts);
	free(index->postings);
	free(index->anchored_starts);
	free(index->anchored);
	free(index->guards);
	free(index->always);
	*index = (struct watch_index){0};
}
