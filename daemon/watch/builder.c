/* SPDX-License-Identifier: MIT */
/* Builds a set from watches and defines. */
#include <stdlib.h>

#include "base/utf8.h"
#include "query/define.h"
#include "dialect/dialect.h"
#include "index.h"
#include "program.h"
#include "regex.h"
#include "text/stem.h"

#define TEXTS_MAX ((size_t)4 << 30)
#define TREE_MAX  ((size_t)256 << 20)

/*
 * A watch that uses defines is compiled by finish, when all defines are known. An invalid one is
 * kept too, because only finish can report that a define it uses does not exist.
 */
struct builder_pending {
	struct watch_def def; /* copied */
	size_t index;	      /* unused if broken */
	bool broken;
	query_diag_fn *fn;
	void *ctx;
};

struct watch_builder {
	struct arena *texts; /* of defines and of pending watches */
	struct arena *tree;  /* of the present query */
	struct query_defines defines;
	struct builder_pending *pending;
	size_t n_pending, cap_pending;
	struct watch_program program;
	struct watch_compiler compiler;
	query_known_fn *known; /* NULL: any name is valid */
	void *known_ctx;
	bool broken;
};

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

/* State of one watch on the way from its definition to steps. */
struct watch_reading {
	struct watch_builder *b;
	const struct watch_def *def;
	struct query_reporter report;
	struct query_reporter translated; /* for the translation of a dialect */
	query_diag_fn *fn;
	const struct dialect *dialect; /* NULL: native */
	struct dialect_map map;	       /* of the present query */
	bool final;		       /* called by finish: all defines are known */
	bool refs;		       /* uses a define: only finish can compile it */
	int rc;			       /* the first failure */
};

static void builder_fail(struct watch_reading *a, int rc)
{
	if (rc < 0 && (a->rc == 0 || a->rc == -(int)ERR_CONF))
		a->rc = rc;
}

/* Reports an error in the translation at the place in the original query. */
static void builder_on_translated(void *ctx, const struct query_diag *d)
{
	struct watch_reading *a = ctx;
	struct dialect_place at = dialect_find_place(&a->map, d->offset);

	query_report(&a->report, d->warning, at.offset, at.length, d->help,
		"%s (read as our language)", d->text);
}

static int builder_parse_query(struct watch_reading *a, struct str text, struct query *q)
{
	struct buf ours;
	int rc;

	if (!a->dialect)
		return query_parse(a->b->tree, text, &a->report, q);
	if (text.n > QUERY_BYTES_MAX || !utf8_valid(text)) /* the same error as for native text */
		return query_parse(a->b->tree, text, &a->report, q);
	buf_init(&ours, DIALECT_BYTES_MAX);
	rc = dialect_read(a->dialect, a->b->tree, text, &a->report, &ours, &a->map);
	if (rc == 0)
		rc = query_parse(a->b->tree, buf_str(&ours), &a->translated, q);
	buf_release(&ours);
	return rc;
}

/* result: that of checking the query without its defines, already reported. */
static int builder_expand(struct watch_reading *a, struct query *q, bool require, int result)
{
	struct query_reporter *report = a->dialect ? &a->translated : &a->report;
	int rc;

	q->root = q->root ? q->root : q->broken;
	if (!q->root)
		return result;
	rc = query_define_expand(&a->b->defines, a->b->tree, q, report);
	if (rc == 0 && result == 0)
		rc = query_check(q, require, watch_regex_check, report);
	return rc ? rc : result;
}

/* Parses one query and checks what can be checked now. NULL after an error was reported. */
static struct query_node *builder_read_query(
	struct watch_reading *a, struct str text, size_t part, bool require)
{
	struct query_reporter *report = a->dialect ? &a->translated : &a->report;
	struct query q = {0};
	int rc;

	a->report.part = part;
	a->report.errors = a->report.warnings = 0;
	a->translated = (struct query_reporter){.fn = builder_on_translated, .ctx = a};
	/* Errors of the text alone were reported the first time. */
	a->report.fn = a->final ? NULL : a->fn;
	rc = builder_parse_query(a, text, &q);
	a->refs = a->refs || q.refs;
	/* Without its defines first: their errors are reported separately. */
	if (rc == 0)
		rc = query_check(&q, require && !q.refs, watch_regex_check, report);
	if (rc == 0 && a->b->known)
		query_sources(&q, a->b->known, a->b->known_ctx, report);
	a->report.fn = a->fn;
	if (a->final && q.refs)
		rc = builder_expand(a, &q, require, rc);
	builder_fail(a, rc);
	return rc == 0 ? q.root : NULL;
}

static struct query_node *builder_make_node(
	struct watch_reading *a, enum query_op op, size_t n_kids)
{
	struct query_node *n = arena_zalloc(a->b->tree, sizeof(*n));

	if (n)
		n->kids = arena_array(a->b->tree, n_kids ? n_kids : 1, sizeof(*n->kids));
	if (!n || !n->kids) {
		builder_fail(a, -(int)ERR_NOMEM);
		return NULL;
	}
	n->op = op;
	n->n_kids = n_kids;
	return n;
}

/* An OR of the feeds and groups of the watch. NULL: it has none, or a->rc is set. */
static struct query_node *builder_read_sources(struct watch_reading *a)
{
	const struct watch_def *d = a->def;
	struct query_node *any;

	if (d->n_feeds + d->n_groups == 0)
		return NULL;
	any = builder_make_node(a, QUERY_OR, d->n_feeds + d->n_groups);
	for (size_t i = 0; any && i < any->n_kids; i++) {
		bool feed = i < d->n_feeds;
		struct query_node *n = builder_make_node(a, QUERY_ATTRIBUTE, 0);

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
	struct query_node *any = builder_make_node(a, QUERY_OR, a->def->n_queries);

	if (a->def->n_queries == 0) {
		a->report.part = 0;
		a->report.fn = a->final ? NULL : a->fn;
		query_report(
			&a->report, false, 0, 1, "write query = '…'", "the watch has no query");
		a->report.fn = a->fn;
		builder_fail(a, -(int)ERR_CONF);
	}
	for (size_t i = 0; any && i < a->def->n_queries; i++)
		any->kids[i] = builder_read_query(a, a->def->queries[i], i, true);
	return any && any->n_kids == 1 ? any->kids[0] : any;
}

/* (queries) AND (sources) NOT exclude, as one tree. NULL: a->rc is set, or defines are missing. */
static struct query_node *builder_read_watch(struct watch_reading *a)
{
	struct query_node *query = builder_read_queries(a), *sources = builder_read_sources(a),
			  *exclude = NULL, *all;

	if (str_present(a->def->exclude))
		exclude = builder_read_query(a, a->def->exclude, QUERY_PART_EXCLUDE, false);
	if (a->rc < 0 || (a->refs && !a->final))
		return NULL;
	if (!exclude && !sources)
		return query;
	all = builder_make_node(a, QUERY_AND, 3);
	if (!all)
		return NULL;
	all->n_kids = 0;
	all->kids[all->n_kids++] = query;
	if (sources)
		all->kids[all->n_kids++] = sources;
	if (exclude) {
		struct query_node *without = builder_make_node(a, QUERY_NOT, 1);

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
			builder_fail(a, -(int)ERR_CONF);
		} else if (!watch_compiler_language(c, algorithm)) {
			builder_fail(a, -(int)ERR_NOMEM);
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
	builder_fail(a, -(int)ERR_CONF);
}

/* Warns if the watch is evaluated on every item. */
static void builder_warn_of_cost(struct watch_reading *a, uint32_t root)
{
	enum watch_cost cost;

	if (watch_cost_of(&a->b->program, root, &cost) < 0) {
		builder_fail(a, -(int)ERR_NOMEM);
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

/* Compiles the watch; *root stays WATCH_NONE if it must wait for finish. */
static int builder_add_watch(struct watch_reading *a, uint32_t *root)
{
	struct query_node *tree;

	*root = WATCH_NONE;
	arena_clear(a->b->tree);
	a->report.fn = a->final ? NULL : a->fn; /* reported the first time */
	builder_read_languages(a);
	builder_read_dialect(a);
	a->report.fn = a->fn;
	tree = builder_read_watch(a);
	if (a->rc == 0 && tree) {
		*root = watch_compile(&a->b->compiler, tree);
		if (a->b->compiler.failed)
			builder_fail(a, -(int)ERR_NOMEM);
		else
			builder_warn_of_cost(a, *root);
	}
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
		!builder_copy_list(b->texts, &w->def.groups, w->def.n_groups))
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
	uint32_t root;
	struct str name;
	int rc = builder_add_watch(&a, &root);

	if (rc == -(int)ERR_CONF && a.refs && builder_add_pending(&a, 0) < 0)
		return -(int)ERR_NOMEM;
	if (rc < 0)
		return rc;
	name = arena_str(p->arena, def->name.p ? def->name : STR(""));
	if (!name.p || !WATCH_ROOM(p, watches, 1))
		return -(int)ERR_NOMEM;
	if (root == WATCH_NONE && (rc = builder_add_pending(&a, p->n_watches)) < 0)
		return rc;
	p->watches[p->n_watches] = (struct watch_entry){
		.name = name,
		.root = root,
		.sourced = def->n_feeds + def->n_groups > 0,
		.excluding = str_present(def->exclude),
	};
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
		uint32_t root;
		int rc = builder_add_watch(&a, &root);

		if (rc == -(int)ERR_NOMEM)
			return rc;
		if (!w->broken)
			b->program.watches[w->index].root = root;
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
