/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/plain_spans.h"

bool plain_try(struct plain *p)
{
	p->too_much = p->too_much || p->tries++ >= PLAIN_TRIES;
	return !p->too_much;
}

static void plain_push(struct plain *p, struct plain_list *l, const struct plain_match *m)
{
	if (l->n == PLAIN_COMBOS) {
		p->too_much = true;
		return;
	}
	if ((l->n & (l->n - 1)) == 0)
		l->v = realloc(l->v, (l->n ? l->n * 2 : 1) * sizeof(*l->v));
	l->v[l->n++] = *m;
}

static bool plain_visible(const struct plain *p, unsigned word, unsigned fields, unsigned lead)
{
	const struct plain_word *w = &p->words[word];
	enum query_field f = p->regions[w->region].field;

	return fields & QUERY_FIELD_BIT(f) && !(f == QUERY_BODY && w->index >= lead);
}

static void plain_found(
	struct plain *p, struct plain_list *l, const struct query_node *n, unsigned a, unsigned b)
{
	plain_push(p, l, &(struct plain_match){.leaves = {{a, b, n}}, .n_leaves = 1});
}

static bool plain_reaches(
	const struct plain *p, const struct query_node *n, unsigned a, unsigned b, unsigned lead)
{
	return b < p->n_words && p->words[a].region == p->words[b].region &&
	       plain_visible(p, a, n->fields, lead) && plain_visible(p, b, n->fields, lead);
}

static struct plain_list plain_row(struct plain *p, const struct query_node *n, unsigned lead)
{
	struct plain_list out = {0};
	unsigned count = (unsigned)n->n_pieces, i, k;

	for (i = plain_first_word(p, n->pieces); i < p->n_words;
		i = plain_next_word(p, n->pieces, i)) {
		if (!plain_reaches(p, n, i, i + count - 1, lead))
			continue;
		for (k = 1; k < count && plain_is(p, &n->pieces[k], i + k);)
			k++;
		if (k == count)
			plain_found(p, &out, n, i, i + count - 1);
	}
	return out;
}

static bool plain_seat(
	struct plain *p, const struct query_node *n, size_t i, const struct plain_window *window)
{
	bool seated = false;

	if (i == n->n_pieces)
		return window->taken[0];
	if (!plain_try(p))
		return false;
	for (unsigned w = window->first; w <= window->last && !seated; w++) {
		bool *taken = &window->taken[w - window->first];

		if (*taken || !plain_is(p, &n->pieces[i], w))
			continue;
		*taken = true;
		seated = plain_seat(p, n, i + 1, window);
		*taken = false;
	}
	return seated;
}

static struct plain_list plain_sloppy(struct plain *p, const struct query_node *n, unsigned lead)
{
	struct plain_list out = {0};
	unsigned count = (unsigned)n->n_pieces, longest = count + (unsigned)n->slop;
	bool *taken = calloc(longest, sizeof(*taken));

	for (unsigned i = 0; i < p->n_words; i++)
		for (unsigned j = i + count - 1; j - i < longest && plain_try(p); j++) {
			if (!plain_reaches(p, n, i, j, lead))
				break;
			if (!plain_seat(p, n, 0, &(struct plain_window){i, j, taken}))
				continue;
			plain_found(p, &out, n, i, j);
			break;
		}
	free(taken);
	return out;
}

unsigned plain_first(const struct plain_match *m)
{
	unsigned first = m->leaves[0].first;

	for (unsigned i = 1; i < m->n_leaves; i++)
		if (m->leaves[i].first < first)
			first = m->leaves[i].first;
	return first;
}

unsigned plain_last(const struct plain_match *m)
{
	unsigned last = m->leaves[0].last;

	for (unsigned i = 1; i < m->n_leaves; i++)
		if (m->leaves[i].last > last)
			last = m->leaves[i].last;
	return last;
}

bool plain_share(const struct plain_match *a, const struct plain_match *b)
{
	for (unsigned i = 0; i < a->n_leaves; i++)
		for (unsigned j = 0; j < b->n_leaves; j++)
			if (a->leaves[i].first <= b->leaves[j].last &&
				b->leaves[j].first <= a->leaves[i].last)
				return true;
	return false;
}

static bool plain_holds(const struct plain_match *m, unsigned word)
{
	for (unsigned i = 0; i < m->n_leaves; i++)
		if (m->leaves[i].first <= word && word <= m->leaves[i].last)
			return true;
	return false;
}

bool plain_same(const struct plain_match *a, const struct plain_match *b)
{
	unsigned first = plain_first(a), last = plain_last(a);

	if (plain_first(b) != first || plain_last(b) != last)
		return false;
	for (unsigned i = first; i <= last; i++)
		if (plain_holds(a, i) != plain_holds(b, i))
			return false;
	return true;
}

static int plain_gap(const struct plain_match *a, const struct plain_match *b, bool ordered)
{
	if (plain_last(a) < plain_first(b))
		return (int)(plain_first(b) - plain_last(a) - 1);
	if (ordered)
		return -1;
	if (plain_last(b) < plain_first(a))
		return (int)(plain_first(a) - plain_last(b) - 1);
	return 0;
}

bool plain_near(const struct plain *p, const struct plain_match *a, const struct plain_match *b,
	unsigned n, bool ordered)
{
	int gap = plain_gap(a, b, ordered);

	return p->words[plain_first(a)].region == p->words[plain_first(b)].region && gap >= 0 &&
	       gap <= (int)n;
}

static struct plain_list plain_link(
	struct plain *p, struct plain_list a, struct plain_list b, const struct query_link *link)
{
	struct plain_list out = {0};

	for (size_t i = 0; i < a.n; i++)
		for (size_t j = 0; j < b.n && plain_try(p); j++) {
			struct plain_match m = a.v[i];

			if (plain_share(&m, &b.v[j]) ||
				!plain_near(p, &m, &b.v[j], link->n, link->ordered))
				continue;
			if (m.n_leaves + b.v[j].n_leaves > PLAIN_LEAVES) {
				p->too_much = true;
				continue;
			}
			for (unsigned k = 0; k < b.v[j].n_leaves; k++)
				m.leaves[m.n_leaves++] = b.v[j].leaves[k];
			plain_push(p, &out, &m);
		}
	free(a.v);
	free(b.v);
	return out;
}

struct plain_list plain_matches(struct plain *p, const struct query_node *n, unsigned lead)
{
	struct plain_list out = {0};

	if (n->op == QUERY_PHRASE)
		return n->slop < 0 ? plain_row(p, n, lead) : plain_sloppy(p, n, lead);
	if (n->op == QUERY_NEAR) {
		out = plain_matches(p, n->kids[0], lead);
		for (size_t i = 1; i < n->n_kids; i++)
			out = plain_link(p, out, plain_matches(p, n->kids[i], lead), &n->links[i]);
		return out;
	}
	for (size_t i = 0; i < n->n_kids; i++) {
		struct plain_list kid = plain_matches(p, n->kids[i], lead);

		for (size_t k = 0; k < kid.n; k++)
			plain_push(p, &out, &kid.v[k]);
		free(kid.v);
	}
	return out;
}
