/* SPDX-License-Identifier: MIT */
/* The subscriptions of feeds to their hubs, see daemon/engine/websub.h. */
#ifndef STORE_WEBSUB_H
#define STORE_WEBSUB_H

#include "store/store.h"

/* The values are stored. */
enum store_websub_state {
	STORE_WEBSUB_ASKED,   /* the hub has not verified it yet */
	STORE_WEBSUB_ACTIVE,  /* verified; asked again before `expires` */
	STORE_WEBSUB_DENIED,  /* by the hub */
	STORE_WEBSUB_LEAVING, /* the hub is asked to end it */
};

struct store_websub {
	struct str feed, hub, topic;
	struct str callback; /* the URL that only the hub knows */
	struct str secret;   /* of the signatures; absent: none was given to the hub */
	enum store_websub_state state;
	int64_t since;	   /* of the state, wall time as all */
	int64_t next_at;   /* when the hub is asked the next time */
	int64_t expires;   /* STAMP_NONE: not verified yet */
	unsigned failures; /* requests to the hub in a row */
	struct str error;  /* of the last request, or of the denial; absent: none */
	int64_t pushed_at; /* STAMP_NONE: never */
	struct str recent; /* what recognises the last bodies; absent: none */
	int64_t pushes;	   /* that came with a good signature, or needed none */
};

int store_websub_put(struct store *s, const struct store_websub *w, struct err *e);
int store_websub_drop(struct store *s, struct str feed, struct err *e);
/* That of the feed; absent: of all. In arena. */
int store_websub_read(struct store *s, struct str feed, struct arena *arena,
	struct store_websub **out, size_t *n, struct err *e);

#endif
