/* SPDX-License-Identifier: MIT */
/*
 * Server-sent events, the same for all clients:
 *
 *	alert   a new alert, with its id; or one that has changed, without an id
 *	feeds   the feed wall: whole at first, then its changes; see document/wall.h
 *	status  whether the daemon is well; at least every 15 seconds, so that a client notices when
 *		the stream is dead
 *	reset   what the client has missed is too much to send, or its last alert is unknown
 *
 * A client resumes after the alert in Last-Event-ID, and gets some older ones again, which may have
 * changed; or begins after that in the parameter `after`, which it knows in another way. What
 *changes is read once for all streams, and rendered once. A client that takes less than comes gets
 *what it has missed when it has taken the rest; one that takes nothing for long loses its stream.
 */
#ifndef WEB_EVENTS_H
#define WEB_EVENTS_H

#include "route.h"

struct web_events;

struct web_events *web_events_new(struct web_site *s); /* NULL: out of memory */
/* Handler of the route. */
web_now_fn web_events_open;
/* Alerts were stored: they are read at once. */
void web_events_poke(struct web_events *v);
/* The configuration of the site was replaced. */
void web_events_reload(struct web_events *v);
/* Ends all streams: the listener is about to close. */
void web_events_close(void *v);
void web_events_free(struct web_events *v); /* after the reader; NULL is fine */

#endif
