/* SPDX-License-Identifier: MIT */
#include "deletion.h"

#include "base/array.h"

void feed_deletion_close(struct feed_builder *b)
{
	const struct feed_slots *slots = &b->item;

	if (!str_present(slots->value[FEED_SLOT_ID]))
		return;
	if (b->n_deleted == FEED_DELETED_MAX) {
		b->more_deleted++;
		return;
	}
	if (!array_room(&b->deleted, b->n_deleted, &b->cap_deleted, 1, sizeof(*b->deleted))) {
		b->memory.nomem = true;
		return;
	}
	b->deleted[b->n_deleted++] = (struct feed_deletion){
		.ref = slots->value[FEED_SLOT_ID],
		.when = slots->updated_odd ? STAMP_NONE : slots->updated,
		.by = slots->author.text,
		.comment = slots->value[FEED_SLOT_SUMMARY],
		.line = slots->line,
	};
}

void feed_deletion_finish(struct feed_builder *b, struct feed_batch *batch)
{
	batch->deleted =
		feed_memory_copy(&b->memory, b->deleted, b->n_deleted, sizeof(*b->deleted));
	batch->n_deleted = batch->deleted ? b->n_deleted : 0;
	if (b->more_deleted)
		feed_builder_problem(b, 0, "%zu deleted entries more than %d; they are left out",
			b->more_deleted, FEED_DELETED_MAX);
}
