/* SPDX-License-Identifier: MIT */
/* /feeds: all configured feeds, with filters in the query string. */
#ifndef WEB_FEEDS_PAGE_H
#define WEB_FEEDS_PAGE_H

#include "route.h"

web_read_fn web_feeds_page_read;

#endif
