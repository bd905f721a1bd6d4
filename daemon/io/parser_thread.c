/* SPDX-License-Identifier: MIT */
#include "io/parser_thread.h"

#include <stdlib.h>

#include "base/clock.h"
#include "io/thread.h"

#define STACK_BYTES	  ((size_t)2 * 1024 * 1024)
#define OPTIONS_ARENA_MAX ((size_t)256 * 1024)

/*
 *	QUEUED ──► PARSING ──► PARSED ──► callback
 *	   │          │           │
 *	   │ cancel   │ cancel    │ cancel
 *	   ▼          ▼           ▼
 *	 freed    CANCELLED     freed
 *	              └──► freed by the parser thread
 *
 * The parser thread owns the operation in PARSING and CANCELLED, the loop thread in the others.
 */
enum parse_state { PARSE_QUEUED, PARSE_PARSING, PARSE_PARSED, PARSE_CANCELLED };

struct parse_op {
	struct loop_post back;
	TAILQ_ENTRY(parse_op) link; /* in parser_thread.queue or .parsed */
	struct parser_thread *thread;
	enum parse_state state; /* protected by the lock */
	struct arena *arena;	/* of the options */
	struct feed_parse_options options;
	char *body;
	size_t body_len;
	struct feed_batch *batch;
	struct err error;
	parse_done_fn *done;
	void *arg;
};

struct parser_thread {
	struct loop *loop;
	pthread_t id;
	struct feed_parser *parser; /* used by the parser thread only; kept for its buffers */
	/* Protected by lock, which may be held while the lock of the loop is taken. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	TAILQ_HEAD(, parse_op) queue, parsed;
	int64_t busy_since; /* mono ms; 0: idle */
	bool closing;
};

static void parse_op_free(struct parse_op *op)
{
	free(op->body);
	feed_batch_free(op->batch);
	arena_free(op->arena);
	free(op);
}

/* --- on the parser thread --- */

static struct parse_op *parser_thread_take(struct parser_thread *t)
{
	struct parse_op *op = NULL;

	pthread_mutex_lock(&t->lock);
	while (TAILQ_EMPTY(&t->queue) && !t->closing)
		pthread_cond_wait(&t->changed, &t->lock);
	if (!t->closing) {
		op = TAILQ_FIRST(&t->queue);
		TAILQ_REMOVE(&t->queue, op, link);
		op->state = PARSE_PARSING;
		t->busy_since = clock_mono();
	}
	pthread_mutex_unlock(&t->lock);
	return op;
}

static void parser_thread_parse(struct parser_thread *t, struct parse_op *op)
{
	if (t->parser)
		feed_parser_reset(t->parser, &op->options);
	else
		t->parser = feed_parser_new(&op->options);
	if (!t->parser) {
		(void)err_nomem(&op->error);
		return;
	}
	(void)feed_parser_push(t->parser, op->body, op->body_len, NULL);
	free(op->body); /* the parser has a copy */
	op->body = NULL;
	(void)feed_parser_finish(t->parser, &op->batch, &op->error);
}

static void parser_thread_give_back(struct parser_thread *t, struct parse_op *op)
{
	bool cancelled;

	pthread_mutex_lock(&t->lock);
	t->busy_since = 0;
	cancelled = op->state == PARSE_CANCELLED;
	if (!cancelled) {
		op->state = PARSE_PARSED;
		TAILQ_INSERT_TAIL(&t->parsed, op, link);
		loop_post(t->loop, &op->back);
	}
	pthread_mutex_unlock(&t->lock);
	if (cancelled)
		parse_op_free(op);
}

static void *parser_thread_main(void *arg)
{
	struct parser_thread *t = arg;
	struct parse_op *op;

	while ((op = parser_thread_take(t)) != NULL) {
		parser_thread_parse(t, op);
		parser_thread_give_back(t, op);
	}
	feed_parser_free(t->parser);
	return NULL;
}

/* --- on the loop thread --- */

static void parse_op_complete(void *arg)
{
	struct parse_op *op = arg;
	struct parser_thread *t = op->thread;
	struct feed_batch *batch = op->batch;

	pthread_mutex_lock(&t->lock);
	TAILQ_REMOVE(&t->parsed, op, link);
	pthread_mutex_unlock(&t->lock);
	op->batch = NULL;
	op->done(op->arg, batch, batch ? NULL : &op->error);
	parse_op_free(op);
}

static struct parse_op *parse_op_new(const struct parse_request *r, parse_done_fn *done, void *arg)
{
	struct parse_op *op = calloc(1, sizeof(*op));

	if (!op) {
		free(r->body);
		return NULL;
	}
	op->body = r->body;
	op->body_len = r->body_len;
	op->done = done;
	op->arg = arg;
	op->back = (struct loop_post){.fn = parse_op_complete, .arg = op};
	op->arena = arena_new(OPTIONS_ARENA_MAX);
	if (!op->arena || feed_parse_options_copy(op->arena, &r->options, &op->options) != 0) {
		parse_op_free(op);
		return NULL;
	}
	return op;
}

static struct parse_op *parser_thread_start(
	void *ctx, const struct parse_request *r, parse_done_fn *done, void *arg)
{
	struct parser_thread *t = ctx;
	struct parse_op *op = parse_op_new(r, done, arg);

	if (!op)
		return NULL;
	op->thread = t;
	pthread_mutex_lock(&t->lock);
	TAILQ_INSERT_TAIL(&t->queue, op, link);
	pthread_cond_signal(&t->changed);
	pthread_mutex_unlock(&t->lock);
	return op;
}

static void parser_thread_cancel(void *ctx, struct parse_op *op)
{
	struct parser_thread *t = ctx;
	bool parsing = false;

	pthread_mutex_lock(&t->lock);
	switch (op->state) {
	case PARSE_QUEUED: TAILQ_REMOVE(&t->queue, op, link); break;
	case PARSE_PARSED:
		TAILQ_REMOVE(&t->parsed, op, link);
		loop_unpost(t->loop, &op->back);
		break;
	case PARSE_PARSING:
	case PARSE_CANCELLED:
		op->state = PARSE_CANCELLED;
		parsing = true;
		break;
	}
	pthread_mutex_unlock(&t->lock);
	if (!parsing)
		parse_op_free(op);
}

struct port_parse parser_thread_port(struct parser_thread *t)
{
	return (struct port_parse){
		.ctx = t, .start = parser_thread_start, .cancel = parser_thread_cancel};
}

int64_t parser_thread_busy_ms(struct parser_thread *t)
{
	int64_t since;

	pthread_mutex_lock(&t->lock);
	since = t->busy_since;
	pthread_mutex_unlock(&t->lock);
	return since ? clock_mono() - since : 0;
}

/* --- life --- */

static void parser_thread_destroy(struct parser_thread *t)
{
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
	feed_parse_global_cleanup();
	free(t);
}

struct parser_thread *parser_thread_new(struct loop *l)
{
	struct parser_thread *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->loop = l;
	TAILQ_INIT(&t->queue);
	TAILQ_INIT(&t->parsed);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	feed_parse_global_init();
	if (thread_start(&t->id, STACK_BYTES, parser_thread_main, t)) {
		parser_thread_destroy(t);
		return NULL;
	}
	return t;
}

void parser_thread_free(struct parser_thread *t)
{
	struct parse_op *op;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->closing = true;
	pthread_cond_signal(&t->changed);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->id, NULL);
	while ((op = TAILQ_FIRST(&t->queue)) != NULL || (op = TAILQ_FIRST(&t->parsed)) != NULL)
		parser_thread_cancel(t, op);
	parser_thread_destroy(t);
}
