/* SPDX-License-Identifier: MIT */
/* What alerts and digests of a poll have in common. */
#include "ingest.h"

struct str ingest_feed_title(const struct ingest *t)
{
	if (t->cf->title)
		return str_of(t->cf->title);
	return str_present(t->poll->batch->feed.title) ? t->poll->batch->feed.title : t->feed.title;
}

size_t ingest_plan_deliveries(
	const struct ingest *t, const struct alert *a, struct store_plan out[ROUTE_MAX])
{
	const struct route_now now = {.wall = t->now};
	struct route_plan plans[ROUTE_MAX];
	size_t n = route_plan(t->conf, a, &now, plans);

	for (size_t k = 0; k < n; k++)
		out[k] = (struct store_plan){
			str_of(plans[k].receiver->name), plans[k].due_at, plans[k].group};
	return n;
}
