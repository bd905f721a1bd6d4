/* SPDX-License-Identifier: MIT */
#include "documents.h"

#include "store/documents.h"

/* How many items of that part will be stored, or stored again. */
static size_t documents_count_uses(const struct ingest *t, size_t part)
{
	const struct feed_batch *b = t->poll->batch;
	size_t n = 0;

	for (size_t k = 0; k < b->n_items; k++)
		n += b->items[k].part == part && t->states[k].seen != STORE_KNOWN;
	return n;
}

int documents_store(struct ingest *t, struct err *e)
{
	const struct desk_poll *p = t->poll;

	for (size_t part = 0; part < p->n_documents; part++) {
		size_t uses = documents_count_uses(t, part);
		int64_t row;
		int rc;

		if (uses == 0)
			continue;
		rc = store_document_add(
			t->desk->store, t->feed.id, &p->documents[part], uses, &row, e);
		if (rc)
			return rc;
		for (size_t k = 0; k < p->batch->n_items; k++)
			if (p->batch->items[k].part == part)
				t->states[k].document = row;
	}
	return 0;
}
