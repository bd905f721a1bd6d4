/* SPDX-License-Identifier: MIT */
#include "lenient_xml.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "builder_state.h"
#include "lenient_tag.h"
#include "sitemap.h"
#include "xml_guard.h"

#define LOOK_FACTOR 8 /* look-ahead budget: bytes for each byte of text */
#define CPU_STRIDE  ((size_t)64 << 10)

struct lenient_parser {
	struct feed_builder *builder;
	const struct feed_limits *limits;
	struct str text;
	size_t at;
	size_t budget;	/* bytes left for look-ahead */
	size_t counted; /* `line` is the line of this offset */
	uint32_t line;
	struct str open[FEED_DEPTH_MAX]; /* names of the elements that are open in the builder */
	unsigned depth;
	unsigned nested;	    /* tags of the leaf's own name open inside it */
	size_t leaf_at;		    /* offset of the text of the leaf */
	bool leaf_ends, leaf_known; /* its end tag precedes that of its item; that is known */
	bool leaf_raw;		    /* its text contains tags */
	bool doctype;		    /* there was a DOCTYPE */
	struct lenient_tag tag;
	struct buf scratch;
};

static struct str lenient_rest(const struct lenient_parser *m)
{
	return str_slice(m->text.p + m->at, m->text.n - m->at);
}

static uint32_t lenient_line(struct lenient_parser *m)
{
	while (m->counted < m->at) {
		const char *nl = memchr(m->text.p + m->counted, '\n', m->at - m->counted);

		if (!nl) {
			m->counted = m->at;
			break;
		}
		m->line++;
		m->counted = (size_t)(nl - m->text.p) + 1;
	}
	return m->line;
}

/* Whether a field is open in which tags are part of the text. */
static bool lenient_in_leaf(const struct lenient_parser *m)
{
	return m->builder->leaf && m->builder->leaf->verb != FEED_TERM && !m->builder->skipped;
}

/* --- elements --------------------------------------------------------------------------------- */

static void lenient_close_top(struct lenient_parser *m)
{
	m->depth--;
	lenient_tag_leave(&m->tag, m->depth + 1);
	feed_builder_end(m->builder, STR_NONE);
}

static void lenient_drop_item(struct lenient_parser *m, const char *why)
{
	unsigned before = feed_builder_depth(m->builder), gone;

	feed_builder_problem(
		m->builder, m->builder->item.line, "this item %s; it is left out", why);
	feed_builder_drop_item(m->builder);
	gone = before - feed_builder_depth(m->builder);
	m->depth = gone < m->depth ? m->depth - gone : 0;
	lenient_tag_leave(&m->tag, m->depth + 1);
}

/* Closes elements until `depth` are open. Drops an item that ends inside a field, unless whole. */
static void lenient_close_to(struct lenient_parser *m, unsigned depth, bool whole)
{
	while (m->depth > depth) {
		if (m->builder->in_item && lenient_in_leaf(m) && !whole) {
			lenient_drop_item(m, "breaks off inside a field");
			continue;
		}
		lenient_close_top(m);
	}
}

/* Number of elements around the innermost open one of this name; -1: there is none. */
static int lenient_find_open(const struct lenient_parser *m, struct str qname)
{
	for (unsigned i = m->depth; i > 0; i--)
		if (str_eq(m->open[i - 1], qname))
			return (int)i - 1;
	return -1;
}

static bool lenient_is_item(const struct lenient_parser *m, const struct feed_tag *tag)
{
	const struct feed_element *rows = tag->rows;

	if (!tag->prefixed && tag->ns != m->builder->no_ns)
		rows = feed_element_find(m->builder->no_ns, tag->name);
	return rows && rows->verb == FEED_ITEM;
}

/* Index in m->open of the element of the open item. */
static unsigned lenient_item_depth(const struct lenient_parser *m)
{
	for (unsigned i = m->builder->n_frames; i > 0; i--)
		if (m->builder->frames[i - 1].el->verb == FEED_ITEM)
			return i - 1;
	return 0;
}

/* Looks ahead, within the budget: does the leaf's end tag come before that of its item? */
static bool lenient_leaf_has_end(struct lenient_parser *m)
{
	struct str name = m->open[m->depth - 1];
	struct str item = m->builder->in_item ? m->open[lenient_item_depth(m)] : STR("channel");
	const char *p = m->text.p + m->leaf_at, *end = m->text.p + m->text.n;

	if (m->leaf_known)
		return m->leaf_ends;
	m->leaf_known = true;
	m->leaf_ends = false;
	for (;;) {
		const char *lt = memchr(p, '<', (size_t)(end - p));
		size_t cost = (size_t)((lt ? lt : end) - p) + 1;
		struct str s;

		if (!lt || cost > m->budget)
			return false;
		m->budget -= cost;
		p = lt + 1;
		s = str_slice(p, (size_t)(end - p));
		if (s.n < 2 || *s.p != '/')
			continue;
		s = str_slice(s.p + 1, lenient_name_length(str_slice(s.p + 1, s.n - 1)));
		if (str_eq(s, name))
			return m->leaf_ends = true;
		if (str_eq(s, item))
			return false;
	}
}

/* Whether the leaf ends before this tag: its value is in its attributes, or its end tag is missing.
 */
static bool lenient_leaf_ends(struct lenient_parser *m, const struct feed_tag *tag)
{
	const struct feed_builder *b = m->builder;

	if (b->leaf_done && b->leaf->verb != FEED_TERM)
		return true;
	if (lenient_is_item(m, tag))
		return true;
	return feed_builder_element(b, tag, b->n_frames - 1) && !lenient_leaf_has_end(m);
}

static void lenient_add_raw_tag(struct lenient_parser *m, size_t n)
{
	struct str s = lenient_rest(m);

	if (str_eq(m->tag.qname, m->open[m->depth - 1]) && !m->tag.closed)
		m->nested++;
	m->leaf_raw = true;
	feed_builder_markup(m->builder, str_slice(s.p, n));
}

static void lenient_start_element(struct lenient_parser *m, const struct feed_tag *tag)
{
	unsigned before = feed_builder_depth(m->builder);

	feed_builder_start(m->builder, tag);
	if (feed_builder_depth(m->builder) == before || m->depth >= FEED_DEPTH_MAX)
		return;
	m->open[m->depth++] = m->tag.qname;
	m->nested = 0;
	m->leaf_at = m->at + m->tag.length;
	m->leaf_known = m->leaf_raw = false;
	if (m->tag.closed)
		lenient_close_top(m);
}

/* An item starts inside another one, whose end tag is missing. */
static void lenient_end_item(struct lenient_parser *m)
{
	unsigned depth = lenient_item_depth(m);

	if (lenient_in_leaf(m) && !m->builder->leaf_done) {
		lenient_drop_item(m, "breaks off inside a field");
		return;
	}
	lenient_close_to(m, depth, true);
}

static bool lenient_is_root(struct str local)
{
	return str_eq_nocase(local, STR("rss")) || str_eq_nocase(local, STR("rdf")) ||
	       str_eq_nocase(local, STR("feed")) || feed_sitemap_is_root(local);
}

/* The root is the first tag; if that is not a feed's, a later tag that is. */
static bool lenient_find_root(struct lenient_parser *m)
{
	struct str local = m->tag.local, uri = STR("");
	bool root = lenient_is_root(local) || str_eq_nocase(local, STR("channel"));

	if (!root && m->builder->root_seen)
		return false;
	for (size_t i = 0; i < m->tag.n_attrs; i++) {
		struct str name = m->tag.attrs[i].name;

		if (m->tag.prefix.n == 0 ? str_is(name, "xmlns")
					 : str_ends(name, m->tag.prefix) && name.n > 6 &&
						   name.n - 6 == m->tag.prefix.n)
			uri = m->tag.attrs[i].value;
	}
	feed_builder_root(m->builder, uri, local, m->tag.prefix.n > 0);
	return root;
}

static void lenient_start_tag(struct lenient_parser *m)
{
	struct feed_tag tag = {.n_attrs = 0};
	size_t n = m->tag.length;

	if (m->depth == 0 && !lenient_find_root(m)) {
		m->at += n;
		return;
	}
	tag.line = lenient_line(m);
	lenient_tag_declare(&m->tag, m->depth + 1);
	lenient_tag_resolve(&m->tag, m->builder, &tag);
	if (lenient_in_leaf(m) && !lenient_leaf_ends(m, &tag)) {
		lenient_tag_leave(&m->tag, m->depth + 1);
		lenient_add_raw_tag(m, n);
		m->at += n;
		return;
	}
	if (m->builder->in_item && lenient_is_item(m, &tag))
		lenient_end_item(m);
	else if (lenient_in_leaf(m))
		lenient_close_top(m);
	if (m->builder->error.cls == ERR_NONE)
		lenient_start_element(m, &tag);
	m->at += n;
}

static void lenient_end_tag(struct lenient_parser *m)
{
	struct str s = lenient_rest(m), name;
	size_t n = 2 + lenient_name_length(str_slice(s.p + 2, s.n - 2));
	int depth;

	name = str_slice(s.p + 2, n - 2);
	while (n < s.n && ascii_is_xml_space(s.p[n]))
		n++;
	if (n == s.n) {
		/* the document ends inside the tag */
		m->at = m->text.n;
		return;
	}
	n += s.p[n] == '>';
	depth = lenient_find_open(m, name);
	/* A misspelt end tag of a field without markup. */
	if (depth < 0 && lenient_in_leaf(m) && m->builder->leaf->verb == FEED_TEXT && !m->leaf_raw)
		depth = (int)m->depth - 1;
	if (lenient_in_leaf(m) && (depth < 0 || (depth == (int)m->depth - 1 && m->nested > 0))) {
		m->nested -= depth >= 0;
		feed_builder_markup(m->builder, str_slice(s.p, n));
	} else if (depth >= 0) {
		/* The item ends with its own end tag, or goes on: it is complete. */
		bool whole = !m->builder->in_item || depth >= (int)lenient_item_depth(m);

		lenient_close_to(m, (unsigned)depth, whole);
	}
	m->at += n;
}

/* --- text, CDATA, comments -------------------------------------------------------------------- */

static void lenient_add_text(struct lenient_parser *m, struct str s)
{
	if (!lenient_in_leaf(m) && !(m->builder->leaf && m->builder->leaf->verb == FEED_TERM))
		return;
	if (s.n == 0)
		return;
	if (!memchr(s.p, '&', s.n)) {
		feed_builder_text(m->builder, s.p, s.n);
		return;
	}
	buf_clear(&m->scratch);
	lenient_add_resolved(&m->scratch, s);
	feed_builder_text(m->builder, buf_z(&m->scratch), m->scratch.len);
}

/* Offset of needle in s, or -1; takes the cost from the budget. */
static ptrdiff_t lenient_look_for(struct lenient_parser *m, struct str s, const char *needle)
{
	ptrdiff_t found;

	if (m->budget < s.n)
		s.n = m->budget;
	found = str_find(s, str_of(needle));
	m->budget -= found < 0 ? s.n : (size_t)found;
	return found;
}

/* A CDATA section without an end, or with another one inside, ends before its element's end tag. */
static void lenient_add_cdata(struct lenient_parser *m)
{
	struct str s = lenient_rest(m), inner;
	ptrdiff_t end, next;
	char close[80];

	inner = str_slice(s.p + 9, s.n - 9);
	end = lenient_look_for(m, inner, "]]>");
	next = end < 0 ? 0 : str_find(str_slice(inner.p, (size_t)end), STR("<![CDATA["));
	if (next >= 0 && m->depth > 0 && m->open[m->depth - 1].n < sizeof(close) - 4) {
		struct str name = m->open[m->depth - 1];
		ptrdiff_t at;

		snprintf(close, sizeof(close), "</%.*s>", STR_ARG(name));
		at = lenient_look_for(m, inner, close);
		if (at >= 0 && (end < 0 || at < next)) {
			feed_builder_text(m->builder, inner.p, (size_t)at);
			m->at += 9 + (size_t)at;
			return;
		}
	}
	if (end < 0) {
		/* The rest of the document is in it: the open item is incomplete. */
		m->at = m->text.n;
		return;
	}
	feed_builder_text(m->builder, inner.p, (size_t)end);
	m->at += 9 + (size_t)end + 3;
}

/* Length of the DOCTYPE at s, or of what looks like it: up to "]>" if its quotes do not match. */
static size_t lenient_doctype_length(struct lenient_parser *m, struct str s)
{
	bool declares = false;
	size_t n = xml_guard_doctype(s, &declares);
	ptrdiff_t open, end;

	if (n == 0) {
		end = lenient_look_for(m, s, ">");
		open = end < 0 ? -1 : str_find(str_slice(s.p, (size_t)end), STR("["));
		if (open >= 0)
			end = lenient_look_for(m, s, "]>");
		n = end < 0 ? 0 : (size_t)end + (open >= 0 ? 2 : 1);
	}
	if (declares)
		feed_builder_problem(m->builder, lenient_line(m), FEED_SUBSET_PROBLEM);
	return n;
}

/* Skips a comment, processing instruction or DOCTYPE. */
static void lenient_skip_other(struct lenient_parser *m)
{
	struct str s = lenient_rest(m);
	bool comment = str_starts(s, STR("<!--")), pi = str_starts(s, STR("<?"));
	bool doctype = !comment && !pi && m->depth == 0 && !m->doctype;
	ptrdiff_t end;
	size_t n = 0;

	if (doctype)
		n = lenient_doctype_length(m, s);
	m->doctype |= doctype;
	if (n == 0) {
		end = lenient_look_for(m, s, comment ? "-->" : pi ? "?>" : ">");
		n = end < 0 ? 0 : (size_t)end + (comment ? 3 : pi ? 2 : 1);
	}
	if (n == 0) {
		lenient_add_text(m, str_slice(s.p, 1));
		n = 1;
	}
	m->at += n;
}

static void lenient_step(struct lenient_parser *m)
{
	struct str s = lenient_rest(m);
	const char *lt = memchr(s.p, '<', s.n);

	lenient_add_text(m, str_slice(s.p, lt ? (size_t)(lt - s.p) : s.n));
	m->at = lt ? (size_t)(lt - m->text.p) : m->text.n;
	s = lenient_rest(m);
	if (s.n == 0)
		return;
	if (s.n > 2 && s.p[1] == '/' && lenient_name_starts(s.p[2])) {
		lenient_end_tag(m);
	} else if (str_starts(s, STR("<![CDATA["))) {
		lenient_add_cdata(m);
	} else if (str_starts(s, STR("<!--")) || str_starts(s, STR("<!DOCTYPE")) ||
		   str_starts(s, STR("<!doctype")) || str_starts(s, STR("<?"))) {
		lenient_skip_other(m);
	} else if (lenient_tag_read(&m->tag, s, m->limits->tag_bytes)) {
		lenient_start_tag(m);
	} else {
		lenient_add_text(m, STR("<"));
		m->at++;
	}
}

static int lenient_run(struct lenient_parser *m, struct err *e)
{
	int64_t start = clock_thread_cpu_us();
	size_t next_look = CPU_STRIDE;

	while (m->at < m->text.n && !feed_builder_root_closed(m->builder)) {
		lenient_step(m);
		if (buf_failed(&m->scratch) || buf_failed(&m->tag.values))
			return err_nomem(e);
		if (m->builder->error.cls != ERR_NONE) {
			*e = m->builder->error;
			return -(int)e->cls;
		}
		if (m->at < next_look)
			continue;
		next_look = m->at + CPU_STRIDE;
		if (clock_thread_cpu_us() - start > m->limits->cpu_us)
			return err_set(e, ERR_LIMIT,
				"line %u: the broken document takes more than %lld ms to mend; "
				"refused",
				lenient_line(m), (long long)(m->limits->cpu_us / 1000));
	}
	if (m->builder->in_item && !feed_builder_root_closed(m->builder))
		lenient_drop_item(m, "is cut off by the end of the document");
	return 0;
}

int feed_lenient_parse(
	struct feed_builder *b, struct str text, const struct feed_limits *limits, struct err *e)
{
	struct lenient_parser *m = calloc(1, sizeof(*m));
	int rc;

	if (!m)
		return err_nomem(e);
	m->builder = b;
	m->limits = limits;
	m->text = text;
	m->line = 1;
	m->budget = text.n * LOOK_FACTOR + ((size_t)1 << 16);
	buf_init(&m->tag.values, SIZE_MAX / 2);
	buf_init(&m->scratch, SIZE_MAX / 2);
	rc = lenient_run(m, e);
	buf_release(&m->tag.values);
	buf_release(&m->scratch);
	free(m);
	return rc;
}
