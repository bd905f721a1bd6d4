/* SPDX-License-Identifier: MIT */
/* Functions to judge answers that several sinks share. Private to the room. */
#ifndef SINK_VERDICT_H
#define SINK_VERDICT_H

#include "sinks.h"

/* HTTP: 2xx is success; Retry-After is used with 429 and 503. */
void sink_http_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);
/* For transports without an answer: delivered when written, else by the class of the error. */
void sink_write_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);

/* Sets the answer of a verdict to a copy of text, or to a fixed text if memory runs out. */
void sink_verdict_say(struct sink_verdict *v, struct arena *arena, const char *text);
/* Returns ": " and the first line of a server's reply, truncated; "" if the reply is empty. */
const char *sink_verdict_quote(struct str said, char out[160]);

#endif
