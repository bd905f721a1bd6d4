/* SPDX-License-Identifier: MIT */
#include "document/document.h"

#include "value.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"

void document_set_text(json_t *o, const char *key, struct str s)
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

json_t *document_stamp(int64_t ms)
{
	char text[STAMP_TEXT_MAX];

	return ms == STAMP_NONE ? NULL : json_string(clock_rfc3339(ms, false, text));
}

void document_set_stamp(json_t *o, const char *key, int64_t ms)
{
	if (ms != STAMP_NONE)
		json_object_set_new(o, key, document_stamp(ms));
}

void document_set_int(json_t *o, const char *key, int64_t n)
{
	json_object_set_new(o, key, json_integer(n));
}

void document_set_bool(json_t *o, const char *key, bool yes)
{
	json_object_set_new(o, key, json_boolean(yes));
}

json_t *document_bits(uint32_t bits, const char *const *names)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < 32; i++)
		if (bits >> i & 1)
			json_array_append_new(
				list, names ? json_string(names[i]) : json_integer(i));
	return list;
}

int document_print(json_t *doc, FILE *to)
{
	int rc = json_dumpf(doc, to, JSON_COMPACT);

	fputc('\n', to);
	json_decref(doc);
	return rc ? -(int)ERR_NOMEM : 0;
}
