/* SPDX-License-Identifier: MIT */
#include "trouble_json.h"

#include "base/err.h"
#include "feed/date.h"
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

/* A key that is absent leaves *out absent. */
static int trouble_json_read_text(
	const json_t *from, const char *key, struct arena *arena, struct str *out)
{
	const json_t *text = json_object_get(from, key);

	if (!json_is_string(text))
		return 0;
	*out = arena_str(arena, str_slice(json_string_value(text), json_string_length(text)));
	return out->p ? 0 : -(int)ERR_NOMEM;
}

static int trouble_json_read_part(
	const json_t *from, struct arena *arena, struct alert_trouble_part *out)
{
	struct str since = STR_NONE;
	bool odd;
	int rc;

	*out = (struct alert_trouble_part){.since = STAMP_NONE};
	rc = trouble_json_read_text(from, "subject", arena, &out->subject);
	if (!rc)
		rc = trouble_json_read_text(from, "detail", arena, &out->detail);
	if (!rc)
		rc = trouble_json_read_text(from, "since", arena, &since);
	if (!rc && str_present(since))
		out->since = feed_date_parse(since, &odd);
	return rc;
}

int trouble_json_read(const json_t *root, struct arena *arena, const struct alert_trouble **out)
{
	const json_t *list = json_object_get(root, "troubles");
	struct alert_trouble *t = arena_zalloc(arena, sizeof(*t));
	struct alert_trouble_part *v = arena_array(arena, json_array_size(list), sizeof(*v));
	int rc;

	if (!t || !v)
		return -(int)ERR_NOMEM;
	rc = trouble_json_read_text(root, "kind", arena, &t->kind);
	if (!rc)
		rc = trouble_json_read_text(root, "advice", arena, &t->advice);
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
