/* SPDX-License-Identifier: MIT */
#include "route/route.h"

size_t route_plan(const struct conf *c, const struct alert *a, const struct route_now *now,
	struct route_plan out[ROUTE_MAX])
{
	const struct conf_watch *w = conf_find_watch(c, a->watch);
	size_t n = w ? w->notify.n : 0;

	for (size_t i = 0; i < n; i++)
		out[i] = (struct route_plan){
			.receiver = &c->notifies[w->notify_index[i]], .due_at = now->wall};
	return n;
}
