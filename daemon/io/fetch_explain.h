/* SPDX-License-Identifier: MIT */
/* Fills struct fetch_details, from what curl knows of a transfer. */
#ifndef IO_FETCH_EXPLAIN_H
#define IO_FETCH_EXPLAIN_H

#include <curl/curl.h>
#include <stdbool.h>

#include "engine/fetch_details.h"

/* Before the transfer: clears d, and asks curl for the certificates. False: out of memory. */
bool fetch_explain_begin(struct fetch_details *d, CURL *easy);
/* After the transfer, however it ended. */
void fetch_explain_end(struct fetch_details *d, CURL *easy);

#endif
