/* SPDX-License-Identifier: MIT */
/* What the readers of values have in common. */
#include "value.h"

bool conf_value_report(const struct conf_reading *r, const struct conf_value *v, const char *help,
	const char *text)
{
	conf_error(
		r->draft->diags, v->at, help, "%s: %s", r->row->key, text ? text : "out of memory");
	return false;
}

char *conf_value_copy_text(const struct conf_reading *r, struct str s)
{
	struct str kept = arena_str(r->draft->arena, s);

	r->draft->nomem |= !kept.p;
	return (char *)(uintptr_t)kept.p;
}
