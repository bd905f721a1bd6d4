/* SPDX-License-Identifier: MIT */
/*
 * One description of the format for both directions: wire_batch() and what it calls visit each
 * field of a batch, and the functions for numbers, texts and lists write it or read it. A batch
 * that is being written is never changed.
 *
 * Reading starts with a copy of all bytes in the arena of the batch. Texts are not copied again
 * but point into it.
 */
#include "wire.h"

#include <string.h>

#include "base/utf8.h"

#define WIRE_MAGIC     UINT32_C(0x6264646e) /* "nddb" */
#define WIRE_VERSION   6
/* Milliseconds of the years 0 and 10000: stamps outside of them are not read. */
#define WIRE_STAMP_MIN INT64_C(-62167219200000)
#define WIRE_STAMP_MAX INT64_C(253402300800000)

/* The least bytes of an element, to refuse a count that cannot be true before allocating for it. */
#define WIRE_TEXT_MIN	   4
#define WIRE_AUTHOR_MIN	   (4 * WIRE_TEXT_MIN)
#define WIRE_ENCLOSURE_MIN (3 * WIRE_TEXT_MIN)
#define WIRE_ITEM_MIN	   (10 * WIRE_TEXT_MIN + WIRE_AUTHOR_MIN + 2 * 4 + 4 * 8 + 1 + 16 + 2 * 4)
#define WIRE_DELETION_MIN  (3 * WIRE_TEXT_MIN + 8 + 4)
#define WIRE_CHILD_MIN	   (WIRE_TEXT_MIN + 8)
#define WIRE_PROBLEM_MIN   (4 + WIRE_TEXT_MIN)

struct wire {
	struct buf *out; /* NULL: reading */
	const char *at, *end;
	struct arena *arena;
	enum err_class failed; /* the first failure; what is read after it is 0 and absent */
};

static void wire_fail(struct wire *w, enum err_class cls)
{
	if (w->failed == ERR_NONE)
		w->failed = cls;
	w->at = w->end;
}

static void wire_require(struct wire *w, bool truth)
{
	if (!w->out && !truth)
		wire_fail(w, ERR_INPUT);
}

/* The next n bytes; NULL: they are not there. */
static const char *wire_take(struct wire *w, size_t n)
{
	const char *p = w->at;

	if ((size_t)(w->end - p) < n) {
		wire_fail(w, ERR_INPUT);
		return NULL;
	}
	w->at += n;
	return p;
}

static uint64_t wire_number(struct wire *w, uint64_t v, size_t bytes)
{
	char little[8];
	const char *p;

	if (w->out) {
		for (size_t i = 0; i < bytes; i++)
			little[i] = (char)(v >> 8 * i & 0xff);
		buf_add(w->out, little, bytes);
		return v;
	}
	p = wire_take(w, bytes);
	v = 0;
	for (size_t i = 0; p && i < bytes; i++)
		v |= (uint64_t)(unsigned char)p[i] << 8 * i;
	return v;
}

static void wire_u64(struct wire *w, uint64_t *v)
{
	*v = wire_number(w, *v, 8);
}

static void wire_u32(struct wire *w, uint32_t *v)
{
	*v = (uint32_t)wire_number(w, *v, 4);
}

static void wire_u8(struct wire *w, uint8_t *v)
{
	*v = (uint8_t)wire_number(w, *v, 1);
}

static void wire_bytes(struct wire *w, void *p, size_t n)
{
	const char *from = w->out ? NULL : wire_take(w, n);

	if (w->out)
		buf_add(w->out, p, n);
	else if (from)
		memcpy(p, from, n);
}

static void wire_bool(struct wire *w, bool *v)
{
	uint64_t n = wire_number(w, *v, 1);

	wire_require(w, n <= 1);
	*v = n == 1;
}

static void wire_stamp(struct wire *w, int64_t *ms)
{
	*ms = (int64_t)wire_number(w, (uint64_t)*ms, 8);
	wire_require(w, *ms == STAMP_NONE || (*ms >= WIRE_STAMP_MIN && *ms < WIRE_STAMP_MAX));
}

static bool wire_text_is_clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ' && s.p[i] != '\n' && s.p[i] != '\t')
			return false;
	}
	return utf8_valid(s);
}

static void wire_write_text(struct wire *w, struct str s)
{
	if (s.n > UINT32_MAX) {
		wire_fail(w, ERR_LIMIT);
		return;
	}
	wire_number(w, s.n, 4);
	buf_adds(w->out, s);
	if (s.n > 0)
		buf_addc(w->out, '\0');
}

static void wire_text(struct wire *w, struct str *s)
{
	size_t n;

	if (w->out) {
		wire_write_text(w, *s);
		return;
	}
	*s = STR_NONE;
	n = (size_t)wire_number(w, 0, 4);
	if (n == 0)
		return;
	*s = str_slice(wire_take(w, n), n);
	if (s->p)
		wire_require(w, wire_text_is_clean(*s) && wire_number(w, 0, 1) == 0);
	if (w->failed != ERR_NONE)
		*s = STR_NONE;
}

/*
 * The count of a list and, when reading, its elements of that size, zeroed. min: bytes that each
 * takes at least.
 */
static void wire_list(struct wire *w, void **elements, size_t *n, size_t size, size_t min)
{
	if (*n > UINT32_MAX)
		wire_fail(w, ERR_LIMIT);
	*n = (size_t)wire_number(w, *n, 4);
	if (w->out)
		return;
	*elements = NULL;
	if (*n > (size_t)(w->end - w->at) / min)
		wire_fail(w, ERR_INPUT);
	else if (*n > 0 && !(*elements = arena_array(w->arena, *n, size)))
		wire_fail(w, arena_overflowed(w->arena) ? ERR_LIMIT : ERR_NOMEM);
	if (!*elements)
		*n = 0;
}

/* --- the format --- */

static void wire_author(struct wire *w, struct feed_author *a)
{
	wire_text(w, &a->text);
	wire_text(w, &a->name);
	wire_text(w, &a->email);
	wire_text(w, &a->uri);
}

static void wire_categories(struct wire *w, struct str **v, size_t *n)
{
	void *list = *v;

	wire_list(w, &list, n, sizeof(**v), WIRE_TEXT_MIN);
	*v = list;
	for (size_t i = 0; i < *n; i++)
		wire_text(w, &(*v)[i]);
}

static void wire_enclosures(struct wire *w, struct feed_item *item)
{
	void *list = item->enclosures;

	wire_list(w, &list, &item->n_enclosures, sizeof(*item->enclosures), WIRE_ENCLOSURE_MIN);
	item->enclosures = list;
	for (size_t i = 0; i < item->n_enclosures; i++) {
		struct feed_enclosure *e = &item->enclosures[i];

		wire_text(w, &e->url);
		wire_text(w, &e->type);
		wire_text(w, &e->length);
		wire_require(w, e->url.n > 0);
	}
}

static void wire_item(struct wire *w, struct feed_item *i)
{
	wire_text(w, &i->id);
	wire_text(w, &i->title);
	wire_require(w, i->title.n == 0 || !memchr(i->title.p, '\n', i->title.n));
	wire_text(w, &i->link);
	wire_author(w, &i->author);
	wire_stamp(w, &i->published);
	wire_stamp(w, &i->updated);
	wire_bool(w, &i->date_implausible);
	wire_text(w, &i->language);
	wire_text(w, &i->summary);
	wire_text(w, &i->content);
	wire_text(w, &i->summary_html);
	wire_text(w, &i->content_html);
	wire_categories(w, &i->categories, &i->n_categories);
	wire_enclosures(w, i);
	wire_text(w, &i->source_title);
	wire_text(w, &i->source_link);
	wire_bytes(w, i->key, sizeof(i->key));
	wire_u64(w, &i->link_key);
	wire_u64(w, &i->text_key);
	wire_u64(w, &i->label_key);
	wire_u32(w, &i->line);
	wire_u32(w, &i->part);
}

static void wire_info(struct wire *w, struct feed_info *f)
{
	uint8_t format = (uint8_t)f->format;

	wire_u8(w, &format);
	wire_require(w, format > FEED_UNKNOWN && format <= FEED_SITEMAP);
	f->format = (enum feed_format)format;
	wire_text(w, &f->format_version);
	wire_text(w, &f->encoding);
	wire_require(w, f->encoding.n > 0);
	wire_text(w, &f->title);
	wire_text(w, &f->link);
	wire_text(w, &f->id);
	wire_text(w, &f->subtitle);
	wire_text(w, &f->rights);
	wire_text(w, &f->generator);
	wire_text(w, &f->image);
	wire_text(w, &f->language);
	wire_author(w, &f->author);
	wire_stamp(w, &f->published);
	wire_stamp(w, &f->updated);
	wire_categories(w, &f->categories, &f->n_categories);
	f->ttl_ms = (int64_t)wire_number(w, (uint64_t)f->ttl_ms, 8);
	wire_require(w, f->ttl_ms >= -1 && f->ttl_ms < WIRE_STAMP_MAX);
	wire_u32(w, &f->skip_hours);
	wire_require(w, f->skip_hours >> 24 == 0);
	wire_u8(w, &f->skip_days);
	wire_require(w, f->skip_days >> 7 == 0);
	wire_text(w, &f->hub);
	wire_text(w, &f->self);
	wire_text(w, &f->next);
}

static void wire_items(struct wire *w, struct feed_batch *b)
{
	void *list = b->items;

	wire_list(w, &list, &b->n_items, sizeof(*b->items), WIRE_ITEM_MIN);
	b->items = list;
	for (size_t i = 0; i < b->n_items; i++)
		wire_item(w, &b->items[i]);
}

static void wire_deleted(struct wire *w, struct feed_batch *b)
{
	void *list = b->deleted;

	wire_list(w, &list, &b->n_deleted, sizeof(*b->deleted), WIRE_DELETION_MIN);
	wire_require(w, b->n_deleted <= FEED_DELETED_MAX);
	b->deleted = list;
	for (size_t i = 0; i < b->n_deleted; i++) {
		struct feed_deletion *d = &b->deleted[i];

		wire_text(w, &d->ref);
		wire_require(w, d->ref.n > 0);
		wire_stamp(w, &d->when);
		wire_text(w, &d->by);
		wire_text(w, &d->comment);
		wire_u32(w, &d->line);
	}
}

static void wire_children(struct wire *w, struct feed_batch *b)
{
	void *list = b->children;

	wire_list(w, &list, &b->n_children, sizeof(*b->children), WIRE_CHILD_MIN);
	wire_require(w, b->n_children <= FEED_CHILDREN_MAX);
	b->children = list;
	for (size_t i = 0; i < b->n_children; i++) {
		wire_text(w, &b->children[i].url);
		wire_require(w, b->children[i].url.n > 0);
		wire_stamp(w, &b->children[i].updated);
	}
}

static void wire_problems(struct wire *w, struct feed_batch *b)
{
	void *list = b->problems;

	wire_list(w, &list, &b->n_problems, sizeof(*b->problems), WIRE_PROBLEM_MIN);
	wire_require(w, b->n_problems <= FEED_PROBLEMS_MAX + 1);
	b->problems = list;
	for (size_t i = 0; i < b->n_problems; i++) {
		wire_u32(w, &b->problems[i].line);
		wire_text(w, &b->problems[i].text);
		wire_require(w, b->problems[i].text.n > 0);
	}
}

static void wire_batch(struct wire *w, struct feed_batch *b)
{
	uint64_t left_out;

	wire_require(w, wire_number(w, WIRE_MAGIC, 4) == WIRE_MAGIC);
	wire_require(w, wire_number(w, WIRE_VERSION, 2) == WIRE_VERSION);
	wire_info(w, &b->feed);
	wire_items(w, b);
	wire_deleted(w, b);
	wire_children(w, b);
	wire_problems(w, b);
	wire_bool(w, &b->well_formed);
	wire_bool(w, &b->complete);
	wire_bool(w, &b->partial);
	wire_require(w, b->complete || !b->well_formed);
	wire_u64(w, &b->body_bytes);
	left_out = b->left_out;
	wire_u64(w, &left_out);
	wire_require(w, left_out <= b->body_bytes);
	b->left_out = (size_t)left_out;
	wire_require(w, b->body_bytes <= INT64_MAX);
	wire_bool(w, &b->has_sha256);
	wire_bytes(w, b->sha256, sizeof(b->sha256));
	wire_require(w, w->at == w->end);
}

int feed_wire_write(const struct feed_batch *b, struct buf *out)
{
	struct wire w = {.out = out};
	struct feed_batch copy = *b;

	wire_batch(&w, &copy);
	if (w.failed == ERR_NONE && buf_failed(out))
		w.failed = out->overflow ? ERR_LIMIT : ERR_NOMEM;
	return -(int)w.failed;
}

static int wire_refuse(struct arena *a, enum err_class cls, size_t max, struct err *e)
{
	arena_free(a);
	if (cls == ERR_INPUT)
		return err_set(e, cls, "what the parser sent is not a batch");
	if (cls == ERR_LIMIT)
		return err_set(e, cls, "what the feed holds is larger than %zu bytes", max);
	return err_nomem(e);
}

int feed_wire_read(struct str bytes, size_t max, struct feed_batch **out, struct err *e)
{
	struct wire w = {.arena = arena_new(max)};
	struct feed_batch *b = w.arena ? arena_zalloc(w.arena, sizeof(*b)) : NULL;
	char *copy = b ? arena_alloc(w.arena, bytes.n) : NULL;

	*out = NULL;
	if (!copy)
		return wire_refuse(w.arena,
			w.arena && arena_overflowed(w.arena) ? ERR_LIMIT : ERR_NOMEM, max, e);
	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	w.at = copy;
	w.end = copy + bytes.n;
	b->arena = w.arena;
	wire_batch(&w, b);
	if (w.failed != ERR_NONE)
		return wire_refuse(w.arena, w.failed, max, e);
	*out = b;
	return 0;
}
