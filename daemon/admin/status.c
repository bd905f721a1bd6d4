/* SPDX-License-Identifier: MIT */
/* The command "status". */
#include <unistd.h>

#include "base/clock.h"
#include "command.h"
#include "io/status.h"

int admin_status_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	return store_counts(store, call->result, e);
}

static json_t *admin_status_configuration(const struct admin_view *view)
{
	json_t *o = json_object();
	char text[STAMP_TEXT_MAX];

	json_object_set_new(o, "dir", json_string(view->conf_dir));
	json_object_set_new(o, "loaded", json_string(clock_rfc3339(view->loaded, false, text)));
	if (view->refused)
		json_object_set(o, "refused", view->refused);
	return o;
}

json_t *admin_status_answer(struct admin_call *call)
{
	const struct admin_daemon *d = call->daemon;
	json_t *doc = status_new(true);
	struct engine_status engine;
	struct loop_stats loop;
	struct admin_view view;

	d->view(d->ctx, &view);
	json_object_set_new(doc, "pid", json_integer(getpid()));
	json_object_set_new(doc, "watches", json_integer((json_int_t)view.conf->n_watches));
	if (call->rc == 0)
		status_add_store(doc, call->result);
	engine_status(d->engine, &engine);
	status_add_engine(doc, &engine, clock_wall());
	loop_stats(d->loop, &loop);
	status_add_loop(doc, &loop);
	json_object_set_new(doc, "configuration", admin_status_configuration(&view));
	return doc;
}
