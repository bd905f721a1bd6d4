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

/* Bytes of printable ASCII at the beginning of s, up to a quotation mark or backslash. */
static size_t utf8_plain_run(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7F && s.p[n] != '"' && s.p[n] != '\\')
		n++;
	return n;
}

void utf8_escape(struct buf *out, struct str s, size_t max, bool quote)
{
	struct str shown = s.n > max ? utf8_cut(s, max) : s;
	struct bidi_line line = {0};

	if (quote)
		buf_addc(out, '"');
	for (size_t i = 0; i < shown.n;) {
		struct str rest = str_slice(shown.p + i, shown.n - i);
		size_t len = utf8_plain_run(rest);
		uint32_t cp;

		if (len) {
			buf_add(out, rest.p, len);
			i += len;
			continue;
		}
		len = utf8_decode(rest.p, rest.n, &cp);
		if (len == 0) {
			buf_printf(out, "\\x%02x", (unsigned)(unsigned char)rest.p[0]);
			i++;
			continue;
		}
		if (cp != 0xFEFF && bidi_line_keeps(&line, cp, rest))
			utf8_escape_code_point(out, cp, rest.p, len, quote);
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
