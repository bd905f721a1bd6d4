/* SPDX-License-Identifier: MIT */
/* The intermediate tree, and its output as a query of our language. */
#include "reader.h"

/* Each level of brackets may add a field, a NOT and a chain. */
#define TREE_DEPTH_MAX (4 * QUERY_DEPTH_MAX)

struct str dialect_printf(struct dialect_reader *r, const char *fmt, ...)
{
	struct buf b;
	struct str s;
	va_list ap;

	buf_init(&b, QUERY_BYTES_MAX * 4);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	s = buf_failed(&b) ? STR_NONE : arena_str(r->arena, buf_str(&b));
	buf_release(&b);
	r->nomem = r->nomem || !s.p;
	return s;
}

static struct dialect_node *tree_make_node(struct dialect_reader *r, enum dialect_kind kind)
{
	struct dialect_node *n = arena_zalloc(r->arena, sizeof(*n));

	if (!n) {
		r->nomem = true;
		return NULL;
	}
	n->kind = kind;
	n->depth = 1;
	return n;
}

struct dialect_node *dialect_make_leaf(
	struct dialect_reader *r, struct str text, size_t offset, size_t length)
{
	struct dialect_node *n = text.p ? tree_make_node(r, DIALECT_LEAF) : NULL;

	r->nomem = r->nomem || !n;
	if (!n)
		return NULL;
	n->text = text;
	n->offset = offset;
	n->length = length;
	if (++r->terms > QUERY_TERMS_MAX && !r->gave_up) {
		dialect_report(r, offset, length, "make several watches of it",
			"a query of more than 10000 terms");
		r->gave_up = true;
	}
	return n;
}

struct dialect_node *dialect_reject(
	struct dialect_reader *r, size_t from, const char *help, const char *what)
{
	dialect_report(r, from, r->at - from, help, what);
	return dialect_make_leaf(r, STR("x"), from, r->at > from ? r->at - from : 1);
}

struct dialect_node *dialect_report_missing(
	struct dialect_reader *r, const char *help, const char *what)
{
	size_t at = r->at ? r->at - 1 : 0;

	dialect_report(r, at, 0, help, what);
	return dialect_make_leaf(r, STR("x"), at, 1);
}

static bool tree_add_kid(struct dialect_reader *r, struct dialect_node *n,
	struct dialect_joint joint, struct dialect_node *kid)
{
	size_t cap = n->cap;

	n->kids = arena_extend(r->arena, n->kids, n->n, &cap, sizeof(*n->kids));
	n->joints = arena_extend(r->arena, n->joints, n->n, &n->cap, sizeof(*n->joints));
	if (!n->kids || !n->joints) {
		r->nomem = true;
		return false;
	}
	n->kids[n->n] = kid;
	n->joints[n->n++] = joint;
	if (kid->depth + 1 > n->depth)
		n->depth = kid->depth + 1;
	n->length = kid->offset + kid->length > n->offset ? kid->offset + kid->length - n->offset
							  : n->length;
	if (n->depth <= TREE_DEPTH_MAX || r->gave_up)
		return true;
	dialect_report(r, kid->offset, 1, "put a part of it in a define",
		"brackets deeper than 100 levels");
	r->gave_up = true;
	return true;
}

struct dialect_node *dialect_make_around(struct dialect_reader *r, enum dialect_kind kind,
	struct str text, struct dialect_node *kid, size_t offset)
{
	struct dialect_node *n = kid && text.p ? tree_make_node(r, kind) : NULL;

	if (!n)
		return NULL;
	if (r->gave_up) /* never output, and must not grow deeper */
		return kid;
	n->text = text;
	n->offset = offset;
	return tree_add_kid(r, n, (struct dialect_joint){0}, kid) ? n : NULL;
}

struct dialect_node *dialect_join_nodes(struct dialect_reader *r, enum dialect_join join,
	struct dialect_joint joint, struct dialect_node *left, struct dialect_node *right)
{
	struct dialect_node *n = left;

	if (!left || !right)
		return NULL;
	if (r->gave_up)
		return left;
	if (left->kind != DIALECT_CHAIN || left->join != join || left->closed) {
		n = tree_make_node(r, DIALECT_CHAIN);
		if (!n)
			return NULL;
		n->join = join;
		n->offset = left->offset;
		if (!tree_add_kid(r, n, (struct dialect_joint){0}, left))
			return NULL;
	}
	return tree_add_kid(r, n, joint, right) ? n : NULL;
}

/* --- output --- */

struct tree_writer {
	struct dialect_reader *r;
	struct dialect_map *map;
	struct buf *out;
};

/* Appends an entry to the source map: what is output next comes from offset. */
static void tree_map_place(struct tree_writer *w, size_t offset, size_t length)
{
	struct dialect_map *m = w->map;

	m->v = arena_extend(w->r->arena, m->v, m->n, &m->cap, sizeof(*m->v));
	if (!m->v) {
		w->r->nomem = true;
		m->n = m->cap = 0;
		return;
	}
	m->v[m->n++] = (struct dialect_place){w->out->len, offset, length};
}

static void tree_write_node(struct tree_writer *w, const struct dialect_node *n);

static void tree_write_inner(struct tree_writer *w, const struct dialect_node *n)
{
	bool brackets = n->kind == DIALECT_CHAIN || n->kind == DIALECT_NOT;

	if (brackets) {
		tree_map_place(w, n->offset, n->length);
		buf_addc(w->out, '(');
	}
	tree_write_node(w, n);
	if (brackets)
		buf_addc(w->out, ')');
}

static void tree_write_joint(struct tree_writer *w, const struct dialect_node *n, size_t i)
{
	switch (n->join) {
	case DIALECT_AND:
	case DIALECT_AND_NOT:
		buf_addz(w->out, n->kids[i]->kind == DIALECT_NOT ? " " : " AND ");
		return;
	case DIALECT_OR: buf_addz(w->out, " OR "); return;
	case DIALECT_COMMA: buf_addz(w->out, ", "); return;
	case DIALECT_NEAR:
		buf_addc(w->out, ' ');
		tree_map_place(w, n->joints[i].offset, n->joints[i].length);
		buf_adds(w->out, n->joints[i].text);
		buf_addc(w->out, ' ');
		return;
	}
}

static void tree_write_chain(struct tree_writer *w, const struct dialect_node *n)
{
	bool both = n->join == DIALECT_AND || n->join == DIALECT_AND_NOT;

	for (size_t i = 0; i < n->n; i++) {
		if (i)
			tree_write_joint(w, n, i);
		/* a NOT b needs brackets except in a chain of AND */
		if (both && n->kids[i]->kind == DIALECT_NOT)
			tree_write_node(w, n->kids[i]);
		else
			tree_write_inner(w, n->kids[i]);
	}
}

/* The recursion depth is limited by TREE_DEPTH_MAX. */
static void tree_write_node(struct tree_writer *w, const struct dialect_node *n)
{
	size_t end = n->text.n;

	switch (n->kind) {
	case DIALECT_LEAF:
		tree_map_place(w, n->offset, n->length);
		buf_adds(w->out, n->text);
		return;
	case DIALECT_CHAIN: tree_write_chain(w, n); return;
	case DIALECT_NOT:
	case DIALECT_WITHIN:
		tree_map_place(w, n->offset, n->length);
		buf_adds(w->out, n->text);
		if (end && n->text.p[end - 1] == '(') {
			tree_write_node(w, n->kids[0]);
			buf_addc(w->out, ')');
		} else {
			tree_write_inner(w, n->kids[0]);
		}
		return;
	}
}

void dialect_write(struct dialect_reader *r, const struct dialect_node *n, struct buf *out,
	struct dialect_map *map)
{
	struct tree_writer w = {.r = r, .map = map, .out = out};

	tree_write_node(&w, n);
}

struct dialect_place dialect_find_place(const struct dialect_map *map, size_t ours)
{
	size_t low = 0, high = map->n;

	/* binary search: the last entry at or before it */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->v[middle].ours <= ours)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? map->v[low - 1] : (struct dialect_place){0, 0, 1};
}
