/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/conf_fixture.h"

#include "lib/conf_types.h"

static const struct conf_env no_env = {.notify_types = test_types};

void conf_fixture_parse(struct conf_fixture *f, struct str text)
{
	*f = (struct conf_fixture){
		.scratch = arena_new((size_t)1 << 30), .kept = arena_new((size_t)1 << 30)};
	f->source.name = "t.conf";
	conf_diags_init(&f->diags);
	f->tree = (struct conf_tree){.arena = f->scratch, .notify_types = test_types};
	f->draft = (struct conf_draft){.arena = f->kept,
		.scratch = f->scratch,
		.diags = &f->diags,
		.dir = "/etc/nightdesk",
		.env = &no_env};
	if (conf_source_init(&f->source, text, f->scratch, &f->diags) == 0)
		assert_int_equal(conf_tree_read(&f->tree, &f->source, &f->diags), 0);
}

void conf_fixture_read(struct conf_fixture *f, struct str text)
{
	conf_fixture_parse(f, text);
	assert_int_equal(conf_draft_read(&f->draft, &f->tree), 0);
	assert_int_equal(conf_draft_link(&f->draft, &f->source), 0);
	conf_diags_sort(&f->diags);
}

void conf_fixture_release(struct conf_fixture *f)
{
	conf_diags_release(&f->diags);
	arena_free(f->scratch);
	arena_free(f->kept);
}

static void conf_fixture_list(const struct conf_fixture *f, struct buf *out)
{
	buf_init(out, 1 << 20);
	for (size_t i = 0; i < f->diags.n; i++)
		buf_printf(out, "%u:%u %s%s\n", f->diags.v[i].place.line,
			f->diags.v[i].place.column, f->diags.v[i].warning ? "warning: " : "",
			f->diags.v[i].text);
}

void conf_fixture_expect(const char *text, const char *diags, bool whole)
{
	struct conf_fixture f;
	struct buf out;

	if (whole)
		conf_fixture_read(&f, str_of(text));
	else
		conf_fixture_parse(&f, str_of(text));
	conf_diags_sort(&f.diags);
	conf_fixture_list(&f, &out);
	if (strcmp(buf_z(&out), diags) != 0)
		print_error("text:\n%s\ngives:\n%s\n", text, buf_z(&out));
	assert_string_equal(buf_z(&out), diags);
	buf_release(&out);
	conf_fixture_release(&f);
}
