/* SPDX-License-Identifier: MIT */
/* The words of an alert that several sinks share. Private to the room. */
#ifndef SINK_TEXT_H
#define SINK_TEXT_H

#include "base/buf.h"
#include "sinks.h"

/* "BBC World (bbc) · published 2022-02-14 18:20 UTC"; foreign text as it is. */
void sink_text_origin(const struct alert *a, struct buf *out);
/* The alert for a plain text reader, lines ended by \n, matched words between asterisks. */
void sink_text_plain(const struct alert *a, struct buf *out);
/* Moves a finished buffer into the arena and releases it. -ERR_NOMEM where either failed. */
int sink_text_keep(struct buf *b, struct arena *arena, struct str *out, struct err *e);

#endif
