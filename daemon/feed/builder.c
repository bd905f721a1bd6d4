/* SPDX-License-Identifier: MIT */
#include "builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"
#include "builder_state.h"
#include "deletion.h"
#include "field.h"
#include "field_link.h"
#include "sitemap.h"

struct feed_builder *feed_builder_new(void)
{
	struct feed_builder *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	feed_slots_clear(&b->feed);
	feed_slots_clear(&b->item);
	buf_init(&b->text, SIZE_MAX / 2);
	buf_init(&b->repaired, SIZE_MAX / 2);
	buf_init(&b->memory.text, SIZE_MAX / 2);
	return b;
}

static void builder_discard_batch(struct feed_builder *b)
{
	arena_free(b->memory.arena);
	b->memory.arena = NULL;
	b->batch = NULL;
}

void feed_builder_free(struct feed_builder *b)
{
	if (!b)
		return;
	builder_discard_batch(b);
	feed_slots_release(&b->feed);
	feed_slots_release(&b->item);
	buf_release(&b->text);
	buf_release(&b->repaired);
	buf_release(&b->memory.text);
	feed_newest_release(&b->newest);
	feed_newest_release(&b->newest_children);
	free(b->items);
	free(b->deleted);
	free(b->children);
	free(b);
}

int feed_builder_begin(struct feed_builder *b, const struct feed_parse_options *o, struct err *e)
{
	builder_discard_batch(b);
	b->options = o;
	b->limits = o->limits ? o->limits : &feed_limits_default;
	b->memory.arena = arena_new(b->limits->arena_bytes);
	b->batch = b->memory.arena ? arena_zalloc(b->memory.arena, sizeof(*b->batch)) : NULL;
	b->problems =
		b->batch ? arena_array(b->memory.arena, FEED_PROBLEMS_MAX + 1, sizeof(*b->problems))
			 : NULL;
	if (!b->problems)
		return err_nomem(e);
	b->batch->arena = b->memory.arena;
	b->memory.nomem = false;
	b->memory.headers_only = o->headers_only;
	b->n_frames = b->skipped = b->markup = b->elements = b->n_bases = 0;
	b->root_seen = b->root_closed = b->is_feed = b->in_item = false;
	b->no_ns = FEED_NS_CORE;
	b->root_uri[0] = b->root[0] = '\0';
	b->home = STR_NONE;
	b->line = b->stray_line = 0;
	b->leaf = NULL;
	feed_slots_clear(&b->feed);
	feed_slots_clear(&b->item);
	b->n_problems = 0;
	b->n_deleted = b->more_deleted = 0;
	feed_newest_begin(&b->newest, b->limits->items);
	feed_newest_begin(&b->newest_children, FEED_CHILDREN_MAX);
	b->error.cls = ERR_NONE;
	b->bases[b->n_bases++] = feed_memory_keep(&b->memory, o->url);
	return 0;
}

/* --- structure -------------------------------------------------------------------------------- */

static void builder_copy_name(char *to, size_t size, struct str s)
{
	s = utf8_cut(s, size - 1);
	if (s.n)
		memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

bool feed_builder_root(struct feed_builder *b, struct str uri, struct str name, bool prefixed)
{
	enum feed_ns was = b->no_ns, ns = feed_ns_find(uri);
	bool known = str_eq_nocase(name, STR("rss")) || str_eq_nocase(name, STR("rdf")) ||
		     str_eq_nocase(name, STR("channel"));
	bool atom = str_eq_nocase(name, STR("feed")), sitemap = feed_sitemap_is_root(name);

	b->root_seen = true;
	builder_copy_name(b->root, sizeof(b->root), name);
	b->no_ns = atom ? FEED_NS_ATOM : sitemap ? FEED_NS_SITEMAP : FEED_NS_CORE;
	b->root_uri[0] = '\0';
	if ((known || atom || sitemap) && uri.n < sizeof(b->root_uri) &&
		(ns == FEED_NS_OTHER || (prefixed && !feed_element_find(ns, name))))
		builder_copy_name(b->root_uri, sizeof(b->root_uri), uri);
	return was != b->no_ns || b->root_uri[0];
}

enum feed_ns feed_builder_ns(const struct feed_builder *b, struct str uri)
{
	if (uri.n == 0 || (b->root_uri[0] && str_is(uri, b->root_uri)))
		return b->no_ns;
	return feed_ns_find(uri);
}

unsigned feed_builder_depth(const struct feed_builder *b)
{
	return b->n_frames + b->skipped + b->markup;
}

bool feed_builder_root_closed(const struct feed_builder *b)
{
	return b->root_closed;
}

bool feed_builder_is_feed(const struct feed_builder *b)
{
	return b->is_feed;
}

const char *feed_builder_root_name(const struct feed_builder *b)
{
	return b->root;
}

static void builder_add_text(struct feed_builder *b, const char *p, size_t n)
{
	size_t room = b->limits->field_bytes - b->text.len;

	if (n > room) {
		n = room;
		b->leaf_cut = true;
	}
	buf_add(&b->text, p, n);
}

/* Adds plain text to a field that holds markup. */
static void builder_add_escaped(struct feed_builder *b, const char *p, size_t n, bool quotes)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		const char *as = p[i] == '&'		 ? "&amp;"
				 : p[i] == '<'		 ? "&lt;"
				 : p[i] == '>'		 ? "&gt;"
				 : p[i] == '"' && quotes ? "&quot;"
							 : NULL;

		if (!as)
			continue;
		builder_add_text(b, p + from, i - from);
		builder_add_text(b, as, strlen(as));
		from = i + 1;
	}
	builder_add_text(b, p + from, n - from);
}

/* The first element inside a plain text makes it XHTML. */
static void builder_convert_to_xhtml(struct feed_builder *b)
{
	struct buf plain = b->text;

	b->form = FEED_FORM_XHTML;
	buf_init(&b->text, plain.max);
	builder_add_escaped(b, buf_z(&plain), plain.len, false);
	buf_release(&plain);
}

/* Notes an item that is skipped: a feed without any other is refused. */
static void builder_note_stray(struct feed_builder *b, const struct feed_tag *tag)
{
	if (!b->stray_line &&
		(str_eq_nocase(tag->name, STR("item")) || str_eq_nocase(tag->name, STR("entry"))))
		b->stray_line = tag->line;
}

static void builder_open_markup(struct feed_builder *b, const struct feed_tag *tag)
{
	if (b->form == FEED_FORM_PLAIN && b->leaf->verb == FEED_CONSTRUCT)
		builder_convert_to_xhtml(b);
	if (!b->in_item)
		builder_note_stray(b, tag);
	b->markup++;
	builder_add_text(b, "<", 1);
	builder_add_text(b, tag->name.p, tag->name.n);
	for (size_t i = 0; i < tag->n_attrs; i++) {
		builder_add_text(b, " ", 1);
		builder_add_text(b, tag->attrs[i].name.p, tag->attrs[i].name.n);
		builder_add_text(b, "=\"", 2);
		builder_add_escaped(b, tag->attrs[i].value.p, tag->attrs[i].value.n, true);
		builder_add_text(b, "\"", 1);
	}
	builder_add_text(b, ">", 1);
}

static void builder_close_markup(struct feed_builder *b, struct str name)
{
	b->markup--;
	builder_add_text(b, "</", 2);
	builder_add_text(b, name.p, name.n);
	builder_add_text(b, ">", 1);
}

static void builder_push_base(struct feed_builder *b, const struct feed_tag *tag)
{
	for (size_t i = 0; i < tag->n_attrs; i++) {
		struct str base;

		if (tag->attrs[i].ns != FEED_NS_XML || !str_is(tag->attrs[i].name, "base"))
			continue;
		base = field_link_resolve(b, tag->attrs[i].value);
		if (base.p && b->n_bases <= FEED_DEPTH_MAX)
			b->bases[b->n_bases++] = base;
	}
}

/* Scope of the children of an element. */
static unsigned builder_inner_scope(const struct feed_element *el, unsigned outer)
{
	switch ((enum feed_verb)el->verb) {
	case FEED_ROOT_RSS:
	case FEED_ROOT_RDF:
	case FEED_ROOT_SITEMAP: return FEED_IN_ROOT;
	case FEED_ROOT_ATOM:
	case FEED_ROOT_CDF:
	case FEED_CHANNEL: return FEED_IN_FEED;
	case FEED_ITEM: return FEED_IN_ITEM;
	case FEED_DELETED: return FEED_IN_DELETED;
	case FEED_CHILD: return FEED_IN_CHILD;
	case FEED_IMAGE: return FEED_IN_IMAGE;
	case FEED_PERSON: return FEED_IN_PERSON;
	case FEED_SOURCE: return FEED_IN_SOURCE;
	case FEED_SKIP_HOURS: return FEED_IN_HOURS;
	case FEED_SKIP_DAYS: return FEED_IN_DAYS;
	case FEED_SKIP:
	case FEED_PASS:
	case FEED_TEXT:
	case FEED_HTML:
	case FEED_CONSTRUCT:
	case FEED_MARKUP:
	case FEED_LINK:
	case FEED_ENCLOSURE:
	case FEED_HREF:
	case FEED_TERM:
	case FEED_WORDS:
	case FEED_RSS_SOURCE: break;
	}
	return outer;
}

static void builder_open_container(
	struct feed_builder *b, const struct feed_tag *tag, const struct feed_element *el)
{
	if (el->verb == FEED_ITEM || el->verb == FEED_DELETED || el->verb == FEED_CHILD) {
		feed_slots_clear(&b->item);
		b->item.line = tag->line;
		b->in_item = true;
	}
	if (el->verb == FEED_PERSON)
		b->person = (struct feed_author){.text = STR_NONE};
	feed_field_open_container(b, tag);
}

static unsigned builder_elements_max(const struct feed_builder *b)
{
	return b->batch->feed.format == FEED_SITEMAP ? b->limits->elements * FEED_SITEMAP_ELEMENTS
						     : b->limits->elements;
}

static bool builder_check_limits(struct feed_builder *b, const struct feed_tag *tag)
{
	if (feed_builder_depth(b) >= b->limits->depth || b->n_frames >= FEED_DEPTH_MAX)
		feed_builder_refuse(b, ERR_LIMIT,
			"line %u: elements are nested more than %u deep, which no feed is; refused",
			tag->line, b->limits->depth);
	else if (++b->elements > builder_elements_max(b))
		feed_builder_refuse(b, ERR_LIMIT,
			"line %u: more than %u elements in one document; refused", tag->line,
			builder_elements_max(b));
	else if (b->memory.nomem)
		feed_builder_refuse(b, arena_overflowed(b->memory.arena) ? ERR_LIMIT : ERR_NOMEM,
			"line %u: the feed's text is larger than %zu MiB in all; refused",
			tag->line, b->limits->arena_bytes >> 20);
	return b->error.cls == ERR_NONE;
}

void feed_builder_start(struct feed_builder *b, const struct feed_tag *tag)
{
	const struct feed_element *el;
	struct feed_frame *f;
	unsigned scope;

	if (b->error.cls != ERR_NONE || !builder_check_limits(b, tag))
		return;
	b->line = tag->line;
	if (b->skipped) {
		b->skipped++;
		builder_note_stray(b, tag);
		return;
	}
	if (b->leaf && b->leaf->verb != FEED_TERM) {
		builder_open_markup(b, tag);
		return;
	}
	scope = b->n_frames ? b->frames[b->n_frames - 1].scope : FEED_IN_DOCUMENT;
	el = feed_builder_element(b, tag, b->n_frames);
	if (!el || el->verb == FEED_SKIP ||
		(el->verb == FEED_ROOT_SITEMAP && !b->options->sitemaps)) {
		b->skipped = 1;
		builder_note_stray(b, tag);
		return;
	}
	f = &b->frames[b->n_frames++];
	*f = (struct feed_frame){
		el, (uint16_t)builder_inner_scope(el, scope), (uint16_t)b->n_bases};
	if (tag->n_attrs)
		builder_push_base(b, tag);
	if (el->verb >= FEED_TEXT) {
		b->leaf = el;
		buf_clear(&b->text);
		feed_field_open(b, tag);
	} else if (el->verb != FEED_PASS) {
		builder_open_container(b, tag, el);
	}
}

void feed_builder_text(struct feed_builder *b, const char *p, size_t n)
{
	if (!b->leaf || b->skipped || b->error.cls != ERR_NONE)
		return;
	if (b->form == FEED_FORM_XHTML)
		builder_add_escaped(b, p, n, false);
	else
		builder_add_text(b, p, n);
}

void feed_builder_markup(struct feed_builder *b, struct str tag)
{
	if (!b->leaf || b->skipped || b->error.cls != ERR_NONE)
		return;
	if (b->form == FEED_FORM_PLAIN && b->leaf->verb == FEED_CONSTRUCT)
		builder_convert_to_xhtml(b);
	builder_add_text(b, tag.p, tag.n);
}

static void builder_close_item(struct feed_builder *b)
{
	size_t n = b->newest.n;
	struct feed_item *to;

	b->in_item = false;
	if (!feed_sitemap_complete_item(b))
		return;
	if (!array_room(&b->items, n, &b->cap_items, 1, sizeof(*b->items))) {
		b->memory.nomem = true;
		return;
	}
	to = &b->items[n];
	feed_field_fill_item(b, to);
	if (!b->memory.nomem && !feed_newest_add(&b->newest, feed_item_plausible_date(to), b->items,
					sizeof(*b->items)))
		b->memory.nomem = true;
}

static void builder_close_frame(struct feed_builder *b)
{
	struct feed_frame *f = &b->frames[--b->n_frames];

	if (b->leaf) {
		feed_field_close(b);
		b->leaf = NULL;
	} else if (f->el->verb == FEED_ITEM) {
		builder_close_item(b);
	} else if (f->el->verb == FEED_DELETED) {
		b->in_item = false;
		feed_deletion_close(b);
	} else if (f->el->verb == FEED_CHILD) {
		b->in_item = false;
		feed_sitemap_close_child(b);
	} else if (f->el->verb == FEED_PERSON) {
		feed_slots_put_person(feed_builder_slots(b), &b->memory, f->el->rank, &b->person);
	}
	b->n_bases = f->bases;
	if (b->n_frames == 0)
		b->root_closed = true;
}

void feed_builder_end(struct feed_builder *b, struct str name)
{
	if (b->error.cls != ERR_NONE)
		return;
	if (b->skipped) {
		if (--b->skipped == 0 && b->n_frames == 0)
			b->root_closed = true;
	} else if (b->markup) {
		builder_close_markup(b, name);
	} else if (b->n_frames) {
		builder_close_frame(b);
	}
}

void feed_builder_drop_item(struct feed_builder *b)
{
	b->markup = b->skipped = 0;
	b->leaf = NULL;
	while (b->in_item && b->n_frames) {
		struct feed_frame *f = &b->frames[--b->n_frames];

		b->n_bases = f->bases;
		if (f->el->verb == FEED_ITEM || f->el->verb == FEED_DELETED ||
			f->el->verb == FEED_CHILD)
			b->in_item = false;
	}
}

static void builder_copy_items(struct feed_builder *b, struct feed_batch *batch)
{
	char text[ERR_TEXT_MAX];

	if (!feed_newest_end(&b->newest, b->items, sizeof(*b->items)))
		b->memory.nomem = true;
	batch->left_out = b->newest.dropped;
	if (batch->left_out)
		feed_builder_problem(
			b, 0, "%s", feed_newest_text(&b->newest, "items", text, sizeof(text)));
	batch->items = feed_memory_copy(&b->memory, b->items, b->newest.n, sizeof(*b->items));
	batch->n_items = batch->items ? b->newest.n : 0;
	for (size_t i = 0; i < batch->n_items; i++) {
		struct feed_item *item = &batch->items[i];

		if (!item->language.p)
			item->language = batch->feed.language;
		field_link_finish_item(b, item);
		/* RFC 4287 §4.2.1; that of atom:source has a rank of its own. */
		if (!item->author.text.p && !item->author.uri.p && batch->feed.format == FEED_ATOM)
			item->author = batch->feed.author;
	}
}

int feed_builder_set_too_large(const struct feed_limits *limits, struct err *e)
{
	return err_set(e, ERR_LIMIT, "the feed's text is larger than %zu MiB in all; refused",
		limits->arena_bytes >> 20);
}

int feed_builder_finish(struct feed_builder *b, struct feed_batch **out, struct err *e)
{
	struct feed_batch *batch = b->batch;

	*out = NULL;
	if (b->newest.n == 0 && b->stray_line)
		return err_set(e, ERR_INPUT,
			"line %u: the items are not where a feed has them, or in a namespace that "
			"no feed has, so that none was found; refused",
			b->stray_line);
	feed_field_fill_feed(b, &batch->feed);
	builder_copy_items(b, batch);
	feed_deletion_finish(b, batch);
	feed_sitemap_finish(b, batch);
	batch->problems = b->problems;
	batch->n_problems = b->n_problems;
	if (b->memory.nomem) {
		if (!arena_overflowed(b->memory.arena))
			return err_nomem(e);
		return feed_builder_set_too_large(b->limits, e);
	}
	b->batch = NULL;
	b->memory.arena = NULL;
	*out = batch;
	return 0;
}
