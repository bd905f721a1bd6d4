/* SPDX-License-Identifier: MIT */
/* A configuration text of one file, read to its tree or to its draft, and what is said about it. */
#ifndef CONF_FIXTURE_H
#define CONF_FIXTURE_H

#include "conf/draft.h"
#include "conf/form.h"
#include "unit/conf_types.h"

struct fixture {
	struct arena *scratch, *kept;
	struct conf_source source;
	struct conf_tree tree;
	struct conf_diags diags;
	struct conf_draft draft;
};

static const struct conf_env no_env = {.notify_types = test_types};

/* As far as the tree. */
static inline void set_up(struct fixture *f, struct str text)
{
	*f = (struct fixture){
		.scratch = arena_new((size_t)1 << 30), .kept = arena_new((size_t)1 << 30)};
	f->source.name = "t.conf";
	conf_diags_init(&f->diags);
	conf_tree_init(&f->tree, f->scratch, test_types);
	f->draft = (struct conf_draft){.arena = f->kept,
		.scratch = f->scratch,
		.diags = &f->diags,
		.dir = "/etc/nightdesk",
		.env = &no_env};
	if (conf_source_init(&f->source, text, f->scratch, &f->diags) == 0)
		assert_int_equal(conf_tree_read(&f->tree, &f->source, &f->diags), 0);
}

/* To the draft, names resolved; diags in the order of the file. */
static inline void read_all(struct fixture *f, struct str text)
{
	set_up(f, text);
	assert_int_equal(conf_draft_read(&f->draft, &f->tree), 0);
	assert_int_equal(conf_draft_link(&f->draft, &f->source), 0);
	conf_diags_sort(&f->diags);
}

static inline void tear_down(struct fixture *f)
{
	conf_diags_release(&f->diags);
	arena_free(f->scratch);
	arena_free(f->kept);
}

/* All diags, a line each: "line:column text". */
static inline void listing(const struct fixture *f, struct buf *out)
{
	buf_init(out, 1 << 20);
	for (size_t i = 0; i < f->diags.n; i++)
		buf_printf(out, "%u:%u %s%s\n", f->diags.v[i].place.line,
			f->diags.v[i].place.column, f->diags.v[i].warning ? "warning: " : "",
			f->diags.v[i].text);
}

/* whole: read to the draft, not only to the tree. */
static inline void expect(const char *text, const char *diags, bool whole)
{
	struct fixture f;
	struct buf out;

	if (whole)
		read_all(&f, str_of(text));
	else
		set_up(&f, str_of(text));
	conf_diags_sort(&f.diags);
	listing(&f, &out);
	if (strcmp(buf_z(&out), diags) != 0)
		print_error("text:\n%s\ngives:\n%s\n", text, buf_z(&out));
	assert_string_equal(buf_z(&out), diags);
	buf_release(&out);
	tear_down(&f);
}

#endif
