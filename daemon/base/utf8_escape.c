/* SPDX-License-Identifier: MIT */
/* Untrusted text for a terminal, a log, mail and chat. */
#include "base/utf8.h"

#include "bidi.h"

/* Control characters, those that end a line, and those that reorder any text. */
static bool utf8_is_unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x2028 || cp == 0x2029 ||
	       bidi_is_override(cp);
}

static void utf8_escape_code_point(
	struct buf *out, uint32_t cp, const char *bytes, size_t len, bool quote)
{
	if (cp == '\n')
		buf_addz(out, "\\n");
	else if (cp == '\t')
		buf_addz(out, "\\t");
	else if (utf8_is_unsafe(cp))
		buf_printf(out, "\\u{%x}", (unsigned)cp);
	else if (quote && (cp == '"' || cp == '\\'))
		buf_printf(out, "\\%c", (char)cp);
	else
		buf_add(out, bytes, len);
}

void utf8_escape(struct buf *out, struct str s, size_t max, bool quote)
{
	struct str shown = s.n > max ? utf8_cut(s, max) : s;
	struct bidi_line line = {0};

	if (quote)
		buf_addc(out, '"');
	for (size_t i = 0; i < shown.n;) {
		uint32_t cp;
		size_t len = utf8_decode(shown.p + i, shown.n - i, &cp);

		if (len == 0) {
			buf_printf(out, "\\x%02x", (unsigned)(unsigned char)shown.p[i]);
			i++;
			continue;
		}
		if (cp != 0xFEFF && bidi_line_keeps(&line, cp, str_slice(shown.p + i, shown.n - i)))
			utf8_escape_code_point(out, cp, shown.p + i, len, quote);
		i += len;
	}
	if (shown.n < s.n)
		buf_addz(out, "…");
	if (quote)
		buf_addc(out, '"');
}

void utf8_print(FILE *to, struct str s)
{
	struct buf b;

	buf_init(&b, s.n * 8 + 16);
	utf8_escape(&b, s, s.n, false);
	fwrite(buf_z(&b), 1, b.len, to);
	buf_release(&b);
}
