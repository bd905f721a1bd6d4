/* SPDX-License-Identifier: MIT */
/* The document of a single fetch. */
#ifndef DOCUMENT_FETCH_H
#define DOCUMENT_FETCH_H

#include "document/feed.h"
#include "engine/fetch_details.h"
#include "engine/schedule.h"

/* One request of a fetch. */
struct document_hop {
	const char *url;
	long status;	      /* 0: no whole answer came */
	const char *location; /* as sent; NULL: absent */
	int64_t ms;
	uint64_t wire_bytes;
	struct fetch_details details;
};

/* The answer to a request, after redirects. */
struct document_answer {
	struct document_hop hops[FEED_REQUEST_HOPS_MAX + 1];
	unsigned n;
	/* Of the last hop. cls ERR_NONE: a body with status 200 or 203; else why there is none. */
	struct err error;
	long status; /* 0: no whole answer came */
	const char *etag, *last_modified, *content_type, *content_language, *cache_control,
		*link;		      /* NULL: absent */
	int64_t retry_after, max_age; /* ms; -1: not given */
	struct str body;
	const char *vary; /* NULL: absent */
	bool no_host;	  /* with an error: its name cannot be resolved */
	struct err cut;	  /* cls not ERR_NONE: the transfer ended before the end of the body */
	const char *wall; /* what answered instead of the site, see struct fetch_answer; NULL */
};

struct document_fetch {
	const struct document_answer *answer;
	const struct conf_feed *feed; /* configured with this address; NULL: none */
	struct feed_batch *batch;     /* NULL: no body came, or it is not a feed: */
	struct err refusal;	      /* then why not */
	struct str beginning;	      /* and its first bytes; absent: no body */
	struct schedule_poll poll;    /* what the answer asks of the schedule */
	struct schedule_plan plan;    /* what follows from it, but for hours and days to skip */
	int64_t skipped;	      /* they keep the next poll until then, ms; 0: they do not */
};
json_t *document_fetch(const struct document_fetch *f);
/* The interval of polls, or after a failure until the next one, and what determines it. */
struct document_interval document_fetch_interval(const struct document_fetch *f);
/* What people can do if no answer came; NULL: the message says so, or there is nothing. */
const char *document_fetch_advice(const struct document_answer *a);

#endif
