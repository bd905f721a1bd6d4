/* SPDX-License-Identifier: MIT */
/*
 * Answers with the new entries only (RFC 3229, instance manipulation "feed"): to a conditional
 * request with A-IM: feed a server may answer 226 with the entries that are not in the instance of
 * the ETag. The body is then part of the feed: what it lacks has not left the feed.
 *
 * Most servers do not support it. A feed is asked for it until an answer shows that it does not:
 * a changed body to such a request with status 200. After the next body without a condition it is
 * asked again. Pure functions.
 */
#ifndef ENGINE_DELTA_H
#define ENGINE_DELTA_H

#include "engine/ports.h"

/* What is known of the server of a feed. */
enum delta {
	DELTA_UNKNOWN,
	DELTA_OFFERED, /* it answered 226, or names A-IM in Vary, or IM: feed */
	DELTA_REFUSED, /* it answered with the whole body */
};

/* What an answer with a body to a request with validators is. */
enum delta_answer {
	DELTA_WHOLE,
	DELTA_PART,	  /* relative to the validators of the request, if asked for */
	DELTA_UNREADABLE, /* another manipulation, that was not asked for */
};

/* conditional: the request had validators. Without them there is no instance to differ from. */
enum delta_answer delta_answer_of(const struct fetch_answer *a, bool conditional);
/* asked: the request had A-IM. */
enum delta delta_learn(
	enum delta known, const struct fetch_answer *a, bool conditional, bool asked);

#endif
