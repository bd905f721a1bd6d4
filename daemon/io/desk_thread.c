/* SPDX-License-Identifier: MIT */
#include "io/desk_thread.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "desk/desk.h"
#include "engine/secrets.h"
#include "store/backup.h"
#include "store/store.h"
#include "io/worker.h"

#define MAILBOX_MAX 256
#define HIGH_MARK   32		 /* start no more fetches: their batches would only use memory */
#define TRIM_JOBS   512		 /* heap memory is returned after so many, */
#define TRIM_EVERY  CLOCK_MINUTE /* and so long after the last time */

/* Opened and closed by the loop thread, used by the worker only between that. */
struct desk_thread {
	struct worker *worker;
	struct store *store;
	struct desk *desk;
	unsigned jobs; /* since heap memory was returned, by the worker */
	int64_t trimmed_at;
};

struct desk_job {
	struct worker_job job;
	struct desk_thread *thread;
	job_run_fn *run;
	job_done_fn *done;
	void *arg;
};

/* A migration cannot be undone: the file before it is kept, if there is space for a copy. */
static void desk_thread_log_migration(const char *path)
{
	struct store_copied copy;
	struct err e;
	int from, to, rc = store_backup_before_migration(path, &from, &to, &copy, &e);
	char name[32];

	if (from == 0)
		return;
	snprintf(name, sizeof(name), ".schema-%d", from);
	if (rc)
		log_warn("migrating", LOG_I("from", from), LOG_I("to", to), LOG_S("copy", "none"),
			LOG_E(&e));
	else
		log_notice("migrating", LOG_I("from", from), LOG_I("to", to),
			LOG_S("copy_suffix", name), LOG_I("bytes", copy.bytes));
}

int desk_thread_new(struct desk_thread **out, struct loop *l, const char *path, struct err *e)
{
	struct desk_thread *t = calloc(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (!t)
		return err_nomem(e);
	desk_thread_log_migration(path);
	rc = store_open(&t->store, path, STORE_WRITE, e);
	if (rc == 0)
		rc = desk_new(&t->desk, t->store, e);
	if (rc == 0 && !(t->worker = worker_new(l)))
		rc = err_set(e, ERR_NOMEM, "cannot start the desk thread: too many threads?");
	if (rc) {
		desk_thread_free(t);
		return rc;
	}
	*out = t;
	return 0;
}

void desk_thread_free(struct desk_thread *t)
{
	if (!t)
		return;
	worker_free(t->worker);
	desk_free(t->desk);
	store_close(t->store);
	free(t);
}

size_t desk_thread_waiting(struct desk_thread *t)
{
	return worker_waiting(t->worker);
}

int64_t desk_thread_busy_ms(struct desk_thread *t)
{
	return worker_busy_ms(t->worker);
}

/* --- the job port --- */

/* Thousands of feeds that are read for the first time leave twice the memory that is in use. */
static void desk_thread_trim(struct desk_thread *t)
{
	int64_t now = clock_mono();

	if (++t->jobs < TRIM_JOBS || now - t->trimmed_at < TRIM_EVERY || desk_thread_waiting(t) > 0)
		return;
	heap_trim();
	t->jobs = 0;
	t->trimmed_at = now;
}

static void desk_job_run(void *arg)
{
	struct desk_job *j = arg;

	j->run(j->arg, j->thread->desk, j->thread->store);
	desk_thread_trim(j->thread);
}

static void desk_job_complete(void *arg)
{
	struct desk_job copy = *(struct desk_job *)arg;

	free(arg);
	copy.done(copy.arg);
}

static int desk_thread_post(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	struct desk_thread *t = ctx;
	struct desk_job *j = desk_thread_waiting(t) < MAILBOX_MAX ? malloc(sizeof(*j)) : NULL;

	if (!j)
		return -(int)ERR_TEMP;
	*j = (struct desk_job){
		.job = {.run = desk_job_run, .done = desk_job_complete, .drop = free, .arg = j},
		.thread = t,
		.run = run,
		.done = done,
		.arg = arg,
	};
	worker_post(t->worker, &j->job);
	return 0;
}

static bool desk_thread_is_busy(void *ctx)
{
	return desk_thread_waiting(ctx) >= HIGH_MARK;
}

struct port_job desk_thread_port(struct desk_thread *t)
{
	return (struct port_job){.ctx = t, .post = desk_thread_post, .busy = desk_thread_is_busy};
}

/* --- the secret port: not bounded by MAILBOX_MAX, since the engine bounds its deliveries --- */

struct secret_op {
	struct worker_job job;
	struct conf *conf;
	const char *names[SECRETS_MAX];
	size_t n;
	struct secrets secrets;
	int rc;
	struct err error;
	secret_done_fn *done; /* the loop thread's; NULL: cancelled */
	void *arg;
};

static void secret_op_free(void *arg)
{
	struct secret_op *op = arg;

	secrets_wipe(&op->secrets);
	conf_unref(op->conf);
	free(op);
}

static void secret_op_run(void *arg)
{
	struct secret_op *op = arg;

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

static struct secret_op *secret_op_start(void *ctx, struct conf *conf, const char *const *names,
	size_t n, secret_done_fn *done, void *arg)
{
	struct desk_thread *t = ctx;
	struct secret_op *op = calloc(1, sizeof(*op));

	if (!op)
		return NULL;
	op->job = (struct worker_job){.run = secret_op_run,
		.done = secret_op_complete,
		.drop = secret_op_free,
		.arg = op};
	op->conf = conf_ref(conf);
	op->n = n < SECRETS_MAX ? n : SECRETS_MAX;
	memcpy(op->names, names, op->n * sizeof(*names));
	op->done = done;
	op->arg = arg;
	worker_post(t->worker, &op->job);
	return op;
}

static void secret_op_cancel(void *ctx, struct secret_op *op)
{
	(void)ctx;
	op->done = NULL;
}

struct port_secret desk_thread_secrets(struct desk_thread *t)
{
	return (struct port_secret){.ctx = t, .start = secret_op_start, .cancel = secret_op_cancel};
}
