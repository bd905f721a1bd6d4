/* SPDX-License-Identifier: MIT */
/* Watches and defines as they are given, to one set. */
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
 * A watch that uses defines waits for finish; a broken one too, since a name that nobody defined is
 * told only there.
 */
struct waiting {
	struct watch_def def; /* copied */
	size_t index;	      /* broken: none */
	bool broken;
	query_diag_fn *fn;
	void *ctx;
};

struct watch_builder {
	struct arena *texts; /* of defines and of watches that wait */
	struct arena *tree;  /* of the query at hand */
	struct query_defines defines;
	struct waiting *waiting;
	size_t n_waiting, cap_waiting;
	struct watch_program program;
	struct watch_compiler compiler;
	query_known_fn *known; /* NULL: all names will do */
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
	free(b->waiting);
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

/* What stands between a def and its steps. */
struct adding {
	struct watch_builder *b;
	const struct watch_def *def;
	struct query_reporter report;
	struct query_reporter translated; /* of what a dialect was turned into */
	query_diag_fn *fn;
	const struct dialect *dialect; /* NULL: ours */
	struct dialect_map map;	       /* of the query at hand */
	bool final;		       /* defines are all there */
	bool refs;		       /* a define is used: only finish can go on */
	int rc;			       /* the first failure */
};

static void note(struct adding *a, int rc)
{
	if (rc < 0 && (a->rc == 0 || a->rc == -(int)ERR_CONF))
		a->rc = rc;
}

/* Errors in what a dialect was turned into are told where that was written. */
static void on_translated(void *ctx, const struct query_diag *d)
{
	struct adding *a = ctx;
	struct dialect_place at = dialect_find_place(&a->map, d->offset);

	query_report(&a->report, d->warning, at.offset, at.length, d->help,
		"%s (read as our language)", d->text);
}

static int parse_query(struct adding *a, struct str text, struct query *q)
{
	struct buf ours;
	int rc;

	if (!a->dialect)
		return query_parse(a->b->tree, text, &a->report, q);
	if (text.n > QUERY_BYTES_MAX || !utf8_valid(text)) /* told as for our own */
		return query_parse(a->b->tree, text, &a->report, q);
	buf_init(&ours, SIZE_MAX);
	rc = dialect_read(a->dialect, a->b->tree, text, &a->report, &ours, &a->map);
	if (rc == 0)
		rc = query_parse(a->b->tree, buf_str(&ours), &a->translated, q);
	buf_release(&ours);
	return rc;
}

/* told: what the query in itself came to, which was reported then. */
static int put_in_defines(struct adding *a, struct query *q, bool require, int told)
{
	struct query_reporter *report = a->dialect ? &a->translated : &a->report;
	int rc;

	q->root = q->root ? q->root : q->broken;
	if (!q->root)
		return told;
	rc = query_define_expand(&a->b->defines, a->b->tree, q, report);
	if (rc == 0 && told == 0)
		rc = query_check(q, require, watch_regex_check, report);
	return rc ? rc : told;
}

/* One query of the watch to a tree that passed what can be checked by now; NULL after a report. */
static struct query_node *read_query(struct adding *a, struct str text, size_t part, bool require)
{
	struct query_reporter *report = a->dialect ? &a->translated : &a->report;
	struct query q = {0};
	int rc;

	a->report.part = part;
	a->report.errors = a->report.warnings = 0;
	a->translated = (struct query_reporter){.fn = on_translated, .ctx = a};
	/* The second time all that can be said of the text alone has been said. */
	a->report.fn = a->final ? NULL : a->fn;
	rc = parse_query(a, text, &q);
	a->refs = a->refs || q.refs;
	/* In itself first: what a define adds to it is told on its own. */
	if (rc == 0)
		rc = query_check(&q, require && !q.refs, watch_regex_check, report);
	if (rc == 0 && a->b->known)
		query_sources(&q, a->b->known, a->b->known_ctx, report);
	a->report.fn = a->fn;
	if (a->final && q.refs)
		rc = put_in_defines(a, &q, require, rc);
	note(a, rc);
	return rc == 0 ? q.root : NULL;
}

static struct query_node *make_node(struct adding *a, enum query_op op, size_t n_kids)
{
	struct query_node *n = arena_zalloc(a->b->tree, sizeof(*n));

	if (n)
		n->kids = arena_array(a->b->tree, n_kids ? n_kids : 1, sizeof(*n->kids));
	if (!n || !n->kids) {
		note(a, -(int)ERR_NOMEM);
		return NULL;
	}
	n->op = op;
	n->n_kids = n_kids;
	return n;
}

/* feeds and groups of the watch: any of them. NULL: none given, or a->rc. */
static struct query_node *read_sources(struct adding *a)
{
	const struct watch_def *d = a->def;
	struct query_node *any;

	if (d->n_feeds + d->n_groups == 0)
		return NULL;
	any = make_node(a, QUERY_OR, d->n_feeds + d->n_groups);
	for (size_t i = 0; any && i < any->n_kids; i++) {
		bool feed = i < d->n_feeds;
		struct query_node *n = make_node(a, QUERY_ATTRIBUTE, 0);

		if (!n)
			return NULL;
		n->attribute = feed ? QUERY_ATTR_FEED : QUERY_ATTR_GROUP;
		n->value = feed ? d->feeds[i] : d->groups[i - d->n_feeds];
		any->kids[i] = n;
	}
	return any;
}

/* The queries, joined by OR. */
static struct query_node *read_queries(struct adding *a)
{
	struct query_node *any = make_node(a, QUERY_OR, a->def->n_queries);

	if (a->def->n_queries == 0) {
		a->report.part = 0;
		a->report.fn = a->final ? NULL : a->fn;
		query_report(
			&a->report, false, 0, 1, "write query = '…'", "the watch has no query");
		a->report.fn = a->fn;
		note(a, -(int)ERR_CONF);
	}
	for (size_t i = 0; any && i < a->def->n_queries; i++)
		any->kids[i] = read_query(a, a->def->queries[i], i, true);
	return any && any->n_kids == 1 ? any->kids[0] : any;
}

/* (any query) NOT exclude AND (any source), as one tree. NULL: a->rc, or refs that wait. */
static struct query_node *read_watch(struct adding *a)
{
	struct query_node *query = read_queries(a), *sources = read_sources(a), *exclude = NULL,
			  *all;

	if (str_present(a->def->exclude))
		exclude = read_query(a, a->def->exclude, QUERY_PART_EXCLUDE, false);
	if (a->rc < 0 || (a->refs && !a->final))
		return NULL;
	if (!exclude && !sources)
		return query;
	all = make_node(a, QUERY_AND, 3);
	if (!all)
		return NULL;
	all->n_kids = 0;
	all->kids[all->n_kids++] = query;
	if (sources)
		all->kids[all->n_kids++] = sources;
	if (exclude) {
		struct query_node *without = make_node(a, QUERY_NOT, 1);

		if (!without)
			return NULL;
		without->kids[0] = exclude;
		all->kids[all->n_kids++] = without;
	}
	return all;
}

static void read_languages(struct adding *a)
{
	struct watch_compiler *c = &a->b->compiler;

	c->n_languages = 0;
	for (size_t i = 0; i < a->def->n_stems; i++) {
		struct err e = {0};
		const char *algorithm = text_stem_algorithm(a->def->stems[i], &e);

		if (!algorithm) {
			a->report.part = QUERY_PART_OPTION;
			query_report(&a->report, false, 0, 1, NULL, "stem: %s", e.text);
			note(a, -(int)ERR_CONF);
		} else if (!watch_compiler_language(c, algorithm)) {
			note(a, -(int)ERR_NOMEM);
		}
	}
}

static void read_dialect(struct adding *a)
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
	note(a, -(int)ERR_CONF);
}

/* Every item costs such a watch, however few match. */
static void warn_of_cost(struct adding *a, uint32_t root)
{
	enum watch_cost cost;

	if (watch_cost_of(&a->b->program, root, &cost) < 0) {
		note(a, -(int)ERR_NOMEM);
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

/* Compiles what can be; *root stays WATCH_NONE for a watch that waits. */
static int add(struct adding *a, uint32_t *root)
{
	struct query_node *tree;

	*root = WATCH_NONE;
	arena_clear(a->b->tree);
	a->report.fn = a->final ? NULL : a->fn; /* told the first time */
	read_languages(a);
	read_dialect(a);
	a->report.fn = a->fn;
	tree = read_watch(a);
	if (a->rc == 0 && tree) {
		*root = watch_compile(&a->b->compiler, tree);
		if (a->b->compiler.failed)
			note(a, -(int)ERR_NOMEM);
		else
			warn_of_cost(a, *root);
	}
	if (a->rc == -(int)ERR_CONF)
		a->b->broken = true;
	return a->rc;
}

static bool copy_list(struct arena *arena, const struct str **list, size_t n)
{
	struct str *to = arena_array(arena, n ? n : 1, sizeof(*to));

	for (size_t i = 0; to && i < n; i++) {
		to[i] = arena_str(arena, (*list)[i].p ? (*list)[i] : STR(""));
		if (!to[i].p)
			return false;
	}
	*list = to;
	return to != NULL;
}

static int wait_for_defines(struct adding *a, size_t index)
{
	struct watch_builder *b = a->b;
	struct waiting *w;

	if (!array_room(&b->waiting, b->n_waiting, &b->cap_waiting, 1, sizeof(*w)))
		return -(int)ERR_NOMEM;
	w = &b->waiting[b->n_waiting];
	*w = (struct waiting){.def = *a->def,
		.index = index,
		.broken = a->rc < 0,
		.fn = a->report.fn,
		.ctx = a->report.ctx};
	w->def.exclude = arena_str(b->texts, a->def->exclude);
	w->def.dialect = arena_str(b->texts, a->def->dialect);
	if ((a->def->exclude.p && !w->def.exclude.p) || (a->def->dialect.p && !w->def.dialect.p) ||
		!copy_list(b->texts, &w->def.queries, w->def.n_queries) ||
		!copy_list(b->texts, &w->def.stems, w->def.n_stems) ||
		!copy_list(b->texts, &w->def.feeds, w->def.n_feeds) ||
		!copy_list(b->texts, &w->def.groups, w->def.n_groups))
		return -(int)ERR_NOMEM;
	b->n_waiting++;
	return 0;
}

int watch_builder_add(struct watch_builder *b, const struct watch_def *def, size_t *index,
	query_diag_fn *diag, void *ctx)
{
	struct adding a = {.b = b, .def = def, .report = {.fn = diag, .ctx = ctx}, .fn = diag};
	struct watch_program *p = &b->program;
	uint32_t root;
	struct str name;
	int rc = add(&a, &root);

	if (rc == -(int)ERR_CONF && a.refs && wait_for_defines(&a, 0) < 0)
		return -(int)ERR_NOMEM;
	if (rc < 0)
		return rc;
	name = arena_str(p->arena, def->name.p ? def->name : STR(""));
	if (!name.p || !WATCH_ROOM(p, watches, 1))
		return -(int)ERR_NOMEM;
	if (root == WATCH_NONE && (rc = wait_for_defines(&a, p->n_watches)) < 0)
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

/* --- all of it --- */

/* Defines that no watch uses: told, and their own errors too. */
static int finish_defines(struct watch_builder *b)
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

static int finish_waiting(struct watch_builder *b)
{
	for (size_t i = 0; i < b->n_waiting; i++) {
		const struct waiting *w = &b->waiting[i];
		struct adding a = {.b = b,
			.def = &w->def,
			.report = {.fn = w->fn, .ctx = w->ctx},
			.fn = w->fn,
			.final = true};
		uint32_t root;
		int rc = add(&a, &root);

		if (rc == -(int)ERR_NOMEM)
			return rc;
		if (!w->broken)
			b->program.watches[w->index].root = root;
	}
	return 0;
}

static int finish(struct watch_builder *b, struct watch_set **out, struct err *e)
{
	int rc = finish_waiting(b);

	if (rc == 0)
		rc = finish_defines(b);
	if (rc < 0)
		return err_nomem(e);
	if (b->broken)
		return err_set(e, ERR_CONF, "some watches could not be compiled");
	return watch_set_make(&b->program, out) < 0 ? err_nomem(e) : 0;
}

int watch_builder_finish(struct watch_builder *b, struct watch_set **out, struct err *e)
{
	int rc;

	*out = NULL;
	rc = finish(b, out, e);
	watch_builder_free(b);
	return rc;
}
