/* SPDX-License-Identifier: MIT */
/* A notify block parsed from text, with the real sinks. */
#ifndef LIB_SINK_FIXTURE_H
#define LIB_SINK_FIXTURE_H

#include "sink/sink.h"

struct notify_fixture {
	struct conf *conf; /* NULL: refused */
	struct conf_diags diags;
};

/* Parses keys as those of the block "notify desk". */
void notify_load(struct notify_fixture *f, const char *keys);
void notify_unload(struct notify_fixture *f);

#endif
