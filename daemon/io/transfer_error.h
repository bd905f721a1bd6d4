/* SPDX-License-Identifier: MIT */
/* What curl's codes mean: a class that drives policy and a sentence for a person. */
#ifndef IO_TRANSFER_ERROR_H
#define IO_TRANSFER_ERROR_H

#include <curl/curl.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Fills *e for a transfer that ended with rc, not CURLE_OK. where: the host, or whatever may be
 * shown of the address. detail: curl's error buffer, "" if it is empty.
 */
void transfer_error_set(
	struct err *e, CURL *easy, CURLcode rc, const char *where, const char *detail);

/* scheme://host:port/path, without userinfo, query and fragment; with_path false: no path either.
 */
void transfer_error_show_url(struct buf *out, const char *url, bool with_path);

#endif
