/* SPDX-License-Identifier: MIT */
#include "io/secret_reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "engine/secrets.h"

#define POST_AGAIN_MS 50 /* the mailbox of the desk thread is full */

struct secret_reader {
	struct loop *loop;
	struct port_job jobs;
	LIST_HEAD(, secret_op) ops;
};

/* Belongs to the desk thread while its job is posted. A job cannot be taken back. */
struct secret_op {
	struct secret_reader *reader;
	LIST_ENTRY(secret_op) link;
	struct timer_op *again; /* NULL: the job is posted */
	struct conf *conf;
	const char *names[SECRETS_MAX];
	size_t n;
	struct secrets secrets;
	int rc;
	struct err error;
	secret_done_fn *done; /* the loop thread's; NULL: cancelled */
	void *arg;
};

static void secret_op_free(struct secret_op *op)
{
	LIST_REMOVE(op, link);
	loop_timer_cancel(op->again);
	secrets_wipe(&op->secrets);
	conf_unref(op->conf);
	free(op);
}

/* On the desk thread. */
static void secret_op_read(void *arg, struct desk *desk, struct store *store)
{
	struct secret_op *op = arg;

	(void)desk;
	(void)store;
	op->rc = secrets_read(op->conf, op->names, op->n, &op->secrets, &op->error);
}

static void secret_op_complete(void *arg)
{
	struct secret_op *op = arg;

	if (op->done && op->rc == 0)
		op->done(op->arg, &op->secrets, NULL);
	else if (op->done)
		op->done(op->arg, NULL, &op->error);
	secret_op_free(op);
}

/* Posts the job now or, if the mailbox is full, later. 0 or -ERR_NOMEM. */
static int secret_op_post(struct secret_op *op);

static void secret_op_post_again(void *arg)
{
	struct secret_op *op = arg;

	op->again = NULL;
	if (secret_op_post(op) != 0) {
		op->rc = err_nomem(&op->error);
		secret_op_complete(op);
	}
}

static int secret_op_post(struct secret_op *op)
{
	struct secret_reader *r = op->reader;

	if (r->jobs.post(r->jobs.ctx, secret_op_read, secret_op_complete, op) == 0)
		return 0;
	op->again = loop_timer(r->loop, "secret", POST_AGAIN_MS, secret_op_post_again, op);
	return op->again ? 0 : -(int)ERR_NOMEM;
}

static struct secret_op *secret_reader_start(void *ctx, struct conf *conf, const char *const *names,
	size_t n, secret_done_fn *done, void *arg)
{
	struct secret_reader *r = ctx;
	struct secret_op *op = calloc(1, sizeof(*op));

	if (!op)
		return NULL;
	op->reader = r;
	op->conf = conf_ref(conf);
	op->n = n < SECRETS_MAX ? n : SECRETS_MAX;
	memcpy(op->names, names, op->n * sizeof(*names));
	op->done = done;
	op->arg = arg;
	LIST_INSERT_HEAD(&r->ops, op, link);
	if (secret_op_post(op) != 0) {
		secret_op_free(op);
		return NULL;
	}
	return op;
}

static void secret_reader_cancel(void *ctx, struct secret_op *op)
{
	(void)ctx;
	if (op->again)
		secret_op_free(op);
	else
		op->done = NULL;
}

struct port_secret secret_reader_port(struct secret_reader *r)
{
	return (struct port_secret){
		.ctx = r, .start = secret_reader_start, .cancel = secret_reader_cancel};
}

struct secret_reader *secret_reader_new(struct loop *l, struct port_job jobs)
{
	struct secret_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->loop = l;
	r->jobs = jobs;
	LIST_INIT(&r->ops);
	return r;
}

void secret_reader_free(struct secret_reader *r)
{
	struct secret_op *op;

	if (!r)
		return;
	while ((op = LIST_FIRST(&r->ops)) != NULL)
		secret_op_free(op);
	free(r);
}
