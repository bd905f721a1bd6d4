/* SPDX-License-Identifier: MIT */
#include "vanished.h"

#include "feed/succession.h"
#include "store/threads.h"
#include "story/correction.h"
#include "story/headline.h"
#include "followup.h"

#define VANISHED_WITHIN CLOCK_HOUR
#define ITEMS_MIN	3   /* of a list */
#define READ_MAX	200 /* items that are read for one poll */
/* Common words in percent of an item that replaces another. */
#define REPLACES	60

/* A place in the order of the list: its date, or when it came, then its number in the store. */
struct vanished_place {
	int64_t at, row;
};

struct vanished_order {
	bool by_date;			   /* else by when items came */
	bool falls;			   /* the newest is first; not by date */
	struct vanished_place first, last; /* of those in the list */
};

struct vanished_run {
	struct ingest *t;
	struct vanished_order order;
	size_t n_read;
	struct err *e;
};

/* --- the list --- */

/* A whole body of a feed that is read as it was the last time. */
static bool vanished_is_shown_by(const struct ingest *t)
{
	const struct feed_batch *b = t->poll->batch;

	return !t->first && !t->new_row && !t->feed.url_changed && feed_batch_is_whole(b) &&
	       !t->poll->cut && b->left_out == 0 && !t->lookup.rekeyed && b->n_items >= ITEMS_MIN;
}

static bool vanished_has_dates(const struct feed_batch *b)
{
	for (size_t k = 0; k < b->n_items; k++)
		if (feed_item_plausible_date(&b->items[k]) != STAMP_NONE)
			return true;
	return false;
}

/* When item k of the batch came. */
static int vanished_came(struct vanished_run *r, size_t k, int64_t *at)
{
	const struct store_item *state = &r->t->states[k];
	struct store_item_row row;
	bool found;
	int rc;

	*at = r->t->now;
	if (state->seen == STORE_NEW || !state->id)
		return 0;
	arena_clear(r->t->desk->item_arena);
	rc = store_item_get(
		r->t->desk->store, state->id, r->t->desk->item_arena, &row, &found, r->e);
	if (!rc && found)
		*at = row.first_seen;
	return rc;
}

/* Is x listed before y, if what came later is listed first, or last? Of one poll, as it was then.
 */
static bool vanished_precedes(
	bool falls, const struct vanished_place *x, const struct vanished_place *y)
{
	if (x->at != y->at)
		return falls ? x->at > y->at : x->at < y->at;
	return x->row < y->row;
}

/* Sets *ordered if the items came in the order of the list, either way. */
static int vanished_read_order(struct vanished_run *r, bool *ordered)
{
	const struct feed_batch *b = r->t->poll->batch;
	struct vanished_order *o = &r->order;
	bool falls = true, rises = true;

	*ordered = false;
	if (b->n_items > READ_MAX)
		return 0;
	for (size_t k = 0; k < b->n_items; k++) {
		struct vanished_place place = {.row = r->t->states[k].id};
		int rc = vanished_came(r, k, &place.at);

		if (rc)
			return rc;
		if (!place.row)
			continue; /* a repeat of another */
		falls &= k == 0 || vanished_precedes(true, &o->last, &place);
		rises &= k == 0 || vanished_precedes(false, &o->last, &place);
		if (k == 0)
			o->first = place;
		o->last = place;
	}
	o->falls = falls;
	*ordered = falls || rises;
	return 0;
}

static int vanished_find_order(struct vanished_run *r, bool *ordered)
{
	const struct ingest *t = r->t;

	r->order.by_date = vanished_has_dates(t->poll->batch);
	if (!r->order.by_date)
		return vanished_read_order(r, ordered);
	*ordered = t->oldest != STAMP_NONE && t->feed.oldest != STAMP_NONE;
	r->order.first.at = r->order.last.at = t->oldest;
	for (size_t k = 0; *ordered && k < t->poll->batch->n_items; k++) {
		int64_t date = feed_item_plausible_date(&t->poll->batch->items[k]);

		if (date > r->order.last.at)
			r->order.last.at = date;
	}
	return 0;
}

static bool vanished_is_inside(const struct vanished_order *o, const struct store_item_row *row)
{
	const struct vanished_place place = {row->first_seen, row->id};
	int64_t date = feed_item_plausible_date(&row->item);

	if (o->by_date)
		return date != STAMP_NONE && date > o->first.at && date < o->last.at;
	return vanished_precedes(o->falls, &o->first, &place) &&
	       vanished_precedes(o->falls, &place, &o->last);
}

/* --- the items that left it --- */

/* How many may vanish within an hour without being a habit of the list. */
static size_t vanished_limit(const struct ingest *t)
{
	size_t n = t->poll->batch->n_items;

	return n < 10 ? 1 : n < 30 ? 3 : n / 10;
}

/* Sets *few if not more than usual have left the list from its middle. */
static int vanished_count(struct vanished_run *r, bool *few)
{
	struct ingest *t = r->t;
	size_t inside = 0;

	*few = t->lookup.n_left <= READ_MAX;
	for (size_t k = 0; *few && k < t->lookup.n_left; k++) {
		struct store_item_row row;
		bool found;
		int rc;

		arena_clear(t->desk->item_arena);
		rc = store_item_get(t->desk->store, t->lookup.left[k].item, t->desk->item_arena,
			&row, &found, r->e);
		if (rc)
			return rc;
		inside += found && vanished_is_inside(&r->order, &row);
		*few = inside <= vanished_limit(t);
	}
	return 0;
}

/* An item that came with it or later, or has its link: the same story under another id. */
static bool vanished_is_replaced(
	struct ingest *t, const struct store_left *left, const struct store_item_row *row)
{
	struct desk *d = t->desk;
	uint64_t a[HEADLINE_WORDS_MAX], b[HEADLINE_WORDS_MAX];
	struct headline was = {
		a, headline_words(&d->words, correction_headline(d->corrections, row->item.title),
			   a, HEADLINE_WORDS_MAX)};

	for (size_t k = 0; k < t->poll->batch->n_items; k++) {
		const struct feed_item *i = &t->poll->batch->items[k];
		struct headline is = {b, 0};

		if (left->link_key && i->link_key == left->link_key)
			return true;
		if (t->states[k].id <= left->item)
			continue;
		is.n = headline_words(&d->words, correction_headline(d->corrections, i->title), b,
			HEADLINE_WORDS_MAX);
		if (headline_overlap(was, is) >= REPLACES)
			return true;
	}
	return false;
}

/* Has it alerted, within an hour before it left? */
static int vanished_has_alerted(struct vanished_run *r, const struct store_left *left, bool *yes)
{
	struct ingest *t = r->t;
	int64_t since = left->since ? left->since : t->now;
	struct store_thread *threads;
	size_t n;
	int rc;

	*yes = false;
	arena_clear(t->desk->item_arena);
	rc = store_threads(t->desk->store, left->item, t->desk->item_arena, &threads, &n, r->e);
	for (size_t i = 0; !rc && i < n; i++)
		*yes |= since - threads[i].last <= VANISHED_WITHIN;
	return rc;
}

static int vanished_look_at(struct vanished_run *r, const struct store_left *left)
{
	struct ingest *t = r->t;
	struct followup_news news = {.kind = ALERT_WITHDRAWN,
		.item = left->item,
		.cause = STR("it left its feed; it may have been withdrawn")};
	struct followup_told told = {.n = 0};
	struct store_item_row row;
	bool found;
	int rc;

	arena_clear(t->desk->item_arena);
	rc = store_item_get(t->desk->store, left->item, t->desk->item_arena, &row, &found, r->e);
	if (rc || !found || !vanished_is_inside(&r->order, &row) ||
		vanished_is_replaced(t, left, &row))
		return rc;
	return followup_raise(t, &news, &told, r->e);
}

int vanished_look(struct ingest *t, struct err *e)
{
	struct vanished_run r = {.t = t, .e = e};
	bool known = false, usual = false, alerted;
	int rc = 0;

	if (!vanished_is_shown_by(t))
		return 0;
	for (size_t k = 0; !rc && k < t->lookup.n_left; k++) {
		const struct store_left *left = &t->lookup.left[k];

		rc = vanished_has_alerted(&r, left, &alerted);
		if (rc || !alerted)
			continue;
		/* Once, and only if an item has alerted: it reads the items of the list. */
		if (!known)
			rc = vanished_find_order(&r, &usual);
		if (!known && !rc && usual)
			rc = vanished_count(&r, &usual);
		known = true;
		if (!rc && usual)
			rc = vanished_look_at(&r, left);
	}
	return rc;
}
