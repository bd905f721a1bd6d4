/* SPDX-License-Identifier: MIT */
/* Names of hosts in the one form in which site: compares them. */
#ifndef QUERY_SITE_H
#define QUERY_SITE_H

#include "base/str.h"

#define QUERY_SITE_HOST_MAX 255 /* RFC 1035, 2.3.4 */
#define QUERY_SITE_FORM_MAX (4 * QUERY_SITE_HOST_MAX)

/*
 * In small letters, and those that a name holds as xn--… (RFC 5890) as they are read. Labels that
 * are no such thing stay as they are. 0: empty, or longer than a host can be.
 */
size_t query_site_form(struct str host, char out[QUERY_SITE_FORM_MAX]);

#endif
