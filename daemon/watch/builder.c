/* SPDX-License-Identifier: MIT */
/* Builds a set from watches and defines. */
#include <stdlib.h>

#include "index.h"
#include "reading.h"
#include "text/stem.h"

#define TEXTS_MAX ((size_t)4 << 30)
#define TREE_MAX  ((size_t)256 << 20)

struct watch_builder *watch_builder_new(void)
{
	struct watch_builder *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->texts = arena_new(TEXTS_MAX);
	b->tree = arena_new(TREE_MAX);
	if (!b->texts || !b->tree || watch_program_init(&b->program) < 0) {
		watch_builder_free(b);
		return NULL;
	}
	b->compiler.program = &b->program;
	b->defines.arena = b->texts;
	buf_init(&b->compiler.scratch, QUERY_BYTES_MAX);
	return b;
}

void watch_builder_free(struct watch_builder *b)
{
	if (!b)
		return;
	arena_free(b->texts);
	arena_free(b->tree);
	table_release(&b->defines.names);
	free(b->defines.v);
	free(b->pending);
	watch_program_release(&b->program);
	watch_compiler_release(&b->compiler);
	free(b);
}

void watch_builder_sources(struct watch_builder *b, query_known_fn *fn, void *ctx)
{
	b->known = fn;
	b->known_ctx = ctx;
}

int watch_builder_define(
	struct watch_builder *b, struct str name, struct str query, query_diag_fn *diag, void *ctx)
{
	struct query_reporter r = {.fn = diag, .ctx = ctx};
	struct query_defines *d = &b->defines;
	struct query_define *to;
	int rc;

	if (query_define_find(d, name)) {
		query_report(&r, false, 0, 1, "names of defines are unique",
			"a second define of this name");
		b->broken = true;
		return -(int)ERR_CONF;
	}
	if (!array_room(&d->v, d->n, &d->cap, 1, sizeof(*d->v)) ||
		!table_add_name(&d->names, name, d->n))
		return -(int)ERR_NOMEM;
	to = &d->v[d->n++];
	*to = (struct query_define){.name = arena_str(b->texts, name), .fn = diag, .ctx = ctx};
	if (!to->name.p)
		return -(int)ERR_NOMEM;
	rc = query_parse(b->texts, query, &r, &to->query);
	if (rc < 0 && rc != -(int)ERR_CONF)
		return rc;
	if (rc == 0 && b->known)
		query_sources(&to->query, b->known, b->known_ctx, &r);
	b->broken = b->broken || rc < 0;
	return rc;
}

/* --- one watch --- */

/* An OR of the feeds and groups of the watch. NULL: it has none, or a->rc is set. */
static struct query_node *builder_read_sources(struct watch_reading *a)
{
	const struct watch_def *d = a->def;
	struct query_node *any;

	if (d->n_feeds + d->n_groups == 0)
		return NULL;
	any = watch_reading_node(a, QUERY_OR, d->n_feeds + d->n_groups);
	for (size_t i = 0; any && i < any->n_kids; i++) {
		bool feed = i < d->n_feeds;
		struct query_node *n = watch_reading_node(a, QUERY_ATTRIBUTE, 0);

		if (!n)
			return NULL;
		n->attribute = feed ? QUERY_ATTR_FEED : QUERY_ATTR_GROUP;
		n->value = feed ? d->feeds[i] : d->groups[i - d->n_feeds];
		any->kids[i] = n;
	}
	return any;
}

/* The queries of the watch, joined by OR. */
static struct query_node *builder_read_queries(struct watch_reading *a)
{
	struct query_node *any = watch_reading_node(a, QUERY_OR, a->def->n_queries);

	if (a->def->n_queries == 0) {
		a->report.part = 0;
		a->report.fn = a->final ? NULL : a->fn;
		query_report(
			&a->report, false, 0, 1, "write query = '…'", "the watch has no query");
		a->report.fn = a->fn;
		watch_reading_fail(a, -(int)ERR_CONF);
	}
	for (size_t i = 0; any && i < a->def->n_queries; i++)
		any->kids[i] = watch_reading_query(a, a->def->queries[i], i, QUERY_USE_WATCH);
	return any && any->n_kids == 1 ? any->kids[0] : any;
}

/* (queries) AND (sources) NOT exclude, as one tree. NULL: a->rc is set, or defines are missing. */
static struct query_node *builder_read_watch(struct watch_reading *a)
{
	struct query_node *query = builder_read_queries(a), *sources = builder_read_sources(a),
			  *exclude = NULL, *all;

	if (str_present(a->def->exclude))
		exclude = watch_reading_query(
			a, a->def->exclude, QUERY_PART_EXCLUDE, QUERY_USE_EXCLUDE);
	if (a->rc < 0 || (a->refs && !a->final))
		return NULL;
	if (!exclude && !sources)
		return query;
	all = watch_reading_node(a, QUERY_AND, 3);
	if (!all)
		return NULL;
	all->n_kids = 0;
	all->kids[all->n_kids++] = query;
	if (sources)
		all->kids[all->n_kids++] = sources;
	if (exclude) {
		struct query_node *without = watch_reading_node(a, QUERY_NOT, 1);

		if (!without)
			return NULL;
		without->kids[0] = exclude;
		all->kids[all->n_kids++] = without;
	}
	return all;
}

static void builder_read_languages(struct watch_reading *a)
{
	struct watch_compiler *c = &a->b->compiler;

	c->n_languages = 0;
	for (size_t i = 0; i < a->def->n_stems; i++) {
		struct err e = {0};
		const char *algorithm = text_stem_algorithm(a->def->stems[i], &e);

		if (!algorithm) {
			a->report.part = QUERY_PART_OPTION;
			query_report(&a->report, false, 0, 1, NULL, "stem: %s", e.text);
			watch_reading_fail(a, -(int)ERR_CONF);
		} else if (!watch_compiler_language(c, algorithm)) {
			watch_reading_fail(a, -(int)ERR_NOMEM);
		}
	}
}

static void builder_read_dialect(struct watch_reading *a)
{
	struct str name = a->def->dialect;
	struct buf help;

	a->dialect = NULL;
	if (!str_present(name) || str_is(name, "native"))
		return;
	a->dialect = dialect_find(name);
	if (a->dialect)
		return;
	buf_init(&help, 1024);
	for (size_t i = 0; dialect_names[i]; i++)
		buf_printf(&help, "%s%s", i ? ", " : "dialects are ", dialect_names[i]);
	a->report.part = QUERY_PART_OPTION;
	query_report(&a->report, false, 0, 1, buf_z(&help), "dialect: not one that can be read");
	buf_release(&help);
	watch_reading_fail(a, -(int)ERR_CONF);
}

/* Warns if the watch is evaluated on every item. */
static void builder_warn_of_cost(struct watch_reading *a, uint32_t root)
{
	enum watch_cost cost;

	if (watch_cost_of(&a->b->program, root, &cost) < 0) {
		watch_reading_fail(a, -(int)ERR_NOMEM);
		return;
	}
	a->report.part = 0;
	if (cost == WATCH_COST_SLOW)
		query_report(&a->report, true, 0, 1,
			"write a word beside it that must be there too: embassy /…/",
			"the regular expression is tried on every item");
	else if (cost == WATCH_COST_SCAN)
		query_report(&a->report, true, 0, 1,
			"write a word beside it that must be there too: mayor *burg",
			"no word of this query could rule items out");
}

/* The trees of the conditions. NULL: out of memory, and a->rc is set. */
static struct query_node **builder_read_raises(struct watch_reading *a)
{
	struct query_node **trees =
		arena_array(a->b->tree, a->def->n_raises + 1, sizeof(struct query_node *));

	if (!trees)
		watch_reading_fail(a, -(int)ERR_NOMEM);
	a->dialect = NULL;
	for (size_t i = 0; trees && i < a->def->n_raises; i++)
		trees[i] = watch_reading_query(
			a, a->def->raises[i], QUERY_PART_RAISE + i, QUERY_USE_RAISE);
	return trees;
}

static void builder_compile_watch(struct watch_reading *a, const struct query_node *tree,
	struct query_node *const *raises, struct watch_entry *out)
{
	struct watch_program *p = &a->b->program;
	struct watch_compiler *c = &a->b->compiler;

	c->counts_sources = false;
	out->root = watch_compile(c, tree);
	out->counts_sources = c->counts_sources;
	out->raises = (uint32_t)p->n_raises;
	out->n_raises = (uint32_t)a->def->n_raises;
	if (!WATCH_ROOM(p, raises, out->n_raises))
		c->failed = true;
	for (size_t i = 0; i < out->n_raises && !c->failed; i++)
		p->raises[p->n_raises++] = watch_compile(c, raises[i]);
	if (c->failed)
		watch_reading_fail(a, -(int)ERR_NOMEM);
	else
		builder_warn_of_cost(a, out->root);
}

/* Compiles the watch; out->root stays WATCH_NONE if it must wait for finish. */
static int builder_add_watch(struct watch_reading *a, struct watch_entry *out)
{
	struct query_node *tree, **raises;

	out->root = WATCH_NONE;
	arena_clear(a->b->tree);
	a->report.fn = a->final ? NULL : a->fn; /* reported the first time */
	builder_read_languages(a);
	builder_read_dialect(a);
	a->report.fn = a->fn;
	tree = builder_read_watch(a);
	raises = builder_read_raises(a);
	if (a->rc == 0 && tree && (a->final || !a->refs))
		builder_compile_watch(a, tree, raises, out);
	if (a->rc == -(int)ERR_CONF)
		a->b->broken = true;
	return a->rc;
}

static bool builder_copy_list(struct arena *arena, const struct str **list, size_t n)
{
	struct str *to = arena_array(arena, n ? n : 1, sizeof(*to));
	bool ok = to != NULL;

	for (size_t i = 0; ok && i < n; i++)
		ok = (to[i] = arena_str(arena, (*list)[i].p ? (*list)[i] : STR(""))).p != NULL;
	*list = to;
	return ok;
}

static int builder_add_pending(struct watch_reading *a, size_t index)
{
	struct watch_builder *b = a->b;
	struct builder_pending *w;

	if (!array_room(&b->pending, b->n_pending, &b->cap_pending, 1, sizeof(*w)))
		return -(int)ERR_NOMEM;
	w = &b->pending[b->n_pending];
	*w = (struct builder_pending){.def = *a->def,
		.index = index,
		.broken = a->rc < 0,
		.fn = a->report.fn,
		.ctx = a->report.ctx};
	w->def.exclude = arena_str(b->texts, a->def->exclude);
	w->def.dialect = arena_str(b->texts, a->def->dialect);
	if ((a->def->exclude.p && !w->def.exclude.p) || (a->def->dialect.p && !w->def.dialect.p) ||
		!builder_copy_list(b->texts, &w->def.queries, w->def.n_queries) ||
		!builder_copy_list(b->texts, &w->def.stems, w->def.n_stems) ||
		!builder_copy_list(b->texts, &w->def.feeds, w->def.n_feeds) ||
		!builder_copy_list(b->texts, &w->def.groups, w->def.n_groups) ||
		!builder_copy_list(b->texts, &w->def.raises, w->def.n_raises))
		return -(int)ERR_NOMEM;
	b->n_pending++;
	return 0;
}

int watch_builder_add(struct watch_builder *b, const struct watch_def *def, size_t *index,
	query_diag_fn *diag, void *ctx)
{
	struct watch_reading a = {
		.b = b, .def = def, .report = {.fn = diag, .ctx = ctx}, .fn = diag};
	struct watch_program *p = &b->program;
	struct watch_entry entry = {
		.sourced = def->n_feeds + def->n_groups > 0,
		.excluding = str_present(def->exclude),
	};
	int rc = builder_add_watch(&a, &entry);

	if (rc == -(int)ERR_CONF && a.refs && builder_add_pending(&a, 0) < 0)
		return -(int)ERR_NOMEM;
	if (rc < 0)
		return rc;
	entry.name = arena_str(p->arena, def->name.p ? def->name : STR(""));
	if (!entry.name.p || !WATCH_ROOM(p, watches, 1))
		return -(int)ERR_NOMEM;
	if (entry.root == WATCH_NONE && (rc = builder_add_pending(&a, p->n_watches)) < 0)
		return rc;
	p->watches[p->n_watches] = entry;
	*index = p->n_watches++;
	return 0;
}

/* --- finishing --- */

/* Reports unused defines, and errors in them that no watch has reported. */
static int builder_finish_defines(struct watch_builder *b)
{
	for (size_t i = 0; i < b->defines.n; i++) {
		struct query_define *d = &b->defines.v[i];
		struct query_reporter r = {.fn = d->fn, .ctx = d->ctx};
		struct query q = d->query;
		int rc = 0;

		if (!d->used)
			query_report(&r, true, 0, 1, NULL, "nothing uses this define");
		if (d->state == QUERY_DEFINE_NEW && q.root) {
			arena_clear(b->tree);
			d->state = QUERY_DEFINE_OPEN;
			rc = query_define_expand(&b->defines, b->texts, &q, &r);
			d->state = rc < 0 ? QUERY_DEFINE_BROKEN : QUERY_DEFINE_NEW;
		}
		if (rc == -(int)ERR_NOMEM)
			return rc;
		b->broken = b->broken || rc < 0 || d->state == QUERY_DEFINE_BROKEN;
	}
	return 0;
}

static int builder_finish_pending(struct watch_builder *b)
{
	for (size_t i = 0; i < b->n_pending; i++) {
		const struct builder_pending *w = &b->pending[i];
		struct watch_reading a = {.b = b,
			.def = &w->def,
			.report = {.fn = w->fn, .ctx = w->ctx},
			.fn = w->fn,
			.final = true};
		struct watch_entry none = {0}, *entry = &none;
		int rc;

		if (!w->broken)
			entry = &b->program.watches[w->index];
		rc = builder_add_watch(&a, entry);
		if (rc == -(int)ERR_NOMEM)
			return rc;
	}
	return 0;
}

static int builder_finish_set(struct watch_builder *b, struct watch_set **out, struct err *e)
{
	int rc = builder_finish_pending(b);

	*out = NULL;
	if (rc == 0)
		rc = builder_finish_defines(b);
	if (rc < 0)
		return err_nomem(e);
	if (b->broken)
		return err_set(e, ERR_CONF, "some watches could not be compiled");
	return watch_set_make(&b->program, out) < 0 ? err_nomem(e) : 0;
}

int watch_builder_finish(struct watch_builder *b, struct watch_set **out, struct err *e)
{
	int rc = builder_finish_set(b, out, e);

	watch_builder_free(b);
	return rc;
}
