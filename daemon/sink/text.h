/* SPDX-License-Identifier: MIT */
/* The text of an alert as several sinks use it. Private to the room. */
#ifndef SINK_TEXT_H
#define SINK_TEXT_H

#include "base/buf.h"
#include "sinks.h"

/* Appends "BBC World (bbc) · published 2022-02-14 18:20 UTC", escaped for a terminal. */
void sink_text_origin(const struct alert *a, struct buf *out);
/* Appends the alert as plain text: lines end with \n, hits are between asterisks. */
void sink_text_plain(const struct alert *a, struct buf *out);
/* Copies a buffer into the arena and releases it. Returns 0, or -ERR_NOMEM if either failed. */
int sink_text_keep(struct buf *b, struct arena *arena, struct str *out, struct err *e);

#endif
