/* SPDX-License-Identifier: MIT */
/*
 * Decides which items of a batch are new: hashes the batch, then probes it with one range scan over
 * the stored keys of the feed. Memory depends on the batch, and on the rows that left the feed with
 * or before it.
 */
#include "lookup.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void known_note_link_owner(struct known_lookup *l, const struct lookup_row *row)
{
	size_t slot;
	uint32_t head = lookup_find_link(l, row->link, &slot);
	struct lookup_entry *entry;

	if (head == LOOKUP_NONE)
		return;
	entry = &l->entries[head];
	if (!entry->link_owner)
		entry->link_owner = row->item;
	else
		entry->other_owner = row->item;
}

static bool known_has_recent_link(const struct known_lookup *l, const struct lookup_row *row)
{
	size_t slot;

	return row->link && lookup_is_recent(l, row) &&
	       lookup_find_link(l, row->link, &slot) != LOOKUP_NONE;
}

/* One that left in the future did so while the wall clock was wrong: it leaves now. */
static bool known_was_gone(const struct known_lookup *l, const struct lookup_row *row)
{
	return row->gone && row->gone <= l->of->now;
}

static struct store_left known_make_left(const struct known_lookup *l, const struct lookup_row *row)
{
	struct store_left left = {.item = row->item,
		.since = known_was_gone(l, row) ? row->gone : 0,
		.link_key = row->link};

	memcpy(left.key, row->key, sizeof(left.key));
	return left;
}

static int known_note_recent(struct known_lookup *l, const struct lookup_row *row, struct err *e)
{
	if (!lookup_is_recent(l, row))
		return 0;
	if (!array_room(&l->recent, l->n_recent, &l->room_recent, 1, sizeof(*l->recent)))
		return err_nomem(e);
	l->recent[l->n_recent++] = known_make_left(l, row);
	return 0;
}

/*
 * Only a whole body shows that an item left the feed. Of the rows that left it before, and of all
 * if the body is truncated or a part, those are kept that an item of the batch may succeed.
 */
static int known_pass_absent(struct known_lookup *l, const struct lookup_row *row, struct err *e)
{
	size_t slot;
	uint32_t head;

	head = lookup_find_text(l, row->text, &slot);
	if ((known_was_gone(l, row) || !feed_batch_is_whole(l->batch)) && head == LOOKUP_NONE &&
		!known_has_recent_link(l, row))
		return feed_batch_is_whole(l->batch) ? known_note_recent(l, row, e) : 0;
	if (head != LOOKUP_NONE)
		l->entries[head].text_gone += lookup_is_recent(l, row);
	if (l->n_absent == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct lookup_row *grown = realloc(l->absent, room * sizeof(*grown));

		if (!grown)
			return err_nomem(e);
		l->absent = grown;
		l->room = room;
	}
	l->absent[l->n_absent++] = *row;
	return 0;
}

static int known_pass_row(struct known_lookup *l, const struct lookup_row *row, struct err *e)
{
	size_t slot;
	uint32_t i = lookup_find_key(l, row->key, &slot);

	if (row->link)
		known_note_link_owner(l, row);
	if (i != LOOKUP_NONE) {
		lookup_match_row(l, i, row);
		l->entries[i].by_key = true;
		return 0;
	}
	if (row->link && (!lookup_splits_pairs(l) || l->of->rekeyed))
		i = lookup_find_pair(l, row->link, row->text, &slot);
	/* With a date it may be another notice of the same text, which the stored date shows. */
	if (i == LOOKUP_NONE ||
		(feed_batch_is_whole(l->batch) &&
			feed_item_plausible_date(&l->batch->items[i]) != STAMP_NONE))
		return known_pass_absent(l, row, e);
	if (!l->entries[i].by_key)
		lookup_match_row(l, i, row);
	return 0;
}

static int known_read_feed(struct known_lookup *l, struct store *s, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_KNOWN_OF_FEED, db_int(l->of->feed));
	while ((rc = db_step(&q, e)) == 1) {
		struct str key = db_col_view(&q, 0);
		int64_t label = db_col_stamp(&q, 4);
		struct lookup_row row = {
			.item = db_col_int(&q, 1),
			.link = (uint64_t)db_col_int(&q, 2),
			.text = (uint64_t)db_col_int(&q, 3),
			.label = (uint64_t)label,
			.unlabelled = label == STAMP_NONE,
			.seen = db_col_int(&q, 5),
			.gone = db_col_int(&q, 6),
		};

		if (key.n != sizeof(row.key))
			continue;
		memcpy(row.key, key.p, sizeof(row.key));
		rc = known_pass_row(l, &row, e);
		if (rc) {
			db_end(&q);
			break;
		}
	}
	return rc;
}

static bool known_is_unchanged(
	const struct lookup_entry *entry, const struct store_item *o, const struct feed_item *i)
{
	return entry->text == i->text_key && (o->unlabelled || entry->label == i->label_key);
}

static void known_conclude(struct known_lookup *l)
{
	for (size_t i = 0; i < l->batch->n_items; i++) {
		const struct lookup_entry *entry = &l->entries[i], *head;
		struct store_item *out = &l->out[i];

		if (entry->repeat ||
			(out->id && known_is_unchanged(entry, out, &l->batch->items[i])))
			out->seen = STORE_KNOWN;
		else
			out->seen = out->id ? STORE_REVISED : STORE_NEW;
		if (entry->link_head == LOOKUP_NONE)
			continue;
		head = &l->entries[entry->link_head];
		out->link_shared = head->link_count > 1 || head->other_owner ||
				   (head->link_owner && head->link_owner != out->id);
		if (head->link_count == 1 && !head->other_owner && head->link_owner != out->id)
			out->link_owner = head->link_owner;
	}
}

/* Copies the rows that were in the last body, or left recently, to the arena of the caller. */
static int known_give_left(struct known_lookup *l, struct err *e)
{
	struct store_lookup *of = l->of;

	of->left = arena_array(of->arena, l->n_absent + l->n_recent, sizeof(*of->left));
	if (!of->left)
		return err_nomem(e);
	for (size_t k = 0; k < l->n_absent; k++)
		if (lookup_is_recent(l, &l->absent[k]))
			of->left[of->n_left++] = known_make_left(l, &l->absent[k]);
	for (size_t k = 0; k < l->n_recent; k++)
		of->left[of->n_left++] = l->recent[k];
	return 0;
}

int store_items_known(struct store *s, struct store_lookup *of, struct err *e)
{
	struct known_lookup l;
	int rc = lookup_init(&l, of, e);

	of->n_left = 0;
	if (!rc && of->batch->n_items) {
		memset(of->items, 0, of->batch->n_items * sizeof(*of->items));
		lookup_add(&l);
		rc = known_read_feed(&l, s, e);
		if (!rc && (of->identity == FEED_IDENTITY_AUTO || of->rekeyed))
			rc = lookup_find_successors(&l, s, e);
		if (!rc && feed_batch_is_whole(of->batch))
			rc = known_give_left(&l, e);
		if (!rc)
			known_conclude(&l);
	}
	lookup_release(&l);
	return rc;
}
