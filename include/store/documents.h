/* SPDX-License-Identifier: MIT */
/*
 * The documents that items came with: evidence of what a server sent, and when. A document is
 * stored once for all new items and revisions that it contained, and is deleted with the last of
 * them.
 */
#ifndef STORE_DOCUMENTS_H
#define STORE_DOCUMENTS_H

#include "store/store.h"

/* How much of the feed it was. The values are stored. */
enum store_document_form {
	STORE_DOCUMENT_WHOLE,
	STORE_DOCUMENT_PART,   /* the new entries only (RFC 3229) */
	STORE_DOCUMENT_CUT,    /* the transfer ended early */
	STORE_DOCUMENT_PUSHED, /* a hub sent it (WebSub) */
};

struct store_document {
	int64_t asked, fetched; /* wall ms: request sent, body complete */
	int64_t bytes;		/* of the body, after Content-Encoding was undone */
	uint8_t sha256[32];	/* of these bytes */
	enum store_document_form form;
	/*
	 * Where it came from, as lines without secrets: "url " and an address, for each redirect
	 * and at last the document; "peer ", "issuer " and "certificate ": address of the server,
	 * issuer of its certificate, SHA-256 of that in hex; then headers of the answer, "name: "
	 * in lower case and a value.
	 */
	struct str origin;
};
#define STORE_ORIGIN_MAX ((size_t)4096)

/* Sets *row. uses: how many items and revisions are stored with it. In a transaction. */
int store_document_add(struct store *s, int64_t feed, const struct store_document *d, size_t uses,
	int64_t *row, struct err *e);
int store_document_get(struct store *s, int64_t row, struct arena *arena,
	struct store_document *out, bool *found, struct err *e);

#endif
