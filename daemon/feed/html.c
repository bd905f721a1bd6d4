/* SPDX-License-Identifier: MIT */
/*
 * A single pass. Linear time: a look-ahead (closing quote, end of a comment) is consumed if it
 * succeeds, and its failure is cached for the rest of the document. No stack: the end of a hidden
 * element is found by counting tags of its name.
 *
 * The text is at most 3/2 as long as its HTML (U+0096 becomes U+2013), so that the buffer is
 * reserved once. If its maximum is less, the text is truncated MARGIN bytes before it.
 */
#include "feed/html.h"

#include <stdint.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "entity.h"
#include "html_tag.h"

#define MARGIN 64
#define STEP   16

/* Pending separator between the last word and the next; a stronger one replaces a weaker. */
enum gap { GAP_NONE, GAP_NO_BREAK, GAP_SPACE, GAP_LINE, GAP_BLOCK };

struct html {
	const char *p, *end;
	char *start, *o, *stop; /* output; at stop or after it no character starts */
	enum gap gap;
	bool line;     /* one line: each gap is a space */
	bool cdata;    /* inside <![CDATA[ */
	bool raw_open; /* a hidden element has no end tag */
	bool noscript; /* inside <noscript> */
	unsigned pre;
	struct html_tag_scan scan;
};

typedef unsigned char bytes16 __attribute__((vector_size(STEP)));
typedef uint64_t words2 __attribute__((vector_size(STEP)));

static void html_widen_gap(struct html *h, enum gap gap)
{
	if (h->gap < gap)
		h->gap = gap;
}

/* Writes the pending gap, but not at the start of the text. */
static void html_write_gap(struct html *h)
{
	if (h->gap == GAP_NONE)
		return;
	if (h->o > h->start) {
		if (h->gap == GAP_NO_BREAK) {
			*h->o++ = '\xC2';
			*h->o++ = '\xA0';
		} else if (h->line || h->gap == GAP_SPACE) {
			*h->o++ = ' ';
		} else {
			*h->o++ = '\n';
			if (h->gap == GAP_BLOCK)
				*h->o++ = '\n';
		}
	}
	h->gap = GAP_NONE;
}

static void html_write_bytes(struct html *h, const char *p, size_t n)
{
	html_write_gap(h);
	for (size_t i = 0; i < n; i++)
		*h->o++ = p[i];
}

/*
 * Number of bytes at the start of v that can be copied: no markup, reference, control character,
 * repeated space, or lead byte of U+0080 to U+00BF. before: the 16 bytes that start one earlier.
 */
static unsigned html_plain_prefix(bytes16 v, bytes16 before)
{
	bytes16 bad = (bytes16)(v == '<') | (bytes16)(v == '&') | (bytes16)(v == 0xC2) |
		      (bytes16)(v < 0x20) | (bytes16)(v == 0x7F) |
		      ((bytes16)(v == ' ') & (bytes16)(before == ' '));
	words2 w;

	memcpy(&w, &bad, sizeof(w));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w[0] = __builtin_bswap64(w[0]);
	w[1] = __builtin_bswap64(w[1]);
#endif
	if (w[0])
		return (unsigned)__builtin_ctzll(w[0]) / 8;
	return w[1] ? 8 + (unsigned)__builtin_ctzll(w[1]) / 8 : STEP;
}

static bool html_is_plain(const char *p)
{
	unsigned char c = (unsigned char)*p;

	return c >= 0x20 && c != '<' && c != '&' && c != 0xC2 && c != 0x7F &&
	       !(c == ' ' && p[-1] == ' ');
}

/* Copies text that starts with a visible byte, 16 bytes a step. A trailing space becomes a gap. */
static void html_copy_run(struct html *h)
{
	const char *p = h->p;
	char *o;

	html_write_gap(h);
	o = h->o;
	*o++ = *p++;
	while (!h->cdata && h->end - p >= STEP && o < h->stop) {
		bytes16 v, before;
		unsigned n;

		memcpy(&v, p, STEP);
		memcpy(&before, p - 1, STEP);
		memcpy(o, &v, STEP);
		n = html_plain_prefix(v, before);
		o += n;
		p += n;
		if (n < STEP)
			goto done;
	}
	while (p < h->end && o < h->stop && html_is_plain(p) && !(h->cdata && *p == ']'))
		*o++ = *p++;
done:
	if (o[-1] == ' ') {
		o--;
		h->gap = GAP_SPACE;
	}
	h->o = o;
	h->p = p;
}

/* Writes characters of which each may be white space, a control or visible. */
static void html_write_text(struct html *h, struct str text)
{
	for (size_t n; text.n; text.p += n, text.n -= n) {
		uint32_t cp = 0xFFFD;
		char bytes[4];

		n = utf8_decode(text.p, text.n, &cp);
		n += n == 0;
		if (cp >= 0x80 && cp < 0xA0)
			cp = feed_entity_codepoint(
				cp); /* windows-1252 that was decoded as latin-1 */
		if (cp == '\n' && h->pre)
			html_widen_gap(h, GAP_LINE);
		else if (cp == 0xA0 && h->line && h->gap == GAP_NONE)
			h->gap = GAP_NO_BREAK;
		else if (cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0)
			html_widen_gap(h, GAP_SPACE);
		else if (cp >= 0x20 && cp != 0x7F)
			html_write_bytes(h, bytes, utf8_encode(cp, bytes));
	}
}

/*
 * Parses the reference at s; returns its length or 0. One that was escaped twice ("&amp;eacute;")
 * is resolved twice, unless the result would look like a tag ("&amp;lt;").
 */
static size_t html_read_reference(struct str s, bool attribute, char scratch[8], struct str *text)
{
	size_t n = feed_entity_read(s, attribute, scratch, text), m;
	char second[8];
	struct str inner;

	if (!n || !str_is(*text, "&") || s.p[n - 1] != ';')
		return n;
	/* The ';' is at the place of the '&' of the second reference. */
	m = feed_entity_read(str_slice(s.p + n - 1, s.n - n + 1), attribute, second, &inner);
	if (!m || s.p[n + m - 2] != ';' || str_is(inner, "<") || str_is(inner, ">"))
		return n;
	for (size_t i = 0; i < inner.n; i++)
		scratch[i] = inner.p[i];
	*text = str_slice(scratch, inner.n);
	return n + m - 1;
}

/* Writes the reference at p, a '&'. Returns its end. */
static const char *html_write_reference(
	struct html *h, const char *p, const char *end, bool attribute)
{
	char scratch[8];
	struct str text;
	size_t n = html_read_reference(str_slice(p, (size_t)(end - p)), attribute, scratch, &text);

	html_write_text(h, n ? text : STR("&"));
	return p + (n ? n : 1);
}

static void html_write_alt(struct html *h, struct str alt)
{
	const char *p = alt.p, *end = alt.p + alt.n;

	html_widen_gap(h, GAP_SPACE);
	while (p < end && h->o < h->stop) {
		size_t n = 1;

		if (*p == '&') {
			p = html_write_reference(h, p, end, true);
			continue;
		}
		while (n < 4 && p + n < end && (p[n] & 0xC0) == 0x80)
			n++;
		html_write_text(h, str_slice(p, n));
		p += n;
	}
	html_widen_gap(h, GAP_SPACE);
}

/*
 * Skips the content of an element by counting start and end tags of its name; a hidden paragraph
 * ends at the next block. Returns false and does not change h->p if it has no end tag.
 */
static bool html_skip_content(struct html *h, const struct html_tag *of)
{
	const char *p = h->p;
	unsigned depth = 1;
	struct html_tag t;

	while (!h->raw_open && (p = memchr(p, '<', (size_t)(h->end - p)))) {
		const char *behind = html_tag_read(&h->scan, p, &t);

		if (!behind) {
			p++;
			continue;
		}
		if (of->kind == TAG_PARAGRAPH && t.name.p &&
			(t.kind == TAG_BLOCK || t.kind == TAG_PARAGRAPH || t.kind == TAG_PRE)) {
			h->p = p;
			return true;
		}
		p = behind;
		if (t.kind == TAG_RAW && !t.closing && !t.empty)
			p = html_tag_find_close(&h->scan, p, t.name);
		if (!t.empty && t.name.p && str_eq_nocase(t.name, of->name))
			depth = t.closing ? depth - 1 : depth + 1;
		if (depth == 0) {
			h->p = p;
			return true;
		}
	}
	h->raw_open = true;
	return false;
}

static void html_skip_raw(struct html *h, const struct html_tag *t)
{
	bool code = str_eq_nocase(t->name, STR("script")) || str_eq_nocase(t->name, STR("style"));
	const char *close;

	if (h->raw_open && !code)
		return;
	close = html_tag_find_close(&h->scan, h->p, t->name);
	/* Code is never text, but a missing </iframe> must not hide the rest of the article. */
	if (close < h->end || code)
		h->p = close;
	else
		h->raw_open = true;
}

static void html_close_element(struct html *h, const struct html_tag *t)
{
	switch (t->kind) {
	case TAG_PRE:
		h->pre -= h->pre > 0;
		html_widen_gap(h, GAP_BLOCK);
		break;
	case TAG_BLOCK:
	case TAG_PARAGRAPH: html_widen_gap(h, GAP_BLOCK); break;
	case TAG_BREAK:
	case TAG_CELL: html_widen_gap(h, GAP_LINE); break;
	case TAG_INLINE:
	case TAG_IMAGE:
	case TAG_RAW:
	case TAG_UNSEEN:
	case TAG_ASIDE:
	case TAG_DROPPED: break;
	case TAG_NOSCRIPT: h->noscript = false; break;
	}
}

static void html_open_element(struct html *h, const struct html_tag *t)
{
	switch (t->kind) {
	case TAG_PRE:
		h->pre += !t->empty;
		html_widen_gap(h, GAP_BLOCK);
		break;
	case TAG_BLOCK:
	case TAG_PARAGRAPH: html_widen_gap(h, GAP_BLOCK); break;
	case TAG_BREAK:
		/* two in a row often separate paragraphs */
		h->gap = h->gap >= GAP_LINE ? GAP_BLOCK : GAP_LINE;
		break;
	case TAG_CELL: html_widen_gap(h, GAP_LINE); break;
	case TAG_IMAGE:
		if (t->alt.n && !t->pixel && !t->hidden && !h->noscript)
			html_write_alt(h, t->alt);
		break;
	case TAG_RAW:
		if (!t->empty)
			html_skip_raw(h, t);
		break;
	case TAG_NOSCRIPT: h->noscript = !t->empty; break;
	case TAG_UNSEEN:
		if (!t->empty)
			html_skip_content(h, t);
		break;
	case TAG_ASIDE:
		h->p = memchr(h->p, '<', (size_t)(h->end - h->p));
		h->p = h->p ? h->p : h->end;
		break;
	case TAG_INLINE:
	case TAG_DROPPED: break;
	}
}

static bool html_is_void(const struct html_tag *t)
{
	return t->kind == TAG_DROPPED || t->kind == TAG_BREAK || t->kind == TAG_IMAGE || t->empty ||
	       str_eq_nocase(t->name, STR("hr"));
}

/* Parses the markup at h->p, a '<'. Returns false if it is text. */
static bool html_read_markup(struct html *h)
{
	struct html_tag t;
	const char *behind = html_tag_read(&h->scan, h->p, &t);

	if (!behind)
		return false;
	h->p = behind;
	h->cdata |= t.cdata;
	if (!t.name.p)
		return true;
	if (t.closing)
		html_close_element(h, &t);
	else if (t.hidden && !html_is_void(&t) && html_skip_content(h, &t))
		return true;
	else
		html_open_element(h, &t);
	return true;
}

/* Skips white space and control characters. */
static void html_skip_space(struct html *h)
{
	for (; h->p < h->end; h->p++) {
		unsigned char c = (unsigned char)*h->p;

		if (c == '\n' && h->pre)
			html_widen_gap(h, GAP_LINE);
		else if (ascii_is_space(c))
			html_widen_gap(h, GAP_SPACE);
		else if (c > ' ' && c != 0x7F)
			break;
	}
}

static void html_read_all(struct html *h)
{
	while (h->p < h->end && h->o < h->stop) {
		unsigned char c = (unsigned char)*h->p;

		if (c == '<') {
			if (!html_read_markup(h))
				html_copy_run(h);
		} else if (c == '&') {
			h->p = html_write_reference(h, h->p, h->end, false);
		} else if (c <= ' ' || c == 0x7F) {
			html_skip_space(h);
		} else if (c == 0xC2) {
			size_t n = h->end - h->p > 1 && (h->p[1] & 0xC0) == 0x80 ? 2 : 1;

			html_write_text(h, str_slice(h->p, n));
			h->p += n;
		} else if (h->cdata && h->end - h->p >= 3 && memcmp(h->p, "]]>", 3) == 0) {
			h->p += 3;
			h->cdata = false;
		} else {
			html_copy_run(h);
		}
	}
}

static void html_convert(struct str html, struct buf *out, bool line)
{
	struct html h = {.line = line};
	size_t room = out->max - out->len;

	if (!html.n)
		return;
	h.p = html.p;
	h.end = html.p + html.n;
	if (html.n < room / 2 && html.n + html.n / 2 + 2 * MARGIN < room)
		room = html.n + html.n / 2 + 2 * MARGIN;
	h.o = h.start = buf_reserve(out, room);
	if (!h.o)
		return;
	h.stop = room > MARGIN ? h.o + room - MARGIN : h.o;
	h.scan.end = h.end;
	html_read_all(&h);
	if (h.p < h.end) {
		/* The buffer is full: end at a code point. */
		if (h.o > h.start && ((unsigned char)*h.p & 0xC0) == 0x80) {
			while (h.o > h.start && ((unsigned char)h.o[-1] & 0xC0) == 0x80)
				h.o--;
			h.o -= h.o > h.start;
		}
		out->failed = out->overflow = true;
	}
	buf_commit(out, (size_t)(h.o - h.start));
}

bool feed_html_is_marked(struct str text)
{
	struct html_tag_scan scan = {0};
	const char *p = text.p;

	if (!text.n || (!memchr(text.p, '<', text.n) && !memchr(text.p, '&', text.n)))
		return false;
	scan.end = text.p + text.n;
	while (p < scan.end) {
		struct str rest = str_slice(p, (size_t)(scan.end - p)), as;
		struct html_tag t;
		const char *tag_end = *p == '<' ? html_tag_read(&scan, p, &t) : NULL;
		char scratch[8];
		size_t n;

		if (tag_end && t.known &&
			(t.kind == TAG_INLINE || t.kind == TAG_BREAK || t.kind == TAG_IMAGE))
			return true;
		n = *p == '&' ? feed_entity_read(rest, false, scratch, &as) : 0;
		if (n && p[n - 1] == ';' && !str_is(as, "<") && !str_is(as, ">"))
			return true;
		p = tag_end ? tag_end : p + 1;
	}
	return false;
}

bool feed_html_has_tags(struct str text)
{
	const char *end = text.n ? text.p + text.n : text.p;

	for (const char *p = text.p; p < end && (p = memchr(p, '<', (size_t)(end - p))); p++) {
		struct str rest = str_slice(p, (size_t)(end - p));

		if (rest.n > 2 && (p[1] == '/' || str_starts_nocase(rest, STR("<p>")) ||
					  str_starts_nocase(rest, STR("<br"))))
			return true;
	}
	return false;
}

void feed_html_to_text(struct str html, struct buf *out)
{
	html_convert(html, out, false);
}

void feed_html_to_line(struct str html, struct buf *out)
{
	html_convert(html, out, true);
}
