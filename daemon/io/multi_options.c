/* SPDX-License-Identifier: MIT */
#include "multi_options.h"

#define CONNECT_MS    10000L
/*
 * How long libcurl remembers addresses of names. It walks through all that it remembers at the end
 * of each transfer, which with its default, 60 s, and 100,000 servers took callbacks of 500 ms.
 */
#define NAMES_SECONDS 1L

bool multi_options_set(CURL *c, long idle_seconds)
{
	bool ok = true;

#define SET(option, value) (ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok)
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOPROXY, ""); /* otherwise the environment is read */
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_DNS_CACHE_TIMEOUT, NAMES_SECONDS);
	SET(CURLOPT_MAXAGE_CONN, idle_seconds);
	SET(CURLOPT_MAXLIFETIME_CONN, 600L);
#if LIBCURL_VERSION_NUM < 0x081400
	/* Otherwise closing a handle blocks until getaddrinfo() returns. */
	SET(CURLOPT_QUICK_EXIT, 1L);
#endif
#undef SET
	return ok;
}
