/* SPDX-License-Identifier: MIT */
/*
 * One row of the table in routes.c: an address, and what answers there. An answer is made on the
 * loop (now), or on the thread of the reader with the database (read).
 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include <jansson.h>

#include "admin/admin.h"
#include "read.h"
#include "reply.h"
#include "web/site.h"

/* What handlers share. On the loop. */
struct web_site {
	struct web_site_parts parts;
	struct conf *conf; /* in force; a reference */
	struct web_reader *reader;
	struct web_listener *listener;
	struct web_events *events;
	LIST_HEAD(, web_question) questions; /* of status.c */
};

/* A request, and the answer that is made. */
struct web_call {
	/* Of the request: valid with the call, NUL-terminated. */
	struct str path;  /* not decoded */
	struct str name;  /* what the * of the route stands for, decoded; absent: there is none */
	struct str query; /* not decoded, for web_call_parameter(); absent: none */
	enum web_kind kind;
	/* For the making of the answer. */
	const struct conf *conf;
	const struct zone *zone; /* of people: daemon { timezone } */
	const json_t *status;	 /* see document/status.h, without counts of the database; NULL */
	struct arena *arena;
	int64_t now; /* wall ms */
	/* The answer: 200, a page and with an entity tag, unless it is changed. */
	int code;
	const char *type;
	bool tagged;
	struct buf body;
};

/*
 * Returns the decoded value of a parameter of the query, in the arena; absent: there is none, it is
 * empty or malformed, or there is no memory.
 */
struct str web_call_parameter(struct web_call *c, const char *name);

/*
 * Sets *at to the time of a parameter such as "24h", "7d" or "2026-11-30", which begins in the zone
 * of people; STAMP_NONE if there is none. 0, or -ERR_CONF.
 */
int web_call_since(struct web_call *c, const char *name, int64_t *at, struct err *e);
/* The same of a number, 0 if there is none. */
int web_call_number(struct web_call *c, const char *name, int64_t *n, struct err *e);

/* On the loop; must end the call, now or later. name: as in struct web_call, valid until return. */
typedef void web_now_fn(struct web_site *s, struct httpd_call *call, const struct httpd_request *q,
	struct str name);
/*
 * On the thread of the reader. Returns 0, or a negative class with *e set, which becomes the answer
 * with the status of web_reply_status(): ERR_PERM is 404, ERR_CONF is 400.
 */
typedef int web_read_fn(struct web_call *c, struct store *store, struct err *e);

struct web_route {
	const char *path; /* with a * where there is a name, which has no slash */
	enum web_kind kind;
	web_now_fn *now;
	web_read_fn *read; /* if now is NULL */
	bool status;	   /* read needs the status document */
};

/* Has the reader make the answer of the route. Ends the call in any case. */
void web_call_start(struct web_site *s, struct httpd_call *call, const struct httpd_request *q,
	const struct web_route *route, struct str name);

#endif
