/* SPDX-License-Identifier: MIT */
#include "io/parser_thread.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "io/worker.h"

#define OPTIONS_ARENA_MAX ((size_t)256 * 1024)

struct parse_op {
	struct worker_job job;
	struct parser_thread *thread;
	struct arena *arena; /* of the options */
	struct feed_parse_options options;
	struct last_run *last_run;
	struct str feed;
	char *body;
	size_t body_len;
	struct feed_batch *batch;
	struct err error;
	atomic_bool cancelled; /* if set before the job runs, the body is not parsed */
	parse_done_fn *done;
	void *arg;
};

struct parser_thread {
	struct worker *worker;
	struct feed_parser *parser; /* used by the worker only; kept for its buffers */
	atomic_bool closing;	    /* parse no more */
};

static void parse_op_free(void *arg)
{
	struct parse_op *op = arg;

	free(op->body);
	feed_batch_free(op->batch);
	arena_free(op->arena);
	free(op);
}

/* On the worker. */
static void parse_op_run(void *arg)
{
	struct parse_op *op = arg;
	struct parser_thread *t = op->thread;

	if (atomic_load(&op->cancelled) || atomic_load(&t->closing))
		return;
	if (t->parser)
		feed_parser_reset(t->parser, &op->options);
	else
		t->parser = feed_parser_new(&op->options);
	if (!t->parser) {
		(void)err_nomem(&op->error);
		return;
	}
	last_run_begin(op->last_run, LAST_RUN_PARSE, op->feed);
	(void)feed_parser_push_whole(t->parser, str_slice(op->body, op->body_len), NULL);
	(void)feed_parser_finish(t->parser, &op->batch, &op->error);
	free(op->body);
	op->body = NULL;
	last_run_end(op->last_run, LAST_RUN_PARSE);
}

static void parse_op_complete(void *arg)
{
	struct parse_op *op = arg;
	struct feed_batch *batch = op->batch;

	if (!atomic_load(&op->cancelled)) {
		op->batch = NULL;
		op->done(op->arg, batch, batch ? NULL : &op->error);
	}
	parse_op_free(op);
}

static struct parse_op *parser_thread_start(
	void *ctx, const struct parse_request *r, parse_done_fn *done, void *arg)
{
	struct parser_thread *t = ctx;
	struct parse_op *op = calloc(1, sizeof(*op));

	if (!op) {
		free(r->body);
		return NULL;
	}
	op->thread = t;
	op->body = r->body;
	op->body_len = r->body_len;
	op->done = done;
	op->arg = arg;
	op->last_run = r->last_run;
	op->arena = arena_new(OPTIONS_ARENA_MAX);
	if (op->arena)
		op->feed = arena_str(op->arena, r->feed);
	if (!op->arena || feed_parse_options_copy(op->arena, &r->options, &op->options) != 0) {
		parse_op_free(op);
		return NULL;
	}
	op->job = (struct worker_job){
		.run = parse_op_run, .done = parse_op_complete, .drop = parse_op_free, .arg = op};
	worker_post(t->worker, &op->job);
	return op;
}

static void parser_thread_cancel(void *ctx, struct parse_op *op)
{
	(void)ctx;
	atomic_store(&op->cancelled, true);
}

struct port_parse parser_thread_port(struct parser_thread *t)
{
	return (struct port_parse){
		.ctx = t, .start = parser_thread_start, .cancel = parser_thread_cancel};
}

int64_t parser_thread_busy_ms(struct parser_thread *t)
{
	return worker_busy_ms(t->worker);
}

struct parser_thread *parser_thread_new(struct loop *l)
{
	struct parser_thread *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	feed_parse_global_init();
	t->worker = worker_new(l);
	if (!t->worker) {
		parser_thread_free(t);
		return NULL;
	}
	return t;
}

void parser_thread_free(struct parser_thread *t)
{
	if (!t)
		return;
	atomic_store(&t->closing, true);
	worker_free(t->worker);
	feed_parser_free(t->parser);
	feed_parse_global_cleanup();
	free(t);
}
