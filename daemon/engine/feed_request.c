/* SPDX-License-Identifier: MIT */
#include "engine/feed_request.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "conf/form.h"
#include "feed/link.h"

#define PAUSE_MAX (30 * CLOCK_SECOND) /* that news may be late */

struct feed_request_origin {
	struct str host;
	int tls;
	unsigned port; /* 0: the default of the scheme */
};

/* Offsets of the host, after a login, and of its end; 0: there is none. */
struct feed_request_authority {
	size_t host, end;
};

static struct feed_request_authority feed_request_split(const char *url)
{
	const char *scheme = strstr(url, "://"), *at;
	struct feed_request_authority a = {0};

	if (!scheme)
		return a;
	a.host = (size_t)(scheme - url) + 3;
	a.end = a.host + strcspn(url + a.host, "/?#");
	at = memrchr(url + a.host, '@', a.end - a.host);
	if (at)
		a.host = (size_t)(at - url) + 1;
	return a;
}

static bool feed_request_get_origin(const char *url, struct feed_request_origin *out)
{
	struct feed_request_authority at = feed_request_split(url);
	struct str text = str_slice(url + at.host, at.end - at.host);

	out->tls = at.host == 0 ? -1 : str_starts(str_of(url), STR("https:")) ? 1 : 0;
	if (out->tls >= 0 && !conf_form_authority(text, &out->host, &out->port))
		out->tls = -1;
	if (out->tls >= 0 && out->port == (out->tls ? 443 : 80))
		out->port = 0;
	return out->tls >= 0;
}

/* True for the same host and port, unless that would go from https to http. */
static bool feed_request_same_origin(const char *from, const char *to)
{
	struct feed_request_origin a, b;

	if (!feed_request_get_origin(from, &a))
		return false;
	return strcmp(from, to) == 0 ||
	       (feed_request_get_origin(to, &b) && str_eq_nocase(a.host, b.host) &&
		       a.port == b.port && b.tls >= a.tls);
}

int feed_request_start(struct feed_request *h, struct arena *a, const char *url)
{
	*h = (struct feed_request){.urls = {arena_strdup(a, url)}, .n = 1};
	return h->urls[0] ? 0 : -ERR_NOMEM;
}

int feed_request_restart(struct feed_request *h, struct arena *a, const char *url)
{
	const char *first = arena_strdup(a, url);

	if (!first)
		return -ERR_NOMEM;
	h->urls[0] = first;
	h->n = 1;
	h->n_permanent = 0;
	h->cookies = NULL;
	h->n_cookies = 0;
	return 0;
}

/* --- an address that is a credential --- */

bool feed_request_lacks_url(const struct feed_request *h)
{
	return str_starts(str_of(h->urls[0]), STR(CONF_CREDENTIAL_URL));
}

int feed_request_reveal(struct feed_request *h, struct arena *a, const struct conf_feed *feed,
	const char *secret, struct err *e)
{
	enum conf_url url;
	struct buf b;
	char *kept;

	buf_init(&b, 3 * (strlen(secret) + 1));
	/* Allocates once: a reallocation would leave a copy in freed memory. */
	if (buf_reserve(&b, 3 * strlen(secret) + 1))
		conf_form_encode_url(str_of(secret), &b);
	url = conf_form_url(buf_str(&b));
	kept = buf_failed(&b) ? NULL : arena_strdup(a, buf_z(&b));
	buf_wipe(&b);
	if (!kept)
		return err_nomem(e);
	if (url != CONF_URL_GOOD && url != CONF_URL_PASSWORD) {
		explicit_bzero(kept, strlen(kept));
		return err_set(e, ERR_CONF, "credential %s does not hold an http or https address",
			feed->url_credential);
	}
	h->urls[0] = kept;
	return 0;
}

void feed_request_hide(const struct feed_request *h, char *text)
{
	redact_z(&h->secrets, text);
}

void feed_request_wipe(struct feed_request *h, const struct conf_feed *feed)
{
	redact_release(&h->secrets);
	if (!feed || !feed->url_credential || h->n == 0 || feed_request_lacks_url(h))
		return;
	for (unsigned i = 0; i < h->n; i++)
		explicit_bzero((char *)(uintptr_t)h->urls[i], strlen(h->urls[i]));
}

const char *feed_request_shown_url(
	const struct feed_request *h, struct arena *a, const struct conf_feed *feed)
{
	const char *url = h->urls[h->n - 1];
	struct feed_request_authority at = feed_request_split(url);

	if (!feed || !feed->url_credential || feed_request_lacks_url(h))
		return url;
	return arena_printf(a, "%s://%.*s/",
		str_starts(str_of(url), STR("https:")) ? "https" : "http", (int)(at.end - at.host),
		url + at.host);
}

/* --- redirects --- */

bool feed_request_is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool feed_request_has_body(long status)
{
	return status >= 200 && status < 300 && (status < 204 || status > 206);
}

int64_t feed_request_pause(const struct fetch_answer *a)
{
	bool pauses = a->error.cls == ERR_NONE && feed_request_is_redirect(a->status) &&
		      a->retry_after > 0 && a->retry_after <= PAUSE_MAX;

	return pauses ? a->retry_after : 0;
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

/* A login or a token must not lead to a request that others can read. */
bool feed_request_may_downgrade(const struct conf_feed *feed)
{
	return feed && feed->insecure_redirect && !feed->login && !feed->url_credential;
}

/* May the redirect be followed, whatever cookies are held? */
static int feed_request_check_target(const struct feed_request *h,
	const struct feed_request_asker *who, struct str to, struct err *e)
{
	const char *from = h->urls[h->n - 1];

	if (str_starts(str_of(from), STR("https:")) && !str_starts(to, STR("https:")) &&
		!feed_request_may_downgrade(who->feed))
		return err_set(e, ERR_PERM,
			"redirected from https to http, which anybody on the way could read and "
			"change (insecure-redirect allows it where there is no login)");
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

size_t feed_request_credentials(const struct feed_request *h, const struct feed_request_asker *who,
	const char *names[FEED_REQUEST_CREDENTIALS])
{
	/* Most have none; then its origin does not matter. */
	bool has_login = who->feed && who->feed->login;
	const struct conf_feed *cf = has_login ? feed_request_trusted_feed(h, who) : NULL;
	const struct conf_login *l = cf ? cf->login : NULL;
	size_t n = 0;

	if (feed_request_lacks_url(h)) {
		if (who->feed)
			names[n++] = who->feed->url_credential;
		return n;
	}
	if (l && l->password_credential)
		names[n++] = l->password_credential;
	else if (l && l->bearer_credential)
		names[n++] = l->bearer_credential;
	if (l && l->client_key_credential)
		names[n++] = l->client_key_credential;
	return n;
}

static const char *feed_request_secret(const struct secrets *s, const char *name)
{
	for (size_t i = 0; name && s && i < s->shown.n; i++)
		if (strcmp(s->shown.v[i].credential, name) == 0)
			return buf_z(&s->v[i]);
	return NULL;
}

static int feed_request_add_secrets(const struct conf_feed *cf, const struct secrets *s,
	struct arena *a, struct fetch_request *r, struct err *e)
{
	const struct conf_login *l = cf->login;
	const char **headers = arena_array(a, cf->headers.n, sizeof(*headers));

	if (!headers)
		return err_nomem(e);
	for (size_t i = 0; i < cf->headers.n; i++)
		headers[i] = cf->headers.v[i].p;
	r->headers = headers;
	r->n_headers = cf->headers.n;
	if (!l)
		return 0;
	r->user = l->user;
	r->password = feed_request_secret(s, l->password_credential);
	r->bearer = feed_request_secret(s, l->bearer_credential);
	r->client_certificate = l->client_certificate;
	r->client_key = feed_request_secret(s, l->client_key_credential);
	if (r->bearer && !conf_form_token(str_of(r->bearer)))
		return err_set(e, ERR_CONF, "credential %s holds no token, which is one word",
			l->bearer_credential);
	return 0;
}

/* Also those of the feed that this request does not carry: an earlier one may have. */
static void feed_request_set_secrets(
	struct feed_request *h, const struct feed_request_asker *who, const struct secrets *s)
{
	const struct conf_feed *cf = who->feed;
	const struct conf_login *l = cf ? cf->login : NULL;
	const char *password = l ? feed_request_secret(s, l->password_credential) : NULL;
	const char *bearer = l ? feed_request_secret(s, l->bearer_credential) : NULL;

	if (cf && cf->url_credential)
		redact_add(&h->secrets, str_of(h->urls[h->n - 1]));
	else
		redact_add_tokens(&h->secrets, str_of(h->urls[h->n - 1]));
	if (password)
		redact_add_login(&h->secrets, str_of(l->user), str_of(password));
	if (bearer)
		redact_add(&h->secrets, str_of(bearer));
	if (h->n > 1)
		return; /* the others are in it */
	if ((cf && cf->url_credential) || strcmp(who->home, h->urls[0]) != 0)
		redact_add_tokens(&h->secrets, str_of(who->home));
	for (size_t i = 0; cf && i < cf->headers.n; i++)
		redact_add_header(&h->secrets, cf->headers.v[i]);
}

int feed_request_fill(struct feed_request *h, const struct feed_request_asker *who,
	const struct secrets *s, struct arena *a, struct fetch_request *r, struct err *e)
{
	const char *url = h->urls[h->n - 1];
	const struct conf_feed *trusted = feed_request_trusted_feed(h, who);
	struct feed_request_origin home;

	*r = (struct fetch_request){
		.url = url,
		.max_body = who->conf->poll.max_body,
		.policy = &who->conf->poll,
		.learnt = strcmp(who->home, url) != 0 && !feed_request_same_origin(who->home, url),
		.user_agent = feed_request_user_agent(who->conf, a),
		.cookies = h->cookies,
		.n_cookies = h->n_cookies,
		.proxy = who->feed ? who->feed->proxy : who->conf->poll.proxy,
		.ca_file = who->feed ? who->feed->ca_file : who->conf->poll.ca_file,
		.hide = who->feed && who->feed->url_credential,
		.http1 = who->feed && who->feed->http1,
	};
	if (!r->user_agent)
		return err_nomem(e);
	feed_request_set_secrets(h, who, s);
	if (feed_request_get_origin(who->home, &home))
		r->home_port = home.port;
	return trusted ? feed_request_add_secrets(trusted, s, a, r, e) : 0;
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
			"password-credential, bearer-credential, client-certificate and headers of "
			"the feed",
			status);
	case 404:
		return err_set(e, ERR_PERM,
			"the server answered 404: nothing is at this address; look for the feed's "
			"new one");
	case 407:
		return err_set(e, ERR_PERM,
			"the proxy answered 407: it wants a login, which is not supported; let it "
			"know this machine by its address");
	case 410:
		return err_set(e, ERR_PERM,
			"the server answered 410: the feed is gone for good; it is asked once a "
			"day, then once a week");
	case 429: return err_set(e, ERR_TEMP, "the server answered 429: it is asked too often");
	default:
		return err_set(e, status >= 500 ? ERR_TEMP : ERR_PERM, "the server answered %ld%s",
			status, status >= 500 ? ": trouble on its side" : ", which is no feed");
	}
}
