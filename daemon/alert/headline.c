/* SPDX-License-Identifier: MIT */
#include "alert/alert.h"

#include <string.h>

#include "base/utf8.h"
#include "text/cut.h"

#define TITLE_MAX    ((size_t)300)
#define OPENING_MAX  ((size_t)90)
#define GRAPHEME_MAX ((size_t)64) /* larger ones may be truncated */
#define ELLIPSIS     STR("\xe2\x80\xa6")
#define NOTHING_SAID STR("(an item without title, text or link)")

/* Control characters: line breaks, invisible and bidirectional ones. */
static bool headline_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x202a && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

static bool headline_is_space(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0xa0 || cp == 0x2028 ||
	       cp == 0x2029;
}

/* Appends s as one line with white space collapsed, up to a little more than max bytes. */
static void headline_flatten(struct str s, size_t max, struct buf *out)
{
	bool gap = false;
	size_t n;

	for (size_t i = 0; i < s.n && out->len <= max + GRAPHEME_MAX; i += n) {
		uint32_t cp = 0;

		n = utf8_decode(s.p + i, s.n - i, &cp);
		if (n == 0 || headline_is_space(cp)) {
			gap = out->len > 0;
			n = n ? n : 1;
		} else if (!headline_is_control(cp)) {
			if (gap)
				buf_addc(out, ' ');
			buf_add(out, s.p + i, n);
			gap = false;
		}
	}
}

/*
 * Appends s as one line. If it is longer than max bytes it is truncated after a word, if one ends
 * in the second half, else between the characters that people see, and "…" is appended.
 */
static void headline_put_line(struct str s, size_t max, struct buf *out)
{
	struct str line, cut;
	const char *space;
	struct buf flat;

	buf_init(&flat, max + GRAPHEME_MAX + 16);
	headline_flatten(s, max, &flat);
	out->failed = out->failed || buf_failed(&flat);
	line = buf_str(&flat);
	if (line.n <= max) {
		buf_adds(out, line);
	} else {
		cut = text_cut(line, max > ELLIPSIS.n ? max - ELLIPSIS.n : 0);
		space = cut.n < line.n && line.p[cut.n] == ' ' ? line.p + cut.n
							       : memrchr(cut.p, ' ', cut.n);
		if (space && (size_t)(space - cut.p) >= max / 2)
			cut.n = (size_t)(space - cut.p);
		buf_adds(out, cut);
		if (cut.n + ELLIPSIS.n <= max)
			buf_adds(out, ELLIPSIS);
	}
	buf_release(&flat);
}

void alert_headline(const struct alert *a, size_t max, struct buf *out)
{
	struct str choice[] = {a->title, a->body, a->link, NOTHING_SAID};
	size_t start = out->len;

	for (size_t k = 0; k < sizeof(choice) / sizeof(choice[0]) && out->len == start; k++)
		if (str_present(choice[k]))
			headline_put_line(choice[k], max, out);
}

const char *alert_headline_mark(const struct alert *a)
{
	if (a->kind == ALERT_CORRECTED && !str_starts_nocase(a->title, STR("corrected")))
		return "CORRECTED: ";
	if (a->kind == ALERT_WITHDRAWN && !str_starts_nocase(a->title, STR("withdrawn")))
		return "WITHDRAWN: ";
	return a->kind == ALERT_ACKNOWLEDGED ? "Acknowledged: " : "";
}

void alert_headline_short(const struct alert *a, struct buf *out)
{
	alert_headline(a, str_present(a->title) ? TITLE_MAX : OPENING_MAX, out);
}
