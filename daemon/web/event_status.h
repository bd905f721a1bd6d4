/* SPDX-License-Identifier: MIT */
/* The event `status`: the part of the status document that says whether the daemon is well. */
#ifndef WEB_EVENT_STATUS_H
#define WEB_EVENT_STATUS_H

#include "admin/admin.h"

/* {"ok", "feeds": {…}, "troubles": […]}; NULL: out of memory. */
json_t *event_status_make(const struct admin *a);
uint64_t event_status_hash(const json_t *status);     /* to notice changes */
void event_status_stamp(json_t *status, int64_t now); /* adds "time" */

#endif
