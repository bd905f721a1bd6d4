/* SPDX-License-Identifier: MIT */
/*
 * The alerts that are being delivered: each is read once, and rendered as a document at most once,
 * however many receivers it has. Used on the desk thread only, except alert_copy_unref(). An alert
 * with the same id is never changed, so a copy stays right.
 */
#ifndef ENGINE_ALERT_CACHE_H
#define ENGINE_ALERT_CACHE_H

#include "alert/alert.h"
#include "base/err.h"
#include "store/outbox.h"

struct alert_cache;

/* Immutable and reference-counted. */
struct alert_copy {
	struct alert alert;
	int64_t tie; /* as in struct store_raise */
};

/* Keeps copies up to that many bytes. NULL: out of memory. */
struct alert_cache *alert_cache_new(size_t bytes);
void alert_cache_free(struct alert_cache *c); /* NULL is fine; references stay valid */
/*
 * Sets *out to a reference, which the caller drops. id: of the alert, since a row may be used
 * again. 0, or the class of the store.
 */
int alert_cache_get(struct alert_cache *c, struct store *s, int64_t row, struct str id,
	struct alert_copy **out, struct err *e);
/*
 * Sets *document as alert_json_write() makes it; it is valid as long as the reference. a: the last
 * one of alert_cache_get(). 0 or -ERR_NOMEM.
 */
int alert_cache_document(
	struct alert_cache *c, struct alert_copy *a, struct str *document, struct err *e);
/* On any thread. NULL is fine. */
void alert_copy_unref(struct alert_copy *a);

#endif
