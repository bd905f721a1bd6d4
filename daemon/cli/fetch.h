/* SPDX-License-Identifier: MIT */
/* Inside the command fetch: what came, and the two ways to tell it. */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include "http_query.h"
#include "engine/schedule.h"
#include "feed/item.h"

struct fetched {
	struct conf *conf;
	const struct conf_feed *feed; /* the one that is configured with this address; NULL */
	const struct asked *asked;
	struct feed_batch *batch;  /* NULL: none came, or the body is no feed: */
	struct err refusal;	   /* then why it is none */
	struct schedule_poll poll; /* what it says about the next poll */
	int64_t floor;		   /* least wait that follows from that, ms */
};

void fetch_print(const struct fetched *f);
void fetch_print_json(const struct fetched *f);

#endif
