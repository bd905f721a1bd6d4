/* SPDX-License-Identifier: MIT */
/* The commands status and metrics, see struct admin_command. */
#ifndef ADMIN_STATUS_H
#define ADMIN_STATUS_H

#include "command.h"

/* call->result: struct metrics, of the database. */
int admin_status_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e);
/* counted: of the database; NULL: left out. */
json_t *admin_status_make(const struct admin_daemon *d, const struct metrics *counted);
json_t *admin_status_answer(struct admin_call *call);
/* {"text": the metrics in the format of Prometheus} */
json_t *admin_metrics_answer(struct admin_call *call);

#endif
