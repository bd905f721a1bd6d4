/* SPDX-License-Identifier: MIT */
/* A notice: the content of one delivery, which a sink renders. Today always a single alert. */
#ifndef ALERT_NOTICE_H
#define ALERT_NOTICE_H

#include "alert/alert.h"

enum notice_kind {
	NOTICE_ALERT, /* n is 1 */
};

struct notice {
	enum notice_kind kind;
	struct str id; /* the same on every attempt: a receiver can drop a repeat */
	const struct alert *alerts;
	size_t n;
	size_t left_out; /* further alerts that are counted only */
};

/* Returns a notice of one alert, with a pointer to *a. */
static inline struct notice notice_of_alert(const struct alert *a)
{
	return (struct notice){.kind = NOTICE_ALERT, .id = a->id, .alerts = a, .n = 1};
}

#endif
