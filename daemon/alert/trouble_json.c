/* SPDX-License-Identifier: MIT */
#include "trouble_json.h"

#include "base/err.h"
#include "json_part.h"

static json_t *trouble_json_make_part(const struct alert_trouble_part *part)
{
	json_t *o = json_object();
	int bad = 0;

	bad |= json_part_put_text(o, "subject", part->subject);
	bad |= json_part_put_stamp(o, "since", part->since);
	bad |= json_part_put_text(o, "detail", part->detail);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

json_t *trouble_json_make(const struct alert_trouble *t)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < t->n; i++)
		if (json_array_append_new(list, trouble_json_make_part(&t->v[i])) != 0) {
			json_decref(list);
			list = NULL;
		}
	return json_pack("{s:o, s:o, s:b, s:o, s:I}", "kind", json_part_text(t->kind), "advice",
		json_part_text(t->advice), "person", t->person, "troubles", list, "left_out",
		(json_int_t)t->left_out);
}

static int trouble_json_read_part(
	const json_t *from, struct arena *arena, struct alert_trouble_part *out)
{
	int rc = json_part_read_text(json_object_get(from, "subject"), arena, &out->subject);

	out->since = json_part_read_stamp(json_object_get(from, "since"));
	return rc ? rc : json_part_read_text(json_object_get(from, "detail"), arena, &out->detail);
}

int trouble_json_read(const json_t *root, struct arena *arena, const struct alert_trouble **out)
{
	const json_t *list = json_object_get(root, "troubles");
	struct alert_trouble *t = arena_zalloc(arena, sizeof(*t));
	struct alert_trouble_part *v = arena_array(arena, json_array_size(list), sizeof(*v));
	int rc;

	if (!t || !v)
		return -(int)ERR_NOMEM;
	rc = json_part_read_text(json_object_get(root, "kind"), arena, &t->kind);
	if (!rc)
		rc = json_part_read_text(json_object_get(root, "advice"), arena, &t->advice);
	for (; !rc && t->n < json_array_size(list); t->n++)
		rc = trouble_json_read_part(json_array_get(list, t->n), arena, &v[t->n]);
	if (!rc && !(str_present(t->kind) && str_present(t->advice)))
		rc = -(int)ERR_INPUT;
	t->v = v;
	t->person = json_is_true(json_object_get(root, "person"));
	t->left_out = (size_t)json_integer_value(json_object_get(root, "left_out"));
	*out = t;
	return rc;
}
