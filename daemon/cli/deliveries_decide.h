/* SPDX-License-Identifier: MIT */
/* nightdesk deliveries retry, drop and move. */
#ifndef CLI_DELIVERIES_DECIDE_H
#define CLI_DELIVERIES_DECIDE_H

#include "command.h"

/* 0: not the number of a delivery. */
int64_t deliveries_read_id(const char *text);
/* Prints that there is no such delivery. Returns CLI_FINDINGS. */
int deliveries_report_none(const char *id);

int deliveries_retry(const struct cli_call *call);
int deliveries_drop(const struct cli_call *call);
int deliveries_move(const struct cli_call *call); /* deliveries_move.c */

#endif
