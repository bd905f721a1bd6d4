/* SPDX-License-Identifier: MIT */
/* The form of server-sent events (HTML, server-sent events §9.2.6). */
#ifndef WEB_EVENT_TEXT_H
#define WEB_EVENT_TEXT_H

#include "store/store.h"

#include <jansson.h>

/*
 * Appends an event; takes the reference to data. id: absent: what the client resumes from stays.
 * buf_failed(out) if data is NULL.
 */
void event_text_add(struct buf *out, const char *name, struct str id, json_t *data);
/* An alert, as lists of the API have it. fresh: clients resume after it. */
void event_text_add_alert(struct buf *out, const struct store_alert_row *row, bool fresh);

#endif
