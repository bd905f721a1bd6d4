/* SPDX-License-Identifier: MIT */
#include "engine/feed_request.h"

#include <string.h>

#include "base/digest.h"
#include "conf/form.h"
#include "feed/link.h"

struct feed_request_origin {
	struct str host;
	int tls;
	unsigned port; /* 0: the default of the scheme */
};

static bool feed_request_get_origin(const char *url, struct feed_request_origin *out)
{
	static const char *const schemes[] = {"http://", "https://", NULL};
	const char *host = strstr(url, "://");
	size_t n = host ? (size_t)(host - url) + 3 : 0;

	n += strcspn(url + n, "/?#");
	out->tls = conf_form_server(str_slice(url, n), schemes, &out->host, &out->port);
	if (out->tls >= 0 && out->port == (out->tls ? 443 : 80))
		out->port = 0;
	return out->tls >= 0;
}

/* True for the same host and port, unless that would go from https to http. */
static bool feed_request_same_origin(const char *from, const char *to)
{
	struct feed_request_origin a, b;

	return feed_request_get_origin(from, &a) && feed_request_get_origin(to, &b) &&
	       str_eq_nocase(a.host, b.host) && a.port == b.port && b.tls >= a.tls;
}

int feed_request_start(struct feed_request *h, struct arena *a, const char *url)
{
	*h = (struct feed_request){.urls = {arena_strdup(a, url)}, .n = 1};
	return h->urls[0] ? 0 : -ERR_NOMEM;
}

bool feed_request_is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The message has the scheme only: the rest of the URL may contain a secret. */
static int feed_request_refuse_scheme(const char *location, struct err *e)
{
	return err_set(e, ERR_PERM, "redirected to what is no http or https address (\"%.*s\")",
		(int)strcspn(location, "/?#"), location);
}

/* Of a line "domain, subdomains, path, secure, expires, name, value", all but the time. */
static uint64_t feed_request_hash_cookie(const char *line)
{
	const char *end = line, *rest;

	for (int tabs = 0; *end && tabs < 4; end++)
		tabs += *end == '\t';
	rest = end + strcspn(end, "\t");
	return digest_fast64(str_of(rest), digest_fast64(str_slice(line, (size_t)(end - line)), 0));
}

/* Independent of the order, which libcurl does not define. */
static uint64_t feed_request_hash_jar(const struct fetch_answer *answer)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < answer->n_cookies; i++)
		hash += feed_request_hash_cookie(answer->cookies[i]);
	return hash;
}

static int feed_request_take_cookies(
	struct feed_request *h, struct arena *a, const struct fetch_answer *answer, struct err *e)
{
	const char **lines = arena_array(a, answer->n_cookies, sizeof(*lines));

	if (!lines)
		return err_nomem(e);
	for (size_t i = 0; i < answer->n_cookies; i++) {
		lines[i] = arena_strdup(a, answer->cookies[i]);
		if (!lines[i])
			return err_nomem(e);
	}
	h->cookies = lines;
	h->n_cookies = answer->n_cookies;
	return 0;
}

/* May the redirect be followed, whatever cookies are held? */
static int feed_request_check_target(const struct feed_request *h,
	const struct feed_request_asker *who, struct str to, struct err *e)
{
	const char *from = h->urls[h->n - 1];

	(void)who;
	if (str_starts(str_of(from), STR("https:")) && !str_starts(to, STR("https:")))
		return err_set(e, ERR_PERM,
			"redirected from https to http, which anybody on the way could read and "
			"change");
	return 0;
}

int feed_request_follow(struct feed_request *h, struct arena *a,
	const struct feed_request_asker *who, const struct fetch_answer *answer, struct err *e)
{
	uint64_t jar = feed_request_hash_jar(answer);
	const char *location = answer->location;
	struct str to;
	int rc;

	if (!location)
		return err_set(e, ERR_PERM, "the server answered %ld without saying where to",
			answer->status);
	if (h->n > FEED_REQUEST_HOPS_MAX)
		return err_set(e, ERR_PERM, "redirected more than %d times", FEED_REQUEST_HOPS_MAX);
	to = feed_link_resolve(a, str_of(h->urls[h->n - 1]), str_of(location));
	if (!str_present(to))
		return feed_request_refuse_scheme(location, e);
	rc = feed_request_check_target(h, who, to, e);
	for (unsigned i = 0; i < h->n && rc == 0; i++)
		if (str_is(to, h->urls[i]) && jar == h->jars[i])
			rc = err_set(e, ERR_PERM, "redirected in a circle");
	if (rc == 0)
		rc = feed_request_take_cookies(h, a, answer, e);
	if (rc)
		return rc;
	if ((answer->status == 301 || answer->status == 308) && h->n_permanent == h->n - 1)
		h->n_permanent++;
	h->jars[h->n] = jar;
	h->urls[h->n++] = to.p;
	return 0;
}

static const char *feed_request_user_agent(const struct conf *c, struct arena *a)
{
	if (!c->poll.contact)
		return "nightdesk/" NIGHTDESK_VERSION;
	return arena_printf(a, "nightdesk/" NIGHTDESK_VERSION " (%s)", c->poll.contact);
}

/* The feed whose secrets the last address may be shown; NULL: of none. */
static const struct conf_feed *feed_request_trusted_feed(
	const struct feed_request *h, const struct feed_request_asker *who)
{
	return feed_request_same_origin(who->home, h->urls[h->n - 1]) ? who->feed : NULL;
}

static int feed_request_add_secrets(
	const struct conf_feed *cf, struct arena *a, struct fetch_request *r, struct err *e)
{
	const char **headers = arena_array(a, cf->headers.n, sizeof(*headers));

	if (!headers)
		return err_nomem(e);
	for (size_t i = 0; i < cf->headers.n; i++)
		headers[i] = cf->headers.v[i].p;
	r->headers = headers;
	r->n_headers = cf->headers.n;
	r->user = cf->user;
	return 0;
}

const char *feed_request_credential(
	const struct feed_request *h, const struct feed_request_asker *who)
{
	const struct conf_feed *cf = feed_request_trusted_feed(h, who);

	return cf ? cf->password_credential : NULL;
}

int feed_request_fill(const struct feed_request *h, const struct feed_request_asker *who,
	struct arena *a, struct fetch_request *r, struct err *e)
{
	const char *url = h->urls[h->n - 1];
	const struct conf_feed *trusted = feed_request_trusted_feed(h, who);

	*r = (struct fetch_request){
		.url = url,
		.max_body = who->conf->poll.max_body,
		.policy = &who->conf->poll,
		.learnt = !feed_request_same_origin(who->home, url) && strcmp(who->home, url) != 0,
		.user_agent = feed_request_user_agent(who->conf, a),
		.cookies = h->cookies,
		.n_cookies = h->n_cookies,
	};
	if (!r->user_agent)
		return err_nomem(e);
	return trusted ? feed_request_add_secrets(trusted, a, r, e) : 0;
}

/* A protection against bots answered; nothing here can or should pass it. */
static int feed_request_walled(long status, const char *wall, struct err *e)
{
	return err_set(e, status == 429 || status >= 500 ? ERR_TEMP : ERR_PERM,
		"a bot check (%s) answered instead of the feed, with status %ld: ask the site to "
		"let "
		"feed readers in there, by User-Agent or by this machine's address, or to name an "
		"address of the feed without the check; another User-Agent in headers may help",
		wall, status);
}

int feed_request_refused(long status, const char *wall, struct err *e)
{
	if (wall)
		return feed_request_walled(status, wall, e);
	switch (status) {
	case 401:
	case 403:
		return err_set(e, ERR_PERM,
			"the server answered %ld: it does not let us in; look at user, "
			"password-credential and headers of the feed",
			status);
	case 404:
		return err_set(e, ERR_PERM,
			"the server answered 404: nothing is at this address; look for the feed's "
			"new one");
	case 410:
		return err_set(e, ERR_PERM,
			"the server answered 410: the feed is gone for good; it is asked once a "
			"day");
	case 429: return err_set(e, ERR_TEMP, "the server answered 429: it is asked too often");
	default:
		return err_set(e, status >= 500 ? ERR_TEMP : ERR_PERM, "the server answered %ld%s",
			status, status >= 500 ? ": trouble on its side" : ", which is no feed");
	}
}
