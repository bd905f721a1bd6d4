/* SPDX-License-Identifier: MIT */
#include "draft.h"

#include "conf/schema.h"
#include "dialect/dialect.h"

/* Source of the query texts of one define or watch; must outlive the builder. */
struct compile_source {
	struct conf_diags *diags;
	const struct conf_node *node;
	struct conf_value_list queries, exclude;
	const struct conf_draft_raise *raises;
	size_t n_raises;
	const bool *broken; /* a watch is invalid, so it is unknown which defines are used */
	bool define;
};

static void compile_on_diag(void *ctx, const struct query_diag *g)
{
	const struct compile_source *o = ctx;
	const struct conf_node *stem = conf_draft_key(o->node, "stem");
	struct conf_span span;

	if (o->define && g->warning && *o->broken)
		return; /* "unused define" may be wrong */
	if (g->part == QUERY_PART_EXCLUDE && o->exclude.n)
		span = conf_value_span(&o->exclude.v[0], g->offset);
	else if (g->part >= QUERY_PART_RAISE && g->part < QUERY_PART_RAISE + o->n_raises)
		span = conf_value_span(&o->raises[g->part - QUERY_PART_RAISE].when.v[0], g->offset);
	else if (g->part < o->queries.n)
		span = conf_value_span(&o->queries.v[g->part], g->offset);
	else
		span = (struct conf_span){
			.at = stem ? stem->at : o->node->name_at, .to = o->node->at.file->text.n};
	conf_diag_within(o->diags, g->warning, &span, g->help, g->text);
}

static struct str *compile_copy_texts(struct conf_draft *d, const struct conf_value_list *values)
{
	struct str *v = arena_array(d->scratch, values->n, sizeof(*v));

	for (size_t i = 0; v && i < values->n; i++)
		v[i] = values->v[i].text;
	return v;
}

/* One without a condition was reported, and stays as any other. NULL: out of memory. */
static struct str *compile_copy_raises(struct conf_draft *d, const struct compile_source *o)
{
	struct str *v = arena_array(d->scratch, o->n_raises + 1, sizeof(*v));

	for (size_t i = 0; v && i < o->n_raises; i++)
		v[i] = o->raises[i].when.n ? o->raises[i].when.v[0].text : STR("x");
	return v;
}

static int compile_add_define(
	struct conf_draft *d, struct watch_builder *b, size_t i, struct compile_source *o)
{
	const struct conf_name *name = &d->blocks[CONF_KIND_DEFINE].v[i];

	o->diags = d->diags;
	o->node = name->node;
	o->queries = d->defines[i].query;
	o->define = true;
	if (!o->queries.n)
		return 0;
	return watch_builder_define(b, name->text, o->queries.v[0].text, compile_on_diag, o);
}

static int compile_add_watch(
	struct conf_draft *d, struct watch_builder *b, size_t i, struct compile_source *o)
{
	const struct conf_draft_watch *w = &d->watches[i];
	struct watch_def def = {
		.name = str_of(w->watch.name),
		.queries = compile_copy_texts(d, &w->queries),
		.n_queries = w->queries.n,
		.exclude = w->exclude.n ? w->exclude.v[0].text : STR_NONE,
		.stems = w->stems.v,
		.n_stems = w->stems.n,
		.dialect = str_of(dialect_names[w->dialect]),
		.feeds = w->watch.feeds.v,
		.n_feeds = w->watch.feeds.n,
		.groups = w->watch.groups.v,
		.n_groups = w->watch.groups.n,
	};
	size_t index = 0;

	o->diags = d->diags;
	o->node = d->blocks[CONF_KIND_WATCH].v[i].node;
	o->queries = w->queries;
	o->exclude = w->exclude;
	o->raises = w->raises;
	o->n_raises = w->watch.n_raises;
	def.raises = compile_copy_raises(d, o);
	def.n_raises = o->n_raises;
	if (!def.queries || !def.raises)
		return -ERR_NOMEM;
	if (!w->queries.n)
		return 0;
	return watch_builder_add(b, &def, &index, compile_on_diag, o);
}

/* The last watch of the set, see struct conf. */
static int compile_add_canary(
	struct conf_draft *d, struct watch_builder *b, struct compile_source *o)
{
	const struct str query = STR(CONF_CANARY_WORD);
	const struct watch_def def = {.name = STR(ALERT_CANARY),
		.queries = &query,
		.n_queries = 1,
		.dialect = str_of(dialect_names[0])};
	size_t index = 0;
	int rc;

	o->diags = d->diags;
	o->node = d->blocks[CONF_KIND_CANARY].v[0].node;
	rc = watch_builder_add(b, &def, &index, compile_on_diag, o);
	return rc == -ERR_NOMEM ? rc : 0;
}

static bool compile_knows_name(void *ctx, enum query_name kind, struct str name)
{
	const struct conf_draft *d = ctx;

	switch (kind) {
	case QUERY_NAME_FEED: break;
	case QUERY_NAME_GROUP: return conf_names_find(&d->groups, name) != TABLE_NONE;
	case QUERY_NAME_SOURCE: return conf_draft_knows_source(d, name);
	}
	return conf_names_find(&d->blocks[CONF_KIND_FEED], name) != TABLE_NONE;
}

static int compile_add_all(struct conf_draft *d, struct watch_builder *b)
{
	size_t defines = d->blocks[CONF_KIND_DEFINE].n, watches = d->blocks[CONF_KIND_WATCH].n;
	struct compile_source *o = arena_array(d->scratch, defines + watches + 1, sizeof(*o));
	bool *broken = arena_zalloc(d->scratch, sizeof(*broken));

	if (!o || !broken)
		return -ERR_NOMEM;
	for (size_t i = 0; i < defines + watches; i++)
		o[i].broken = broken;
	for (size_t i = 0; i < defines; i++)
		if (compile_add_define(d, b, i, o++) == -ERR_NOMEM)
			return -ERR_NOMEM;
	for (size_t i = 0; i < watches; i++)
		if (compile_add_watch(d, b, i, o++) == -ERR_NOMEM)
			return -ERR_NOMEM;
	*broken = d->diags->errors > 0;
	if (!d->env->canary || !d->canary.every)
		return 0;
	o->broken = broken;
	return compile_add_canary(d, b, o);
}

int conf_compile(struct conf_draft *d, const struct conf_source *first, struct watch_set **out)
{
	struct watch_builder *b = watch_builder_new();
	struct err e = {0};
	int rc;

	*out = NULL;
	if (!b)
		return -ERR_NOMEM;
	if (d->blocks[CONF_KIND_FEED].n) /* else its feeds are configured elsewhere */
		watch_builder_sources(b, compile_knows_name, d);
	if (compile_add_all(d, b) == -ERR_NOMEM) {
		watch_builder_free(b);
		return -ERR_NOMEM;
	}
	rc = watch_builder_finish(b, out, &e);
	if (rc == -ERR_NOMEM)
		return rc;
	if (rc && !d->diags->errors)
		conf_error_file(
			d->diags, first, NULL, "the watches cannot be compiled: %s", e.text);
	if (d->diags->errors) {
		watch_set_free(*out);
		*out = NULL;
	}
	return 0;
}
