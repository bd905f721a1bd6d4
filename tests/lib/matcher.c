/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/matcher.h"

void matcher_on_match(void *ctx, const struct watch_match *m)
{
	struct matcher *a = ctx;

	buf_printf(&a->matches, "%zu:", m->watch);
	for (size_t i = 0; i < m->n_hits; i++)
		buf_printf(&a->matches, "%s%.*s", i ? "|" : "", STR_ARG(m->hits[i].text));
	buf_addc(&a->matches, ' ');
}

void matcher_add(struct matcher *a, const char *query, const char *stem)
{
	struct str q = str_of(query), language = str_of(stem);
	struct watch_def def = {.name = STR("w"),
		.queries = &q,
		.n_queries = 1,
		.stems = &language,
		.n_stems = stem != NULL};
	size_t index;

	if (!a->builder)
		a->builder = watch_builder_new();
	assert_int_equal(watch_builder_add(a->builder, &def, &index, NULL, NULL), 0);
}

void matcher_finish(struct matcher *a)
{
	assert_int_equal(watch_builder_finish(a->builder, &a->set, NULL), 0);
	a->builder = NULL;
	a->scratch = watch_scratch_new(a->set);
	assert_non_null(a->scratch);
	buf_init(&a->matches, 1 << 26);
}

void matcher_release(struct matcher *a)
{
	watch_scratch_free(a->scratch);
	watch_set_free(a->set);
	buf_release(&a->matches);
	*a = (struct matcher){0};
}

const char *matcher_match(struct matcher *a, const struct watch_view *v)
{
	buf_clear(&a->matches);
	assert_int_equal(watch_set_match(a->set, a->scratch, v, matcher_on_match, a, NULL), 0);
	return buf_z(&a->matches);
}
