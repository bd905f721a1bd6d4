/* SPDX-License-Identifier: MIT */
/* Documents of alerts and their deliveries. */
#ifndef DOCUMENT_DELIVERY_H
#define DOCUMENT_DELIVERY_H

#include <jansson.h>

#include "sink/sink.h"
#include "store/store.h"

/* "pending", "delivered"…: by enum store_delivery_state, NULL-terminated. */
extern const char *const document_delivery_states[];
/* "delivered", "later", "bad", "trouble", "gone", "wait" */
const char *document_verdict_name(enum sink_verdict_kind kind);

json_t *document_delivery(const struct store_delivery *d);
/* The state with that name; -1: there is none. */
int document_delivery_state(const char *name);
/* What an operator's decision did to a delivery: the state it is in now. */
json_t *document_decision(int64_t delivery, struct str notify, enum store_delivery_state now);
/* The same of all that were chosen: how many were changed. */
json_t *document_decisions(size_t changed, enum store_delivery_state now);

/*
 * The alert as a webhook receives it, with the number of its deliveries by state, who acknowledged
 * it, and when it escalates next.
 */
json_t *document_alert_row(const struct store_alert_row *row);
/* The same with a list of documents of deliveries; takes the reference to the list. */
json_t *document_alert(const struct store_alert_row *row, json_t *deliveries);

/* The answer to a test message; sent_by: "daemon" or "command". */
json_t *document_test(const struct conf_notify *notify, const struct sink_verdict *v,
	int64_t took_ms, const char *sent_by);

#endif
