/* SPDX-License-Identifier: MIT */
#include "fetch_answer.h"

#include "base/clock.h"
#include "bot_wall.h"
#include "http_headers.h"

#define VALIDATOR_MAX 1024
#define LOCATION_MAX  8192

/* libcurl compares a name with those of all headers: of a 304 only what counts is asked for. */
void fetch_answer_read(struct fetch_answer *a, struct answer_lists *lists, CURL *easy)
{
	int64_t now = clock_wall();

	a->etag = http_headers_get(easy, "ETag", VALIDATOR_MAX);
	a->last_modified = http_headers_get(easy, "Last-Modified", VALIDATOR_MAX);
	a->retry_after = http_headers_retry_after(easy, now);
	a->max_age = http_headers_freshness(easy, now);
	a->date = http_headers_date(easy);
	if (a->status == 304)
		return;
	a->content_type = http_headers_get(easy, "Content-Type", VALIDATOR_MAX);
	a->content_language = http_headers_get(easy, "Content-Language", VALIDATOR_MAX);
	a->cache_control = http_headers_get(easy, "Cache-Control", VALIDATOR_MAX);
	a->location = http_headers_get(easy, "Location", LOCATION_MAX);
	answer_lists_read(lists, easy, a);
	a->wall = bot_wall_find(easy, a->status, a->body);
}
