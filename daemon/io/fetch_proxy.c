/* SPDX-License-Identifier: MIT */
#include "fetch_proxy.h"

#include <curl/curl.h>
#include <stdlib.h>

#ifdef CURLU_PUNYCODE
#define FETCH_PROXY_PUNYCODE CURLU_PUNYCODE
#else
#define FETCH_PROXY_PUNYCODE 0
#endif

/* libcurl normalises numbers and decodes percent signs as it does for the request. */
static bool fetch_proxy_read(const char *url, struct fetch_proxy_target *t)
{
	CURLU *u = curl_url();
	char *host = NULL, *port = NULL;
	bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
		  curl_url_get(u, CURLUPART_HOST, &host, FETCH_PROXY_PUNYCODE) == CURLUE_OK &&
		  curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
		  strlen(host) < sizeof(t->host);

	if (ok) {
		snprintf(t->host, sizeof(t->host), "%s", host);
		t->port = (unsigned)strtoul(port, NULL, 10);
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
	return ok;
}

/* Names without a dot, and domains that are reserved for private use. */
static bool fetch_proxy_is_local_name(struct str host)
{
	static const char *const suffixes[] = {".local", ".localdomain", ".internal", ".intranet",
		".private", ".corp", ".home", ".lan", ".home.arpa"};

	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	if (!host.n || !memchr(host.p, '.', host.n))
		return true;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		struct str s = str_of(suffixes[i]);

		if (host.n > s.n && str_eq_nocase(str_slice(host.p + host.n - s.n, s.n), s))
			return true;
	}
	return false;
}

enum address_verdict fetch_proxy_check(
	const struct address_rule *rule, const char *url, struct fetch_proxy_target *target)
{
	static const uint8_t public[16] = {0x20, 0x01, 0x48, 0x60};
	uint8_t a[16];
	struct str host;

	*target = (struct fetch_proxy_target){0};
	if (!fetch_proxy_read(url, target))
		return ADDRESS_PASS; /* curl refuses it too */
	host = str_of(target->host);
	if (address_of_host(host, a) != 0) {
		if (rule->learnt && fetch_proxy_is_local_name(host))
			return ADDRESS_PRIVATE;
		memcpy(a, public, sizeof(a)); /* as far as is known */
	}
	return address_check(rule, a, target->port);
}
