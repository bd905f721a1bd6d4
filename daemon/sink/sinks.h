/* SPDX-License-Identifier: MIT */
/* The list of sinks: NAME is defined as sink_NAME in NAME.c. Private to the room. */
#ifndef SINK_SINKS_H
#define SINK_SINKS_H

#include "sink/sink.h"

#define SINK_LIST(SINK)                                                                            \
	SINK(webhook)                                                                              \
	SINK(slack)                                                                                \
	SINK(smtp)                                                                                 \
	SINK(syslog)                                                                               \
	SINK(stdout)

#define SINK_DECLARE(name) extern const struct sink_type sink_##name;
SINK_LIST(SINK_DECLARE)

/* Returns the value of the credential with that name; absent if it was not read. */
struct str sink_secret(const struct sink_context *ctx, const char *credential);

#endif
