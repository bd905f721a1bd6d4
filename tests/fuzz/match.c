/* SPDX-License-Identifier: MIT */
/*
 * Input: queries separated by tabs up to the first newline, one with a $ before it being the define
 * "d"; then items separated by form feeds: a title, a newline, a body. Results are equal with a
 * used and a new scratch, with a rebuilt index, and for each watch without an index; all matches of
 * the reference evaluator are found; hits are in their texts, in order.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/plain_query.h"

#include "watch/scratch.h"
#include "watch/watch.h"

#define WATCHES 6
#define ITEMS	4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

struct answer {
	const struct watch_view *view;
	bool matched[WATCHES];
	struct buf hits[WATCHES];
};

struct subject {
	struct watch_set *set;
	struct arena *arena;
	struct query trees[WATCHES];
	size_t n;
	bool stems;
};

/* --- results --- */

static void init_answer(struct answer *a, const struct watch_view *v)
{
	*a = (struct answer){.view = v};
	for (size_t i = 0; i < WATCHES; i++)
		buf_init(&a->hits[i], 1 << 26);
}

static void release_answer(struct answer *a)
{
	for (size_t i = 0; i < WATCHES; i++)
		buf_release(&a->hits[i]);
}

static void put_hit(struct buf *out, unsigned field, size_t offset, size_t n, struct str term)
{
	buf_printf(out, "%u %zu+%zu ", field, offset, n);
	buf_add(out, term.p, term.n);
	buf_addc(out, '\n');
}

static bool lies_in(const struct watch_hit *h, struct str text)
{
	return h->offset + h->length <= text.n && h->text.p == text.p + h->offset;
}

static bool lies_in_field(const struct watch_hit *h, const struct watch_view *v)
{
	switch (h->field) {
	case QUERY_TITLE: return lies_in(h, v->title);
	case QUERY_BODY: return lies_in(h, v->body);
	case QUERY_AUTHOR: return lies_in(h, v->author);
	case QUERY_CATEGORY:
		for (size_t i = 0; i < v->n_categories; i++)
			if (lies_in(h, v->categories[i]))
				return true;
		return false;
	}
	return false;
}

static void on_match(void *ctx, const struct watch_match *m)
{
	struct answer *a = ctx;
	struct buf snippet;

	demand(!a->matched[m->watch]);
	a->matched[m->watch] = true;
	for (size_t i = 0; i < m->n_hits; i++) {
		const struct watch_hit *h = &m->hits[i], *before = i ? h - 1 : NULL;

		demand(h->length && h->text.n == h->length && lies_in_field(h, a->view));
		demand(!before || before->field < h->field || before->offset < h->offset ||
			h->field == QUERY_CATEGORY ||
			(before->offset == h->offset && before->length < h->length));
		put_hit(&a->hits[m->watch], h->field, h->offset, h->length, h->term);
	}
	buf_init(&snippet, 1 << 20);
	watch_snippet(a->view, m->hits, m->n_hits, 80, &(struct watch_marks){"<", ">", NULL, NULL},
		&snippet);
	demand(!buf_failed(&snippet));
	buf_release(&snippet);
}

static void demand_same(const struct answer *a, const struct answer *b)
{
	for (size_t i = 0; i < WATCHES; i++)
		demand(a->matched[i] == b->matched[i] &&
			str_eq(buf_str(&a->hits[i]), buf_str(&b->hits[i])));
}

/* Returns false if a budget was exceeded, which other evaluations use up differently. */
static bool ask(struct watch_set *set, struct watch_scratch *s, struct answer *a)
{
	const size_t *overruns;

	demand(watch_set_match(set, s, a->view, on_match, a, NULL) == 0);
	return watch_scratch_overruns(s, &overruns) == 0;
}

/* --- other evaluations --- */

static void on_counted(void *ctx, const struct watch_match *m)
{
	bool *counted = ctx;

	demand(!counted[m->watch] && m->n_hits == 0);
	counted[m->watch] = true;
}

/* Without hits; without index; explained. */
static void ask_otherwise(struct watch_set *set, const struct answer *a)
{
	struct watch_scratch *s = watch_scratch_new(set);
	bool counted[WATCHES] = {false};
	const size_t *overruns;
	struct buf why;

	demand(watch_set_match_only(set, s, a->view, on_counted, counted, NULL) == 0);
	if (watch_scratch_overruns(s, &overruns) == 0)
		demand(memcmp(counted, a->matched, sizeof(counted)) == 0);
	demand(watch_scratch_read(s, a->view, NULL) == 0);
	for (size_t i = 0; i < watch_set_count(set); i++) {
		bool matched;

		watch_eval_begin(s);
		matched = watch_eval(s, set->program.watches[i].root, WATCH_NO_LEAD);
		demand(s->budget.overrun || matched == a->matched[i]);
	}
	buf_init(&why, 1 << 24);
	for (size_t i = 0; i < watch_set_count(set); i++) {
		int rc = watch_explain(set, s, a->view, i, &why, NULL);

		demand(rc >= 0 && (watch_scratch_overruns(s, &overruns) || rc == a->matched[i]));
	}
	buf_release(&why);
	watch_scratch_free(s);
}

/* The reference evaluator has neither budgets nor defines. */
static bool is_plain(const struct query_node *n)
{
	if (n->op == QUERY_REGEX || n->op == QUERY_REF)
		return false;
	for (size_t i = 0; i < n->n_kids; i++)
		if (!is_plain(n->kids[i]))
			return false;
	return true;
}

static void ask_plain(const struct subject *x, const struct answer *a)
{
	static struct plain p;
	struct buf hits;

	if (!p.stemmers[0]) {
		plain_init(&p);
		p.stemmers[0] = text_stemmer_new(text_stem_algorithm(STR("en"), NULL));
	}
	p.n_stemmers = x->stems;
	demand(plain_item(&p, a->view));
	buf_init(&hits, 1 << 26);
	for (size_t i = 0; i < x->n; i++) {
		bool matched = is_plain(x->trees[i].root) && plain_match(&p, x->trees[i].root);

		if (!is_plain(x->trees[i].root) || p.too_much)
			continue;
		buf_clear(&hits);
		for (size_t k = 0; matched && k < p.n_hits; k++)
			put_hit(&hits, p.regions[p.hits[k].region].field, p.hits[k].offset,
				p.hits[k].length, p.hits[k].term);
		demand(matched == a->matched[i] && str_eq(buf_str(&hits), buf_str(&a->hits[i])));
	}
	buf_release(&hits);
}

/* --- input --- */

static struct str cut(struct str *rest, char at)
{
	const char *end = rest->n ? memchr(rest->p, at, rest->n) : NULL;
	struct str s = str_slice(rest->p, end ? (size_t)(end - rest->p) : rest->n);

	rest->p += s.n + (end != NULL);
	rest->n -= s.n + (end != NULL);
	return s;
}

/* Replaces invalid UTF-8 by question marks, since the text of a view is valid. */
static void clean(char *text, size_t n)
{
	uint32_t cp;

	for (size_t i = 0, len; i < n; i += len) {
		len = utf8_decode(text + i, n - i, &cp);
		if (len == 0) {
			text[i] = '?';
			len = 1;
		}
	}
}

static void add_watch(struct subject *x, struct watch_builder *b, struct str query)
{
	struct str stem = STR("en");
	struct watch_def def = {.name = STR("w"),
		.queries = &query,
		.n_queries = 1,
		.stems = &stem,
		.n_stems = x->stems};
	struct query_reporter r = {0};
	size_t index;

	if (query.n && *query.p == '$') {
		watch_builder_define(b, STR("d"), str_slice(query.p + 1, query.n - 1), NULL, NULL);
		return;
	}
	if (x->n == WATCHES || watch_builder_add(b, &def, &index, NULL, NULL) < 0)
		return;
	demand(index == x->n);
	demand(query_parse(x->arena, query, &r, &x->trees[x->n]) == 0);
	x->n++;
}

static struct watch_view view_of(struct str item, struct str *categories)
{
	static const struct str groups[] = {{"wires", 5}};
	struct str title = cut(&item, '\n');

	categories[0] = title;
	categories[1] = item;
	return (struct watch_view){
		.title = title,
		.body = item,
		.author = title,
		.categories = categories,
		.n_categories = 2,
		.url = STR("https://www.bbc.co.uk/news/World-1"),
		.site = STR("www.bbc.co.uk"),
		.feed = STR("bbc"),
		.groups = groups,
		.n_groups = 1,
		.lang = STR("en-gb"),
		.published = title.n % 2 ? (int64_t)item.n * CLOCK_HOUR : STAMP_NONE,
		.first_seen = 2 * CLOCK_HOUR,
		.now = 5 * CLOCK_HOUR,
	};
}

static void ask_all(const struct subject *x, struct str items)
{
	struct watch_scratch *used = watch_scratch_new(x->set), *new;
	struct str categories[2];

	for (size_t i = 0; i < ITEMS && items.n; i++) {
		struct watch_view v = view_of(cut(&items, '\f'), categories);
		struct answer first, again, other;
		bool whole;

		init_answer(&first, &v);
		init_answer(&again, &v);
		init_answer(&other, &v);
		new = watch_scratch_new(x->set);
		whole = ask(x->set, used, &first);
		if (i % 2 == 0)
			watch_statistics_rebuild(&used->statistics);
		whole = ask(x->set, used, &again) && whole;
		whole = ask(x->set, new, &other) && whole;
		if (whole) {
			demand_same(&first, &again);
			demand_same(&first, &other);
			ask_otherwise(x->set, &first);
			ask_plain(x, &first);
		}
		watch_scratch_free(new);
		release_answer(&first);
		release_answer(&again);
		release_answer(&other);
	}
	watch_scratch_free(used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct str rest = str_slice(copy, size), queries;
	struct watch_builder *b = watch_builder_new();
	struct subject x = {.arena = arena_new((size_t)1 << 28), .stems = size % 2};

	memcpy(copy, data, size);
	queries = cut(&rest, '\n');
	clean(copy + (rest.p - copy), rest.n);
	while (queries.n)
		add_watch(&x, b, cut(&queries, '\t'));
	if (watch_builder_finish(b, &x.set, NULL) == 0) {
		if (x.n)
			ask_all(&x, rest);
		watch_set_free(x.set);
	}
	arena_free(x.arena);
	free(copy);
	return 0;
}
