/* SPDX-License-Identifier: MIT */
/* A desk over a database and a configuration of its own; time is virtual. */
#ifndef DESK_FIXTURE_H
#define DESK_FIXTURE_H

#include "conf/conf.h"
#include "desk/desk.h"
#include "unit/store_fixture.h"
#include "sink/sink.h"

#define T0 INT64_C(1700000000000)

struct desk_fixture {
	struct fixture *db;
	struct conf *conf;
	struct desk *desk;
	struct err e;
	char file[128];
};

static inline void desk_configure(struct desk_fixture *f, const char *text)
{
	struct conf_env env = {.state_directory = f->db->dir,
		.runtime_directory = f->db->dir,
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

static inline void desk_fixture_open(struct desk_fixture *f, const char *text)
{
	void *state;

	*f = (struct desk_fixture){0};
	clock_virtual_start(T0);
	fixture_open(&state);
	f->db = state;
	snprintf(f->file, sizeof(f->file), "%s/nightdesk.conf", f->db->dir);
	desk_configure(f, text);
	assert_int_equal(desk_new(&f->desk, f->db->store, &f->e), 0);
}

static inline void desk_fixture_close(struct desk_fixture *f)
{
	void *state = f->db;

	desk_free(f->desk);
	conf_unref(f->conf);
	unlink(f->file);
	fixture_close(&state);
	clock_virtual_stop();
}

#endif
