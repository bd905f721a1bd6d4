/* SPDX-License-Identifier: MIT */
#include "feed/link.h"

#include <curl/urlapi.h>
#include <libpsl.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "byte_scan.h"
#include "link_form.h"

/* Host of an absolute http(s) URL; absent for anything else. */
static struct str link_host(struct str url)
{
	struct str s = str_trim(url);
	const char *end, *at, *colon;
	size_t n = 0;

	if (str_starts_nocase(s, STR("https://")))
		s = str_slice(s.p + 8, s.n - 8);
	else if (str_starts_nocase(s, STR("http://")))
		s = str_slice(s.p + 7, s.n - 7);
	else
		return STR_NONE;
	while (n < s.n && s.p[n] != '/' && s.p[n] != '?' && s.p[n] != '#' && s.p[n] != '\\')
		n++;
	end = s.p + n;
	at = memrchr(s.p, '@', n);
	s = str_slice(at ? at + 1 : s.p, (size_t)(end - (at ? at + 1 : s.p)));
	if (s.n && s.p[0] == '[') {
		colon = memchr(s.p, ']', s.n);
		if (!colon)
			return STR_NONE;
		s.n = (size_t)(colon - s.p) + 1;
	} else if ((colon = memchr(s.p, ':', s.n))) {
		s.n = (size_t)(colon - s.p);
	}
	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	return s.n ? s : STR_NONE;
}

/*
 * Fast path: whether it is an absolute URL in ASCII, without the segments "." and "..", that
 * curl_url_get() would return unchanged.
 */
static bool link_is_plain(struct str s)
{
	struct str host = link_host(s);
	const char *slash, *end = s.p + s.n;

	if (!host.n || s.n > FEED_LINK_MAX || (s.p[4] != ':' && s.p[4] != 's'))
		return false;
	for (size_t i = 0; i < host.n; i++) {
		if (ascii_is_upper(host.p[i]) || host.p[i] == '%')
			return false;
	}
	if (host.p != s.p + 7 && host.p != s.p + 8)
		return false;
	slash = host.p + host.n;
	if (slash == end || *slash != '/')
		return false;
	if (byte_scan_url(s.p, end) != end || memcmp(s.p, "http", 4) != 0)
		return false;
	while (slash && end - slash > 1 && slash[1] != '.')
		slash = memchr(slash + 1, '/', (size_t)(end - slash) - 1);
	return !slash || end - slash == 1;
}

/*
 * Appends s as browsers read it: without surrounding white space, tabs and line breaks, and with
 * slashes for the backslashes before the query.
 */
static void link_clean(struct buf *out, struct str s)
{
	bool path = true;

	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		path = path && c != '?' && c != '#';
		if (c == '\t' || c == '\n' || c == '\r')
			continue;
		if (c == '\\' && path)
			buf_addc(out, '/');
		else if (c < ' ' || c == 0x7F || c == '"' || c == '<' || c == '>')
			buf_printf(out, "%%%02X", c);
		else
			buf_addc(out, (char)c);
	}
}

static bool link_is_http(struct str s)
{
	return str_starts_nocase(s, STR("http:")) || str_starts_nocase(s, STR("https:"));
}

/* ref: output of link_clean(); base may be absent. */
static struct str link_resolve_clean(struct arena *a, struct str base, const char *ref)
{
	struct buf b;
	CURLU *u = curl_url();
	char *whole = NULL;
	struct str out = STR_NONE;
	bool ok = u != NULL;

	buf_init(&b, 3 * FEED_LINK_MAX);
	if (ok && base.n && base.n <= FEED_LINK_MAX) {
		link_clean(&b, base);
		ok = link_is_http(buf_str(&b)) &&
		     curl_url_set(u, CURLUPART_URL, buf_z(&b), CURLU_URLENCODE) == CURLUE_OK;
	}
	/* curl does not resolve an empty reference, or a fragment alone, as RFC 3986 says. */
	if (ok && *ref && *ref != '#')
		ok = curl_url_set(u, CURLUPART_URL, ref, CURLU_URLENCODE) == CURLUE_OK;
	else if (ok)
		curl_url_set(u, CURLUPART_FRAGMENT, *ref ? ref + 1 : NULL, CURLU_URLENCODE);
	ok = ok && curl_url_get(u, CURLUPART_URL, &whole, 0) == CURLUE_OK;
	/* Again: curl decodes a percent-encoded host last, and it could be an IP address. */
	ok = ok && curl_url_set(u, CURLUPART_URL, whole, CURLU_URLENCODE) == CURLUE_OK;
	curl_free(whole);
	whole = NULL;
	if (ok && curl_url_get(u, CURLUPART_URL, &whole, 0) == CURLUE_OK &&
		link_host(str_of(whole)).p && strlen(whole) <= FEED_LINK_MAX &&
		utf8_valid(str_of(whole)))
		out = arena_str(a, str_of(whole));
	curl_free(whole);
	curl_url_cleanup(u);
	buf_release(&b);
	return out;
}

struct str feed_link_resolve(struct arena *a, struct str base, struct str ref)
{
	struct str s = str_trim(ref), out = STR_NONE;
	struct buf b;

	if (!str_present(ref) || s.n > FEED_LINK_MAX)
		return STR_NONE;
	if (link_is_plain(s))
		return arena_str(a, s);
	buf_init(&b, 3 * FEED_LINK_MAX);
	link_clean(&b, s);
	if (!buf_failed(&b) &&
		(link_scheme_length(buf_str(&b)) ? link_is_http(buf_str(&b)) : str_present(base)))
		out = link_resolve_clean(
			a, link_scheme_length(buf_str(&b)) ? STR_NONE : base, buf_z(&b));
	buf_release(&b);
	return out;
}

/* "host.tld", "host.tld:80/path", "//host.tld" */
static bool link_starts_with_host(struct str s)
{
	bool dot = false;
	size_t i = str_starts(s, STR("//")) ? 2 : 0, start = i;

	for (; i < s.n && !strchr("/:?#", s.p[i]); i++) {
		char c = s.p[i];

		dot |= c == '.' && i > start;
		if (!ascii_is_alnum(c) && c != '-' && c != '.' && !(c & 0x80))
			return false;
	}
	return dot;
}

/* Schemes that hand a feed to the program that subscribes to it: "pcast://host/feed". */
static bool link_is_handed(struct str s)
{
	static const char *const schemes[] = {
		"feed:", "feeds:", "itpc:", "itms-podcast:", "pcast:", "podcast:", "rss:"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_starts_nocase(s, str_of(schemes[i])))
			return true;
	return false;
}

struct str feed_link_resolve_feed(struct arena *a, struct str base, struct str ref)
{
	struct str s = str_trim(ref), out;
	size_t n = link_scheme_length(s);
	struct buf b;

	if (!s.n || s.n > FEED_LINK_MAX)
		return STR_NONE;
	if (link_is_handed(s)) {
		s = str_slice(s.p + n, s.n - n);
		n = link_scheme_length(s);
	}
	if (n && s.n > n && (s.p[n] != '/' && memchr(s.p, '.', n)))
		n = 0; /* "host.tld:8080/feed" */
	if (n || (str_present(base) && s.n))
		return feed_link_resolve(a, base, s);
	if (!link_starts_with_host(s))
		return STR_NONE;
	buf_init(&b, FEED_LINK_MAX + 8);
	buf_addz(&b, str_starts(s, STR("//")) ? "http:" : "http://");
	buf_adds(&b, s);
	out = feed_link_resolve(a, STR_NONE, buf_str(&b));
	buf_release(&b);
	return out;
}

bool feed_link_domain(struct str url, char host[FEED_HOST_MAX])
{
	struct str h = link_host(url);

	host[0] = '\0';
	if (!h.n || h.n >= FEED_HOST_MAX)
		return false;
	for (size_t i = 0; i < h.n; i++) {
		char c = h.p[i];

		if (c <= ' ' && c >= 0)
			return false;
		host[i] = ascii_lower(c);
	}
	host[h.n] = '\0';
	return true;
}

void feed_link_registrable_host(const char *host, char domain[FEED_HOST_MAX])
{
	char *lower = NULL;
	const char *found;

	/* not an IP address: the list would return "0.1" as a domain */
	found = strspn(host, "0123456789.") == strlen(host) || host[0] == '[' ? NULL : host;
	if (found && psl_str_to_utf8lower(host, NULL, NULL, &lower) == PSL_SUCCESS)
		found = lower;
	found = found ? psl_registrable_domain(psl_builtin(), found) : NULL;
	if (!found || strlen(found) >= FEED_HOST_MAX)
		found = host;
	memcpy(domain, found, strlen(found) + 1);
	psl_free_string(lower);
}

bool feed_link_registrable(struct str url, char domain[FEED_HOST_MAX])
{
	char host[FEED_HOST_MAX];

	domain[0] = '\0';
	if (!feed_link_domain(url, host))
		return false;
	feed_link_registrable_host(host, domain);
	return true;
}

/* Hosting platforms are in a part of the list of their own: their servers are one. */
bool feed_link_is_suffix(const char *host)
{
	return psl_is_public_suffix2(psl_builtin(), host, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}
