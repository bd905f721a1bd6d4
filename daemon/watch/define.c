/* SPDX-License-Identifier: MIT */
#include "watch/define.h"

#include "base/digest.h"
#include "base/nearest.h"

struct expansion {
	struct watch_defines *defines;
	struct arena *arena;
	struct watch_reporter *report;
	const struct watch_node
		*at;	 /* the @name that a define's nodes are told under; NULL: none */
	unsigned fields; /* of the prefix around that @name; 0: none */
	bool told_field;
	unsigned nest; /* defines inside defines */
	size_t terms, depth;
	bool failed, nomem;
};

struct watch_define *watch_define_find(const struct watch_defines *d, struct str name)
{
	uint64_t hash = digest_fast64(name, 0);
	uint32_t i;
	size_t at;

	if (!d->names.slots)
		return NULL;
	at = watch_table_start(&d->names, hash);
	while ((i = watch_table_next(&d->names, hash, &at)) != WATCH_TABLE_NONE)
		if (str_eq(d->v[i].name, name))
			return &d->v[i];
	return NULL;
}

static struct watch_node *broken(struct expansion *x)
{
	x->failed = true;
	return NULL;
}

static struct watch_node *nomem(struct expansion *x)
{
	x->nomem = true;
	return broken(x);
}

/* what: after the name */
static void tell(struct expansion *x, const struct watch_node *n, const char *help, struct str name,
	const char *what)
{
	const struct watch_node *at = x->at ? x->at : n;

	watch_report(x->report, false, at->offset, at->length, help, "%.*s %s",
		(int)(name.n < 60 ? name.n : 60), name.p ? name.p : "", what);
	x->failed = true;
}

static struct watch_node *expand(struct expansion *x, const struct watch_node *n);

/* The tree of a define with its own @names put in; NULL after a report somewhere. */
static struct watch_node *resolve(struct expansion *x, struct watch_define *d)
{
	struct watch_reporter own = {.fn = d->fn, .ctx = d->ctx};
	struct expansion inner = {
		.defines = x->defines,
		.arena = x->defines->arena,
		.report = &own,
		.nest = x->nest + 1,
	};

	if (d->state == WATCH_DEFINE_DONE)
		return d->expanded;
	if (d->state == WATCH_DEFINE_BROKEN || !d->query.root)
		return NULL;
	d->state = WATCH_DEFINE_OPEN;
	d->expanded = expand(&inner, d->query.root);
	d->terms = inner.terms;
	d->depth = inner.depth > d->query.depth ? inner.depth : d->query.depth;
	d->state = inner.failed ? WATCH_DEFINE_BROKEN : WATCH_DEFINE_DONE;
	x->nomem = x->nomem || inner.nomem;
	return inner.failed ? NULL : d->expanded;
}

static struct watch_node *copy(struct expansion *x, const struct watch_node *n)
{
	struct watch_node *to = arena_alloc(x->arena, sizeof(*to));

	if (!to)
		return nomem(x);
	*to = *n;
	if (n->n_kids) {
		to->kids = arena_array(x->arena, n->n_kids, sizeof(*to->kids));
		if (!to->kids)
			return nomem(x);
	}
	if (!x->at)
		return to;
	to->offset = x->at->offset;
	to->length = x->at->length;
	if (!x->fields)
		return to;
	if ((n->prefix || n->fielded || n->op == WATCH_ATTRIBUTE || n->op == WATCH_LENGTH ||
		    n->op == WATCH_AGE) &&
		!x->told_field) {
		x->told_field = true;
		tell(x, n, "take the field away here, or inside the define", x->at->text,
			"names fields itself, and stands behind one");
	}
	if (n->op == WATCH_PHRASE || n->op == WATCH_REGEX) {
		to->fields = x->fields;
		to->fielded = true;
	}
	return to;
}

/* The define's tree, as if in brackets, told under the @name. */
static struct watch_node *put_in(
	struct expansion *x, const struct watch_node *ref, const struct watch_define *d)
{
	struct expansion inner = {
		.defines = x->defines,
		.arena = x->arena,
		.report = x->report,
		.at = x->at ? x->at : ref,
		.fields = ref->fielded ? ref->fields : x->fields,
		.nest = x->nest,
	};
	struct watch_node *n;

	x->terms += d->terms;
	if (ref->level + 1 + d->depth > x->depth)
		x->depth = ref->level + 1 + d->depth;
	if (x->terms > WATCH_TERMS_MAX || x->depth > WATCH_DEPTH_MAX) {
		tell(x, ref, "make several watches of it", ref->text,
			x->depth > WATCH_DEPTH_MAX ? "makes brackets deeper than 100 levels"
						   : "makes the query longer than 10000 terms");
		return NULL;
	}
	n = expand(&inner, d->expanded);
	x->failed = x->failed || inner.failed;
	x->nomem = x->nomem || inner.nomem;
	if (n && ref->prefix)
		n->prefix = ref->prefix;
	return n;
}

static const char *undefined_help(struct expansion *x, struct str name)
{
	struct nearest near;
	const char *help = NULL;

	nearest_init(&near, name);
	for (size_t i = 0; i < x->defines->n; i++)
		nearest_try(&near, x->defines->v[i].name);
	if (str_present(near.best))
		help = arena_printf(x->arena, "did you mean @%.*s?", STR_ARG(near.best));
	return help ? help : "add a block: define NAME { query = '…' }";
}

static struct watch_node *expand_ref(struct expansion *x, const struct watch_node *ref)
{
	struct watch_define *d = watch_define_find(x->defines, ref->value);

	if (!d) {
		tell(x, ref, undefined_help(x, ref->value), ref->text, "is not defined");
		return NULL;
	}
	d->used = true;
	if (d->state == WATCH_DEFINE_OPEN) {
		tell(x, ref, "a define may use others, but not itself in a circle", ref->text,
			"uses itself");
		return NULL;
	}
	if (x->nest > WATCH_DEPTH_MAX) {
		tell(x, ref, "use fewer defines inside defines", ref->text,
			"makes brackets deeper than 100 levels");
		return NULL;
	}
	if (!resolve(x, d)) {
		/* What is wrong with the define was told where it stands. */
		return broken(x);
	}
	return put_in(x, ref, d);
}

static struct watch_node *expand(struct expansion *x, const struct watch_node *n)
{
	struct watch_node *to;

	if (n->op == WATCH_REF)
		return expand_ref(x, n);
	if (n->op == WATCH_PHRASE || n->op == WATCH_REGEX || n->op == WATCH_ATTRIBUTE)
		x->terms++;
	to = copy(x, n);
	for (size_t i = 0; to && i < n->n_kids; i++) {
		to->kids[i] = expand(x, n->kids[i]);
		if (!to->kids[i] && (x->nomem || x->terms > WATCH_TERMS_MAX))
			return NULL;
	}
	return x->failed ? NULL : to;
}

int watch_define_expand(struct watch_defines *d, struct arena *arena, struct watch_query *q,
	struct watch_reporter *r)
{
	struct expansion x = {.defines = d, .arena = arena, .report = r};
	struct watch_node *root = expand(&x, q->root);

	if (x.nomem)
		return -(int)ERR_NOMEM;
	if (x.failed) {
		q->root = NULL;
		return -(int)ERR_CONF;
	}
	q->root = root;
	q->n_terms = x.terms;
	q->depth = x.depth > q->depth ? x.depth : q->depth;
	q->refs = false;
	return 0;
}
