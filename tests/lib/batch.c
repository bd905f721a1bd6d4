/* SPDX-License-Identifier: MIT */
#include "lib/batch.h"

#include "base/utf8.h"

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

/* --- validity --- */

static bool text_is_fine(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' && s.p[i] != '\n' && s.p[i] != '\t')
			return false;
	return (!s.p || s.n) && utf8_valid(s);
}

static bool all_fine(const struct str *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!text_is_fine(v[i]))
			return false;
	return true;
}

static bool author_is_fine(const struct feed_author *a)
{
	return text_is_fine(a->text) && text_is_fine(a->name) && text_is_fine(a->email) &&
	       text_is_fine(a->uri);
}

static const char *item_flaw(const struct feed_item *i)
{
	const struct str all[] = {i->id, i->title, i->link, i->language, i->summary, i->content,
		i->summary_html, i->content_html, i->source_title, i->source_link};

	if (!all_fine(all, COUNT(all)) || !author_is_fine(&i->author))
		return "text of an item";
	if (i->title.p && memchr(i->title.p, '\n', i->title.n))
		return "title of one line";
	if (!all_fine(i->categories, i->n_categories))
		return "category";
	for (size_t n = 0; n < i->n_enclosures; n++) {
		const struct feed_enclosure *e = &i->enclosures[n];

		if (e->url.n == 0 || !text_is_fine(e->url) || !text_is_fine(e->type) ||
			!text_is_fine(e->length))
			return "enclosure";
	}
	return NULL;
}

const char *batch_flaw(const struct feed_batch *b)
{
	const struct feed_info *f = &b->feed;
	const struct str all[] = {f->format_version, f->encoding, f->title, f->link, f->id,
		f->subtitle, f->rights, f->generator, f->image, f->language, f->hub, f->self,
		f->next};
	const char *flaw = NULL;

	if (!all_fine(all, COUNT(all)) || !author_is_fine(&f->author) ||
		!all_fine(f->categories, f->n_categories))
		return "text of the feed";
	if (f->format == FEED_UNKNOWN || !f->encoding.p)
		return "format and encoding";
	if (b->well_formed && !b->complete)
		return "complete";
	if (b->n_problems > FEED_PROBLEMS_MAX + 1)
		return "number of problems";
	for (size_t n = 0; n < b->n_problems; n++)
		if (!b->problems[n].text.p || !text_is_fine(b->problems[n].text))
			return "problem";
	for (size_t n = 0; n < b->n_deleted; n++)
		if (b->deleted[n].ref.n == 0 || !text_is_fine(b->deleted[n].ref) ||
			!text_is_fine(b->deleted[n].by) || !text_is_fine(b->deleted[n].comment))
			return "deleted item";
	for (size_t n = 0; n < b->n_children; n++)
		if (b->children[n].url.n == 0 || !text_is_fine(b->children[n].url))
			return "sitemap";
	for (size_t n = 0; n < b->n_items && !flaw; n++)
		flaw = item_flaw(&b->items[n]);
	return flaw;
}

/* --- equality --- */

/*
 * If one of these structs changes, change batch_difference(), daemon/feed/wire.c and then the size
 * here.
 */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct feed_item) == 328, "a field of an item was added or removed");
_Static_assert(sizeof(struct feed_deletion) == 64, "a field of a deletion was added or removed");
_Static_assert(sizeof(struct feed_child) == 24, "a field of a sitemap was added or removed");
_Static_assert(sizeof(struct feed_info) == 328, "a field of a feed was added or removed");
_Static_assert(sizeof(struct feed_batch) == 464, "a field of a batch was added or removed");
#endif

static bool same_text(struct str a, struct str b)
{
	return !a.p == !b.p && str_eq(a, b);
}

static bool same_texts(const struct str *a, size_t n_a, const struct str *b, size_t n_b)
{
	for (size_t i = 0; n_a == n_b && i < n_a; i++)
		if (!same_text(a[i], b[i]))
			return false;
	return n_a == n_b;
}

static bool same_author(const struct feed_author *a, const struct feed_author *b)
{
	return same_text(a->text, b->text) && same_text(a->name, b->name) &&
	       same_text(a->email, b->email) && same_text(a->uri, b->uri);
}

static bool same_enclosures(const struct feed_item *a, const struct feed_item *b)
{
	for (size_t i = 0; a->n_enclosures == b->n_enclosures && i < a->n_enclosures; i++) {
		const struct feed_enclosure *x = &a->enclosures[i], *y = &b->enclosures[i];

		if (!same_text(x->url, y->url) || !same_text(x->type, y->type) ||
			!same_text(x->length, y->length))
			return false;
	}
	return a->n_enclosures == b->n_enclosures;
}

static const char *item_difference(const struct feed_item *a, const struct feed_item *b)
{
	const struct {
		const char *name;
		struct str a, b;
	} texts[] = {
		{"id", a->id, b->id},
		{"title", a->title, b->title},
		{"link", a->link, b->link},
		{"language", a->language, b->language},
		{"summary", a->summary, b->summary},
		{"content", a->content, b->content},
		{"summary_html", a->summary_html, b->summary_html},
		{"content_html", a->content_html, b->content_html},
		{"source_title", a->source_title, b->source_title},
		{"source_link", a->source_link, b->source_link},
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		if (!same_text(texts[i].a, texts[i].b))
			return texts[i].name;
	if (!same_author(&a->author, &b->author))
		return "author";
	if (a->published != b->published || a->updated != b->updated ||
		a->date_implausible != b->date_implausible)
		return "date";
	if (!same_texts(a->categories, a->n_categories, b->categories, b->n_categories))
		return "categories";
	if (!same_enclosures(a, b))
		return "enclosures";
	if (memcmp(a->key, b->key, sizeof(a->key)) != 0 || a->link_key != b->link_key ||
		a->text_key != b->text_key || a->label_key != b->label_key)
		return "keys";
	return a->line == b->line && a->part == b->part ? NULL : "line";
}

static const char *info_difference(const struct feed_info *a, const struct feed_info *b)
{
	const struct {
		const char *name;
		struct str a, b;
	} texts[] = {
		{"format_version", a->format_version, b->format_version},
		{"encoding", a->encoding, b->encoding},
		{"feed title", a->title, b->title},
		{"feed link", a->link, b->link},
		{"feed id", a->id, b->id},
		{"subtitle", a->subtitle, b->subtitle},
		{"rights", a->rights, b->rights},
		{"generator", a->generator, b->generator},
		{"image", a->image, b->image},
		{"feed language", a->language, b->language},
		{"hub", a->hub, b->hub},
		{"self", a->self, b->self},
		{"next", a->next, b->next},
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		if (!same_text(texts[i].a, texts[i].b))
			return texts[i].name;
	if (a->format != b->format)
		return "format";
	if (!same_author(&a->author, &b->author))
		return "feed author";
	if (a->published != b->published || a->updated != b->updated)
		return "feed date";
	if (!same_texts(a->categories, a->n_categories, b->categories, b->n_categories))
		return "feed categories";
	if (a->ttl_ms != b->ttl_ms || a->skip_hours != b->skip_hours ||
		a->skip_days != b->skip_days)
		return "ttl and skip times";
	return NULL;
}

static bool same_deleted(const struct feed_batch *a, const struct feed_batch *b)
{
	for (size_t i = 0; a->n_deleted == b->n_deleted && i < a->n_deleted; i++) {
		const struct feed_deletion *x = &a->deleted[i], *y = &b->deleted[i];

		if (!same_text(x->ref, y->ref) || x->when != y->when || !same_text(x->by, y->by) ||
			!same_text(x->comment, y->comment) || x->line != y->line)
			return false;
	}
	return a->n_deleted == b->n_deleted;
}

static bool same_children(const struct feed_batch *a, const struct feed_batch *b)
{
	for (size_t i = 0; a->n_children == b->n_children && i < a->n_children; i++)
		if (!same_text(a->children[i].url, b->children[i].url) ||
			a->children[i].updated != b->children[i].updated)
			return false;
	return a->n_children == b->n_children;
}

const char *batch_difference(const struct feed_batch *a, const struct feed_batch *b)
{
	const char *difference = info_difference(&a->feed, &b->feed);

	if (difference)
		return difference;
	if (a->n_items != b->n_items || a->n_problems != b->n_problems ||
		a->left_out != b->left_out)
		return "number of items or problems";
	if (a->well_formed != b->well_formed || a->complete != b->complete ||
		a->partial != b->partial || a->body_bytes != b->body_bytes ||
		a->has_sha256 != b->has_sha256 ||
		memcmp(a->sha256, b->sha256, sizeof(a->sha256)) != 0)
		return "facts of the document";
	if (!same_deleted(a, b))
		return "deleted items";
	if (!same_children(a, b))
		return "sitemaps";
	for (size_t i = 0; i < a->n_problems; i++)
		if (a->problems[i].line != b->problems[i].line ||
			!same_text(a->problems[i].text, b->problems[i].text))
			return "problem";
	for (size_t i = 0; i < a->n_items && !difference; i++)
		difference = item_difference(&a->items[i], &b->items[i]);
	return difference;
}
