/* SPDX-License-Identifier: MIT */
#include "status.h"

#include <unistd.h>

#include "base/log.h"
#include "base/process.h"
#include "document/metrics_text.h"
#include "document/status.h"

int admin_status_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	metrics_init(call->result);
	process_measure(call->result);
	return store_metrics(store, call->result, e);
}

/* counted: those of the database; NULL: none. */
static void admin_collect_metrics(
	const struct admin_daemon *d, const struct metrics *counted, struct metrics *m)
{
	metrics_init(m);
	if (counted)
		metrics_add(m, counted);
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

	admin_collect_metrics(call->daemon, call->rc == 0 ? call->result : NULL, &m);
	buf_init(&text, DOCUMENT_METRICS_MAX);
	document_metrics_text(&m, engine_troubles(call->daemon->engine), &text);
	answer = buf_failed(&text) ? NULL : json_pack("{ss}", "text", buf_z(&text));
	buf_release(&text);
	return answer;
}

json_t *admin_status_make(const struct admin_daemon *d, const struct metrics *counted)
{
	struct metrics m;

	admin_collect_metrics(d, counted, &m);
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

json_t *admin_status_answer(struct admin_call *call)
{
	return admin_status_make(call->daemon, call->rc == 0 ? call->result : NULL);
}
