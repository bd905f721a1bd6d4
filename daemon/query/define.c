/* SPDX-License-Identifier: MIT */
#include "query/define.h"

#include "base/nearest.h"
#include "query/operator.h"

struct define_expansion {
	struct query_defines *defines;
	struct arena *arena;
	struct query_reporter *report;
	const struct query_node
		*at;	 /* the @name that errors are reported at; NULL: at the node itself */
	unsigned fields; /* of the prefix of that @name; 0: none */
	bool field_reported;
	unsigned nest; /* nesting depth of defines */
	size_t terms, depth;
	bool failed, nomem;
};

static struct str define_name(const void *defines, size_t i)
{
	return ((const struct query_defines *)defines)->v[i].name;
}

struct query_define *query_define_find(const struct query_defines *d, struct str name)
{
	size_t i = table_find_name(&d->names, name, define_name, d);

	return i == TABLE_NONE ? NULL : &d->v[i];
}

static struct query_node *define_fail_memory(struct define_expansion *x)
{
	x->failed = x->nomem = true;
	return NULL;
}

/* Reports "NAME what" at the node, or at the outermost @name. Returns NULL. */
static struct query_node *define_report(struct define_expansion *x, const struct query_node *n,
	const char *help, struct str name, const char *what)
{
	const struct query_node *at = x->at ? x->at : n;

	query_report(x->report, false, at->offset, at->length, help, "%.*s %s",
		(int)(name.n < 60 ? name.n : 60), name.p ? name.p : "", what);
	x->failed = true;
	return NULL;
}

static struct query_node *define_expand_node(
	struct define_expansion *x, const struct query_node *n);

/* Expands a define on first use and caches its tree. Returns NULL after a report. */
static struct query_node *define_resolve(struct define_expansion *x, struct query_define *d)
{
	struct query_reporter own = {.fn = d->fn, .ctx = d->ctx};
	struct define_expansion inner = {
		.defines = x->defines,
		.arena = x->defines->arena,
		.report = &own,
		.nest = x->nest + 1,
	};

	if (d->state == QUERY_DEFINE_DONE)
		return d->expanded;
	if (d->state == QUERY_DEFINE_BROKEN || !d->query.root)
		return NULL;
	d->state = QUERY_DEFINE_OPEN;
	d->expanded = define_expand_node(&inner, d->query.root);
	d->terms = inner.terms;
	d->depth = inner.depth > d->query.depth ? inner.depth : d->query.depth;
	d->state = inner.failed ? QUERY_DEFINE_BROKEN : QUERY_DEFINE_DONE;
	x->nomem = x->nomem || inner.nomem;
	return inner.failed ? NULL : d->expanded;
}

static struct query_node *define_copy_node(struct define_expansion *x, const struct query_node *n)
{
	struct query_node *to = arena_alloc(x->arena, sizeof(*to));

	if (!to)
		return define_fail_memory(x);
	*to = *n;
	if (n->n_kids) {
		to->kids = arena_array(x->arena, n->n_kids, sizeof(*to->kids));
		if (!to->kids)
			return define_fail_memory(x);
	}
	if (!x->at)
		return to;
	to->offset = x->at->offset;
	to->length = x->at->length;
	if (!x->fields)
		return to;
	if ((n->prefix || n->fielded || query_operators[n->op].form == QUERY_FORM_COMPARISON) &&
		!x->field_reported) {
		x->field_reported = true;
		define_report(x, n, "take the field away here, or inside the define", x->at->text,
			"contains fields, and follows a field");
	}
	if (n->fields) {
		to->fields = x->fields;
		to->fielded = true;
	}
	return to;
}

/* Copies the tree of define d for the @name ref, as if written in brackets. */
static struct query_node *define_substitute(
	struct define_expansion *x, const struct query_node *ref, const struct query_define *d)
{
	struct define_expansion inner = {
		.defines = x->defines,
		.arena = x->arena,
		.report = x->report,
		.at = x->at ? x->at : ref,
		.fields = ref->fielded ? ref->fields : x->fields,
		.nest = x->nest,
	};
	struct query_node *n;

	x->terms += d->terms;
	if (ref->level + 1 + d->depth > x->depth)
		x->depth = ref->level + 1 + d->depth;
	if (x->terms > QUERY_TERMS_MAX || x->depth > QUERY_DEPTH_MAX)
		return define_report(x, ref, "make several watches of it", ref->text,
			x->depth > QUERY_DEPTH_MAX ? "makes brackets deeper than 100 levels"
						   : "makes the query longer than 10000 terms");
	n = define_expand_node(&inner, d->expanded);
	x->failed |= inner.failed;
	x->nomem |= inner.nomem;
	if (n && ref->prefix)
		n->prefix = ref->prefix;
	return n;
}

static const char *define_find_similar(struct define_expansion *x, struct str name)
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

static struct query_node *define_expand_ref(
	struct define_expansion *x, const struct query_node *ref)
{
	struct query_define *d = query_define_find(x->defines, ref->value);

	if (!d)
		return define_report(
			x, ref, define_find_similar(x, ref->value), ref->text, "is not defined");
	d->used = true;
	if (d->state == QUERY_DEFINE_OPEN)
		return define_report(x, ref, "a define may use others, but not itself in a circle",
			ref->text, "uses itself");
	if (x->nest > QUERY_DEPTH_MAX)
		return define_report(x, ref, "use fewer defines inside defines", ref->text,
			"makes brackets deeper than 100 levels");
	if (define_resolve(x, d))
		return define_substitute(x, ref, d);
	x->failed = true; /* reported through the define's own callback */
	return NULL;
}

static struct query_node *define_expand_node(struct define_expansion *x, const struct query_node *n)
{
	struct query_node *to;

	if (n->op == QUERY_REF)
		return define_expand_ref(x, n);
	if (query_operators[n->op].form == QUERY_FORM_TERM)
		x->terms++;
	to = define_copy_node(x, n);
	for (size_t i = 0; to && i < n->n_kids; i++) {
		to->kids[i] = define_expand_node(x, n->kids[i]);
		if (!to->kids[i] && (x->nomem || x->terms > QUERY_TERMS_MAX))
			return NULL;
	}
	return x->failed ? NULL : to;
}

int query_define_expand(
	struct query_defines *d, struct arena *arena, struct query *q, struct query_reporter *r)
{
	struct define_expansion x = {.defines = d, .arena = arena, .report = r};
	struct query_node *root = define_expand_node(&x, q->root);

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
