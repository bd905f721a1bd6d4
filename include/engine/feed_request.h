/* SPDX-License-Identifier: MIT */
/*
 * The request for a feed and its chain of redirects: the next URL, which URLs may receive the
 * feed's secrets, the User-Agent, and what an HTTP status other than 200 means. Pure functions,
 * shared by the poller and the commands that fetch.
 */
#ifndef ENGINE_FEED_REQUEST_H
#define ENGINE_FEED_REQUEST_H

#include "base/arena.h"
#include "base/redact.h"
#include "conf/conf.h"
#include "engine/ports.h"
#include "engine/secrets.h"

#define FEED_REQUEST_HOPS_MAX 5

struct feed_request {
	const char *urls[FEED_REQUEST_HOPS_MAX +
			 1]; /* in the caller's arena; the last is requested next */
	uint64_t jars[FEED_REQUEST_HOPS_MAX + 1]; /* hashes of the cookies held at each request */
	const char *const *cookies;		  /* for the next request; in the same arena */
	size_t n_cookies;
	struct redact secrets; /* that have been sent, or are to be */
	unsigned n;
	unsigned n_permanent; /* the first n_permanent of them answered 301 or 308 */
};

/* 0, or -ERR_NOMEM. */
int feed_request_start(struct feed_request *h, struct arena *a, const char *url);
/* The next request is to that URL, as if it was the first. 0, or -ERR_NOMEM: h is unchanged. */
int feed_request_restart(struct feed_request *h, struct arena *a, const char *url);
bool feed_request_is_redirect(long status);
/*
 * Whether the body is to be read: with any 2xx, as browsers do, but for 204 and 205, which have
 * none, and 206, a part that was not asked for.
 */
bool feed_request_has_body(long status);
/*
 * Retry-After of a redirect is the pause before the request that follows (RFC 9110 §10.2.3).
 * Returns it in ms; 0: none, or it is so long that it would keep news back. Either way it also
 * counts for the next poll.
 */
int64_t feed_request_pause(const struct fetch_answer *a);
/* A redirect, or an index of sitemaps, may lead from https to http. */
bool feed_request_may_downgrade(const struct conf_feed *feed);
/* For whom the request is made. */
struct feed_request_asker {
	const struct conf *conf;
	const struct conf_feed *feed; /* NULL: none is configured, so there are no secrets */
	const char *home;	      /* the configured URL, or that of the command line */
};

/*
 * Appends the target of a redirect, and takes the cookies of the answer. -ERR_PERM with a reason if
 * it must not be followed; h is then unchanged. A URL may come up again once other cookies are held
 * than before: consent walls send to the first address again.
 */
int feed_request_follow(struct feed_request *h, struct arena *a,
	const struct feed_request_asker *who, const struct fetch_answer *answer, struct err *e);

/* True before feed_request_reveal(), for a feed whose address is a credential. */
bool feed_request_lacks_url(const struct feed_request *h);
/*
 * Replaces the first URL with the one that the credential holds. 0, -ERR_CONF if it holds none, or
 * -ERR_NOMEM. The text must be wiped by feed_request_wipe.
 */
int feed_request_reveal(struct feed_request *h, struct arena *a, const struct conf_feed *feed,
	const char *secret, struct err *e);
/*
 * Forgets the secrets, and overwrites the URLs of a feed whose address is a credential. feed NULL:
 * none is. Must be called before the arena is freed.
 */
void feed_request_wipe(struct feed_request *h, const struct conf_feed *feed);
/*
 * Takes the secrets out of text that a server or the feed may have had a part in, in place. To be
 * called before such text is logged, stored or shown.
 */
void feed_request_hide(const struct feed_request *h, char *text);
/*
 * The last URL for people, and as the base of links: the whole, or only scheme and host if the
 * address of the feed is a credential. In the arena or h; NULL: out of memory.
 */
const char *feed_request_shown_url(
	const struct feed_request *h, struct arena *a, const struct conf_feed *feed);

#define FEED_REQUEST_CREDENTIALS 2 /* a password or a token, and the key of a certificate */

/*
 * Stores the names of the credentials that are needed next, and returns their number: that of the
 * URL, while it lacks, then those for the request to the last URL.
 * Secrets are sent to the origin of home, and to the same host and port over TLS if home is http.
 */
size_t feed_request_credentials(const struct feed_request *h, const struct feed_request_asker *who,
	const char *names[FEED_REQUEST_CREDENTIALS]);
/*
 * Fills *r for the last URL, except for the validators. s: of the credentials that
 * feed_request_credentials() named; *r points into it. 0, -ERR_CONF if
 * one is no token, or -ERR_NOMEM.
 */
int feed_request_fill(struct feed_request *h, const struct feed_request_asker *who,
	const struct secrets *s, struct arena *a, struct fetch_request *r, struct err *e);

/*
 * The error for an answer that brings no feed: -ERR_TEMP (429, 5xx) or -ERR_PERM. wall: what
 * answered instead of the site, see struct fetch_answer; NULL.
 */
int feed_request_refused(long status, const char *wall, struct err *e);

#endif
