/* SPDX-License-Identifier: MIT */
#include "status.h"

#include <unistd.h>

#include "base/log.h"
#include "document/metrics_text.h"
#include "document/status.h"

int admin_status_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	metrics_init(call->result);
	return store_metrics(store, call->result, e);
}

static void admin_collect_metrics(const struct admin_call *call, struct metrics *m)
{
	const struct admin_daemon *d = call->daemon;

	metrics_init(m);
	if (call->rc == 0)
		metrics_add(m, call->result);
	engine_metrics(d->engine, m);
	loop_metrics(d->loop, m);
	m->log_lines_lost_total = (int64_t)log_lines_lost();
	m->watches = (int64_t)d->view->conf->n_watches;
}

json_t *admin_metrics_answer(struct admin_call *call)
{
	struct metrics m;
	struct buf text;
	json_t *answer;

	admin_collect_metrics(call, &m);
	buf_init(&text, DOCUMENT_METRICS_MAX);
	document_metrics_text(&m, engine_troubles(call->daemon->engine), &text);
	answer = buf_failed(&text) ? NULL : json_pack("{ss}", "text", buf_z(&text));
	buf_release(&text);
	return answer;
}

json_t *admin_status_answer(struct admin_call *call)
{
	const struct admin_daemon *d = call->daemon;
	struct metrics m;

	admin_collect_metrics(call, &m);
	return document_status(&(struct document_status){
		.metrics = &m,
		.running = true,
		.pid = getpid(),
		.dir = d->view->conf_dir,
		.loaded = d->view->loaded,
		.refused = d->view->refused,
		.troubles = engine_troubles(d->engine),
		.conf = d->view->conf,
	});
}
