/* SPDX-License-Identifier: MIT */
/* Parts of the bodies that sinks render. */
#ifndef LIB_REQUEST_PART_H
#define LIB_REQUEST_PART_H

#include <jansson.h>

#include "base/buf.h"
#include "lib/sink_fixture.h"

/* The body as JSON, a new reference; the test fails if it is none. */
json_t *request_json(const struct sink_fixture *f);
/* The text of a key, by a path such as "payload.summary" or "0.labels.watch"; "" if absent. */
struct str request_text(json_t *root, const char *path);
/* A field of a form, decoded into out, which the caller releases; absent if it is not there. */
struct str request_field(const struct sink_fixture *f, const char *name, struct buf *out);

#endif
