/* SPDX-License-Identifier: MIT */
#include "io/worker.h"

#include <stdlib.h>

#include "base/clock.h"
#include "io/thread.h"

#define STACK_BYTES ((size_t)2 * 1024 * 1024)

struct worker {
	struct loop *loop;
	pthread_t id;
	LIST_HEAD(, worker_job) posted; /* and not done; used by the loop thread only */
	/* Protected by lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	STAILQ_HEAD(, worker_job) queue;
	size_t waiting;	    /* jobs in queue */
	int64_t busy_since; /* mono ms, start of the running job; 0: idle */
	bool closing;
};

/* --- on the thread --- */

static struct worker_job *worker_take_job(struct worker *w)
{
	struct worker_job *j;

	pthread_mutex_lock(&w->lock);
	while (STAILQ_EMPTY(&w->queue) && !w->closing)
		pthread_cond_wait(&w->changed, &w->lock);
	j = STAILQ_FIRST(&w->queue);
	if (j) {
		STAILQ_REMOVE_HEAD(&w->queue, link);
		w->waiting--;
		w->busy_since = clock_mono();
	}
	pthread_mutex_unlock(&w->lock);
	return j;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct worker_job *j;

	while ((j = worker_take_job(w))) {
		j->run(j->arg);
		pthread_mutex_lock(&w->lock);
		w->busy_since = 0;
		pthread_mutex_unlock(&w->lock);
		loop_post(w->loop, &j->back);
	}
	return NULL;
}

/* --- on the loop --- */

static void worker_end_job(void *arg)
{
	struct worker_job *j = arg;

	LIST_REMOVE(j, posted_link);
	j->done(j->arg);
}

void worker_post(struct worker *w, struct worker_job *j)
{
	j->back = (struct loop_post){.fn = worker_end_job, .arg = j};
	LIST_INSERT_HEAD(&w->posted, j, posted_link);
	pthread_mutex_lock(&w->lock);
	STAILQ_INSERT_TAIL(&w->queue, j, link);
	w->waiting++;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

size_t worker_waiting(struct worker *w)
{
	size_t n;

	pthread_mutex_lock(&w->lock);
	n = w->waiting;
	pthread_mutex_unlock(&w->lock);
	return n;
}

int64_t worker_busy_ms(struct worker *w)
{
	int64_t since;

	pthread_mutex_lock(&w->lock);
	since = w->busy_since;
	pthread_mutex_unlock(&w->lock);
	return since ? clock_mono() - since : 0;
}

static void worker_destroy(struct worker *w)
{
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
	free(w);
}

struct worker *worker_new(struct loop *l)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = l;
	LIST_INIT(&w->posted);
	STAILQ_INIT(&w->queue);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	if (thread_start(&w->id, STACK_BYTES, worker_main, w)) {
		worker_destroy(w);
		return NULL;
	}
	return w;
}

void worker_free(struct worker *w)
{
	struct worker_job *j;

	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->id, NULL);
	/* All jobs have run, and are in the queue of the loop. */
	while ((j = LIST_FIRST(&w->posted))) {
		LIST_REMOVE(j, posted_link);
		loop_unpost(w->loop, &j->back);
		j->drop(j->arg);
	}
	worker_destroy(w);
}
