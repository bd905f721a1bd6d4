/* SPDX-License-Identifier: MIT */
/* A job that stores one notice of troubles, or reads the troubles that have been notified. */
#ifndef ENGINE_TROUBLE_JOB_H
#define ENGINE_TROUBLE_JOB_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"
#include "jobs.h"
#include "store/troubles.h"
#include "trouble/notice.h"

struct trouble_job {
	struct job job; /* done is set by the owner; arg is this */
	void *owner;
	unsigned refs; /* of the owner, and of each copy that is being sent directly */
	STAILQ_ENTRY(trouble_job) next;
	struct arena *arena; /* of all that follows */
	/* Notices to store; n == 0: read. */
	enum trouble_kind kind;
	bool ended;
	const struct trouble *v;
	size_t n;
	struct trouble_copy {
		struct trouble_job *of;
		struct alert alert;
		struct str receiver;
		bool in_flight;	  /* directly; of the loop thread */
		atomic_bool sent; /* directly, also while the job waits: no delivery */
	} * copies;
	size_t n_copies;
	/* Result. */
	struct store_trouble *told; /* of reading */
	size_t n_told;
	int rc;
	struct err error;
};

STAILQ_HEAD(trouble_job_list, trouble_job);

/* For reading. One reference. NULL: out of memory. */
struct trouble_job *trouble_job_new(void);
/*
 * Takes a copy of the troubles, and makes a notice for each receiver that conf names for them.
 * NULL: out of memory.
 */
struct trouble_job *trouble_job_new_notice(const struct trouble_notice *n, const struct conf *conf);
void trouble_job_unref(struct trouble_job *j); /* NULL is fine; frees it with the last one */
/* On the desk thread. */
job_run_fn trouble_job_run;

#endif
