/* SPDX-License-Identifier: MIT */
#include "thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "desk/desk.h"
#include "store/store.h"

#define MAILBOX_MAX 256 /* full */
#define HIGH_MARK   32	/* fetching more would only fill memory */
#define STACK_BYTES ((size_t)2 * 1024 * 1024)

struct job {
	struct loop_post back;
	STAILQ_ENTRY(job) link;
	LIST_ENTRY(job) everywhere; /* in thread.out */
	struct thread *thread;
	job_run_fn *run;
	job_done_fn *done;
	void *arg;
};

enum phase { STARTING, RUNNING, FAILED };

struct thread {
	struct loop *loop;
	pthread_t id;
	const char *path; /* the caller's, during thread_new */
	/* The thread's own. */
	struct store *store;
	struct desk *desk;
	/* Under lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum phase phase;
	struct err error; /* with FAILED */
	STAILQ_HEAD(, job) mailbox;
	size_t waiting;
	bool closing;
	int64_t job_since;    /* mono ms; 0: none runs */
	LIST_HEAD(, job) out; /* the loop thread's own: posted, and not back */
};

static void on_back(void *arg)
{
	struct job *j = arg;
	struct job copy = *j;

	LIST_REMOVE(j, everywhere);
	free(j);
	copy.done(copy.arg);
}

static void set_phase(struct thread *t, enum phase phase)
{
	pthread_mutex_lock(&t->lock);
	t->phase = phase;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

static struct job *next_job(struct thread *t)
{
	struct job *j;

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

static void *thread_main(void *arg)
{
	struct thread *t = arg;
	struct job *j;

	if (store_open(&t->store, t->path, STORE_WRITE, &t->error) ||
		desk_new(&t->desk, t->store, &t->error)) {
		store_close(t->store);
		set_phase(t, FAILED);
		return NULL;
	}
	set_phase(t, RUNNING);
	while ((j = next_job(t))) {
		j->run(j->arg, t->desk, t->store);
		loop_post(t->loop, &j->back);
	}
	desk_free(t->desk);
	store_close(t->store);
	return NULL;
}

/* Signals are the loop's: the thread starts with all of them blocked. */
static int spawn(struct thread *t)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int rc;

	if (pthread_attr_init(&attr))
		return -1;
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&t->id, &attr, thread_main, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return rc;
}

static void destroy(struct thread *t)
{
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
	free(t);
}

int thread_new(struct thread **out, struct loop *l, const char *path, struct err *e)
{
	struct thread *t = calloc(1, sizeof(*t));
	struct err failed;
	enum phase phase;

	*out = NULL;
	if (!t)
		return err_nomem(e);
	t->loop = l;
	t->path = path;
	STAILQ_INIT(&t->mailbox);
	LIST_INIT(&t->out);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	if (spawn(t)) {
		destroy(t);
		return err_set(e, ERR_NOMEM, "cannot start the desk thread: too many threads?");
	}
	pthread_mutex_lock(&t->lock);
	while (t->phase == STARTING)
		pthread_cond_wait(&t->changed, &t->lock);
	phase = t->phase;
	t->path = NULL;
	pthread_mutex_unlock(&t->lock);
	if (phase == RUNNING) {
		*out = t;
		return 0;
	}
	pthread_join(t->id, NULL);
	failed = t->error;
	destroy(t);
	if (e)
		*e = failed;
	return -(int)failed.cls;
}

void thread_free(struct thread *t)
{
	struct job *j;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->closing = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->id, NULL);
	/* All have run; their completions wait in the loop. */
	while ((j = LIST_FIRST(&t->out))) {
		LIST_REMOVE(j, everywhere);
		loop_unpost(t->loop, &j->back);
		free(j);
	}
	destroy(t);
}

/* --- the port --- */

static int post(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	struct thread *t = ctx;
	struct job *j;
	bool full;

	j = malloc(sizeof(*j));
	if (!j)
		return -(int)ERR_TEMP;
	*j = (struct job){.thread = t, .run = run, .done = done, .arg = arg};
	j->back = (struct loop_post){.fn = on_back, .arg = j};
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
	LIST_INSERT_HEAD(&t->out, j, everywhere);
	return 0;
}

static bool busy(void *ctx)
{
	struct thread *t = ctx;

	return thread_waiting(t) >= HIGH_MARK;
}

struct port_job thread_port(struct thread *t)
{
	return (struct port_job){.ctx = t, .post = post, .busy = busy};
}

size_t thread_waiting(struct thread *t)
{
	size_t n;

	pthread_mutex_lock(&t->lock);
	n = t->waiting;
	pthread_mutex_unlock(&t->lock);
	return n;
}

int64_t thread_busy_ms(struct thread *t)
{
	int64_t since;

	pthread_mutex_lock(&t->lock);
	since = t->job_since;
	pthread_mutex_unlock(&t->lock);
	return since ? clock_mono() - since : 0;
}
