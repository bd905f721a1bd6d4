/* SPDX-License-Identifier: MIT */
/*
 * Unknown items of a batch that are known ones under another id. Candidates share the link, its
 * number, the text or the date with a row that is not in the batch; feed/succession.h decides.
 * Reads the stored item of each such row, which is rare: usually an item leaves the feed when a new
 * one arrives.
 */
#include "lookup.h"

#include <stdlib.h>

#include "feed/link.h"
#include "feed/succession.h"

/* Stored items that are read for one body; past it, only link and text count. */
#define READ_MAX    16384
/* Items with the same text, or date, that are compared with one row. */
#define SAME_MAX    64
/* Items with a number in their links, all different, that show that the feed numbers. */
#define NUMBERS_MIN 3
/* Items of the batch that are searched for the same text. */
#define BODY_MAX    ((size_t)1024)

struct successors {
	struct known_lookup *l;
	uint32_t *dated; /* items with a date, in its order */
	size_t n_dated, n_unknown, n_known;
	uint64_t *numbers;    /* of the links of the items; 0: none */
	bool numbered;	      /* they tell the items of this body apart */
	uint64_t number;      /* of the link of the current row */
	bool date_single;     /* one item has the date of the current row */
	struct feed_item was; /* of the current row; strings are views of the statement */
	int64_t was_seen;
};

static bool successors_is_unknown(const struct known_lookup *l, uint32_t i)
{
	return i != LOOKUP_NONE && !l->entries[i].repeat && !l->out[i].id;
}

static int successors_compare_dates(const void *a, const void *b, void *items)
{
	int64_t x =
		feed_item_plausible_date((const struct feed_item *)items + *(const uint32_t *)a);
	int64_t y =
		feed_item_plausible_date((const struct feed_item *)items + *(const uint32_t *)b);

	return (x > y) - (x < y);
}

static int successors_compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool successors_are_distinct(uint64_t *numbers, size_t n)
{
	qsort(numbers, n, sizeof(*numbers), successors_compare_numbers);
	for (size_t i = 1; i < n; i++)
		if (numbers[i] == numbers[i - 1])
			return false;
	return n >= NUMBERS_MIN;
}

/* numbers[n_items] and after are used for sorting. */
static void successors_list_numbers(struct successors *x)
{
	const struct feed_batch *b = x->l->batch;
	uint64_t *sorted = x->numbers + b->n_items;
	size_t n = 0;

	for (size_t i = 0; i < b->n_items; i++) {
		x->numbers[i] = feed_link_number(b->items[i].link);
		if (x->numbers[i] && !x->l->entries[i].repeat)
			sorted[n++] = x->numbers[i];
	}
	x->numbered = successors_are_distinct(sorted, n);
}

static void successors_list_dated(struct successors *x)
{
	const struct feed_batch *b = x->l->batch;

	for (uint32_t i = 0; i < b->n_items; i++)
		if (!x->l->entries[i].repeat &&
			feed_item_plausible_date(&b->items[i]) != STAMP_NONE)
			x->dated[x->n_dated++] = i;
	qsort_r(x->dated, x->n_dated, sizeof(*x->dated), successors_compare_dates, b->items);
}

static int successors_list_unknown(struct successors *x, struct err *e)
{
	const struct feed_batch *b = x->l->batch;

	for (uint32_t i = 0; i < b->n_items; i++) {
		x->n_unknown += successors_is_unknown(x->l, i);
		x->n_known += x->l->out[i].id != 0;
	}
	if (!x->n_unknown)
		return 0;
	x->dated = malloc((b->n_items + 1) * sizeof(*x->dated));
	x->numbers = malloc((b->n_items + 1) * 2 * sizeof(*x->numbers));
	if (!x->dated || !x->numbers)
		return err_nomem(e);
	successors_list_dated(x);
	successors_list_numbers(x);
	return 0;
}

/* The unknown item of the batch that alone has the link of a row that alone has it, or none. */
static uint32_t successors_by_link(const struct successors *x, const struct lookup_row *row)
{
	size_t slot;
	uint32_t i = row->link ? lookup_find_link(x->l, row->link, &slot) : LOOKUP_NONE;

	if (!successors_is_unknown(x->l, i) || !lookup_is_recent(x->l, row) ||
		x->l->entries[i].link_count > 1 || x->l->entries[i].other_owner)
		return LOOKUP_NONE;
	return i;
}

static bool successors_has_body(const struct feed_item *a, const struct feed_item *b)
{
	return str_eq(a->content, b->content) && (a->content.n || str_eq(a->summary, b->summary));
}

/* For another title: boilerplate that other items have too identifies none. */
static bool successors_is_body_unique(const struct successors *x, uint32_t i)
{
	const struct feed_batch *b = x->l->batch;
	size_t n = b->n_items < BODY_MAX ? b->n_items : BODY_MAX;

	if (str_eq(x->was.title, b->items[i].title) || !successors_has_body(&x->was, &b->items[i]))
		return false;
	for (size_t k = 0; k < n; k++)
		if (k != i && !x->l->entries[k].repeat &&
			successors_has_body(&b->items[k], &b->items[i]))
			return false;
	return true;
}

static bool successors_match(struct successors *x, const struct lookup_row *row, uint32_t i)
{
	struct known_lookup *l = x->l;
	size_t slot;
	uint32_t head = lookup_find_text(l, l->batch->items[i].text_key, &slot);
	const struct feed_succession pair = {
		.was = &x->was,
		.is = &l->batch->items[i],
		.was_seen = x->was_seen,
		.now = l->of->now,
		.home = l->batch->feed.link,
		.recent = lookup_is_recent(x->l, row),
		.truncated = !feed_batch_is_whole(l->batch),
		.link_same = row->link && row->link == l->batch->items[i].link_key,
		.link_unique = successors_by_link(x, row) == i,
		.number_same = x->numbered && x->number && x->number == x->numbers[i],
		.date_single = x->date_single,
		.text_single = l->entries[head].text_count == 1,
		.text_unique = l->entries[head].text_count == 1 && l->entries[head].text_gone <= 1,
		.body_unique = successors_is_body_unique(x, i),
		.rekeyed = l->of->rekeyed,
		.all_changed = x->n_unknown > 1 && 4 * x->n_known <= x->n_unknown,
	};

	return feed_succession_holds(&pair);
}

static uint32_t successors_of_text(struct successors *x, const struct lookup_row *row)
{
	size_t slot;
	uint32_t i = lookup_find_text(x->l, row->text, &slot);

	for (int n = 0; i != LOOKUP_NONE && n < SAME_MAX; n++, i = x->l->entries[i].text_next)
		if (successors_is_unknown(x->l, i) && successors_match(x, row, i))
			return i;
	return LOOKUP_NONE;
}

/* The only one of the date of the row that succeeds it. */
static uint32_t successors_of_date(struct successors *x, const struct lookup_row *row)
{
	const struct feed_item *items = x->l->batch->items;
	int64_t date = feed_item_plausible_date(&x->was);
	uint32_t found = LOOKUP_NONE;
	size_t low = 0, high = x->n_dated;

	if (date == STAMP_NONE || !lookup_is_recent(x->l, row))
		return LOOKUP_NONE;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (feed_item_plausible_date(&items[x->dated[mid]]) < date)
			low = mid + 1;
		else
			high = mid;
	}
	x->date_single = low + 1 >= x->n_dated ||
			 feed_item_plausible_date(&items[x->dated[low + 1]]) != date;
	for (high = low; high < x->n_dated && high - low < SAME_MAX; high++) {
		uint32_t i = x->dated[high];

		if (feed_item_plausible_date(&items[i]) != date)
			break;
		if (!successors_is_unknown(x->l, i) || !successors_match(x, row, i))
			continue;
		if (found != LOOKUP_NONE)
			return LOOKUP_NONE;
		found = i;
	}
	return found;
}

/* The item with the number of the row. */
static uint32_t successors_of_number(struct successors *x, const struct lookup_row *row)
{
	size_t n = x->number && x->numbered ? x->l->batch->n_items : 0;

	for (uint32_t i = 0; i < n; i++)
		if (x->numbers[i] == x->number && successors_is_unknown(x->l, i))
			return successors_match(x, row, i) ? i : LOOKUP_NONE;
	return LOOKUP_NONE;
}

static uint32_t successors_of_row(struct successors *x, const struct lookup_row *row)
{
	uint32_t i = successors_by_link(x, row);

	if (i != LOOKUP_NONE && successors_match(x, row, i))
		return i;
	i = successors_of_number(x, row);
	if (i != LOOKUP_NONE)
		return i;
	i = successors_of_text(x, row);
	return i != LOOKUP_NONE ? i : successors_of_date(x, row);
}

static bool successors_has_candidate(struct successors *x, const struct lookup_row *row)
{
	size_t slot;

	return lookup_find_text(x->l, row->text, &slot) != LOOKUP_NONE ||
	       successors_by_link(x, row) != LOOKUP_NONE ||
	       ((x->n_dated || x->numbered) && lookup_is_recent(x->l, row));
}

/* Past READ_MAX: the same link and text are enough. */
static uint32_t successors_by_pair(const struct successors *x, const struct lookup_row *row)
{
	size_t slot;
	uint32_t i = row->link ? lookup_find_pair(x->l, row->link, row->text, &slot) : LOOKUP_NONE;

	return successors_is_unknown(x->l, i) ? i : LOOKUP_NONE;
}

/* What is written when the item of the row gets the id of item i. */
static void successors_note_move(struct successors *x, uint32_t i)
{
	const struct feed_item *is = &x->l->batch->items[i];

	x->l->out[i].moved = !str_eq(x->was.link, is->link) ||
			     feed_item_plausible_date(&x->was) != feed_item_plausible_date(is);
}

/* Sets *found to the item that succeeds the row, or LOOKUP_NONE. */
static int successors_read_row(struct successors *x, struct store *s, const struct lookup_row *row,
	uint32_t *found, struct err *e)
{
	struct db_stmt q;
	int rc;

	*found = LOOKUP_NONE;
	db_start(&q, s, SQL_ITEM_GET, db_int(row->item));
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	x->was_seen = db_col_int(&q, 2);
	x->was = (struct feed_item){
		.id = db_col_view(&q, 3),
		.title = db_col_view(&q, 4),
		.link = db_col_view(&q, 5),
		.published = db_col_stamp(&q, 7),
		.updated = db_col_stamp(&q, 8),
		.summary = db_col_view(&q, 11),
		.content = db_col_view(&q, 12),
	};
	x->number = feed_link_number(x->was.link);
	x->date_single = false;
	*found = successors_of_row(x, row);
	if (*found != LOOKUP_NONE)
		successors_note_move(x, *found);
	db_end(&q);
	return 0;
}

static int successors_pass_rows(struct successors *x, struct store *s, struct err *e)
{
	struct known_lookup *l = x->l;
	size_t kept = 0, n_read = 0;
	int rc = 0;

	for (size_t k = 0; k < l->n_absent; k++) {
		const struct lookup_row *row = &l->absent[k];
		uint32_t found = LOOKUP_NONE;

		if (n_read >= READ_MAX) {
			found = successors_by_pair(x, row);
		} else if (!rc && successors_has_candidate(x, row)) {
			n_read++;
			rc = successors_read_row(x, s, row, &found, e);
		}
		if (found == LOOKUP_NONE)
			l->absent[kept++] = *row;
		else
			lookup_match_row(l, found, row);
	}
	l->n_absent = kept;
	return rc;
}

int lookup_find_successors(struct known_lookup *l, struct store *s, struct err *e)
{
	struct successors x = {.l = l};
	int rc = l->n_absent ? successors_list_unknown(&x, e) : 0;

	if (!rc && x.n_unknown)
		rc = successors_pass_rows(&x, s, e);
	free(x.dated);
	free(x.numbers);
	return rc;
}
