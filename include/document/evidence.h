/* SPDX-License-Identifier: MIT */
/*
 * Evidence of an alert: what the feed said, in which version, when that was read and from where,
 * and what was delivered. Everything in it is stored; reading it changes nothing.
 *
 * The text is canonical (RFC 8785: members sorted, no white space, no numbers but integers) and
 * has its own digest: that of the same text without the member "digest".
 */
#ifndef DOCUMENT_EVIDENCE_H
#define DOCUMENT_EVIDENCE_H

#include <jansson.h>

#include "base/buf.h"
#include "store/store.h"

/*
 * Reads it for the alert with that id. *out is a new reference without the digest; NULL with 0:
 * there is no such alert.
 */
int document_evidence_read(struct store *store, struct str alert, json_t **out, struct err *e);
/* Adds the digest, and appends the canonical text. 0, -ERR_NOMEM, or -ERR_LIMIT: out is full. */
int document_evidence_write(json_t *evidence, struct buf *out);
/* More than the longest: 33 versions of the longest item that is stored. */
#define DOCUMENT_EVIDENCE_MAX ((size_t)64 * 1024 * 1024)

#endif
