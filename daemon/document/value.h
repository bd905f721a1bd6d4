/* SPDX-License-Identifier: MIT */
/* Values and members of documents, in the form that all documents share. */
#ifndef DOCUMENT_VALUE_H
#define DOCUMENT_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "watch/watch.h"

/* The setters add a member to o, or nothing if the value is absent. */
void document_set_text(json_t *o, const char *key, struct str s);
void document_set_url(json_t *o, const char *key, struct str url); /* without login and tokens */
void document_set_stamp(json_t *o, const char *key, int64_t ms);
void document_set_int(json_t *o, const char *key, int64_t n);
void document_set_bool(json_t *o, const char *key, bool yes);
json_t *document_stamp(int64_t ms); /* NULL for STAMP_NONE */
/* The numbers of the bits that are set, or their names. */
json_t *document_bits(uint32_t bits, const char *const *names);
/* Adds "hits" and "snippet": why a watch matched an item. */
void document_set_hits(
	json_t *o, const struct watch_view *v, const struct watch_hit *hits, size_t n_hits);
/* Adds "why": the lines of watch_explain as a list. */
void document_set_reasons(json_t *o, struct str why);

#endif
