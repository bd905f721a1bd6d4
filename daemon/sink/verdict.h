/* SPDX-License-Identifier: MIT */
/* Judging answers: what several sinks share. Private to the room. */
#ifndef SINK_VERDICT_H
#define SINK_VERDICT_H

#include "sinks.h"

/* HTTP: 2xx is success; Retry-After counts with 429 and 503. */
void sink_http_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);
/* Where no answer is expected: written, or the class of the transport's error. */
void sink_write_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);

/* Sets the answer of a verdict; a fixed text when memory runs out. */
void sink_verdict_say(struct sink_verdict *v, struct arena *arena, const char *text);
/* The first line of what a server said, truncated, after ": "; "" if it said nothing. */
const char *sink_verdict_quote(struct str said, char out[160]);

#endif
