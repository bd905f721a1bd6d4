/* SPDX-License-Identifier: MIT */
#include "fetch_headers.h"

#include <stdlib.h>
#include <string.h>

#include "feed/unpack.h"
#include "http_headers.h"

#define COMMON 2 /* Accept, Accept-Encoding */

/*
 * The types of feeds before others: the body is sniffed whatever its Content-Type, and each letter
 * costs libcurl a hundred instructions. The codings are not
 * those of CURLOPT_ACCEPT_ENCODING: curl refuses unknown ones.
 */
static char headers_accept[] =
	"Accept: application/atom+xml, application/rss+xml, application/feed+json, "
	"application/xml;q=0.9, */*;q=0.8";
static char headers_codings[] = "Accept-Encoding: " FEED_UNPACK_ACCEPT;

/* libcurl changes neither the list nor its texts. */
static struct curl_slist headers_common[COMMON] = {
	{headers_accept, &headers_common[1]},
	{headers_codings, NULL},
};

/* --- configured ones --- */

static bool fetch_headers_have(const struct fetch_request *r, struct str prefix)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (str_starts_nocase(str_of(r->headers[i]), prefix))
			return true;
	return false;
}

const char *fetch_headers_find_cookie(const struct fetch_request *r)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (str_starts_nocase(str_of(r->headers[i]), STR("cookie:")) &&
			http_headers_valid(r->headers[i]))
			return r->headers[i] + 7 + strspn(r->headers[i] + 7, " \t");
	return NULL;
}

/* They and the common ones, unless they replace them. */
static bool fetch_headers_add_configured(struct fetch_headers *h, const struct fetch_request *r)
{
	bool ok = true;

	for (size_t i = 0; i < r->n_headers; i++) {
		struct str line = str_of(r->headers[i]);

		if (!str_starts_nocase(line, STR("cookie:")) && http_headers_valid(r->headers[i]))
			ok = ok && http_headers_append(&h->configured, "", line) == 0;
	}
	if (!fetch_headers_have(r, STR("accept:")))
		ok = ok && http_headers_append(&h->configured, "", str_of(headers_accept)) == 0;
	return ok && http_headers_append(&h->configured, "", str_of(headers_codings)) == 0;
}

/* --- those of this request --- */

struct fetch_header {
	struct str name; /* with colon and space */
	const char *value;
};

static char *fetch_headers_copy(char *to, struct str s)
{
	memcpy(to, s.p, s.n);
	return to + s.n;
}

/* Replaces h->first by a list that begins with all[], and goes on with it. */
static bool fetch_headers_add_own(struct fetch_headers *h, const struct fetch_header *all, size_t n)
{
	size_t bytes = 0;
	char *at;

	for (size_t i = 0; i < n; i++)
		bytes += all[i].name.n + strlen(all[i].value) + 1;
	h->text = at = malloc(bytes + 1);
	if (!at)
		return false;
	for (size_t i = n; i-- > 0;) {
		h->own[i] = (struct curl_slist){.data = at, .next = h->first};
		h->first = &h->own[i];
		at = fetch_headers_copy(at, all[i].name);
		at = fetch_headers_copy(at, str_of(all[i].value));
		*at++ = '\0';
	}
	return true;
}

bool fetch_headers_make(struct fetch_headers *h, const struct fetch_request *r)
{
	/* Not CURLOPT_USERAGENT, which libcurl formats twice, letter by letter. */
	const struct fetch_header all[FETCH_HEADERS_OWN] = {
		{STR("User-Agent: "),
			fetch_headers_have(r, STR("user-agent:")) ? NULL : r->user_agent},
		{STR("If-None-Match: "), r->etag},
		{STR("A-IM: "), r->etag && r->delta ? "feed" : NULL},
		{STR("If-Modified-Since: "), r->last_modified},
	};
	struct fetch_header sent[FETCH_HEADERS_OWN];
	size_t n = 0;

	*h = (struct fetch_headers){.first = headers_common};
	if (r->n_headers > 0) {
		if (!fetch_headers_add_configured(h, r))
			return false;
		h->first = h->configured;
	}
	for (size_t i = 0; i < FETCH_HEADERS_OWN; i++)
		if (all[i].value && http_headers_valid(all[i].value))
			sent[n++] = all[i];
	return fetch_headers_add_own(h, sent, n);
}

void fetch_headers_release(struct fetch_headers *h)
{
	free(h->text);
	curl_slist_free_all(h->configured);
	*h = (struct fetch_headers){0};
}
