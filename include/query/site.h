/* SPDX-License-Identifier: MIT */
/* Normal form of host names, for comparison by site: */
#ifndef QUERY_SITE_H
#define QUERY_SITE_H

#include "base/str.h"

#define QUERY_SITE_HOST_MAX 255 /* RFC 1035, 2.3.4 */
#define QUERY_SITE_FORM_MAX (4 * QUERY_SITE_HOST_MAX)

/*
 * Writes host in lower case, with A-labels (xn--, RFC 5890) decoded to Unicode; invalid A-labels
 * are copied. Returns the number of bytes, or 0 if host is empty or longer than
 * QUERY_SITE_HOST_MAX.
 */
size_t query_site_form(struct str host, char out[QUERY_SITE_FORM_MAX]);

#endif
