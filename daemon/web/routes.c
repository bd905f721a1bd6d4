/* SPDX-License-Identifier: MIT */
#include "routes.h"

#include <string.h>

#include "alert_list.h"
#include "alert_page.h"
#include "api.h"
#include "atom.h"
#include "assets.h"
#include "events.h"
#include "feed_page.h"
#include "feeds_page.h"
#include "front.h"
#include "item_page.h"
#include "search_page.h"
#include "status.h"
#include "wall_answer.h"
#include "watch_page.h"
#include "watches_page.h"

#define NAME_MAX_BYTES ((size_t)8 * 1024)

static void routes_answer_asset(
	struct web_site *s, struct httpd_call *call, const struct httpd_request *q, struct str name)
{
	const struct web_asset *a = web_assets_find(name);

	(void)s;
	if (!a) {
		web_reply_failure(
			call, WEB_FOR_PROGRAMS, q->path, 404, "there is no file of that name");
		return;
	}
	web_reply_send(call, &(struct web_reply){
				     .status = 200,
				     .type = a->type,
				     .body = str_slice(a->text, (size_t)(a->end - a->text)),
				     .tagged = true,
				     .if_none_match = str_of(httpd_header(q, "If-None-Match")),
			     });
}

static const struct web_route web_routes[] = {
	{"/", WEB_FOR_PEOPLE, .read = web_front_read, .status = true},
	{"/alerts", WEB_FOR_PEOPLE, .read = web_alert_list_read},
	{"/alerts/*", WEB_FOR_PEOPLE, .read = web_alert_page_read},
	{"/assets/*", WEB_FOR_PROGRAMS, .now = routes_answer_asset},
	{"/feeds", WEB_FOR_PEOPLE, .read = web_feeds_page_read},
	{"/feeds/*", WEB_FOR_PEOPLE, .read = web_feed_page_read},
	{"/items/*", WEB_FOR_PEOPLE, .read = web_item_page_read},
	{"/search", WEB_FOR_PEOPLE, .read = web_search_page_read},
	{"/watches", WEB_FOR_PEOPLE, .read = web_watches_page_read},
	{"/watches/*", WEB_FOR_PEOPLE, .read = web_watch_page_read},
	{"/healthz", WEB_FOR_PROGRAMS, .now = web_status_healthz},
	{"/readyz", WEB_FOR_PROGRAMS, .now = web_status_readyz},
	{"/metrics", WEB_FOR_PROGRAMS, .now = web_status_metrics},
	{"/alerts.atom", WEB_FOR_PROGRAMS, .read = atom_alerts_read},
	{"/watches/*.atom", WEB_FOR_PROGRAMS, .read = atom_watch_read},
	{"/api/v1/status", WEB_FOR_API, .now = web_status_document},
	{"/api/v1/events", WEB_FOR_API, .now = web_events_open},
	{"/api/v1/wall", WEB_FOR_API, .read = web_wall_answer},
	{"/api/v1/openapi.json", WEB_FOR_API, .now = api_answer_description},
	{"/api/v1/alerts", WEB_FOR_API, .read = api_alerts_read},
	{"/api/v1/alerts/*/evidence", WEB_FOR_API, .read = api_evidence_read},
	{"/api/v1/alerts/*", WEB_FOR_API, .read = api_alert_read},
	{"/api/v1/deliveries", WEB_FOR_API, .read = api_deliveries_read},
	{"/api/v1/deliveries/*", WEB_FOR_API, .read = api_delivery_read},
	{"/api/v1/feeds", WEB_FOR_API, .read = api_feeds_read},
	{"/api/v1/feeds/*", WEB_FOR_API, .read = api_feed_read},
	{"/api/v1/watches", WEB_FOR_API, .read = api_watches_read},
	{"/api/v1/watches/*", WEB_FOR_API, .read = api_watch_read},
	{"/api/v1/items", WEB_FOR_API, .read = api_items_read},
	{"/api/v1/items/*/explain", WEB_FOR_API, .read = api_explanation_read},
	{"/api/v1/items/*", WEB_FOR_API, .read = api_item_read},
};

/*
 * Sets *name to what the * stands for, which is not empty and has no slash; absent if the pattern
 * has none.
 */
static bool routes_match(const char *pattern, const char *path, struct str *name)
{
	const char *star = strchr(pattern, '*');
	size_t before = star ? (size_t)(star - pattern) : 0, n = strlen(path);
	size_t after = star ? strlen(star + 1) : 0;

	*name = STR_NONE;
	if (!star)
		return strcmp(pattern, path) == 0;
	if (n <= before + after || strncmp(pattern, path, before) != 0 ||
		strcmp(path + n - after, star + 1) != 0)
		return false;
	*name = str_slice(path + before, n - before - after);
	return memchr(name->p, '/', name->n) == NULL;
}

/* The longest pattern that matches, wherever it is in the table. */
static const struct web_route *routes_find(const char *path, struct str *name)
{
	const struct web_route *best = NULL;
	struct str part;

	*name = STR_NONE;
	for (size_t i = 0; i < sizeof(web_routes) / sizeof(*web_routes); i++) {
		if (!routes_match(web_routes[i].path, path, &part) ||
			(best && strlen(web_routes[i].path) <= strlen(best->path)))
			continue;
		best = &web_routes[i];
		*name = part;
	}
	return best;
}

static enum web_kind routes_kind(const char *path)
{
	return str_starts(str_of(path), STR("/api/")) ? WEB_FOR_API : WEB_FOR_PEOPLE;
}

void web_routes_answer(struct web_site *s, struct httpd_call *call, const struct httpd_request *q)
{
	struct str name;
	const struct web_route *route = routes_find(q->path, &name);
	struct buf decoded;

	buf_init(&decoded, NAME_MAX_BYTES);
	if (!route)
		web_reply_failure(call, routes_kind(q->path), q->path, 404,
			routes_kind(q->path) == WEB_FOR_API ? "there is nothing at this address; "
							      "/api/v1/openapi.json describes "
							      "the API"
							    : "there is nothing at this address");
	else if (str_present(name) && !httpd_decode(name, false, &decoded))
		web_reply_failure(
			call, route->kind, q->path, 400, "the name in this address is malformed");
	else if (route->now)
		route->now(s, call, q, str_present(name) ? buf_str(&decoded) : name);
	else
		web_call_start(s, call, q, route, str_present(name) ? buf_str(&decoded) : name);
	buf_release(&decoded);
}
