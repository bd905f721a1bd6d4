/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/desk_fixture.h"

#include "sink/sink.h"

void desk_configure(struct desk_fixture *f, const char *text)
{
	struct conf_env env = {.state_directory = f->db->dir,
		.runtime_directory = f->db->dir,
		.canary = true,
		.notify_types = sink_conf_type};
	struct conf_diags diags;
	FILE *out = fopen(f->file, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	conf_unref(f->conf);
	if (conf_load(f->db->dir, &env, &f->conf, &diags) != 0)
		for (size_t i = 0; i < diags.n; i++)
			print_error("%s\n", diags.v[i].text);
	assert_non_null(f->conf);
	conf_diags_release(&diags);
}

void desk_fixture_open(struct desk_fixture *f, const char *text)
{
	void *state;

	*f = (struct desk_fixture){0};
	clock_virtual_start(T0);
	store_fixture_open(&state);
	f->db = state;
	snprintf(f->file, sizeof(f->file), "%s/nightdesk.conf", f->db->dir);
	desk_configure(f, text);
	assert_int_equal(desk_new(&f->desk, f->db->store, &f->e), 0);
}

void desk_fixture_close(struct desk_fixture *f)
{
	void *state = f->db;

	desk_free(f->desk);
	conf_unref(f->conf);
	unlink(f->file);
	store_fixture_close(&state);
	clock_virtual_stop();
}
