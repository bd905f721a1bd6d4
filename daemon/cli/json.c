/* SPDX-License-Identifier: MIT */
#include "json.h"

#include "base/clock.h"
#include "base/utf8.h"

void cli_set_text(json_t *o, const char *key, struct str s)
{
	struct buf clean;

	if (!str_present(s))
		return;
	if (utf8_valid(s)) {
		json_object_set_new(o, key, json_stringn(s.p, s.n));
		return;
	}
	buf_init(&clean, s.n * 8 + 16);
	utf8_escape(&clean, s, s.n, false);
	json_object_set_new(o, key, json_string(buf_z(&clean)));
	buf_release(&clean);
}

void cli_set_stamp(json_t *o, const char *key, int64_t ms)
{
	char text[STAMP_TEXT_MAX];

	if (ms != STAMP_NONE)
		json_object_set_new(o, key, json_string(clock_rfc3339(ms, false, text)));
}

void cli_put_json(json_t *doc)
{
	json_dumpf(doc, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(doc);
}
