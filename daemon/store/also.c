/* SPDX-License-Identifier: MIT */
#include "also.h"

#include <jansson.h>

static struct str also_text(const json_t *v, struct arena *arena, bool *lost)
{
	struct str kept;

	if (!json_is_string(v))
		return STR_NONE;
	kept = arena_str(arena, str_slice(json_string_value(v), json_string_length(v)));
	*lost |= !kept.p;
	return kept;
}

static int also_read_list(const json_t *list, struct arena *arena, struct alert *out, struct err *e)
{
	size_t n = json_array_size(list) < ALSO_MAX ? json_array_size(list) : ALSO_MAX;
	struct alert_also *v = arena_array(arena, n, sizeof(*v));
	bool lost = !v;

	for (size_t i = 0; i < n && !lost; i++) {
		const json_t *row = json_array_get(list, i);

		v[i].id = also_text(json_array_get(row, 0), arena, &lost);
		v[i].watch = also_text(json_array_get(row, 1), arena, &lost);
		v[i].watch_title = also_text(json_array_get(row, 2), arena, &lost);
		v[i].priority =
			alert_priority_of(str_of(json_string_value(json_array_get(row, 3))));
	}
	if (lost)
		return err_nomem(e);
	out->also = v;
	out->n_also = n;
	return 0;
}

int also_read(struct str text, struct arena *arena, struct alert *out, struct err *e)
{
	json_t *list;
	int rc;

	if (!str_present(text))
		return 0;
	list = json_loadb(text.p, text.n, JSON_ALLOW_NUL, NULL);
	rc = list ? also_read_list(list, arena, out, e) : err_nomem(e);
	json_decref(list);
	return rc;
}
