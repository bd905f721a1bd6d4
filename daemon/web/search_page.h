/* SPDX-License-Identifier: MIT */
/* /search: the archive. */
#ifndef WEB_SEARCH_PAGE_H
#define WEB_SEARCH_PAGE_H

#include "route.h"

web_read_fn web_search_page_read;

#endif
