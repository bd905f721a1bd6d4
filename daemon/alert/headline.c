/* SPDX-License-Identifier: MIT */
#include "alert/alert.h"

#include "base/utf8.h"

#define TITLE_MAX    ((size_t)300)
#define OPENING_MAX  ((size_t)90)
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

/*
 * Appends s as one line with white space collapsed. If it is longer than max bytes it is truncated
 * after a word, if one ends in the second half, and "…" is appended.
 */
static void headline_put_line(struct str s, size_t max, struct buf *out)
{
	size_t start = out->len, word_end = 0, i = 0;
	bool gap = false, cut = false;

	while (i < s.n && !cut) {
		uint32_t cp = 0;
		size_t n = utf8_decode(s.p + i, s.n - i, &cp);

		if (n == 0 || headline_is_space(cp)) {
			gap = out->len > start;
			i += n ? n : 1;
			continue;
		}
		if (!headline_is_control(cp)) {
			if (gap && out->len - start + ELLIPSIS.n <= max)
				word_end = out->len - start;
			cut = out->len - start + gap + n > max;
			if (gap && !cut)
				buf_addc(out, ' ');
			if (!cut)
				buf_add(out, s.p + i, n);
			gap = false;
		}
		i += n;
	}
	if (!cut)
		return;
	while (out->len - start > 0 && out->len - start + ELLIPSIS.n > max) {
		struct str whole = utf8_cut(
			str_slice(out->data + start, out->len - start), out->len - start - 1);

		buf_truncate(out, start + whole.n);
	}
	if (word_end >= max / 2 && word_end < out->len - start)
		buf_truncate(out, start + word_end);
	if (out->len - start + ELLIPSIS.n <= max)
		buf_adds(out, ELLIPSIS);
}

void alert_headline(const struct alert *a, size_t max, struct buf *out)
{
	struct str choice[] = {a->title, a->body, a->link, NOTHING_SAID};
	size_t start = out->len;

	for (size_t k = 0; k < sizeof(choice) / sizeof(choice[0]) && out->len == start; k++)
		if (str_present(choice[k]))
			headline_put_line(choice[k], max, out);
}

void alert_headline_short(const struct alert *a, struct buf *out)
{
	alert_headline(a, str_present(a->title) ? TITLE_MAX : OPENING_MAX, out);
}
