/* SPDX-License-Identifier: MIT */
#include "httpd_guard.h"

#include <arpa/inet.h>
#include <event2/keyvalq_struct.h>
#include <stdio.h>

#include "base/ascii.h"
#include "conf/form.h"

/* token of RFC 9110 §5.6.2 */
static bool httpd_guard_is_token(const char *z)
{
	for (const char *p = z; *p; p++)
		if (!ascii_is_alnum(*p) && !strchr("!#$%&'*+-.^_`|~", *p))
			return false;
	return *z != '\0';
}

static unsigned httpd_guard_count(
	const struct evkeyvalq *headers, const char *name, const char **value)
{
	const struct evkeyval *h;
	unsigned n = 0;

	*value = NULL;
	TAILQ_FOREACH (h, headers, next) {
		if (!str_eq_nocase(str_of(h->key), str_of(name)))
			continue;
		if (n++ == 0)
			*value = h->value;
	}
	return n;
}

/*
 * A proxy may read the request in another way than evhttp, which takes the first Content-Length,
 * ignores Transfer-Encoding unless it is "chunked", and knows no header "Content-Length " (RFC 9112
 * §5.1, §6.1, §6.3).
 */
static bool httpd_guard_is_framed(const struct httpd_guard_request *q)
{
	const char *length, *coding;
	const struct evkeyval *h;
	unsigned lengths = httpd_guard_count(q->headers, "Content-Length", &length);
	unsigned codings = httpd_guard_count(q->headers, "Transfer-Encoding", &coding);

	TAILQ_FOREACH (h, q->headers, next)
		if (!httpd_guard_is_token(h->key))
			return false;
	if (lengths > 1 || codings > 1 || (lengths && codings))
		return false;
	for (const char *p = length; p && *p; p++)
		if (!ascii_is_digit(*p))
			return false;
	if (q->method != HTTPD_POST &&
		(codings || (lengths && strspn(length, "0") != strlen(length))))
		return false; /* evhttp leaves the body of a HEAD where the next request begins */
	return !codings || (q->http_1_1 && str_eq_nocase(str_of(coding), STR("chunked")));
}

bool httpd_guard_is_loopback(struct str authority)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr v6;
	struct in_addr v4;
	struct str host;
	unsigned port;

	if (!conf_form_authority(authority, &host, &port) || host.n >= sizeof(text))
		return false;
	if (str_eq_nocase(host, STR("localhost")))
		return true;
	snprintf(text, sizeof(text), "%.*s", STR_ARG(host));
	if (inet_pton(AF_INET, text, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	return inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool httpd_guard_knows_host(const struct httpd_options *o, struct str authority)
{
	struct str host;
	unsigned port;

	if (httpd_guard_is_loopback(authority))
		return true;
	if (!conf_form_authority(authority, &host, &port))
		return false;
	for (size_t i = 0; i < o->n_hosts; i++)
		if (str_eq_nocase(host, o->hosts[i]))
			return true;
	return false;
}

static int httpd_guard_check_host(
	const struct httpd_options *o, const struct httpd_guard_request *q, const char *host)
{
	if (!o->guard_host)
		return 0;
	if (str_present(q->authority) && !httpd_guard_knows_host(o, q->authority))
		return 421;
	return host && !httpd_guard_knows_host(o, str_of(host)) ? 421 : 0;
}

/*
 * Fetch Metadata: a link on another site may be followed to a page, but nothing else of another
 * site may use an answer, frames included.
 */
static bool httpd_guard_is_own_site(const struct httpd_guard_request *q, const char *host)
{
	const char *site, *mode, *dest, *origin, *rest;

	(void)httpd_guard_count(q->headers, "Sec-Fetch-Site", &site);
	(void)httpd_guard_count(q->headers, "Sec-Fetch-Mode", &mode);
	(void)httpd_guard_count(q->headers, "Sec-Fetch-Dest", &dest);
	(void)httpd_guard_count(q->headers, "Origin", &origin);
	if (origin) {
		rest = strstr(origin, "://");
		if (!rest || !host || !str_eq_nocase(str_of(rest + 3), str_of(host)))
			return false;
	}
	if (!site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0)
		return true;
	return q->method != HTTPD_POST && mode && strcmp(mode, "navigate") == 0 && dest &&
	       strcmp(dest, "document") == 0;
}

int httpd_guard_check(const struct httpd_options *o, const struct httpd_guard_request *q)
{
	const char *host;
	unsigned hosts = httpd_guard_count(q->headers, "Host", &host);
	int status;

	if (!httpd_guard_is_framed(q) || hosts > 1 || (hosts == 0 && q->http_1_1))
		return 400;
	status = httpd_guard_check_host(o, q, host);
	if (status)
		return status;
	return o->guard_site && !httpd_guard_is_own_site(q, host) ? 403 : 0;
}
