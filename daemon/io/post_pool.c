/* SPDX-License-Identifier: MIT */
#include "post_pool.h"

#include <stdlib.h>
#include <string.h>

#define POST_IDLE_MAX 128 /* handles that are kept in all, and of one address */

struct post_address {
	CURLU *parsed; /* NULL: libcurl does not take it */
	CURL *idle[POST_IDLE_MAX];
	size_t n_idle, n_used;
	TAILQ_ENTRY(post_address) link;
	UT_hash_handle hh;
	size_t n;
	char url[];
};

void post_pool_init(struct post_pool *p, CURL *(*make)(void *ctx), void *ctx)
{
	*p = (struct post_pool){.make = make, .ctx = ctx};
	TAILQ_INIT(&p->addresses);
}

static void post_address_free(struct post_pool *p, struct post_address *a)
{
	TAILQ_REMOVE(&p->addresses, a, link);
	HASH_DEL(p->by_url, a);
	p->n_idle -= a->n_idle;
	while (a->n_idle)
		curl_easy_cleanup(a->idle[--a->n_idle]);
	curl_url_cleanup(a->parsed);
	explicit_bzero(a->url, a->n); /* it may hold a token */
	free(a);
}

static struct post_address *post_address_new(struct post_pool *p, struct str url)
{
	struct post_address *a = calloc(1, sizeof(*a) + url.n + 1);

	if (!a)
		return NULL;
	a->n = url.n;
	memcpy(a->url, url.p, url.n);
	a->parsed = curl_url();
	if (a->parsed && curl_url_set(a->parsed, CURLUPART_URL, a->url,
				 CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
		curl_url_cleanup(a->parsed);
		a->parsed = NULL;
	}
	HASH_ADD(hh, p->by_url, url[0], a->n, a);
	if (!table_has(a)) {
		curl_url_cleanup(a->parsed);
		free(a);
		return NULL;
	}
	TAILQ_INSERT_HEAD(&p->addresses, a, link);
	return a;
}

static CURL *post_pool_make(struct post_pool *p, const struct post_address *a)
{
	CURL *easy = p->make(p->ctx);
	const char *url = a->url;
	CURLcode rc;

	if (!easy)
		return NULL;
	rc = a->parsed ? curl_easy_setopt(easy, CURLOPT_CURLU, a->parsed)
		       : curl_easy_setopt(easy, CURLOPT_URL, url);
	if (rc == CURLE_OK)
		return easy;
	curl_easy_cleanup(easy);
	return NULL;
}

CURL *post_pool_take(struct post_pool *p, struct str url, struct post_address **from)
{
	struct post_address *a;
	CURL *easy;

	HASH_FIND(hh, p->by_url, url.p, url.n, a);
	if (!a)
		a = post_address_new(p, url);
	if (!a)
		return NULL;
	if (a->n_idle) {
		p->n_idle--;
		easy = a->idle[--a->n_idle];
	} else {
		easy = post_pool_make(p, a);
	}
	a->n_used += easy != NULL;
	*from = a;
	return easy;
}

/* Drops what was used longest ago. */
static void post_pool_shrink(struct post_pool *p)
{
	struct post_address *a, *before;

	for (a = TAILQ_LAST(&p->addresses, post_addresses); a && p->n_idle > POST_IDLE_MAX;
		a = before) {
		before = TAILQ_PREV(a, post_addresses, link);
		if (a->n_used == 0)
			post_address_free(p, a);
	}
}

void post_pool_give(struct post_pool *p, struct post_address *from, CURL *easy)
{
	TAILQ_REMOVE(&p->addresses, from, link);
	TAILQ_INSERT_HEAD(&p->addresses, from, link);
	from->n_used--;
	if (from->n_idle == POST_IDLE_MAX) {
		curl_easy_cleanup(easy);
		return;
	}
	from->idle[from->n_idle++] = easy;
	p->n_idle++;
	post_pool_shrink(p);
}

void post_pool_release(struct post_pool *p)
{
	while (!TAILQ_EMPTY(&p->addresses))
		post_address_free(p, TAILQ_FIRST(&p->addresses));
}
