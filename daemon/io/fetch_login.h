/* SPDX-License-Identifier: MIT */
/* How a request is let in: a login, a bearer token, a client certificate. */
#ifndef IO_FETCH_LOGIN_H
#define IO_FETCH_LOGIN_H

#include <curl/curl.h>
#include <stdbool.h>

#include "engine/ports.h"

/* Whether fetch_login_set() sets anything, so that the handle must be reset afterwards. */
bool fetch_login_given(const struct fetch_request *r);
/* Sets the options of a handle that has none of them. False: out of memory. */
bool fetch_login_set(CURL *easy, const struct fetch_request *r);

#endif
