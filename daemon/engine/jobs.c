/* SPDX-License-Identifier: MIT */
#include "jobs.h"

#define OFFER_AGAIN_MS 50

static void jobs_offer(struct jobs *j);

static void jobs_on_timer(void *arg)
{
	struct jobs *j = arg;

	j->timer = NULL;
	jobs_offer(j);
}

static void jobs_run(void *arg, struct desk *desk, struct store *store)
{
	struct job *job = arg;

	job->run(job->arg, desk, store);
}

static void jobs_done(void *arg)
{
	struct job *job = arg;
	struct jobs *j = job->jobs;

	j->open--;
	job->done(job->arg); /* may free job */
	jobs_offer(j);
	if (j->open == 0 && j->settled)
		j->settled(j->arg);
}

static void jobs_offer(struct jobs *j)
{
	const struct port_job *port = &j->ports->job;
	struct job *job;

	while ((job = STAILQ_FIRST(&j->waiting)) != NULL) {
		if (port->post(port->ctx, jobs_run, jobs_done, job) != 0)
			break;
		STAILQ_REMOVE_HEAD(&j->waiting, next);
	}
	if (job && !j->timer)
		j->timer = j->ports->timer.start(
			j->ports->timer.ctx, OFFER_AGAIN_MS, jobs_on_timer, j);
}

void jobs_init(struct jobs *j, const struct ports *ports)
{
	*j = (struct jobs){.ports = ports};
	STAILQ_INIT(&j->waiting);
}

void jobs_post(struct jobs *j, struct job *job)
{
	job->jobs = j;
	j->open++;
	STAILQ_INSERT_TAIL(&j->waiting, job, next);
	jobs_offer(j);
}

void jobs_release(struct jobs *j)
{
	port_timer_stop(&j->ports->timer, &j->timer);
	STAILQ_INIT(&j->waiting);
}
