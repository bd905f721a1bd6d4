/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/plain_query.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

static void plain_hit(struct plain *p, unsigned region, size_t offset, size_t length,
	const struct query_node *term)
{
	if (p->n_hits == PLAIN_HITS) {
		p->too_much = true;
		return;
	}
	p->hits[p->n_hits++] = (struct plain_hit){region, offset, length, term->text, term->text.p};
}

static void plain_tell(struct plain *p, const struct plain_match *m)
{
	for (unsigned i = 0; i < m->n_leaves; i++) {
		const struct plain_word *a = &p->words[m->leaves[i].first];
		const struct plain_word *b = &p->words[m->leaves[i].last];

		plain_hit(p, a->region, a->offset, b->offset + b->length - a->offset,
			m->leaves[i].term);
	}
}

static bool plain_one_place(const struct plain *p, const struct plain_word *a,
	const struct plain_match *m, bool sentence)
{
	const struct plain_word *first = &p->words[plain_first(m)];
	const struct plain_word *last = &p->words[plain_last(m)];

	return a->region == first->region && a->region == last->region &&
	       (sentence ? a->sentence == first->sentence && a->sentence == last->sentence
			 : a->paragraph == first->paragraph && a->paragraph == last->paragraph);
}

static bool plain_place(struct plain *p, const struct query_node *n, unsigned lead, bool collect)
{
	struct plain_list a = plain_matches(p, n->kids[0], lead);
	struct plain_list b = plain_matches(p, n->kids[1], lead);
	bool found = false, sentence = n->op == QUERY_SENT;

	for (size_t i = 0; i < a.n; i++)
		for (size_t j = 0; j < b.n && plain_try(p); j++) {
			const struct plain_word *first = &p->words[plain_first(&a.v[i])];

			if (plain_share(&a.v[i], &b.v[j]) ||
				!plain_one_place(p, first, &a.v[i], sentence) ||
				!plain_one_place(p, first, &b.v[j], sentence))
				continue;
			found = true;
			if (collect)
				plain_tell(p, &a.v[i]), plain_tell(p, &b.v[j]);
		}
	free(a.v);
	free(b.v);
	return found;
}

static bool plain_not_near(struct plain *p, const struct query_node *n, unsigned lead, bool collect)
{
	struct plain_list a = plain_matches(p, n->kids[0], lead);
	struct plain_list b = plain_matches(p, n->kids[1], lead);
	bool found = false;

	for (size_t i = 0; i < a.n; i++) {
		bool free_standing = true;

		for (size_t j = 0; j < b.n && plain_try(p); j++)
			if (plain_near(p, &a.v[i], &b.v[j], n->n, false))
				free_standing = false;
		found = found || free_standing;
		if (free_standing && collect)
			plain_tell(p, &a.v[i]);
	}
	free(a.v);
	free(b.v);
	return found;
}

static bool plain_atleast(struct plain *p, const struct query_node *n, unsigned lead, bool collect)
{
	struct plain_list a = plain_matches(p, n->kids[0], lead);
	size_t distinct = 0;
	bool found;

	for (size_t i = 0; i < a.n; i++) {
		size_t j = 0;

		while (j < i && plain_try(p) && !plain_same(&a.v[j], &a.v[i]))
			j++;
		distinct += j == i;
	}
	found = distinct >= n->n;
	for (size_t i = 0; found && collect && i < a.n; i++)
		plain_tell(p, &a.v[i]);
	free(a.v);
	return found;
}

static bool plain_regex(struct plain *p, const struct query_node *n, unsigned lead, bool collect)
{
	int code;
	PCRE2_SIZE at;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)n->value.p, n->value.n,
		PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | (n->nocase ? PCRE2_CASELESS : 0),
		&code, &at, NULL);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	bool found = false;

	for (unsigned r = 0; r < p->n_regions; r++) {
		struct str text = p->regions[r].text;
		size_t from = 0;

		if (!(n->fields & QUERY_FIELD_BIT(p->regions[r].field)))
			continue;
		if (p->regions[r].field == QUERY_BODY && lead < p->regions[r].words) {
			text.n = 0;
			for (unsigned i = 0; i < p->n_words; i++)
				if (p->words[i].region == r && p->words[i].index < lead)
					text.n = p->words[i].offset + p->words[i].length;
		}
		while (from <= text.n &&
			pcre2_match(re, (PCRE2_SPTR)text.p, text.n, from, 0, data, NULL) >= 0) {
			PCRE2_SIZE *o = pcre2_get_ovector_pointer(data);

			found = true;
			if (collect && o[1] > o[0])
				plain_hit(p, r, o[0], o[1] - o[0], n);
			from = o[1] > from ? o[1] : from;
			if (o[1] == o[0])
				for (from++; from < text.n &&
					     ((unsigned char)text.p[from] & 0xc0) == 0x80;)
					from++;
		}
	}
	pcre2_match_data_free(data);
	pcre2_code_free(re);
	return found;
}

static bool plain_ends(struct str s, struct str tail, char joint)
{
	return str_eq_nocase(s, tail) ||
	       (s.n > tail.n && s.p[s.n - tail.n - 1] == joint &&
		       str_eq_nocase(str_slice(s.p + s.n - tail.n, tail.n), tail));
}

static bool plain_attribute(struct plain *p, const struct query_node *n)
{
	const struct watch_view *v = p->view;

	switch (n->attribute) {
	case QUERY_ATTR_FEED: return str_eq(v->feed, n->value);
	case QUERY_ATTR_GROUP:
		for (size_t i = 0; i < v->n_groups; i++)
			if (str_eq(v->groups[i], n->value))
				return true;
		return false;
	case QUERY_ATTR_LANG:
		return str_eq_nocase(v->lang, n->value) ||
		       (v->lang.n > n->value.n && v->lang.p[n->value.n] == '-' &&
			       str_eq_nocase(str_slice(v->lang.p, n->value.n), n->value));
	case QUERY_ATTR_SOURCE: return str_eq_nocase(v->source, n->value);
	case QUERY_ATTR_TIER: return str_eq_nocase(v->tier, n->value);
	case QUERY_ATTR_SITE: return plain_ends(v->site, n->value, '.');
	case QUERY_ATTR_URL:
		for (size_t i = 0; i + n->value.n <= v->url.n; i++)
			if (str_eq_nocase(str_slice(v->url.p + i, n->value.n), n->value))
				return true;
		return false;
	}
	return false;
}

static bool plain_term_eval(
	struct plain *p, const struct query_node *n, unsigned lead, bool collect)
{
	struct plain_list l = plain_matches(p, n, lead);
	bool found = l.n > 0;

	for (size_t i = 0; collect && i < l.n; i++)
		plain_tell(p, &l.v[i]);
	free(l.v);
	return found;
}
/* collect: append hits to p->hits */
/* hits: collect hits */
static bool plain_eval(struct plain *p, const struct query_node *n, unsigned lead, bool collect);

static bool plain_count(struct plain *p, const struct query_node *n, unsigned lead, bool collect)
{
	size_t have = 0, need = n->op == QUERY_AND ? n->n_kids : n->op == QUERY_OR ? 1 : n->n;

	for (size_t i = 0; i < n->n_kids; i++)
		have += plain_eval(p, n->kids[i], lead, false);
	for (size_t i = 0; collect && have >= need && i < n->n_kids; i++)
		if (n->kids[i]->op != QUERY_NOT && plain_eval(p, n->kids[i], lead, false))
			plain_eval(p, n->kids[i], lead, true);
	return have >= need;
}

static bool plain_eval(struct plain *p, const struct query_node *n, unsigned lead, bool collect)
{
	int64_t since;

	switch (n->op) {
	case QUERY_AND:
	case QUERY_OR:
	case QUERY_SOME: return plain_count(p, n, lead, collect);
	case QUERY_NOT: return !plain_eval(p, n->kids[0], lead, false);
	case QUERY_NEAR:
	case QUERY_PHRASE: return plain_term_eval(p, n, lead, collect);
	case QUERY_NOT_NEAR: return plain_not_near(p, n, lead, collect);
	case QUERY_SENT:
	case QUERY_PARA: return plain_place(p, n, lead, collect);
	case QUERY_ATLEAST: return plain_atleast(p, n, lead, collect);
	case QUERY_REGEX: return plain_regex(p, n, lead, collect);
	case QUERY_ATTRIBUTE: return plain_attribute(p, n);
	case QUERY_LEAD: return plain_eval(p, n->kids[0], lead < n->n ? lead : n->n, collect);
	case QUERY_LENGTH: return n->below ? p->body_words < n->n : p->body_words > n->n;
	case QUERY_AGE:
		since = p->view->published != STAMP_NONE ? p->view->published : p->view->first_seen;
		return p->view->now - since < n->age;
	case QUERY_SOURCES: return (p->view->sources ? p->view->sources : 1) >= n->n;
	case QUERY_REF:
	case QUERY_OPS: break;
	}
	return false;
}

static int plain_compare(const void *a, const void *b)
{
	const struct plain_hit *x = a, *y = b;

	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

bool plain_match(struct plain *p, const struct query_node *root)
{
	size_t kept = 0;

	p->n_hits = p->tries = 0;
	p->too_much = false;
	if (!plain_eval(p, root, UINT32_MAX, true))
		return false;
	qsort(p->hits, p->n_hits, sizeof(*p->hits), plain_compare);
	for (size_t i = 0; i < p->n_hits; i++)
		if (i == 0 || p->hits[i].region != p->hits[kept - 1].region ||
			p->hits[i].offset != p->hits[kept - 1].offset ||
			p->hits[i].length != p->hits[kept - 1].length)
			p->hits[kept++] = p->hits[i];
	p->n_hits = kept;
	return true;
}
