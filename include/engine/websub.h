/* SPDX-License-Identifier: MIT */
/*
 * What hubs send to the subscriptions of feeds (W3C WebSub). The listener passes it on; the engine
 * decides, and returns the HTTP status of the answer.
 */
#ifndef ENGINE_WEBSUB_H
#define ENGINE_WEBSUB_H

#include <stdint.h>

#include "base/str.h"
#include "engine/engine.h"

/* Absent: not given. token: the last part of the path. */
struct websub_question {
	struct str token, mode, topic, reason;
	int64_t lease_s; /* 0: not given, or no number */
};
/* 200: the challenge is to be repeated; 204: noted; else 404, or 503: try again. */
int engine_websub_verify(struct engine *e, const struct websub_question *q);

struct websub_content {
	struct str token;
	struct str signature; /* of the header X-Hub-Signature */
	struct str link;      /* of the headers Link */
	struct str content_type;
	struct str body; /* copied if it is used */
};
/* 202, also for what is ignored; 410: there is no such subscription; 503: try again. */
int engine_websub_push(struct engine *e, const struct websub_content *c);

#endif
