/* SPDX-License-Identifier: MIT */
/*
 * What `status` tells, as one JSON document, whether the daemon answers or the database alone does.
 * Absent things are absent.
 */
#ifndef IO_STATUS_H
#define IO_STATUS_H

#include <jansson.h>

#include "engine/engine.h"
#include "io/loop.h"
#include "store/store.h"

/* The document's foundation; running tells who answers. NULL: out of memory. */
json_t *status_new(bool running);
void status_add_store(json_t *doc, const struct store_counts *c);
void status_add_engine(json_t *doc, const struct engine_status *s, int64_t now);
void status_add_loop(json_t *doc, const struct loop_stats *s);

/* "feeds.d/a.conf:3:5: text" for each error (or warning), at most max. The caller's. */
json_t *status_diags(const struct conf_diags *d, bool warnings, size_t max);

#endif
