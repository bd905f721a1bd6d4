/* SPDX-License-Identifier: MIT */
#include "json_part.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "feed/date.h"

/* Text of feeds is valid; what another program wrote into the database may not be. */
json_t *json_part_text(struct str s)
{
	struct buf clean;
	json_t *text;

	if (s.n == 0)
		return json_string_nocheck("");
	if (!memchr(s.p, '\0', s.n) && utf8_valid(s))
		return json_stringn_nocheck(s.p, s.n);
	buf_init(&clean, 3 * s.n);
	utf8_append_valid(&clean, s);
	text = buf_failed(&clean) ? NULL : json_stringn_nocheck(buf_z(&clean), clean.len);
	buf_release(&clean);
	return text;
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

static int json_part_append(const char *p, size_t n, void *out)
{
	buf_add(out, p, n);
	return buf_failed(out) ? -1 : 0;
}

int json_part_dump(json_t *root, struct buf *out)
{
	int bad = !root || json_dump_callback(root, json_part_append, out, JSON_COMPACT) != 0;

	json_decref(root);
	return bad ? -(int)ERR_NOMEM : 0;
}

int json_part_read_text(const json_t *from, struct arena *arena, struct str *out)
{
	*out = STR_NONE;
	if (!json_is_string(from))
		return 0;
	*out = arena_str(arena, str_slice(json_string_value(from), json_string_length(from)));
	return out->p ? 0 : -(int)ERR_NOMEM;
}

int64_t json_part_read_stamp(const json_t *from)
{
	if (!json_is_string(from))
		return STAMP_NONE;
	return feed_date_parse(str_slice(json_string_value(from), json_string_length(from)), NULL);
}
