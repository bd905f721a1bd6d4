/* SPDX-License-Identifier: MIT */
/* A notice: the content of one delivery, which a sink renders. */
#ifndef ALERT_NOTICE_H
#define ALERT_NOTICE_H

#include "alert/alert.h"

enum notice_kind {
	NOTICE_ALERT,  /* an alert */
	NOTICE_DIGEST, /* a digest, whose alerts are in alerts->digest */
};

struct notice {
	enum notice_kind kind;
	struct str id; /* the same on every attempt: a receiver can drop a repeat */
	const struct alert *alerts;
	size_t n; /* 1 today */
};

/* Returns a notice of one alert or digest, with a pointer to *a. */
static inline struct notice notice_of_alert(const struct alert *a)
{
	return (struct notice){.kind = a->kind == ALERT_DIGEST ? NOTICE_DIGEST : NOTICE_ALERT,
		.id = a->id,
		.alerts = a,
		.n = 1};
}

#endif
