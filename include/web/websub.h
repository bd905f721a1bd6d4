/* SPDX-License-Identifier: MIT */
/* The listener for hubs (W3C WebSub): what it hears is passed to the engine. */
#ifndef WEB_WEBSUB_H
#define WEB_WEBSUB_H

#include "engine/websub.h"
#include "io/loop.h"

struct web_websub;

/* Listens as conf says, or not at all. NULL: out of memory. */
struct web_websub *web_websub_new(struct loop *l, struct engine *e, const struct conf *conf);
/* The new configuration may have another listener. Where it cannot listen it tries again. */
void web_websub_reload(struct web_websub *w, const struct conf *conf);
void web_websub_free(struct web_websub *w); /* before the engine; NULL is fine */

#endif
