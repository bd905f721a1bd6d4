/* SPDX-License-Identifier: MIT */
/*
 * What people and programs read of the daemon by HTTP, without changing anything: the page, the
 * API, the metrics. web/routes.h has the list.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "admin/admin.h"
#include "io/loop.h"

struct web_site;

struct web_site_parts {
	struct loop *loop;
	struct engine *engine;
	struct admin *admin;
	const char *database; /* path of the one that is open */
	int socket;	      /* that the service manager passed, stays the caller's; -1: none */
};

/* Listens as the configuration in force says, or not at all. NULL: out of memory. */
struct web_site *web_site_new(const struct web_site_parts *p, struct conf *conf);
/* Takes its own reference on conf. */
void web_site_reload(struct web_site *s, struct conf *conf);
/* Alerts were stored: those who follow the events see them at once. */
void web_site_note_alerts(struct web_site *s);
/* After the last callback of the loop, before the admin. NULL is fine. */
void web_site_free(struct web_site *s);

#endif
