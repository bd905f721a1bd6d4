/* SPDX-License-Identifier: MIT */
/* A notice: the content of one delivery, which a sink renders. */
#ifndef ALERT_NOTICE_H
#define ALERT_NOTICE_H

#include "alert/alert.h"

enum notice_kind {
	NOTICE_ALERT,	/* an alert */
	NOTICE_DIGEST,	/* a digest, whose alerts are in alerts->digest */
	NOTICE_TROUBLE, /* troubles, in alerts->trouble */
	NOTICE_REPORT,	/* a report, in alerts->body and alerts->report */
};

struct notice {
	enum notice_kind kind;
	struct str id; /* the same on every attempt: a receiver can drop a repeat */
	const struct alert *alerts;
	size_t n; /* 1 today */
	/*
	 * What the service called the message about alerts[0].of, or about the alert that the
	 * whole thread is about, when this receiver got it: struct sink_verdict. Absent: unknown.
	 */
	struct str receipt;
	bool of_digest; /* that message is a digest: a change of it would remove other alerts */
	bool asks;	/* acknowledgements of it are read from the message: it says how */
	/* The document of alerts[0], as alert_json_write() makes it; absent: not made yet. */
	struct str document;
};

/* Returns a notice of one alert or digest, with a pointer to *a. */
static inline struct notice notice_of_alert(const struct alert *a)
{
	enum notice_kind kind = NOTICE_ALERT;

	if (a->kind == ALERT_DIGEST)
		kind = NOTICE_DIGEST;
	else if (alert_is_trouble(a))
		kind = NOTICE_TROUBLE;
	else if (a->kind == ALERT_REPORT)
		kind = NOTICE_REPORT;
	return (struct notice){.kind = kind, .id = a->id, .alerts = a, .n = 1};
}

#endif
