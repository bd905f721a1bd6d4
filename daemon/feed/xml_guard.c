/* SPDX-License-Identifier: MIT */
#include "xml_guard.h"

#include <stdbool.h>
#include <string.h>

#include "byte_scan.h"

enum {
	TEXT,
	LONG_TEXT, /* at the start of a text of XML_GUARD_TEXT */
	OPENED,	   /* after "<" */
	MARK,	   /* after "<!": comment, CDATA or DOCTYPE */
	COMMENT,   /* until "-->" */
	CDATA,	   /* its text, before the delimiter */
	CDATA_END, /* until "]]>" */
	PI,	   /* until "?>" */
	TAG,
	TAG_VALUE, /* inside the quotes of an attribute */
	DOCTYPE,
	DOCTYPE_VALUE,
	SUBSET, /* inside the brackets of the DOCTYPE */
	SUBSET_OPENED,
	SUBSET_MARK,
	SUBSET_DECLARATION,
	SUBSET_VALUE, /* inside the quotes of a declaration */
	SUBSET_COMMENT,
	SUBSET_PI,
};

#define LONG_MIN_BYTES                                                                             \
	128 /* for shorter ones, the detour around libxml2 costs more than it saves */

static const char cdata_mark[] = "[CDATA[";
static const char doctype_mark[] = "DOCTYPE";

void xml_guard_init(struct xml_guard *g, size_t tag_bytes, unsigned attributes)
{
	*g = (struct xml_guard){.tag_bytes = tag_bytes, .attributes = attributes};
}

/* Finds the delimiter: at least n - 1 times `c`, then '>'. Returns its end, or NULL. */
static const char *guard_find_delimiter(
	struct xml_guard *g, const char *p, const char *end, char c, unsigned n)
{
	while (p < end) {
		if (*p == c) {
			g->matched += g->matched < n - 1;
			p++;
		} else if (*p == '>' && g->matched == n - 1) {
			g->matched = 0;
			return p + 1;
		} else {
			g->matched = 0;
			p = memchr(p, c, (size_t)(end - p));
			if (!p)
				return NULL;
		}
	}
	return NULL;
}

/* Returns the state after one more byte of what follows "<!". */
static int guard_next_mark_state(struct xml_guard *g, char c)
{
	g->mark[g->matched++] = c;
	if (g->matched == 2 && memcmp(g->mark, "--", 2) == 0)
		return COMMENT;
	if (g->matched == 7 && memcmp(g->mark, cdata_mark, 7) == 0)
		return CDATA;
	if (g->matched == 7 && memcmp(g->mark, doctype_mark, 7) == 0)
		return DOCTYPE;
	if (memcmp(g->mark, "--", g->matched < 2 ? g->matched : 2) == 0 ||
		memcmp(g->mark, cdata_mark, g->matched) == 0 ||
		memcmp(g->mark, doctype_mark, g->matched) == 0)
		return MARK;
	return TEXT; /* not XML: the parser reports it */
}

/* Scans to the end of the tag. */
static const char *guard_scan_tag(struct xml_guard *g, const char *p, const char *end)
{
	const char *start = p;

	while (p < end) {
		p = g->state == TAG ? byte_scan_tag(p, end) : byte_scan_char(p, end, g->quote);
		if (!p) {
			p = end;
			break;
		}
		if (g->state == TAG_VALUE) {
			g->state = TAG;
		} else if (*p == '>') {
			g->state = TEXT;
			p++;
			break;
		} else {
			g->quote = *p;
			g->values++;
			g->state = TAG_VALUE;
		}
		p++;
	}
	g->in_tag += (size_t)(p - start);
	return p;
}

static const char *guard_scan_doctype(struct xml_guard *g, const char *p)
{
	if (g->state == DOCTYPE_VALUE) {
		if (*p == g->quote)
			g->state = DOCTYPE;
	} else if (*p == '"' || *p == '\'') {
		g->quote = *p;
		g->state = DOCTYPE_VALUE;
	} else if (*p == '[') {
		g->state = SUBSET;
	} else if (*p == '>') {
		g->state = TEXT;
	}
	return p + 1;
}

/* A byte of the internal subset, outside of comments and processing instructions. */
static const char *guard_scan_subset(struct xml_guard *g, const char *p)
{
	char c = *p;

	if (g->state == SUBSET) {
		if (c == ']')
			g->state = DOCTYPE;
		else if (c == '<')
			g->state = SUBSET_OPENED;
	} else if (g->state == SUBSET_OPENED) {
		g->matched = 0;
		g->state = c == '?' ? SUBSET_PI : c == '!' ? SUBSET_MARK : SUBSET;
	} else if (g->state == SUBSET_MARK) {
		if (c != '-') {
			g->declares = true;
			g->state = SUBSET_DECLARATION;
			return p;
		}
		if (++g->matched == 2) {
			g->matched = 0;
			g->state = SUBSET_COMMENT;
		}
	} else if (g->state == SUBSET_VALUE) {
		if (c == g->quote)
			g->state = SUBSET_DECLARATION;
	} else if (c == '"' || c == '\'') {
		g->quote = c;
		g->state = SUBSET_VALUE;
	} else if (c == '>') {
		g->state = SUBSET;
	}
	return p + 1;
}

static const char *guard_open(struct xml_guard *g, const char *p, const char *end)
{
	g->matched = 0;
	if (*p == '!') {
		if (end - p > 8 && memcmp(p + 1, cdata_mark, 7) == 0) {
			g->state = CDATA;
			return p + 8;
		}
		g->state = MARK;
		return p + 1;
	}
	if (*p == '?') {
		g->state = PI;
		return p + 1;
	}
	g->state = TAG;
	g->in_tag = 1;
	g->values = 0;
	return p;
}

/* Scans a comment, CDATA section or processing instruction to its delimiter. */
static const char *guard_scan_delimited(struct xml_guard *g, const char *p, const char *end)
{
	bool inside = g->state == SUBSET_COMMENT || g->state == SUBSET_PI;
	bool pi = g->state == PI || g->state == SUBSET_PI;
	const char *stop = guard_find_delimiter(g, p, end,
		pi			? '?'
		: g->state == CDATA_END ? ']'
					: '-',
		pi ? 2 : 3);

	if (stop)
		g->state = inside ? SUBSET : TEXT;
	return stop ? stop : end;
}

/* lt: the end of the text; NULL: it may go on after end. */
static bool guard_is_long_text(const char *p, const char *lt, const char *end)
{
	if (!lt)
		return p < end;
	return lt - p >= LONG_MIN_BYTES ||
	       (lt - p >= (ptrdiff_t)sizeof("&lt;") - 1 && byte_scan_char(p, lt, '&'));
}

/*
 * Fast path: scans text and complete tags without the state machine. Stops at a long text, and at
 * the '<' of anything else and of a tag that is incomplete or past a limit.
 */
static const char *guard_skip_tags(struct xml_guard *g, const char *p, const char *end)
{
	for (;;) {
		const char *lt = byte_scan_char(p, end, '<'), *q;
		unsigned values = 0;

		if (guard_is_long_text(p, lt, end)) {
			g->state = LONG_TEXT;
			return p;
		}
		if (!lt || end - lt < 2 || lt[1] == '!' || lt[1] == '?')
			return lt ? lt : end;
		for (q = byte_scan_tag(lt + 1, end); q && *q != '>';
			q = byte_scan_tag(q + 1, end)) {
			q = byte_scan_char(q + 1, end, *q);
			values++;
			if (!q)
				return lt;
		}
		if (!q || (size_t)(q - lt) >= g->tag_bytes || values > g->attributes)
			return lt;
		p = q + 1;
	}
}

/* A step in the DOCTYPE and its internal subset. */
static const char *guard_step_doctype(struct xml_guard *g, const char *p, const char *end)
{
	if (g->state == DOCTYPE || g->state == DOCTYPE_VALUE)
		return guard_scan_doctype(g, p);
	if (g->state == SUBSET_COMMENT || g->state == SUBSET_PI)
		return guard_scan_delimited(g, p, end);
	return guard_scan_subset(g, p);
}

static const char *guard_step(struct xml_guard *g, const char *p, const char *end)
{
	switch (g->state) {
	case TEXT:
		p = guard_skip_tags(g, p, end);
		if (p == end || g->state == LONG_TEXT)
			return p;
		g->state = OPENED;
		return p + 1;
	case OPENED:
		p = guard_open(g, p, end);
		return g->state == TAG ? guard_scan_tag(g, p, end) : p;
	case MARK:
		g->state = guard_next_mark_state(g, *p);
		if (g->state != MARK)
			g->matched = 0;
		return p + 1;
	case LONG_TEXT: return p;
	case TAG:
	case TAG_VALUE: return guard_scan_tag(g, p, end);
	case COMMENT:
	case CDATA_END:
	case PI: return guard_scan_delimited(g, p, end);
	default: return guard_step_doctype(g, p, end);
	}
}

enum xml_guard_verdict xml_guard_check(struct xml_guard *g, struct str s, size_t *at)
{
	const char *p = s.p, *end = s.p + s.n;

	*at = 0;
	if (g->state >= SUBSET)
		return XML_GUARD_SUBSET;
	if (g->state == CDATA)
		return XML_GUARD_CDATA;
	while (p < end) {
		const char *from = p;

		p = guard_step(g, p, end);
		*at = (size_t)(p - s.p);
		if (g->state == SUBSET) {
			*at = (size_t)(from - s.p);
			return XML_GUARD_SUBSET;
		}
		if (g->state == CDATA || g->state == LONG_TEXT)
			return g->state == CDATA ? XML_GUARD_CDATA : XML_GUARD_TEXT;
		if (g->in_tag > g->tag_bytes)
			return XML_GUARD_TAG_TOO_LONG;
		if (g->values > g->attributes)
			return XML_GUARD_ATTRIBUTES;
	}
	return XML_GUARD_OK;
}

size_t xml_guard_skip(struct xml_guard *g, struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end && g->state >= SUBSET)
		p = guard_step_doctype(g, p, end);
	return (size_t)(p - s.p);
}

size_t xml_guard_text(struct xml_guard *g, struct str s)
{
	const char *end = byte_scan_char(s.p, s.p + s.n, '<');

	g->state = TEXT;
	return end ? (size_t)(end - s.p) : s.n;
}

size_t xml_guard_cdata(struct xml_guard *g, struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while ((p = byte_scan_char(p, end, ']'))) {
		if (end - p < 3 || (p[1] == ']' && p[2] == '>')) {
			g->state = CDATA_END;
			return (size_t)(p - s.p);
		}
		p++;
	}
	return s.n;
}

size_t xml_guard_doctype(struct str s, bool *declares)
{
	struct xml_guard g = {.state = DOCTYPE};
	const char *p = s.p + 2, *end = s.p + s.n;

	while (p < end && g.state != TEXT)
		p = guard_step_doctype(&g, p, end);
	*declares = g.declares;
	return g.state == TEXT ? (size_t)(p - s.p) : 0;
}
