/* SPDX-License-Identifier: MIT */
/*
 * What people and programs read of the daemon by HTTP, without changing anything: /healthz,
 * /readyz, /metrics and /api/v1/status.
 */
#ifndef WEB_STATUS_H
#define WEB_STATUS_H

#include "admin/admin.h"
#include "io/loop.h"

struct web_status;

/* Listens as the configuration in force says, or not at all. NULL: out of memory. */
struct web_status *web_status_new(
	struct loop *l, struct engine *e, struct admin *admin, const struct conf *conf);
void web_status_reload(struct web_status *w, const struct conf *conf);
/* After the last callback of the loop, before the admin. NULL is fine. */
void web_status_free(struct web_status *w);

#endif
