/* SPDX-License-Identifier: MIT */
#include "conf/kept.h"
#include "draft.h"
#include "generation.h"
#include "grammar.h"
#include "inspect.h"
#include "load.h"

#include <stdlib.h>

#define SCRATCH_MAX ((size_t)1 << 32)

/* State of one load. */
struct load_state {
	const struct conf_env *env;
	struct conf_generation *generation;
	struct arena *scratch;
	struct conf_files files;
	struct conf_diags *diags;
	struct str only; /* absent: all watches */
	bool daemon_only;
	const struct conf_added *added;
	size_t n_added;
	struct buf *text;   /* all files are appended; NULL: not wanted */
	struct str instead; /* of the files; absent: read them */
};

/* Positions of added files in the reading order, after all others. */
#define ADDED_ORDER 0x40000000u

/* The other watches were parsed and checked; they are not compiled. */
static void load_select_watch(struct conf_draft *d, struct str only)
{
	struct conf_names *blocks = &d->blocks[CONF_KIND_WATCH];
	size_t i = conf_names_find(blocks, only);

	if (i != TABLE_NONE) {
		d->watches += i;
		blocks->v += i;
	}
	blocks->n = i != TABLE_NONE;
}

/* Links and compiles all blocks. */
static int load_build(struct load_state *l, struct conf_draft *d)
{
	const struct conf_source nothing = {.name = "nightdesk.conf"};
	const struct conf_source *first = l->files.n ? &l->files.v[0] : &nothing;
	int rc = conf_draft_link(d, first);

	if (rc == 0)
		conf_inspect(d, &l->files, l->generation);
	if (rc == 0 && str_present(l->only))
		load_select_watch(d, l->only);
	if (rc == 0)
		rc = conf_compile(d, first, &l->generation->conf.set);
	return rc ? rc : conf_generation_fill(l->generation, d);
}

static int load_add_files(struct load_state *l)
{
	struct conf_source *v;
	int rc = 0;

	if (!l->n_added)
		return 0;
	v = reallocarray(l->files.v, l->files.n + l->n_added, sizeof(*v));
	if (!v)
		return -ERR_NOMEM;
	l->files.v = v;
	for (size_t i = 0; rc != -ERR_NOMEM && i < l->n_added; i++) {
		v[l->files.n] = (struct conf_source){.name = l->added[i].name,
			.order = ADDED_ORDER + (unsigned)i,
			.text = STR("")};
		rc = conf_source_init(&v[l->files.n++], l->added[i].text, l->scratch, l->diags);
	}
	return rc == -ERR_NOMEM ? rc : 0;
}

/* One file in the place of all. */
static int load_take_text(struct load_state *l)
{
	l->files.v = calloc(1, sizeof(*l->files.v));
	if (!l->files.v)
		return -ERR_NOMEM;
	l->files.n = 1;
	l->files.v[0] = (struct conf_source){.name = "nightdesk.conf", .text = STR("")};
	return conf_source_init(&l->files.v[0], l->instead, l->scratch, l->diags);
}

static void load_keep_text(const struct load_state *l)
{
	for (size_t i = 0; l->text && i < l->files.n; i++) {
		buf_printf(l->text, "# %s\n", l->files.v[i].name);
		buf_add(l->text, l->files.v[i].text.p, l->files.v[i].text.n);
		buf_addc(l->text, '\n');
	}
}

static int load_read(struct load_state *l)
{
	struct conf_generation *g = l->generation;
	struct conf_tree tree = {.arena = l->scratch, .notify_types = l->env->notify_types};
	struct conf_draft d = {.arena = g->arena,
		.scratch = l->scratch,
		.diags = l->diags,
		.dir = g->conf.dir,
		.env = l->env};
	int rc = str_present(l->instead)
			 ? load_take_text(l)
			 : conf_files_read(&l->files, g->conf.dir, g->arena, l->scratch, l->diags);

	if (rc == 0)
		rc = load_add_files(l);
	if (rc == 0)
		load_keep_text(l);
	/* Without any file there is nothing to check. */
	if (rc == 0 && !l->daemon_only && !l->files.n && l->diags->errors)
		return 0;
	for (size_t i = 0; rc == 0 && i < l->files.n; i++)
		rc = conf_tree_read(&tree, &l->files.v[i], l->diags);
	if (rc == 0)
		rc = conf_draft_read(&d, &tree);
	if (rc == 0 && !l->daemon_only)
		return load_build(l, &d);
	if (rc == 0)
		conf_draft_link_paths(&d);
	g->conf.daemon = d.daemon;
	g->conf.poll = d.poll;
	return rc == 0 && d.nomem ? -ERR_NOMEM : rc;
}

/* Returns NULL if memory ran out or, unless only the daemon's blocks matter, after an error. */
static struct conf *load_generation(const char *dir, struct load_state *l)
{
	const struct conf_source whole = {.name = dir};
	int rc = -ERR_NOMEM;

	conf_diags_init(l->diags);
	l->generation = conf_generation_new(dir, l->env);
	l->scratch = arena_new(SCRATCH_MAX);
	if (l->generation && l->scratch && l->diags->arena)
		rc = load_read(l);
	free(l->files.v);
	arena_free(l->scratch);
	if (rc == -ERR_NOMEM) {
		l->diags->cause = ERR_NOMEM;
		conf_error_file(l->diags, &whole, NULL, "out of memory");
	}
	conf_diags_sort(l->diags);
	if (rc == 0 && (l->daemon_only || !l->diags->errors)) {
		l->generation->conf.broken = l->diags->errors > 0;
		return &l->generation->conf;
	}
	if (l->generation)
		conf_unref(&l->generation->conf);
	return NULL;
}

static int load_failed(const struct conf_diags *diags)
{
	return diags->cause ? -(int)diags->cause : -(int)ERR_CONF;
}

int conf_load_watch(const char *dir, const struct conf_env *env, struct str watch,
	struct conf **out, struct conf_diags *diags)
{
	struct load_state l = {.env = env, .diags = diags, .only = watch};

	*out = load_generation(dir, &l);
	return *out ? 0 : load_failed(diags);
}

int conf_load(
	const char *dir, const struct conf_env *env, struct conf **out, struct conf_diags *diags)
{
	return conf_load_watch(dir, env, STR_NONE, out, diags);
}

int conf_load_text(const char *dir, const struct conf_env *env, struct buf *text, struct conf **out,
	struct conf_diags *diags)
{
	struct load_state l = {.env = env, .diags = diags, .text = text};

	*out = load_generation(dir, &l);
	return *out ? 0 : load_failed(diags);
}

int conf_load_instead(const char *dir, const struct conf_env *env, struct str watch,
	struct str text, struct conf **out, struct conf_diags *diags)
{
	struct load_state l = {.env = env, .diags = diags, .only = watch, .instead = text};

	*out = load_generation(dir, &l);
	return *out ? 0 : load_failed(diags);
}

int conf_load_added(const char *dir, const struct conf_env *env, struct conf_added *v, size_t n,
	struct arena *a, struct err *e)
{
	struct conf_diags diags = {0};
	/* An empty name: no watch is compiled. */
	struct load_state l = {
		.env = env, .diags = &diags, .only = STR(""), .added = v, .n_added = n};
	struct conf *c = load_generation(dir, &l);
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		v[i].error = NULL;
	for (size_t i = 0; i < diags.n && !rc; i++) {
		const struct conf_diag *g = &diags.v[i];
		size_t k = g->file_order - (size_t)ADDED_ORDER;

		if (g->warning)
			continue;
		if (g->file_order < ADDED_ORDER || k >= n)
			rc = err_set(e, ERR_CONF, "%s: %s", g->place.file, g->text);
		else if (!v[k].error && !(v[k].error = arena_strdup(a, g->text)))
			rc = err_nomem(e);
	}
	conf_diags_release(&diags);
	conf_unref(c);
	return rc;
}

int conf_load_daemon(const char *dir, const struct conf_env *env, struct conf **out)
{
	struct conf_diags diags;
	struct load_state l = {.env = env, .diags = &diags, .daemon_only = true};

	*out = load_generation(dir, &l);
	conf_diags_release(&diags);
	return *out ? 0 : -ERR_NOMEM;
}
