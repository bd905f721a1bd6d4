/* SPDX-License-Identifier: MIT */
/* Which of the newest items came near to a watch without matching it, and what was missing. */
#ifndef WEB_NEAR_H
#define WEB_NEAR_H

#include "page.h"

/* Appends a section, or nothing if none came near. 0 or -class. */
int near_put(struct html *h, struct web_call *c, struct store *store, const struct conf_watch *w,
	struct err *e);

#endif
