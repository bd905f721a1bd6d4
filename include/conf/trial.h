/* SPDX-License-Identifier: MIT */
/* Runs the test blocks of watches against the compiled watches. */
#ifndef CONF_TRIAL_H
#define CONF_TRIAL_H

#include "conf/conf.h"

struct conf_trial {
	const struct conf_watch *watch;
	const struct conf_test *test;
	bool matched;
	bool passed;	  /* the result is the expected one */
	struct str *hits; /* the words that matched, without duplicates, in order */
	size_t n_hits;
	struct str why; /* of a missing match: a line for each part that fails */
};

/* Pointers are valid only during the callback. */
typedef void conf_trial_fn(void *ctx, const struct conf_trial *t);

/*
 * Runs every test as a new item of a feed of the watch, in the order of watches. Returns 0 or the
 * error of the matcher.
 */
int conf_run_trials(const struct conf *c, conf_trial_fn *fn, void *ctx, struct err *e);

#endif
