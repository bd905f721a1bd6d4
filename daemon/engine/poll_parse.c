/* SPDX-License-Identifier: MIT */
/* PARSING: the body goes through the parse port and comes back as a batch. */
#include <stdlib.h>

#include "poll_sitemap.h"
#include "poll_steps.h"

static void poll_parse_done(void *arg, struct feed_batch *batch, const struct err *e)
{
	struct poll_visit *v = arg;
	struct poller *p = v->feed->poller;

	v->parse_op = NULL;
	v->batch = batch;
	p->parsed += batch != NULL;
	if (v->pushed && (!batch || !batch->complete)) {
		p->step_ended(p, v, poll_push_reject(v));
		return;
	}
	if (!batch && e->cls == ERR_NOMEM) {
		p->step_ended(p, v, poll_visit_lack(v, e->text));
		return;
	}
	if (!batch && poll_address_fall_back(v)) {
		p->step_ended(p, v, POLL_REDIRECTED);
		return;
	}
	if (v->poll.cut && (!batch || !batch->complete)) {
		p->step_ended(p, v, poll_visit_fail(v, "%.*s", STR_ARG(v->cut)));
		return;
	}
	if (!batch) {
		if (v->wall)
			(void)feed_request_refused(v->status, v->wall, &v->error);
		p->step_ended(p, v, poll_visit_fail(v, "%s", v->wall ? v->error.text : e->text));
		return;
	}
	poll_document_note(v);
	batch->partial = v->partial || v->pushed;
	v->poll.outcome = DESK_NEW_BODY;
	v->poll.batch = batch;
	/* The same bytes next time must be parsed again: the rest may have been lost on the way. */
	if (!batch->complete)
		v->poll.body_hash = 0;
	p->step_ended(p, v, POLL_DECIDED);
}

enum poll_step poll_parse_start(struct poll_visit *v)
{
	const struct port_parse *port = &v->feed->poller->o.ports->parse;
	struct feed_limits limits = feed_limits_default;

	limits.body_bytes = v->conf->poll.max_body;
	if (v->map)
		limits.arena_bytes = v->map->memory;
	v->request.options.limits = &limits;
	v->request.options.digest = true;
	v->request.last_run = v->feed->poller->o.last_run;
	v->request.feed = str_of(v->feed->name);
	v->parse_op = port->start(port->ctx, &v->request, poll_parse_done, v);
	v->request = (struct parse_request){0};
	if (v->parse_op)
		return POLL_PENDING;
	return v->pushed ? poll_push_reject(v) : poll_visit_lack(v, "out of memory");
}

void poll_parse_cancel(struct poll_visit *v)
{
	const struct port_parse *port = &v->feed->poller->o.ports->parse;

	if (v->parse_op)
		port->cancel(port->ctx, v->parse_op);
	v->parse_op = NULL;
}
