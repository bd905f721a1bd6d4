/* SPDX-License-Identifier: MIT */
/*
 * An HTTP listener that follows the configuration. Where it cannot listen, that is a trouble, and
 * it tries again every half minute.
 */
#ifndef WEB_LISTENER_H
#define WEB_LISTENER_H

#include "io/httpd.h"
#include "trouble/trouble.h"

struct web_listener;

/* name: a literal, for the log. NULL: out of memory. */
struct web_listener *web_listener_new(
	struct loop *l, struct troubles *t, enum trouble_kind closed, const char *name);
/* Calls closing() before all connections are closed: the owner ends its streams. */
void web_listener_on_close(struct web_listener *w, void (*closing)(void *arg), void *arg);
/*
 * Listens with those options from now on; listen NULL: not at all. Connections are kept if nothing
 * has changed. Copies what o points to.
 */
void web_listener_set(struct web_listener *w, const struct httpd_options *o);
void web_listener_free(struct web_listener *w); /* NULL is fine */

#endif
