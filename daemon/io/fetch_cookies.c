/* SPDX-License-Identifier: MIT */
#include "fetch_cookies.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX 64
#define BYTES_MAX ((size_t)24 * 1024)

bool fetch_cookies_put(CURL *easy, const char *const *lines, size_t n)
{
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		ok = curl_easy_setopt(easy, CURLOPT_COOKIELIST, lines[i]) == CURLE_OK && ok;
	return ok;
}

void fetch_cookies_take(struct fetch_cookies *c, CURL *easy)
{
	size_t bytes = 0;

	if (curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &c->list) != CURLE_OK || !c->list)
		return;
	c->lines = calloc(LINES_MAX, sizeof(*c->lines));
	for (struct curl_slist *l = c->list; c->lines && l && c->n < LINES_MAX; l = l->next) {
		bytes += strlen(l->data);
		if (bytes > BYTES_MAX)
			break;
		c->lines[c->n++] = l->data;
	}
}

void fetch_cookies_release(struct fetch_cookies *c, CURL *easy)
{
	free(c->lines);
	curl_slist_free_all(c->list);
	*c = (struct fetch_cookies){0};
	if (easy)
		curl_easy_setopt(easy, CURLOPT_COOKIELIST, "ALL");
}
