/* SPDX-License-Identifier: MIT */
#include "io/desk_thread.h"

#include <stdlib.h>

#include "base/clock.h"
#include "desk/desk.h"
#include "io/thread.h"
#include "store/store.h"

#define MAILBOX_MAX 256
#define HIGH_MARK   32 /* start no more fetches: their batches would only use memory */
#define STACK_BYTES ((size_t)2 * 1024 * 1024)

struct desk_job {
	struct loop_post back;
	STAILQ_ENTRY(desk_job) link;
	LIST_ENTRY(desk_job) out_link;
	struct desk_thread *thread;
	job_run_fn *run;
	job_done_fn *done;
	void *arg;
};

enum desk_thread_phase { DESK_THREAD_STARTING, DESK_THREAD_RUNNING, DESK_THREAD_FAILED };

struct desk_thread {
	struct loop *loop;
	pthread_t id;
	const char *path; /* borrowed, valid during desk_thread_new() only */
	/* Used by the desk thread only. */
	struct store *store;
	struct desk *desk;
	/* Protected by lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum desk_thread_phase phase;
	struct err error; /* with DESK_THREAD_FAILED */
	STAILQ_HEAD(, desk_job) mailbox;
	size_t waiting;
	bool closing;
	int64_t job_since;	   /* mono ms, start of the running job; 0: idle */
	LIST_HEAD(, desk_job) out; /* posted, not completed; used by the loop thread only */
};

static void desk_thread_end_job(void *arg)
{
	struct desk_job *j = arg;
	struct desk_job copy = *j;

	LIST_REMOVE(j, out_link);
	free(j);
	copy.done(copy.arg);
}

static void desk_thread_set_phase(struct desk_thread *t, enum desk_thread_phase phase)
{
	pthread_mutex_lock(&t->lock);
	t->phase = phase;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

static struct desk_job *desk_thread_take_job(struct desk_thread *t)
{
	struct desk_job *j;

	pthread_mutex_lock(&t->lock);
	t->job_since = 0;
	while (STAILQ_EMPTY(&t->mailbox) && !t->closing)
		pthread_cond_wait(&t->changed, &t->lock);
	j = STAILQ_FIRST(&t->mailbox);
	if (j) {
		STAILQ_REMOVE_HEAD(&t->mailbox, link);
		t->waiting--;
		t->job_since = clock_mono();
	}
	pthread_mutex_unlock(&t->lock);
	return j;
}

static void *desk_thread_main(void *arg)
{
	struct desk_thread *t = arg;
	struct desk_job *j;

	if (store_open(&t->store, t->path, STORE_WRITE, &t->error) ||
		desk_new(&t->desk, t->store, &t->error)) {
		store_close(t->store);
		desk_thread_set_phase(t, DESK_THREAD_FAILED);
		return NULL;
	}
	desk_thread_set_phase(t, DESK_THREAD_RUNNING);
	while ((j = desk_thread_take_job(t))) {
		j->run(j->arg, t->desk, t->store);
		loop_post(t->loop, &j->back);
	}
	desk_free(t->desk);
	store_close(t->store);
	return NULL;
}

static void desk_thread_destroy(struct desk_thread *t)
{
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
	free(t);
}

int desk_thread_new(struct desk_thread **out, struct loop *l, const char *path, struct err *e)
{
	struct desk_thread *t = calloc(1, sizeof(*t));
	struct err failed;
	enum desk_thread_phase phase;

	*out = NULL;
	if (!t)
		return err_nomem(e);
	t->loop = l;
	t->path = path;
	STAILQ_INIT(&t->mailbox);
	LIST_INIT(&t->out);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	if (thread_start(&t->id, STACK_BYTES, desk_thread_main, t)) {
		desk_thread_destroy(t);
		return err_set(e, ERR_NOMEM, "cannot start the desk thread: too many threads?");
	}
	pthread_mutex_lock(&t->lock);
	while (t->phase == DESK_THREAD_STARTING)
		pthread_cond_wait(&t->changed, &t->lock);
	phase = t->phase;
	t->path = NULL;
	pthread_mutex_unlock(&t->lock);
	if (phase == DESK_THREAD_RUNNING) {
		*out = t;
		return 0;
	}
	pthread_join(t->id, NULL);
	failed = t->error;
	desk_thread_destroy(t);
	if (e)
		*e = failed;
	return -(int)failed.cls;
}

void desk_thread_free(struct desk_thread *t)
{
	struct desk_job *j;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->closing = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->id, NULL);
	/* All jobs have run; their completions are still queued in the loop. */
	while ((j = LIST_FIRST(&t->out))) {
		LIST_REMOVE(j, out_link);
		loop_unpost(t->loop, &j->back);
		free(j);
	}
	desk_thread_destroy(t);
}

/* --- the port --- */

static int desk_thread_post(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	struct desk_thread *t = ctx;
	struct desk_job *j;
	bool full;

	j = malloc(sizeof(*j));
	if (!j)
		return -(int)ERR_TEMP;
	*j = (struct desk_job){.thread = t, .run = run, .done = done, .arg = arg};
	j->back = (struct loop_post){.fn = desk_thread_end_job, .arg = j};
	pthread_mutex_lock(&t->lock);
	full = t->waiting >= MAILBOX_MAX || t->closing;
	if (!full) {
		STAILQ_INSERT_TAIL(&t->mailbox, j, link);
		t->waiting++;
		pthread_cond_signal(&t->changed);
	}
	pthread_mutex_unlock(&t->lock);
	if (full) {
		free(j);
		return -(int)ERR_TEMP;
	}
	LIST_INSERT_HEAD(&t->out, j, out_link);
	return 0;
}

static bool desk_thread_is_busy(void *ctx)
{
	struct desk_thread *t = ctx;

	return desk_thread_waiting(t) >= HIGH_MARK;
}

struct port_job desk_thread_port(struct desk_thread *t)
{
	return (struct port_job){.ctx = t, .post = desk_thread_post, .busy = desk_thread_is_busy};
}

size_t desk_thread_waiting(struct desk_thread *t)
{
	size_t n;

	pthread_mutex_lock(&t->lock);
	n = t->waiting;
	pthread_mutex_unlock(&t->lock);
	return n;
}

int64_t desk_thread_busy_ms(struct desk_thread *t)
{
	int64_t since;

	pthread_mutex_lock(&t->lock);
	since = t->job_since;
	pthread_mutex_unlock(&t->lock);
	return since ? clock_mono() - since : 0;
}
