/* SPDX-License-Identifier: MIT */
/* A notice of troubles, as the alert that sinks render. Pure. */
#ifndef TROUBLE_NOTICE_H
#define TROUBLE_NOTICE_H

#include "alert/alert.h"
#include "base/buf.h"
#include "base/zone.h"
#include "trouble/trouble.h"

struct trouble_notice {
	enum trouble_kind kind;
	bool ended;
	const struct trouble *v;
	size_t n; /* at least 1; the first TROUBLE_NAMED_MAX are named */
	int64_t now;
	const char *hostname;
	struct str receiver;	 /* part of its id */
	const struct zone *zone; /* of the times in its text; NULL: UTC */
};

/* Fills *out; everything in it is in arena. Returns 0 or -ERR_NOMEM. */
int trouble_notice_make(const struct trouble_notice *n, struct arena *arena, struct alert *out);
/* Appends "receiver ops does not accept messages", or "3 receivers do not accept messages". */
void trouble_put_title(const struct trouble_notice *n, struct buf *out);

#endif
