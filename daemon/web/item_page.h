/* SPDX-License-Identifier: MIT */
/* /items/ID: one item traced through every stage, see desk/explain.h. */
#ifndef WEB_ITEM_PAGE_H
#define WEB_ITEM_PAGE_H

#include "route.h"

web_read_fn web_item_page_read;

#endif
