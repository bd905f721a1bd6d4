/* SPDX-License-Identifier: MIT */
/*
 * PARSING: one document at a time, one step a loop turn, so that the loop is never held for longer
 * than a step takes. What can only be read in one go, and is large, the desk thread reads; parsing
 * waits meanwhile, since the documents behind must go to the desk too.
 */
#include <stdlib.h>

#include "polling.h"

static void step(void *arg);

void poll_parse_poke(struct poller *p)
{
	const struct port_timer *port = &p->o.ports->timer;

	if (!p->parse_timer && !p->parse_job_out && !TAILQ_EMPTY(&p->parsing))
		p->parse_timer = port->start(port->ctx, 0, step, p);
}

static bool begin(struct poller *p, struct poll_visit *v)
{
	v->limits = feed_limits_default;
	v->limits.body_bytes = v->conf->poll.max_body;
	v->options.limits = &v->limits;
	if (p->parser)
		feed_parser_reset(p->parser, &v->options);
	else
		p->parser = feed_parser_new(&v->options);
	p->in_parser = p->parser ? v : NULL;
	return p->parser != NULL;
}

static void finished(struct poller *p, struct poll_visit *v, int rc)
{
	p->in_parser = NULL;
	if (rc != 0) {
		poll_fail(v, "%s", v->error.text);
		return;
	}
	v->poll.outcome = DESK_NEW_BODY;
	v->poll.batch = v->batch;
	if (!v->batch->complete)
		v->poll.body_hash = 0;
	poll_ingest(v);
}

static void on_run(void *arg, struct desk *desk, struct store *store)
{
	struct poller *p = arg;
	struct poll_visit *v = p->in_parser;

	(void)desk;
	(void)store;
	p->parse_rc = feed_parser_finish(p->parser, &v->batch, &v->error);
}

static void on_done(void *arg)
{
	struct poller *p = arg;
	struct poll_visit *v = p->in_parser;

	p->parse_job_out = false;
	if (p->running) {
		finished(p, v, p->parse_rc);
	} else {
		p->in_parser = NULL;
		poll_rest(v->feed, v->wait);
	}
	poll_parse_poke(p);
}

static void finish(struct poller *p, struct poll_visit *v)
{
	TAILQ_REMOVE(&p->parsing, v, parse_link);
	free(v->body);
	v->body = NULL;
	if (feed_parser_end(p->parser) <= POLL_PARSE_REST) {
		finished(p, v, feed_parser_finish(p->parser, &v->batch, &v->error));
		return;
	}
	poll_set_state(v->feed, POLL_INGESTING);
	p->parse_job_out = true;
	p->parse_job = (struct job){.run = on_run, .done = on_done, .arg = p};
	jobs_post(p->o.jobs, &p->parse_job);
}

static void step(void *arg)
{
	struct poller *p = arg;
	struct poll_visit *v = TAILQ_FIRST(&p->parsing);
	size_t n;

	p->parse_timer = NULL;
	if (p->in_parser != v && !begin(p, v)) {
		TAILQ_REMOVE(&p->parsing, v, parse_link);
		poll_fail(v, "out of memory");
	} else {
		n = v->body_len - v->parsed;
		n = n < POLL_PARSE_STEP ? n : POLL_PARSE_STEP;
		if (feed_parser_push(p->parser, v->body + v->parsed, n, &v->error) != 0)
			v->parsed = v->body_len;
		else
			v->parsed += n;
		if (v->parsed == v->body_len)
			finish(p, v);
	}
	poll_parse_poke(p);
}

void poll_parse(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;

	poll_set_state(v->feed, POLL_PARSING);
	TAILQ_INSERT_TAIL(&p->parsing, v, parse_link);
	poll_parse_poke(p);
}

void poll_parse_cancel(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;

	TAILQ_REMOVE(&p->parsing, v, parse_link);
	if (p->in_parser == v) {
		/* The parser still looks into the visit. */
		feed_parser_free(p->parser);
		p->parser = NULL;
		p->in_parser = NULL;
	}
	if (TAILQ_EMPTY(&p->parsing) && p->parse_timer) {
		p->o.ports->timer.cancel(p->o.ports->timer.ctx, p->parse_timer);
		p->parse_timer = NULL;
	}
}
