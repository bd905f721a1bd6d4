/* SPDX-License-Identifier: MIT */
#include "xml_text.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "byte_scan.h"
#include "entity.h"

/* XML 1.0 §2.2 */
static bool xml_text_is_char(uint32_t cp)
{
	return cp >= 0x20 ? cp < 0xD800 || (cp >= 0xE000 && cp < 0xFFFE) ||
				    (cp >= 0x10000 && cp <= 0x10FFFF)
			  : cp == '\t' || cp == '\n' || cp == '\r';
}

/* digits: what is between "&#" and ";". Returns the bytes written to out; 0: it is not valid. */
static size_t xml_text_number(struct str digits, char out[4])
{
	bool hex = digits.n && digits.p[0] == 'x';
	uint32_t cp = 0;

	if (digits.n <= hex)
		return 0;
	for (size_t i = hex; i < digits.n && cp <= 0x10FFFF; i++) {
		int digit = ascii_hex_value(digits.p[i]);

		if (digit < 0 || (digit > 9 && !hex))
			return 0;
		cp = cp * (hex ? 16 : 10) + (uint32_t)digit;
	}
	return xml_text_is_char(cp) ? utf8_encode(cp, out) : 0;
}

/*
 * Writes the text of the reference at the start of s, a '&', to out. Returns its length, and the
 * bytes written in *n; 0: there is none.
 */
static size_t xml_text_reference(struct str s, char *out, size_t *n)
{
	const char *end = memchr(s.p, ';', s.n < XML_TEXT_TAIL_MAX ? s.n : XML_TEXT_TAIL_MAX);
	struct feed_entity entity;
	struct str name;

	if (!end)
		return 0;
	name = str_slice(s.p + 1, (size_t)(end - s.p) - 1);
	if (name.n && *name.p == '#') {
		*n = xml_text_number(str_slice(name.p + 1, name.n - 1), out);
		return *n ? name.n + 2 : 0;
	}
	if (!feed_entity_find(name, &entity))
		return 0;
	*n = strlen(entity.text);
	memcpy(out, entity.text, *n);
	return name.n + 2;
}

bool xml_text_resolve(struct str s, struct buf *out)
{
	/* No reference is shorter than half of its text. */
	char *start = buf_reserve(out, 2 * s.n), *to = start;
	const char *p = s.p, *end = s.p + s.n;

	if (!start)
		return false;
	while (p < end) {
		const char *special = byte_scan_text(p, end);
		size_t n = (size_t)(special - p), taken = 1, written = 1;

		memcpy(to, p, n);
		to += n;
		if (special == end)
			break;
		if (*special == '&') {
			taken = xml_text_reference(
				str_slice(special, (size_t)(end - special)), to, &written);
		} else if (*special == '\r') {
			*to = '\n';
			taken += end - special > 1 && special[1] == '\n';
		} else {
			*to = ']';
			taken = end - special > 2 && memcmp(special, "]]>", 3) == 0 ? 0 : 1;
		}
		if (!taken)
			return false;
		p = special + taken;
		to += written;
	}
	buf_commit(out, (size_t)(to - start));
	return true;
}

size_t xml_text_tail(struct str s)
{
	size_t n = 0;

	if (str_ends(s, STR("\r\n")))
		return 2;
	if (str_ends(s, STR("\r")) || str_ends(s, STR("\n")))
		return 1;
	while (n < 2 && n < s.n && s.p[s.n - 1 - n] == ']')
		n++;
	if (n)
		return n;
	while (n < XML_TEXT_TAIL_MAX && n < s.n && s.p[s.n - 1 - n] != ';')
		if (s.p[s.n - ++n] == '&')
			return n;
	return 0;
}

struct str xml_text_value(struct str raw, struct buf *out)
{
	size_t from = out->len, i = 0;

	while (i < raw.n) {
		const char *amp = memchr(raw.p + i, '&', raw.n - i);
		size_t n = amp ? (size_t)(amp - raw.p) - i : raw.n - i;
		struct feed_entity entity;
		const char *semicolon;
		bool known;
		struct str name;

		buf_add(out, raw.p + i, n);
		i += n;
		if (!amp)
			break;
		semicolon = memchr(amp, ';', raw.n - i);
		name = str_slice(amp + 1, semicolon ? (size_t)(semicolon - amp) - 1 : 0);
		known = feed_entity_find(name, &entity);
		if (str_is(name, "#38"))
			buf_addc(out, '&');
		else if (known)
			buf_addz(out, entity.text);
		else
			buf_addc(out, '&');
		i += str_is(name, "#38") || known ? name.n + 2 : 1;
	}
	return str_slice(buf_z(out) + from, out->len - from);
}
