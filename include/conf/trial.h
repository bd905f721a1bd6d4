/* SPDX-License-Identifier: MIT */
/* The test blocks of watches, run against the compiled watches. */
#ifndef CONF_TRIAL_H
#define CONF_TRIAL_H

#include "conf/conf.h"

struct conf_trial {
	const struct conf_watch *watch;
	const struct conf_test *test;
	bool matched;
	bool passed;	  /* matched as it should */
	struct str *hits; /* the words that matched, each once, first ones first */
	size_t n_hits;
	struct str why; /* of one that does not match but must: a line for each part that fails */
};

/* All pointers live only during the call. */
typedef void conf_trial_fn(void *ctx, const struct conf_trial *t);

/*
 * Runs every test as an item that a feed of the watch brought just now, in the order of watches.
 * 0, or what matching failed with.
 */
int conf_run_trials(const struct conf *c, conf_trial_fn *fn, void *ctx, struct err *e);

#endif
