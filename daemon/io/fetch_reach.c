/* SPDX-License-Identifier: MIT */
#include "fetch_reach.h"

#include <errno.h>
#include <string.h>

#include "network_route.h"

void fetch_tried_add(struct fetch_tried *t, const struct sockaddr *sa, size_t size)
{
	unsigned i = 0;

	while (i < t->n && t->v[i].sa.sa_family != sa->sa_family)
		i++;
	if (i == FETCH_FAMILIES || size > sizeof(t->v[0]))
		return;
	memcpy(&t->v[i], sa, size);
	t->n += i == t->n;
}

static bool fetch_tried_any_route(const struct fetch_tried *t)
{
	for (unsigned i = 0; i < t->n; i++)
		if (network_route_exists(&t->v[i].sa, sizeof(t->v[i])))
			return true;
	return false;
}

enum fetch_reach fetch_reach_of(CURL *easy, CURLcode rc, const struct fetch_tried *t)
{
	curl_off_t connected = 0;
	long code = 0;

	if (rc == CURLE_COULDNT_RESOLVE_HOST || rc == CURLE_COULDNT_RESOLVE_PROXY)
		return network_route_to_public_exists() ? FETCH_UNREACHED : FETCH_NO_ROUTE;
	curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected);
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &code);
	if (rc != CURLE_COULDNT_CONNECT && rc != CURLE_OPERATION_TIMEDOUT)
		return connected > 0 && rc != CURLE_RECV_ERROR ? FETCH_REACHED : FETCH_UNKNOWN;
	if (connected > 0)
		return FETCH_UNKNOWN;
	if (t->n > 0 && !fetch_tried_any_route(t))
		return FETCH_NO_ROUTE;
	return rc == CURLE_COULDNT_CONNECT && code == ECONNREFUSED ? FETCH_REACHED
								   : FETCH_UNREACHED;
}
