/* SPDX-License-Identifier: MIT */
/* A silence as JSON. */
#ifndef DOCUMENT_SILENCE_H
#define DOCUMENT_SILENCE_H

#include <jansson.h>

#include "store/silences.h"

/* {"id", "watch", "since", "until", "author", "why"}. Returns a new reference. */
json_t *document_silence(const struct store_silence *s);

#endif
