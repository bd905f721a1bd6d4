/* SPDX-License-Identifier: MIT */
/* /watches: all watches, and how much each has raised. */
#ifndef WEB_WATCHES_PAGE_H
#define WEB_WATCHES_PAGE_H

#include "route.h"

web_read_fn web_watches_page_read;

#endif
