/* SPDX-License-Identifier: MIT */
/* Converts error codes of curl to an error class and a message for the user. */
#ifndef IO_TRANSFER_ERROR_H
#define IO_TRANSFER_ERROR_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/err.h"

/*
 * Sets *e for a transfer that ended with rc, not CURLE_OK. where: the host or URL as it may be
 * shown. detail: curl's error buffer, may be empty.
 */
void transfer_error_set(
	struct err *e, CURL *easy, CURLcode rc, const char *where, const char *detail);

/* Writes the URL without userinfo, query and fragment; with_path false: without path too. */
void transfer_error_show_url(char *out, size_t size, const char *url, bool with_path);

/* The connection or stream ended, or stalled, after the server began to answer. */
bool transfer_error_is_cut(CURLcode rc);

#endif
