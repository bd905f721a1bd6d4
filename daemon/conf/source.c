/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <string.h>

#include "base/utf8.h"
#include "diag.h"

struct conf_at conf_at_advance(struct conf_at at, size_t n)
{
	const char *p = at.file->text.p + at.offset;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			at.line++;
			at.column = 1;
		} else {
			at.column += ((unsigned char)p[i] & 0xC0) != 0x80;
		}
	}
	at.offset += (uint32_t)n;
	return at;
}

/* Replaces each invalid UTF-8 byte by "?"; reports the first one. */
static int source_replace_invalid(
	struct conf_source *s, size_t good, struct arena *arena, struct conf_diags *diags)
{
	struct conf_at at = {s, 0, 1, 1};
	size_t bad = 0, first = good;
	unsigned byte = (unsigned char)s->text.p[good];
	char *p = arena_alloc(arena, s->text.n);

	if (!p)
		return -ERR_NOMEM;
	memcpy(p, s->text.p, s->text.n);
	while (good < s->text.n) {
		p[good++] = '?';
		bad++;
		good += utf8_valid_prefix(p + good, s->text.n - good);
	}
	s->text.p = p;
	conf_error(diags, conf_at_advance(at, first), "save the file as UTF-8",
		"this is not UTF-8: byte 0x%02X%s", byte,
		bad > 1 ? ", and there are more of them in this file" : "");
	return 0;
}

int conf_source_init(
	struct conf_source *s, struct str bytes, struct arena *arena, struct conf_diags *diags)
{
	size_t good;

	s->text = STR("");
	if (bytes.n > CONF_FILE_MAX) {
		conf_error_file(
			diags, s, "split it over several files", "the file is larger than 64 MiB");
		return -ERR_CONF;
	}
	if (str_starts(bytes, STR("\xFF\xFE")) || str_starts(bytes, STR("\xFE\xFF"))) {
		conf_error_file(diags, s, "save it as UTF-8", "the file is UTF-16");
		return -ERR_CONF;
	}
	s->text = bytes;
	if (str_starts(bytes, STR("\xEF\xBB\xBF")))
		s->text = str_slice(bytes.p + 3, bytes.n - 3);
	good = utf8_valid_prefix(s->text.p, s->text.n);
	return good < s->text.n ? source_replace_invalid(s, good, arena, diags) : 0;
}
