/* SPDX-License-Identifier: MIT */
/*
 * The headers of a request for a feed. Those that all feeds have in common are one list of libcurl
 * that is never freed; of the others most requests have two, in one allocation.
 */
#ifndef IO_FETCH_HEADERS_H
#define IO_FETCH_HEADERS_H

#include <curl/curl.h>

#include "engine/ports.h"

#define FETCH_HEADERS_OWN 4 /* User-Agent, If-None-Match, A-IM, If-Modified-Since */

struct fetch_headers {
	char *text; /* of own */
	struct curl_slist own[FETCH_HEADERS_OWN];
	struct curl_slist *configured;
	struct curl_slist *first; /* the whole list, for CURLOPT_HTTPHEADER */
};

/*
 * Makes the list; h must stay where it is until the release. A value with a control character,
 * which would inject a header, is left out: conf and http_headers_get() have refused it before.
 * False: out of memory.
 */
bool fetch_headers_make(struct fetch_headers *h, const struct fetch_request *r);
void fetch_headers_release(struct fetch_headers *h);
/* A configured Cookie is sent in one header with those of the poll. NULL: there is none. */
const char *fetch_headers_find_cookie(const struct fetch_request *r);

#endif
