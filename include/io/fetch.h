/* SPDX-License-Identifier: MIT */
/*
 * The fetch port: one HTTP request through curl, with limits on time, size, compression ratio and
 * headers against hostile or broken servers. A redirect is returned to the engine, not followed.
 *
 * A request may connect to public addresses, and to private ones that `private-networks` allows if
 * its URL is the configured one. One whose URL was learnt from the network may use only public
 * addresses, there only the usual ports of HTTP and the configured one, and no login in its URL.
 */
#ifndef IO_FETCH_H
#define IO_FETCH_H

#include "io/loop.h"

struct fetch;

struct fetch *fetch_new(struct loop *l, unsigned parallel); /* NULL: out of memory */
void fetch_free(struct fetch *f);			    /* cancels all requests; NULL is fine */
/* How many connections to keep: as many as there are requests at once. The caller limits these. */
void fetch_set_parallel(struct fetch *f, unsigned parallel);
struct port_fetch fetch_port(struct fetch *f);

#endif
