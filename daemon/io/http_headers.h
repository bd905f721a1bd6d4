/* SPDX-License-Identifier: MIT */
/* The headers of an HTTP request, and of its answer: untrusted, so each value has a limit. */
#ifndef IO_HTTP_HEADERS_H
#define IO_HTTP_HEADERS_H

#include <curl/curl.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Headers of one name that are read: curl searches all headers for each. */
#define HTTP_HEADERS_MAX 64

/* False if a line holds a control character, such as a line break before another header. */
bool http_headers_valid(const char *line);

/* Appends name and value, one of which may be empty, to *list. 0 or -ERR_NOMEM. */
int http_headers_append(struct curl_slist **list, const char *name, struct str value);

/*
 * Returns the value of the last header of that name in the final answer; NULL if it is absent,
 * longer than max bytes, or contains a control character. Valid until the handle is used again.
 */
const char *http_headers_get(CURL *easy, const char *name, size_t max);

/*
 * Appends the values of the first HTTP_HEADERS_MAX headers of that name in the final answer to out,
 * joined with commas (RFC 9110 §5.3). Values with a control character, or that exceed the maximum
 * of out, are left out.
 */
void http_headers_join(CURL *easy, const char *name, struct buf *out);

/* Parses Retry-After (RFC 9110 §10.2.3), seconds or a date. Returns ms from now, at most a day. */
int64_t http_headers_retry_after(CURL *easy, int64_t now); /* wall ms; -1: absent or invalid */

/*
 * How long the answer stays fresh (RFC 9111 §4.2): max-age of Cache-Control, else Expires less
 * Date, less Age. Returns ms, at most a year; -1: not given, or no-cache or no-store. now: wall ms.
 */
int64_t http_headers_freshness(CURL *easy, int64_t now);

/* Date plus Age (RFC 9110 §6.6.1, 9111 §5.1): what time it is at the server. Wall ms; 0: absent. */
int64_t http_headers_date(CURL *easy);

#endif
