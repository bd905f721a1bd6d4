/* SPDX-License-Identifier: MIT */
/* What the verbs of nightdesk alerts share. */
#ifndef CLI_ALERTS_H
#define CLI_ALERTS_H

#include "columns.h"
#include "command.h"
#include "store/store.h"

/* A list of alerts that is printed. */
struct alerts_list {
	const struct cli_call *call;
	struct columns rows;
	size_t n; /* so far */
};
/* The caller ends rows. */
void alerts_list_init(struct alerts_list *l, const struct cli_call *call);
/* A store_alert_fn with such a list: prints the row, or its document. */
int alerts_list_add(void *list, const struct store_alert_row *row);
/* What the options say. */
struct store_alert_filter alerts_list_filter(const struct cli_call *call);

/* The verbs, each in its file. */
int alerts_list(const struct cli_call *call);
int alerts_show(const struct cli_call *call);
int alerts_evidence(const struct cli_call *call); /* show --evidence */
int alerts_ack(const struct cli_call *call);
int alerts_tail(const struct cli_call *call);

#endif
