/* SPDX-License-Identifier: MIT */
/*
 * The fetch port made real: one HTTP request through curl, with every limit that a hostile or
 * broken server calls for (docs/DESIGN.md). Redirects are handed to the engine, which decides.
 *
 * A request whose URL was learnt from the network may reach what the operator's `private-networks`
 * lets through and the public internet, like any other, but public addresses on the usual ports
 * alone, and never with a login in its URL.
 */
#ifndef IO_FETCH_H
#define IO_FETCH_H

#include "io/loop.h"

struct fetch;

struct fetch *fetch_new(struct loop *l, unsigned parallel); /* NULL: out of memory */
void fetch_free(struct fetch *f);			    /* cancels what runs; NULL is fine */
void fetch_set_parallel(struct fetch *f, unsigned parallel);
struct port_fetch fetch_port(struct fetch *f);

#endif
