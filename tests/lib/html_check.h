/* SPDX-License-Identifier: MIT */
/* Reads a page strictly: what no feed may add to it, and what its own policy forbids. */
#ifndef LIB_HTML_CHECK_H
#define LIB_HTML_CHECK_H

#include "base/str.h"

/*
 * The test fails, naming the page, unless it is valid UTF-8 without control characters, its
 * elements are of those that pages use and closed in order, each attribute is one of those that
 * pages use and in double quotes, an id occurs once, and each link leads to http, https or within
 * the site. An inline style or script, and an attribute on…, are none of these.
 */
void html_check(const char *name, struct str page);

#endif
