/* SPDX-License-Identifier: MIT */
/*
 * Handles of libcurl for posts, kept by address between posts: each with the options that all posts
 * have in common and with its parsed address, so that neither is set again. The addresses that were
 * not posted to for the longest time are dropped.
 */
#ifndef IO_POST_POOL_H
#define IO_POST_POOL_H

#include <curl/curl.h>
#include <sys/queue.h>

#include "base/hash.h"
#include "base/str.h"

struct post_address;

struct post_pool {
	TAILQ_HEAD(post_addresses, post_address) addresses; /* the last used first */
	struct post_address *by_url;			    /* the same */
	size_t n_idle;					    /* handles of all of them */
	CURL *(*make)(void *ctx); /* a handle with the common options; NULL: out of memory */
	void *ctx;
};

void post_pool_init(struct post_pool *p, CURL *(*make)(void *ctx), void *ctx);
/*
 * Returns a handle for that address, and sets *from, both for post_pool_give(). NULL: out of
 * memory. An address that libcurl does not take is set as it is: the transfer will fail.
 */
CURL *post_pool_take(struct post_pool *p, struct str url, struct post_address **from);
/* The caller has taken its own data out of the handle. */
void post_pool_give(struct post_pool *p, struct post_address *from, CURL *easy);
void post_pool_release(struct post_pool *p); /* all were given back */

#endif
