/* SPDX-License-Identifier: MIT */
#include "desk/stories.h"

#include "story/window.h"

void desk_story_put_why(const struct store_story *v, struct buf *out)
{
	struct story_verdict w = {.likeness = v->likeness / 100.};

	w.match = (struct story_match){.relation = (enum story_relation)v->relation,
		.of = v->of,
		.share = v->share / 100.,
		.run = v->run,
		.by_headline = v->by_headline,
		.n_differences = v->n_changes};
	for (size_t i = 0; i < v->n_changes; i++)
		w.match.difference[i] =
			(struct story_difference){v->changes[i].old, v->changes[i].fresh};
	story_explain(&w, str_present(v->of_name) ? v->of_name : STR("an earlier item"), out);
}

void desk_story_put_count(const struct store_story *v, struct buf *out)
{
	if (v->reports < 2)
		return;
	buf_printf(out, "story of %lld reports", (long long)v->reports);
	if (v->origins > 1)
		buf_printf(out, ", at least %lld sources", (long long)v->origins);
}
