/* SPDX-License-Identifier: MIT */
/* What a listener refuses before its handler sees it: pure functions over the headers. */
#ifndef IO_HTTPD_GUARD_H
#define IO_HTTPD_GUARD_H

#include "io/httpd.h"

struct evkeyvalq;

/* The facts of a request that matter here. */
struct httpd_guard_request {
	enum httpd_method method;
	bool http_1_1;	      /* or later */
	struct str authority; /* of an absolute URI; absent: none */
	const struct evkeyvalq *headers;
};

/* 0: pass; else the status to refuse with: 400, 403 or 421. */
int httpd_guard_check(const struct httpd_options *o, const struct httpd_guard_request *q);
/* "localhost", an address of 127.0.0.0/8 or ::1, each perhaps with a port. */
bool httpd_guard_is_loopback(struct str authority);

#endif
