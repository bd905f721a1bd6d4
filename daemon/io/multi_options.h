/* SPDX-License-Identifier: MIT */
/* The options of libcurl that every transfer has. */
#ifndef IO_MULTI_OPTIONS_H
#define IO_MULTI_OPTIONS_H

#include <curl/curl.h>
#include <stdbool.h>

/*
 * Sets them: no proxy, netrc, signals or redirects; TLS 1.2 or later. idle_seconds: how long an
 * idle connection is kept. Returns false if memory runs out.
 */
bool multi_options_set(CURL *c, long idle_seconds);

#endif
