/* SPDX-License-Identifier: MIT */
/* /watches/NAME: one watch: its query, cost, last alerts, and what came near. */
#ifndef WEB_WATCH_PAGE_H
#define WEB_WATCH_PAGE_H

#include "route.h"

web_read_fn web_watch_page_read;

#endif
