/* SPDX-License-Identifier: MIT */
/* Members of JSON documents, in the form that all documents share. */
#ifndef DOCUMENT_VALUE_H
#define DOCUMENT_VALUE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "base/str.h"

/* Sets a member of o, or nothing if s is absent. Invalid UTF-8, as servers may send, is escaped. */
void document_set_text(json_t *o, const char *key, struct str s);
/* RFC 3339 in UTC; nothing for STAMP_NONE. */
void document_set_stamp(json_t *o, const char *key, int64_t ms);
json_t *document_stamp(int64_t ms); /* NULL for STAMP_NONE */
void document_set_int(json_t *o, const char *key, int64_t n);
void document_set_bool(json_t *o, const char *key, bool yes);

/* Writes the document as one line and releases the reference. 0, or -ERR_NOMEM. */
int document_print(json_t *doc, FILE *to);

#endif
