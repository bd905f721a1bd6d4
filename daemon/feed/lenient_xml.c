/* SPDX-License-Identifier: MIT */
#include "lenient_xml.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "builder_state.h"
#include "lenient_tag.h"

#define LOOK_FACTOR 8 /* bytes that looking ahead may cost, for each byte of text */
#define CPU_STRIDE  ((size_t)64 << 10)

struct lenient_parser {
	struct feed_builder *build;
	const struct feed_limits *limits;
	struct str text;
	size_t at;
	size_t budget;	/* for looking ahead */
	size_t counted; /* newlines are counted up to here */
	uint32_t line;
	struct str open[FEED_DEPTH_MAX]; /* names of the open elements, in step with the builder */
	unsigned depth;
	unsigned same;		    /* tags of the leaf's own name open inside it */
	size_t leaf_at;		    /* where the text of the leaf starts */
	bool leaf_ends, leaf_known; /* its end tag comes before its item's; that was looked up */
	bool leaf_raw;		    /* its text has tags in it */
	uint64_t lost;		    /* items thrown away */
	struct lenient_tag tag;
	struct buf scratch;
};

static struct str rest(const struct lenient_parser *m)
{
	return str_slice(m->text.p + m->at, m->text.n - m->at);
}

static uint32_t line_here(struct lenient_parser *m)
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

/* Text is being gathered in which tags are only text. */
static bool in_leaf(const struct lenient_parser *m)
{
	return m->build->leaf && m->build->leaf->verb != FEED_TERM && !m->build->skipped;
}

/* --- elements --------------------------------------------------------------------------------- */

static void close_top(struct lenient_parser *m)
{
	m->depth--;
	lenient_tag_leave(&m->tag, m->depth + 1);
	feed_builder_end(m->build, STR_NONE);
}

static void lose_item(struct lenient_parser *m, const char *why)
{
	unsigned before = feed_builder_depth(m->build), gone;

	feed_builder_problem(m->build, m->build->item.line, "this item %s; it is left out", why);
	feed_builder_drop_item(m->build);
	gone = before - feed_builder_depth(m->build);
	m->depth = gone < m->depth ? m->depth - gone : 0;
	lenient_tag_leave(&m->tag, m->depth + 1);
	m->lost++;
}

/* Closes down to `depth` elements. An item that ends inside a field is half: it goes. */
static void close_to(struct lenient_parser *m, unsigned depth, bool whole)
{
	while (m->depth > depth) {
		if (m->build->in_item && in_leaf(m) && !whole) {
			lose_item(m, "breaks off inside a field");
			continue;
		}
		close_top(m);
	}
}

/* How many elements are open outside the innermost one of this name; -1: none is. */
static int find_open(const struct lenient_parser *m, struct str qname)
{
	for (unsigned i = m->depth; i > 0; i--)
		if (str_eq(m->open[i - 1], qname))
			return (int)i - 1;
	return -1;
}

static bool is_item(const struct feed_tag *tag)
{
	return tag->rows && tag->rows->verb == FEED_ITEM;
}

/* Depth at which the open item's element stands, counted in open names. */
static unsigned item_depth(const struct lenient_parser *m)
{
	for (unsigned i = m->build->n_frames; i > 0; i--)
		if (m->build->frames[i - 1].el->verb == FEED_ITEM)
			return i - 1;
	return 0;
}

/* Whether "</name" stands before "</item", from the leaf's start; paid from the budget. */
static bool leaf_has_end(struct lenient_parser *m)
{
	struct str name = m->open[m->depth - 1];
	struct str item = m->build->in_item ? m->open[item_depth(m)] : STR("channel");
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

/* A leaf whose value is in its attributes, or whose end tag was forgotten before this tag. */
static bool leaf_is_over(struct lenient_parser *m, const struct feed_tag *tag)
{
	const struct feed_builder *b = m->build;
	unsigned outside = b->n_frames > 1 ? b->frames[b->n_frames - 2].scope : FEED_IN_DOCUMENT;

	if (b->leaf_done && b->leaf->verb != FEED_TERM)
		return true;
	if (is_item(tag))
		return true;
	return feed_element_in(tag->rows, outside) && !leaf_has_end(m);
}

static void raw_tag(struct lenient_parser *m, size_t n)
{
	struct str s = rest(m);

	if (str_eq(m->tag.qname, m->open[m->depth - 1]) && !m->tag.closed)
		m->same++;
	m->leaf_raw = true;
	feed_builder_markup(m->build, str_slice(s.p, n));
}

static void start_element(struct lenient_parser *m, const struct feed_tag *tag)
{
	unsigned before = feed_builder_depth(m->build);

	feed_builder_start(m->build, tag);
	if (feed_builder_depth(m->build) == before || m->depth >= FEED_DEPTH_MAX)
		return;
	m->open[m->depth++] = m->tag.qname;
	m->same = 0;
	m->leaf_at = m->at + m->tag.length;
	m->leaf_known = m->leaf_raw = false;
	if (m->tag.closed)
		close_top(m);
}

/* An item that starts inside another one: the end tag of that one was forgotten. */
static void end_forgotten_item(struct lenient_parser *m)
{
	unsigned depth = item_depth(m);

	if (in_leaf(m) && !m->build->leaf_done) {
		lose_item(m, "breaks off inside a field");
		return;
	}
	close_to(m, depth, true);
}

static bool feed_root(struct str local)
{
	return str_eq_nocase(local, STR("rss")) || str_eq_nocase(local, STR("rdf")) ||
	       str_eq_nocase(local, STR("feed"));
}

/* The first tag may be anything; of later ones only a feed's root can begin the document. */
static bool find_root(struct lenient_parser *m)
{
	struct str local = m->tag.local, uri = STR("");
	bool root = feed_root(local) || str_eq_nocase(local, STR("channel"));

	if (!root && m->build->root_seen)
		return false;
	for (size_t i = 0; i < m->tag.n_attrs; i++) {
		struct str name = m->tag.attrs[i].name;

		if (m->tag.prefix.n == 0 ? str_is(name, "xmlns")
					 : str_ends(name, m->tag.prefix) && name.n > 6 &&
						   name.n - 6 == m->tag.prefix.n)
			uri = m->tag.attrs[i].value;
	}
	feed_builder_root(m->build, uri, local);
	return root;
}

static void start_tag(struct lenient_parser *m)
{
	struct feed_tag tag = {.n_attrs = 0};
	size_t n = m->tag.length;

	if (m->depth == 0 && !find_root(m)) {
		m->at += n;
		return;
	}
	tag.line = line_here(m);
	lenient_tag_declare(&m->tag, m->depth + 1);
	lenient_tag_resolve(&m->tag, m->build, &tag);
	if (in_leaf(m) && !leaf_is_over(m, &tag)) {
		lenient_tag_leave(&m->tag, m->depth + 1);
		raw_tag(m, n);
		m->at += n;
		return;
	}
	if (m->build->in_item && is_item(&tag))
		end_forgotten_item(m);
	else if (in_leaf(m))
		close_top(m);
	if (m->build->error.cls == ERR_NONE)
		start_element(m, &tag);
	m->at += n;
}

static void end_tag(struct lenient_parser *m)
{
	struct str s = rest(m), name;
	size_t n = 2 + lenient_name_length(str_slice(s.p + 2, s.n - 2));
	int depth;

	name = str_slice(s.p + 2, n - 2);
	while (n < s.n && strchr(" \t\r\n", s.p[n]) && s.p[n])
		n++;
	/* "</title" without its bracket ends all the same */
	if (n == s.n) {
		/* cut here: who knows how the name goes on */
		m->at = m->text.n;
		return;
	}
	n += s.p[n] == '>';
	depth = find_open(m, name);
	/* A misspelt end tag: nothing else was opened in this word or link. */
	if (depth < 0 && in_leaf(m) && m->build->leaf->verb == FEED_TEXT && !m->leaf_raw)
		depth = (int)m->depth - 1;
	if (in_leaf(m) && (depth < 0 || (depth == (int)m->depth - 1 && m->same > 0))) {
		m->same -= depth >= 0;
		feed_builder_markup(m->build, str_slice(s.p, n));
	} else if (depth >= 0) {
		/* Inside an item, or with its own end tag: what ends with it is whole. */
		bool whole = !m->build->in_item || depth >= (int)item_depth(m);

		close_to(m, (unsigned)depth, whole);
	}
	m->at += n;
}

/* --- everything else -------------------------------------------------------------------------- */

static void put_text(struct lenient_parser *m, struct str s)
{
	if (!in_leaf(m) && !(m->build->leaf && m->build->leaf->verb == FEED_TERM))
		return;
	if (s.n == 0)
		return;
	if (!memchr(s.p, '&', s.n)) {
		feed_builder_text(m->build, s.p, s.n);
		return;
	}
	buf_clear(&m->scratch);
	lenient_add_resolved(&m->scratch, s);
	feed_builder_text(m->build, buf_z(&m->scratch), m->scratch.len);
}

/* Offset of needle behind m->at, or -1; paid from the budget. */
static ptrdiff_t look_for(struct lenient_parser *m, struct str s, const char *needle)
{
	ptrdiff_t found;

	if (m->budget < s.n)
		s.n = m->budget;
	found = str_find(s, str_of(needle));
	m->budget -= found < 0 ? s.n : (size_t)found;
	return found;
}

/* A CDATA section. One that never ends, or runs into the next one, ends before its element does. */
static void cdata(struct lenient_parser *m)
{
	struct str s = rest(m), inner;
	ptrdiff_t end, next;
	char close[80];

	inner = str_slice(s.p + 9, s.n - 9);
	end = look_for(m, inner, "]]>");
	next = end < 0 ? 0 : str_find(str_slice(inner.p, (size_t)end), STR("<![CDATA["));
	if (next >= 0 && m->depth > 0 && m->open[m->depth - 1].n < sizeof(close) - 4) {
		struct str name = m->open[m->depth - 1];
		ptrdiff_t at;

		snprintf(close, sizeof(close), "</%.*s>", STR_ARG(name));
		at = look_for(m, inner, close);
		if (at >= 0 && (end < 0 || at < next)) {
			feed_builder_text(m->build, inner.p, (size_t)at);
			m->at += 9 + (size_t)at;
			return;
		}
	}
	if (end < 0) {
		/* It swallows the rest; what is open stays open, and a half item goes. */
		m->at = m->text.n;
		return;
	}
	feed_builder_text(m->build, inner.p, (size_t)end);
	m->at += 9 + (size_t)end + 3;
}

/* What begins with "<!" or "<?" and is no CDATA. */
static int skip_other(struct lenient_parser *m, struct err *e)
{
	struct str s = rest(m);
	bool comment = str_starts(s, STR("<!--")), pi = str_starts(s, STR("<?"));
	ptrdiff_t end = look_for(m, s, comment ? "-->" : pi ? "?>" : ">");

	if (!comment && !pi && m->depth == 0 && end > 0 && !m->build->root_seen) {
		struct str inside = str_slice(s.p, (size_t)end);

		if (str_find(inside, STR("[")) >= 0 && str_find(inside, STR("<!E")) >= 0)
			return err_set(e, ERR_INPUT,
				"line %u: the DOCTYPE declares entities, elements or attributes of "
				"its own, "
				"which is how XML attacks are made; refused",
				line_here(m));
	}
	if (end < 0) {
		put_text(m, str_slice(s.p, 1));
		m->at++;
		return 0;
	}
	m->at += (size_t)end + (comment ? 3 : pi ? 2 : 1);
	return 0;
}

static int one(struct lenient_parser *m, struct err *e)
{
	struct str s = rest(m);
	const char *lt = memchr(s.p, '<', s.n);

	put_text(m, str_slice(s.p, lt ? (size_t)(lt - s.p) : s.n));
	m->at = lt ? (size_t)(lt - m->text.p) : m->text.n;
	s = rest(m);
	if (s.n == 0)
		return 0;
	if (s.n > 2 && s.p[1] == '/' && lenient_name_starts(s.p[2])) {
		end_tag(m);
	} else if (str_starts(s, STR("<![CDATA["))) {
		cdata(m);
	} else if (str_starts(s, STR("<!--")) || str_starts(s, STR("<!DOCTYPE")) ||
		   str_starts(s, STR("<!doctype")) || str_starts(s, STR("<?"))) {
		return skip_other(m, e);
	} else if (lenient_tag_read(&m->tag, s, m->limits->tag_bytes)) {
		start_tag(m);
	} else {
		put_text(m, STR("<"));
		m->at++;
	}
	return 0;
}

static int run(struct lenient_parser *m, struct err *e)
{
	int64_t start = clock_thread_cpu_us();
	size_t next_look = CPU_STRIDE;
	int rc = 0;

	while (rc == 0 && m->at < m->text.n && !feed_builder_root_closed(m->build)) {
		rc = one(m, e);
		if (rc == 0 && m->build->error.cls != ERR_NONE) {
			*e = m->build->error;
			return -(int)e->cls;
		}
		if (m->at < next_look)
			continue;
		next_look = m->at + CPU_STRIDE;
		if (clock_thread_cpu_us() - start > m->limits->cpu_us)
			return err_set(e, ERR_LIMIT,
				"line %u: the broken document takes more than %lld ms to mend; "
				"refused",
				line_here(m), (long long)(m->limits->cpu_us / 1000));
	}
	if (rc == 0 && m->build->in_item && !feed_builder_root_closed(m->build))
		lose_item(m, "is cut off by the end of the document");
	return rc;
}

int feed_lenient_parse(
	struct feed_builder *b, struct str text, const struct feed_limits *limits, struct err *e)
{
	struct lenient_parser *m = calloc(1, sizeof(*m));
	int rc;

	if (!m)
		return err_nomem(e);
	m->build = b;
	m->limits = limits;
	m->text = text;
	m->line = 1;
	m->budget = text.n * LOOK_FACTOR + ((size_t)1 << 16);
	buf_init(&m->tag.values, SIZE_MAX / 2);
	buf_init(&m->scratch, SIZE_MAX / 2);
	rc = run(m, e);
	buf_release(&m->tag.values);
	buf_release(&m->scratch);
	free(m);
	return rc;
}
