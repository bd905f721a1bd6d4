/* SPDX-License-Identifier: MIT */
/*
 * The content that a hub pushed: a visit that begins in PARSING, and changes nothing of the state
 * of polling.
 */
#include "poll_steps.h"

/* A part of what the feed has can only be added to a whole that was read before. */
static bool poll_push_may_take(const struct poll_feed *f)
{
	const struct poller *p = f->poller;

	return f->state == POLL_IDLE && f->cf && f->trust.whole_at != STAMP_NONE &&
	       f->failures == 0 && !p->disk_full && !poll_desk_is_busy(p) &&
	       !last_run_find(p->o.last_run, str_of(f->name));
}

static void poll_push_fill(struct poll_visit *v, struct poll_pushed *pushed)
{
	v->pushed = true;
	v->planned_at = v->feed->due.at;
	v->poll.pushed = v->poll.cut = true;
	v->poll.conditional = false;
	poll_document_hear(v, STR_NONE);
	v->request.body = pushed->body;
	v->request.body_len = v->body_len = pushed->n;
	v->request.options = (struct feed_parse_options){
		.url = arena_str(v->arena, pushed->topic),
		.content_type = arena_str(v->arena, pushed->content_type),
		.strip_parameters = v->conf->daemon.strip_parameters.v,
		.n_strip_parameters = v->conf->daemon.strip_parameters.n,
	};
	v->feed->poller->bytes += v->body_len;
	pushed->body = NULL;
}

bool poll_push_take(struct poll_feed *f, struct poll_pushed *pushed)
{
	struct poller *p = f->poller;
	struct poll_visit *v = poll_push_may_take(f) ? poll_visit_new(f) : NULL;

	if (!v)
		return false;
	poll_push_fill(v, pushed);
	due_unset(&p->due, &f->due);
	poll_feed_set_state(f, POLL_PARSING);
	p->step_ended(p, v, poll_parse_start(v));
	return true;
}
