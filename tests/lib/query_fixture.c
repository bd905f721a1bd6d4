/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/query_fixture.h"

void query_fixture_on_diag(void *ctx, const struct query_diag *d)
{
	struct query_fixture *w = ctx;

	buf_printf(&w->diags, "%s%zu %s\n", d->warning ? "warning " : "", d->offset, d->text);
	if (d->help)
		buf_printf(&w->diags, "  %s\n", d->help);
}

void query_fixture_on_match(void *ctx, const struct watch_match *m)
{
	struct query_fixture *w = ctx;

	w->matched = true;
	for (size_t i = 0; i < m->n_hits; i++)
		buf_printf(&w->hits, "%s%.*s", i ? "|" : "", (int)m->hits[i].text.n,
			m->hits[i].text.p);
}

int query_fixture_build(struct query_fixture *w, const char *query, const char *stem)
{
	struct watch_builder *b = watch_builder_new();
	struct str q = str_of(query), st = str_of(stem);
	struct watch_def def = {.name = STR("w"),
		.queries = &q,
		.n_queries = 1,
		.stems = &st,
		.n_stems = stem != NULL};
	size_t index;
	int rc;

	buf_init(&w->diags, 1 << 20);
	buf_init(&w->hits, 1 << 20);
	w->set = NULL;
	w->matched = false;
	rc = watch_builder_add(b, &def, &index, query_fixture_on_diag, w);
	if (rc < 0) {
		watch_builder_free(b);
		return rc;
	}
	return watch_builder_finish(b, &w->set, NULL);
}

void query_fixture_release(struct query_fixture *w)
{
	buf_release(&w->diags);
	buf_release(&w->hits);
	watch_set_free(w->set);
}

void query_fixture_run(struct query_fixture *w, const struct watch_view *v)
{
	struct watch_scratch *s = watch_scratch_new(w->set);

	assert_non_null(s);
	assert_int_equal(watch_set_match(w->set, s, v, query_fixture_on_match, w, NULL), 0);
	watch_scratch_free(s);
}

void query_fixture_check_row(const struct query_row *r)
{
	struct query_fixture w;
	struct watch_view v = {
		.title = str_of(r->title), .body = str_of(r->body), .published = STAMP_NONE};

	if (query_fixture_build(&w, r->query, r->stem) < 0)
		fail_msg("%s: %s", r->query, buf_z(&w.diags));
	query_fixture_run(&w, &v);
	if (w.matched != (r->hits != NULL) || (r->hits && strcmp(r->hits, buf_z(&w.hits)) != 0))
		fail_msg("%s on %s / %s: %s [%s], not [%s]", r->query, r->title ? r->title : "-",
			r->body ? r->body : "-", w.matched ? "match" : "no match", buf_z(&w.hits),
			r->hits ? r->hits : "no match");
	query_fixture_release(&w);
}

void query_fixture_check_answers(
	const struct query_answer *rows, size_t n, const struct watch_view *v)
{
	for (size_t i = 0; i < n; i++) {
		struct query_fixture w;

		if (query_fixture_build(&w, rows[i].query, NULL) < 0)
			fail_msg("%s: %s", rows[i].query, buf_z(&w.diags));
		query_fixture_run(&w, v);
		if (w.matched != rows[i].match)
			fail_msg("%s", rows[i].query);
		query_fixture_release(&w);
	}
}
