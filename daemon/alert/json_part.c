/* SPDX-License-Identifier: MIT */
#include "json_part.h"

#include "base/clock.h"

json_t *json_part_text(struct str s)
{
	return json_stringn_nocheck(s.p ? s.p : "", s.n);
}

int json_part_put_text(json_t *object, const char *key, struct str s)
{
	return str_present(s) ? json_object_set_new_nocheck(object, key, json_part_text(s)) : 0;
}

int json_part_put_stamp(json_t *object, const char *key, int64_t ms)
{
	char stamp[STAMP_TEXT_MAX];

	if (ms == STAMP_NONE)
		return 0;
	return json_part_put_text(object, key, str_of(clock_rfc3339(ms, false, stamp)));
}

json_t *json_part_watch(const struct alert *a)
{
	return json_pack("{s:o, s:o, s:s}", "name", json_part_text(a->watch), "title",
		json_part_text(a->watch_title), "priority", alert_priority_words[a->priority]);
}

json_t *json_part_feed(const struct alert *a)
{
	json_t *o = json_object();
	int bad = 0;

	bad |= json_part_put_text(o, "name", a->feed);
	bad |= json_part_put_text(o, "title", str_present(a->feed_title) ? a->feed_title : a->feed);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}
