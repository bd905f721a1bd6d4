/* SPDX-License-Identifier: MIT */
/*
 * The cookies of one poll. libcurl keeps them on the handle and decides which of them a request
 * carries; between the requests of a poll they are lines in the caller's hands, and the handle,
 * which other polls use too, has none.
 */
#ifndef IO_FETCH_COOKIES_H
#define IO_FETCH_COOKIES_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

struct fetch_cookies {
	struct curl_slist *list;
	const char **lines; /* into list; NULL: none */
	size_t n;
};

/* Before a transfer: gives the lines to the handle. False: out of memory. */
bool fetch_cookies_put(CURL *easy, const char *const *lines, size_t n);
/* After it: takes a copy of the cookies that the handle has, up to a limit. */
void fetch_cookies_take(struct fetch_cookies *c, CURL *easy);
/* Frees the copy and clears the handle. easy: NULL is fine. */
void fetch_cookies_release(struct fetch_cookies *c, CURL *easy);

#endif
