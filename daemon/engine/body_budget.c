/* SPDX-License-Identifier: MIT */
#include "engine/body_budget.h"

bool body_share_set(struct body_share *s, size_t bytes)
{
	size_t counted = bytes > BODY_BUDGET_FREE ? bytes - BODY_BUDGET_FREE : 0;
	size_t others = s->budget->used - s->counted;

	if (counted > s->counted && others > 0 &&
		(others > BODY_BUDGET_MAX || counted > BODY_BUDGET_MAX - others))
		return false;
	s->budget->used = others + counted;
	s->counted = counted;
	return true;
}

void body_share_release(struct body_share *s)
{
	(void)body_share_set(s, 0);
}
