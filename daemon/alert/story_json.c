/* SPDX-License-Identifier: MIT */
#include "story_json.h"

#include "base/clock.h"
#include "base/err.h"
#include "json_part.h"

static json_t *story_json_list(const struct str *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++)
		if (json_array_append_new(list, json_part_text(v[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

json_t *story_json_make(const struct alert_story *s)
{
	json_t *o = json_pack("{s:o, s:I, s:I, s:I, s:o, s:o, s:I}", "id", json_part_text(s->id),
		"reports", (json_int_t)s->reports, "outlets", (json_int_t)s->outlets,
		"sources_at_least", (json_int_t)s->sources, "origins",
		story_json_list(s->origins, s->n_origins), "also",
		story_json_list(s->also, s->n_also), "span_s",
		(json_int_t)(s->span / CLOCK_SECOND));
	int bad = !o;

	bad |= o && json_part_put_text(o, "first", s->first);
	bad |= o && json_part_put_text(o, "via", s->via);
	bad |= o && json_part_put_text(o, "why", s->why);
	if (!bad)
		return o;
	json_decref(o);
	return NULL;
}

static int story_json_read_list(
	json_t *from, struct arena *arena, const struct str **out, size_t *n)
{
	size_t most = json_array_size(from);
	struct str *v = arena_array(arena, most, sizeof(*v));
	int rc = v ? 0 : -(int)ERR_NOMEM;

	for (*n = 0; !rc && *n < most; ++*n)
		rc = json_part_read_text(json_array_get(from, *n), arena, &v[*n]);
	*out = v;
	return rc;
}

static size_t story_json_read_count(json_t *from, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(from, key));

	return n > 0 ? (size_t)n : 0;
}

int story_json_read(json_t *from, struct arena *arena, const struct alert_story **out)
{
	struct alert_story *s;
	int rc;

	*out = NULL;
	if (!json_is_object(from))
		return 0;
	s = arena_zalloc(arena, sizeof(*s));
	if (!s)
		return -(int)ERR_NOMEM;
	s->reports = story_json_read_count(from, "reports");
	s->outlets = story_json_read_count(from, "outlets");
	s->sources = story_json_read_count(from, "sources_at_least");
	s->span = (int64_t)story_json_read_count(from, "span_s") * CLOCK_SECOND;
	if ((rc = json_part_read_text(json_object_get(from, "id"), arena, &s->id)) ||
		(rc = json_part_read_text(json_object_get(from, "first"), arena, &s->first)) ||
		(rc = json_part_read_text(json_object_get(from, "via"), arena, &s->via)) ||
		(rc = json_part_read_text(json_object_get(from, "why"), arena, &s->why)) ||
		(rc = story_json_read_list(
			 json_object_get(from, "origins"), arena, &s->origins, &s->n_origins)) ||
		(rc = story_json_read_list(
			 json_object_get(from, "also"), arena, &s->also, &s->n_also)))
		return rc;
	*out = s;
	return 0;
}
