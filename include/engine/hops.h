/* SPDX-License-Identifier: MIT */
/*
 * The addresses of one request to a feed's server, redirect by redirect; whom each may be shown
 * what the configuration keeps for the feed alone; and what an answer that is no feed means. Pure:
 * asks nobody. The poller and the commands that fetch share it.
 */
#ifndef ENGINE_HOPS_H
#define ENGINE_HOPS_H

#include "base/arena.h"
#include "conf/conf.h"
#include "engine/ports.h"

#define HOPS_MAX 5

struct hops {
	const char *urls[HOPS_MAX + 1]; /* in the caller's arena; the last one is asked next */
	unsigned n;
	unsigned n_permanent; /* so many of them, from the first, said 301 or 308 */
};

/* 0, or -ERR_NOMEM. */
int hops_start(struct hops *h, struct arena *a, const char *url);
bool hops_is_redirect(long status);
/*
 * The next address, from an answer that is a redirect. location: as sent, NULL where it was not.
 * -ERR_PERM with a sentence where it is not followed: h is as it was.
 */
int hops_follow(struct hops *h, struct arena *a, long status, const char *location, struct err *e);

/* Whose question it is. */
struct hops_asker {
	const struct conf *conf;
	const struct conf_feed *feed; /* NULL: nobody's; then it has no secrets */
	const char *home;	      /* the address that a person wrote down */
};

/*
 * The name of the credential that the request to the last address must carry as its password;
 * NULL: none. Secrets go to the home and to the same server over TLS, nowhere else.
 */
const char *hops_credential(const struct hops *h, const struct hops_asker *who);
/* Fills in *r for the last address but for its validators and its password. */
int hops_request(const struct hops *h, const struct hops_asker *who, struct arena *a,
	struct fetch_request *r, struct err *e);

/*
 * For an answer that holds no feed by its status: -ERR_TEMP (429, 5xx) or -ERR_PERM, and a sentence
 * that says what to do.
 */
int hops_refused(long status, struct err *e);

#endif
