/* SPDX-License-Identifier: MIT */
/* /feeds/NAME: one feed: how often it is asked and why, its health, its last items. */
#ifndef WEB_FEED_PAGE_H
#define WEB_FEED_PAGE_H

#include "route.h"

web_read_fn web_feed_page_read;

#endif
