/* SPDX-License-Identifier: MIT */
/* PARSING: the body goes through the parse port and comes back as a batch. */
#include <stdlib.h>

#include "polling.h"

static void poll_parse_done(void *arg, struct feed_batch *batch, const struct err *e)
{
	struct poll_visit *v = arg;

	v->parse_op = NULL;
	if (!batch) {
		poll_fail(v, "%s", e->text);
		return;
	}
	v->batch = batch;
	v->poll.outcome = DESK_NEW_BODY;
	v->poll.batch = batch;
	if (!batch->complete)
		v->poll.body_hash = 0;
	poll_ingest(v);
}

void poll_parse(struct poll_visit *v, struct parse_request *r)
{
	const struct port_parse *port = &v->feed->poller->o.ports->parse;
	struct feed_limits limits = feed_limits_default;

	limits.body_bytes = v->conf->poll.max_body;
	r->options.limits = &limits;
	poll_set_state(v->feed, POLL_PARSING);
	v->parse_op = port->start(port->ctx, r, poll_parse_done, v);
	if (!v->parse_op)
		poll_fail(v, "out of memory");
}

void poll_parse_cancel(struct poll_visit *v)
{
	const struct port_parse *port = &v->feed->poller->o.ports->parse;

	if (v->parse_op)
		port->cancel(port->ctx, v->parse_op);
	v->parse_op = NULL;
}
