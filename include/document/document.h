/* SPDX-License-Identifier: MIT */
/*
 * JSON documents: what commands print with --json and the daemon answers. A function that makes one
 * returns a new reference, which the caller owns. NULL, or members that are missing: out of memory.
 * Absent values are left out; times are UTC (RFC 3339); text that is not UTF-8 is escaped.
 */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"

/* The answer of the daemon to a command that failed: "error", and "class" as err_class_name(). */
json_t *document_error(const struct err *e);
/* Writes the document as one line and releases the reference. 0, or -ERR_NOMEM. */
int document_print(json_t *doc, FILE *to);

#endif
