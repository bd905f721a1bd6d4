/* SPDX-License-Identifier: MIT */
/* The command "status". */
#include <unistd.h>

#include "command.h"
#include "document/status.h"

int admin_status_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	metrics_init(call->result);
	return store_metrics(store, call->result, e);
}

json_t *admin_status_answer(struct admin_call *call)
{
	const struct admin_daemon *d = call->daemon;
	struct admin_view view;
	struct metrics m;

	d->view(d->ctx, &view);
	metrics_init(&m);
	if (call->rc == 0)
		metrics_add(&m, call->result);
	engine_metrics(d->engine, &m);
	loop_metrics(d->loop, &m);
	m.watches = (int64_t)view.conf->n_watches;
	return document_status(&(struct document_status){
		.metrics = &m,
		.running = true,
		.pid = getpid(),
		.dir = view.conf_dir,
		.loaded = view.loaded,
		.refused = view.refused,
	});
}
