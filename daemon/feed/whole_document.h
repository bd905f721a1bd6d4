/* SPDX-License-Identifier: MIT */
/* Private to the room: a whole document as clean UTF-8, for what is not parsed in steps. */
#ifndef FEED_WHOLE_DOCUMENT_H
#define FEED_WHOLE_DOCUMENT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Appends to out. 0, -ERR_LIMIT (out's maximum) or -ERR_NOMEM. content_type may be absent. */
int feed_whole_decode(struct str body, struct str content_type, struct buf *out, struct err *e);

#endif
