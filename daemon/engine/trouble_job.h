/* SPDX-License-Identifier: MIT */
/* One notice of troubles on its way to the store, or the reading of those that were told. */
#ifndef ENGINE_TROUBLE_JOB_H
#define ENGINE_TROUBLE_JOB_H

#include "base/arena.h"
#include "base/err.h"
#include "jobs.h"
#include "store/store.h"
#include "trouble/notice.h"

struct trouble_job {
	struct job job; /* run and done are the owner's business; arg is this */
	void *owner;
	struct arena *arena; /* of all that follows */
	/* Notices to store; n == 0: read. */
	enum trouble_kind kind;
	bool ended;
	const struct trouble *v;
	size_t n;
	const struct trouble_copy {
		struct alert alert;
		struct str receiver;
	} * copies;
	size_t n_copies;
	/* Result. */
	struct store_trouble *told; /* of reading */
	size_t n_told;
	int rc;
	struct err error;
};

/* For reading. NULL: out of memory. */
struct trouble_job *trouble_job_new(void);
/*
 * Takes a copy of the troubles, and makes a notice for each receiver that conf names for them.
 * NULL: out of memory.
 */
struct trouble_job *trouble_job_new_notice(const struct trouble_notice *n, const struct conf *conf);
void trouble_job_free(struct trouble_job *j); /* NULL is fine */
/* On the desk thread. */
job_run_fn trouble_job_run;

#endif
