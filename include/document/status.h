/* SPDX-License-Identifier: MIT */
/* The status document: what `status --json` prints. */
#ifndef DOCUMENT_STATUS_H
#define DOCUMENT_STATUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"
#include "trouble/trouble.h"

struct document_status {
	const struct metrics *metrics; /* absent ones are left out */
	bool running;		       /* false: only what the database answers is known */
	/* Of the running daemon. */
	long pid;
	const char *dir; /* of the configuration */
	int64_t loaded;	 /* wall ms, when it came into force */
	json_t *refused; /* borrowed: errors of the last reload; NULL: it was accepted */
	const struct troubles *troubles;
	const struct conf *conf; /* in force */
};

/* The caller owns the reference. NULL: out of memory. */
json_t *document_status(const struct document_status *s);

#endif
