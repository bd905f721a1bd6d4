/* SPDX-License-Identifier: MIT */
#include "feed/opml.h"

#include <stdbool.h>
#include <string.h>

#include "feed/link.h"
#include "feed/html.h"
#include "lenient_tag.h"
#include "link_repair.h"
#include "decoder.h"

#define ARENA_MAX  (4 * FEED_OPML_BYTES)
#define VALUE_MAX  FEED_LINK_MAX /* longer texts are truncated */
#define TAG_MAX	   ((size_t)1 << 20)
#define GROUPS_MAX 64 /* of one feed */

struct opml_level {
	struct str group; /* absent if the outline is not a group */
	bool off;	  /* commented out, with all that it contains */
};

/* Attributes of an outline; absent values are empty. */
struct opml_outline {
	struct str text, title, xml_url, url, html_url, type, language, category, comment;
	bool empty; /* <outline/> */
};

struct opml_reader {
	const char *p, *end;
	uint32_t line;
	struct feed_opml *o;
	struct opml_level levels[FEED_OPML_DEPTH];
	size_t depth;
	size_t cap_entries, cap_skipped;
	bool seen; /* there was an outline, or the root */
	bool no_comment_end, no_cdata_end;
	struct lenient_tag tag;
	struct buf scratch;
	bool nomem;
};

static struct str opml_keep(struct opml_reader *r, struct str s)
{
	struct str copy;

	s = str_trim(s);
	if (!s.n)
		return STR_NONE;
	copy = arena_str(r->o->arena, s);
	r->nomem |= !copy.p;
	return copy;
}

/* One line of visible text, however often it was escaped. */
static struct str opml_line(struct opml_reader *r, struct str text)
{
	struct str kept;
	struct buf line;

	if (!text.n)
		return STR_NONE;
	if (text.n > VALUE_MAX)
		text.n = VALUE_MAX;
	buf_init(&line, 2 * VALUE_MAX + 256);
	feed_html_to_line(text, &line);
	kept = opml_keep(r, buf_str(&line));
	buf_release(&line);
	return kept;
}

static struct str opml_url(struct opml_reader *r, struct str url)
{
	return feed_link_resolve_feed(r->o->arena, STR_NONE, link_repair(url, &r->scratch));
}

/* --- entries ---------------------------------------------------------------------------------- */

/* Makes room for another element; NULL: out of memory. */
static void *opml_extend(struct opml_reader *r, void *list, size_t n, size_t *cap, size_t size)
{
	void *p = arena_extend(r->o->arena, list, n, cap, size);

	r->nomem = r->nomem || !p;
	return p;
}

static void opml_skip(struct opml_reader *r, struct str what, const char *why)
{
	struct feed_opml *o = r->o;
	struct feed_opml_skipped *list =
		opml_extend(r, o->skipped, o->n_skipped, &r->cap_skipped, sizeof(*list));

	if (!list)
		return;
	o->skipped = list;
	list[o->n_skipped++] = (struct feed_opml_skipped){r->line, opml_keep(r, what), why};
}

static void opml_add_group(struct feed_opml_entry *e, struct str group)
{
	for (size_t i = 0; i < e->n_groups; i++) {
		if (str_eq_nocase(e->groups[i], group))
			return;
	}
	if (group.n && e->n_groups < GROUPS_MAX)
		e->groups[e->n_groups++] = group;
}

/* "/News/UK,/Sport": the last part of each path is a group (OPML 2.0, "category"). */
static void opml_add_categories(struct opml_reader *r, struct feed_opml_entry *e, struct str raw)
{
	while (raw.n) {
		const char *comma = memchr(raw.p, ',', raw.n), *slash;
		struct str one = {raw.p, comma ? (size_t)(comma - raw.p) : raw.n};
		size_t taken = one.n + (comma ? 1 : 0);

		slash = one.n ? memrchr(one.p, '/', one.n) : NULL;
		if (slash)
			one = str_slice(slash + 1, (size_t)(one.p + one.n - slash - 1));
		one = opml_line(r, one);
		if (one.p)
			opml_add_group(e, one);
		raw = str_slice(raw.p + taken, raw.n - taken);
	}
}

static void opml_add_entry(struct opml_reader *r, const struct opml_outline *ol, struct str title)
{
	struct feed_opml *o = r->o;
	struct feed_opml_entry e = {.title = title,
				       .sitemap = str_eq_nocase(ol->type, STR("sitemap")),
				       .line = r->line},
			       *list;
	struct str groups[GROUPS_MAX], written = ol->xml_url.n ? ol->xml_url : ol->url;

	e.url = opml_url(r, written);
	if (!e.url.p) {
		opml_skip(r, title.p ? title : written, "its address is no http or https URL");
		return;
	}
	if (o->n_entries == FEED_OPML_ENTRIES) {
		opml_skip(r, title.p ? title : written, "the list is too long");
		return;
	}
	e.link = feed_link_resolve(o->arena, STR_NONE, ol->html_url);
	e.language = opml_line(r, ol->language);
	e.groups = groups;
	for (size_t i = 0; i < r->depth && i < FEED_OPML_DEPTH; i++)
		opml_add_group(&e, r->levels[i].group);
	opml_add_categories(r, &e, ol->category);
	e.groups = arena_array(o->arena, e.n_groups ? e.n_groups : 1, sizeof(*e.groups));
	list = opml_extend(r, o->entries, o->n_entries, &r->cap_entries, sizeof(*list));
	if (!e.groups || !list) {
		r->nomem = true;
		return;
	}
	memcpy(e.groups, groups, e.n_groups * sizeof(*groups));
	o->entries = list;
	list[o->n_entries++] = e;
}

static bool opml_is_feed_type(struct str type)
{
	static const char *const types[] = {
		"rss", "atom", "feed", "rss1", "rss2", "rdf", "json", "sitemap"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (str_eq_nocase(type, str_of(types[i])))
			return true;
	}
	return false;
}

static void opml_open_outline(struct opml_reader *r, const struct opml_outline *ol)
{
	size_t top = r->depth < FEED_OPML_DEPTH ? r->depth : FEED_OPML_DEPTH;
	bool off = (top && r->levels[top - 1].off) || str_eq_nocase(ol->comment, STR("true"));
	struct str title = opml_line(r, ol->text.n ? ol->text : ol->title);
	bool feed = str_trim(ol->xml_url).n || (opml_is_feed_type(ol->type) && str_trim(ol->url).n);

	r->seen = true;
	if (feed && off)
		opml_skip(r, title.p ? title : ol->xml_url, "it is commented out");
	else if (feed)
		opml_add_entry(r, ol, title);
	else if (opml_is_feed_type(ol->type))
		opml_skip(r, title, "it has no address (xmlUrl)");
	if (ol->empty)
		return;
	if (r->depth < FEED_OPML_DEPTH)
		r->levels[r->depth] = (struct opml_level){feed ? STR_NONE : title, off};
	r->depth++;
}

/* --- tags ------------------------------------------------------------------------------------- */

/* Advances and counts lines. */
static void opml_skip_to(struct opml_reader *r, const char *to)
{
	const char *newline = r->p;

	while ((newline = memchr(newline, '\n', (size_t)(to - newline)))) {
		r->line++;
		newline++;
	}
	r->p = to;
}

static const char *opml_find_end(
	struct opml_reader *r, const char *from, const char *what, bool *none)
{
	const char *found =
		*none ? NULL : memmem(from, (size_t)(r->end - from), what, strlen(what));

	*none = !found;
	return found ? found + strlen(what) : NULL;
}

/* The first value that is not empty counts. */
static void opml_set_attribute(struct opml_outline *ol, struct str name, struct str value)
{
	struct {
		const char *name;
		struct str *to;
	} rows[] = {
		{"text", &ol->text},
		{"title", &ol->title},
		{"xmlurl", &ol->xml_url},
		{"url", &ol->url},
		{"htmlurl", &ol->html_url},
		{"type", &ol->type},
		{"language", &ol->language},
		{"category", &ol->category},
		{"iscomment", &ol->comment},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_eq_nocase(name, str_of(rows[i].name)) && !rows[i].to->n)
			*rows[i].to = value;
	}
}

static void opml_read_outline(struct opml_reader *r)
{
	struct opml_outline ol = {.empty = r->tag.closed};

	for (size_t i = 0; i < r->tag.n_attrs; i++)
		opml_set_attribute(&ol, r->tag.attrs[i].name, r->tag.attrs[i].value);
	opml_open_outline(r, &ol);
}

/* The document's title: text from p to the next tag. */
static void opml_read_title(struct opml_reader *r, const char *p)
{
	const char *to = memchr(p, '<', (size_t)(r->end - p));

	if (!to || r->o->title.p)
		return;
	buf_clear(&r->scratch);
	lenient_add_resolved(&r->scratch, str_slice(p, (size_t)(to - p)));
	r->o->title = opml_line(r, buf_str(&r->scratch));
}

static void opml_read_start_tag(struct opml_reader *r, struct str s)
{
	bool whole = lenient_tag_read(&r->tag, s, TAG_MAX);
	struct str name = r->tag.local;
	const char *next = s.p + r->tag.length;

	r->nomem |= buf_failed(&r->tag.values);
	if (!r->tag.length) {
		opml_skip_to(r, s.p + 1);
		return;
	}
	r->seen |= str_eq_nocase(name, STR("opml"));
	if (str_eq_nocase(name, STR("outline")))
		opml_read_outline(r);
	else if (whole && str_eq_nocase(name, STR("title")))
		opml_read_title(r, next);
	opml_skip_to(r, next);
}

/* r->p points at '<'. */
static void opml_read_tag(struct opml_reader *r)
{
	struct str s = {r->p, (size_t)(r->end - r->p)};
	const char *next = NULL;

	if (str_starts(s, STR("<!--")))
		next = opml_find_end(r, r->p + 4, "-->", &r->no_comment_end);
	else if (str_starts(s, STR("<![CDATA[")))
		next = opml_find_end(r, r->p + 9, "]]>", &r->no_cdata_end);
	if (next) {
		opml_skip_to(r, next);
	} else if (str_starts(s, STR("</"))) {
		struct str name = {s.p + 2, lenient_name_length(str_slice(s.p + 2, s.n - 2))};

		if (str_eq_nocase(lenient_name_local(name), STR("outline")))
			r->depth -= r->depth > 0;
		opml_skip_to(r, name.p + name.n);
	} else {
		opml_read_start_tag(r, s);
	}
}

/* Parses the list into r->o. */
static int opml_read_list(struct opml_reader *r, struct err *e)
{
	while (!r->nomem && r->p < r->end) {
		const char *next = memchr(r->p, '<', (size_t)(r->end - r->p));

		opml_skip_to(r, next ? next : r->end);
		if (next)
			opml_read_tag(r);
	}
	if (r->nomem && arena_overflowed(r->o->arena))
		return err_set(e, ERR_LIMIT, "the list holds too much");
	if (r->nomem)
		return err_nomem(e);
	if (!r->seen)
		return err_set(e, ERR_INPUT, "not an OPML list: there is no <outline> in it");
	return 0;
}

int feed_opml_parse(struct str body, struct feed_opml **out, struct err *e)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct opml_reader r = {.line = 1};
	struct buf text;
	int rc;

	*out = NULL;
	buf_init(&text, FEED_OPML_BYTES);
	buf_init(&r.scratch, FEED_OPML_BYTES);
	buf_init(&r.tag.values, SIZE_MAX / 2);
	r.o = arena ? arena_zalloc(arena, sizeof(*r.o)) : NULL;
	rc = r.o ? feed_decode_document(body, STR_NONE, &text, e) : err_nomem(e);
	if (rc == 0) {
		r.o->arena = arena;
		r.p = buf_z(&text);
		r.end = r.p + text.len;
		rc = opml_read_list(&r, e);
	}
	buf_release(&text);
	buf_release(&r.scratch);
	buf_release(&r.tag.values);
	if (rc)
		arena_free(arena);
	else
		*out = r.o;
	return rc;
}

void feed_opml_free(struct feed_opml *o)
{
	if (o)
		arena_free(o->arena);
}
