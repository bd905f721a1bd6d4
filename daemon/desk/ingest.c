/* SPDX-License-Identifier: MIT */
/*
 * One poll: first read the state of the feed and of its items, then write all changes in one
 * transaction. There is a single writer, so the state cannot change between the two.
 */
#include "ingest.h"

#include "burst.h"
#include "corrections.h"

#include "desk/trust.h"
#include "documents.h"
#include "health.h"
#include "moved.h"
#include "sources.h"
#include "sources_due.h"
#include "story.h"
#include "store/sitemaps.h"
#include "vanished.h"

/* Longer validators are not stored. */
#define VALIDATOR_MAX ((size_t)1024)
/* Incomplete bodies after which a feed has its baseline all the same. */
#define PARTIAL_MAX   3

/* --- stored state --- */

int desk_scratch(struct desk *d, const struct conf *c, struct err *e)
{
	/* Compares numbers, since the address of a freed configuration may be reused. */
	if (d->scratch && d->corrections && d->generation == c->generation && c->generation)
		return 0;
	watch_scratch_free(d->scratch);
	d->scratch = watch_scratch_new(c->set);
	d->generation = c->generation;
	d->learnt = false;
	if (!d->scratch)
		return err_nomem(e);
	watch_scratch_hits(d->scratch, ALERT_HITS_MAX);
	correction_words_free(d->corrections);
	d->corrections = correction_words_new(c->corrections.withdrawn.v,
		c->corrections.withdrawn.n, c->corrections.corrected.v, c->corrections.corrected.n);
	return d->corrections ? 0 : err_nomem(e);
}

static int ingest_find_feed(struct ingest *t, struct err *e)
{
	struct store_feed *f = &t->feed;
	int rc = store_feed_get(t->desk->store, t->poll->feed, t->desk->feed_arena, f, e);

	if (rc)
		return rc;
	f->name = str_of(t->cf->name);
	if (f->id && !str_is(f->url, t->cf->url))
		f->url_changed = t->new_row = true;
	t->new_row |= f->id == 0;
	t->writes = t->new_row;
	f->url = str_of(t->cf->url);
	return 0;
}

/*
 * Items of the first body are not news. After a change of the url it is the first body again if no
 * item is known: another feed, not the same one at a new address.
 */
static bool ingest_is_first_run(const struct ingest *t, size_t n_known)
{
	return !t->feed.baseline ||
	       (t->feed.url_changed && n_known == 0 && t->poll->batch->n_items > 0);
}

/* Returns the item for first-run = "newest": by plausible date, else the first of the feed. */
static size_t ingest_newest_of(const struct feed_batch *b)
{
	size_t best = 0;
	int64_t when = STAMP_NONE;

	for (size_t k = 0; k < b->n_items; k++)
		if (feed_item_plausible_date(&b->items[k]) > when) {
			when = feed_item_plausible_date(&b->items[k]);
			best = k;
		}
	return best;
}

static bool ingest_is_renamed(const struct store_item *i)
{
	return i->id && memcmp(i->key, i->was_key, sizeof(i->key)) != 0;
}

/* The keys by which the feed is configured to recognise its items. */
static int ingest_make_keys(struct ingest *t, struct err *e)
{
	const struct conf_list *strip = &t->conf->daemon.strip_parameters;
	const struct feed_batch *b = t->poll->batch;
	uint8_t(*keys)[16];

	t->lookup.identity = t->cf->identity;
	t->lookup.rekeyed = t->feed.identity != t->cf->identity;
	if (t->cf->identity == FEED_IDENTITY_AUTO)
		return 0;
	keys = arena_array(t->desk->feed_arena, b->n_items, sizeof(*keys));
	if (!keys)
		return err_nomem(e);
	for (size_t k = 0; k < b->n_items; k++)
		feed_identity_key(&b->items[k], t->cf->identity, strip->v, strip->n, keys[k]);
	t->lookup.keys = (const uint8_t(*)[16])keys;
	return 0;
}

static int ingest_find_items(struct ingest *t, struct err *e)
{
	const struct feed_batch *b = t->poll->batch;
	size_t n_known = 0;
	int rc;

	t->states = arena_array(t->desk->feed_arena, b->n_items, sizeof(*t->states));
	if (!t->states)
		return err_nomem(e);
	t->lookup = (struct store_lookup){.feed = t->feed.id,
		.batch = b,
		.now = t->now,
		.arena = t->desk->feed_arena,
		.items = t->states};
	rc = ingest_make_keys(t, e);
	if (!rc)
		rc = store_items_known(t->desk->store, &t->lookup, e);
	if (rc)
		return rc;
	for (size_t k = 0; k < b->n_items; k++) {
		n_known += t->states[k].id != 0;
		t->writes |= t->states[k].seen != STORE_KNOWN || ingest_is_renamed(&t->states[k]);
	}
	t->has_known = n_known > 0;
	t->writes |= b->n_deleted > 0 || t->lookup.n_left > 0;
	t->first = ingest_is_first_run(t, n_known);
	t->newest = ingest_newest_of(b);
	t->oldest = ingest_oldest_date(b);
	flood_begin(t);
	t->result->items = b->n_items;
	t->result->first_run = t->first;
	return 0;
}

/* --- items --- */

static enum store_arrival ingest_arrival_of(const struct ingest *t, size_t k)
{
	if (!t->first)
		return ingest_is_resurfaced(t, k) ? STORE_RESURFACED : STORE_ARRIVED;
	switch (t->cf->first_run) {
	case CONF_FIRST_QUIET: break;
	case CONF_FIRST_ALERT: return STORE_FIRST_MATCHED;
	case CONF_FIRST_NEWEST: return k == t->newest ? STORE_FIRST_MATCHED : STORE_FIRST_QUIET;
	}
	return STORE_FIRST_QUIET;
}

/* The canary is no item of a publisher. */
static void ingest_note_delay(struct ingest *t, const struct feed_item *item)
{
	if (item->published != STAMP_NONE && !item->date_implausible && !ingest_is_canary(t))
		metrics_observe_ms(t->result->publish_to_seen_ms, t->now - item->published);
}

/* old: its earlier version; NULL: it is new. */
static int ingest_match_item(struct ingest *t, const struct feed_item *item,
	const struct store_item *state, const struct store_item_row *old, struct err *e)
{
	struct followup_told told = {.n = 0};
	const struct ingest_earlier earlier = {.old = old, .told = &told};
	int rc;

	if (!old && !t->first)
		ingest_note_delay(t, item);
	rc = corrections_look(t, item, state, old, &told, e);
	if (rc || t->conf->n_watches == 0)
		return rc;
	watch_scratch_fill(t->desk->scratch, INGEST_POOL_ITEMS);
	return ingest_match(t, item, state, &earlier, e);
}

static int ingest_item(struct ingest *t, size_t k, struct err *e)
{
	const struct feed_item *item = &t->poll->batch->items[k];
	struct feed_item stored = *item;
	struct store_item *state = &t->states[k];
	struct store *store = t->desk->store;
	struct store_item_row old;
	bool revised = state->seen == STORE_REVISED, found = false;
	int rc = 0;

	arena_clear(t->desk->item_arena);
	t->story = (struct store_story){.item = 0};
	t->sources.item = 0;
	t->says = CORRECTION_NONE;
	state->arrival = ingest_arrival_of(t, k);
	stored.summary = feed_item_distinct_summary(item);
	if (revised)
		rc = store_item_get(store, state->id, t->desk->item_arena, &old, &found, e);
	if (!rc)
		rc = store_item_put(store, t->feed.id, &stored, t->now, state, e);
	if (!rc && !revised)
		rc = desk_story_place(t, item, state, e);
	if (!rc)
		rc = sources_begin_story(t, e);
	if (rc)
		return rc;
	t->result->revised += revised;
	t->result->new_items += !revised;
	t->feed.items_seen += !revised;
	if (state->arrival != STORE_FIRST_QUIET && state->arrival != STORE_RESURFACED)
		rc = ingest_match_item(t, item, state, found ? &old : NULL, e);
	if (!rc && !revised)
		rc = desk_burst_look(t, item, state, e);
	return rc ? rc : sources_due_look(t, e);
}

static int ingest_items(struct ingest *t, struct err *e)
{
	const struct feed_batch *b = t->poll->batch;
	int rc = documents_store(t, e);

	watch_scratch_fill(t->desk->scratch, 1);
	for (size_t k = 0; k < b->n_items && !rc; k++)
		if (t->states[k].seen != STORE_KNOWN)
			rc = ingest_item(t, k, e);
	if (!rc)
		rc = corrections_look_at_deleted(t, e);
	if (!rc)
		rc = vanished_look(t, e);
	if (!rc)
		rc = flood_end(t, e);
	if (rc)
		return rc;
	t->lookup.feed = t->feed.id; /* a new feed has it now */
	return store_items_touch(t->desk->store, &t->lookup, e);
}

/* --- state for the next poll --- */

static struct str ingest_limit_validator(struct str v)
{
	return v.n <= VALIDATOR_MAX ? v : STR_NONE;
}

/* The body carries the validators that would have got 304 (RFC 9110 §13.2.2: ETag first). */
static bool ingest_has_same_validators(const struct store_feed *f, const struct desk_poll *p)
{
	if (str_present(f->etag))
		return str_eq(f->etag, p->etag);
	return str_present(f->last_modified) && str_eq(f->last_modified, p->last_modified);
}

/* Before the validators of the poll are stored. */
static void ingest_note_trust(struct ingest *t)
{
	const struct desk_poll *p = t->poll;
	struct store_feed *f = &t->feed;
	const struct trust_poll poll = {
		.now = p->fetched,
		.conditional = p->conditional,
		.not_modified = p->not_modified,
		/* What is new came with the sitemaps of an index, not with its validators. */
		.read = p->outcome == DESK_NEW_BODY &&
			(!p->batch->partial || (p->index && !p->conditional)),
		.changed = !p->index && t->result->new_items + t->result->revised > 0,
		.had_validators = str_present(f->etag) || str_present(f->last_modified),
		.same_validators = ingest_has_same_validators(f, p),
		.prompt =
			f->last_poll != STAMP_NONE && p->started - f->last_poll <= 2 * f->interval,
	};

	if (p->outcome == DESK_UNCHANGED || (p->batch->complete && !p->cut))
		t->result->lie = trust_update(&f->trust, &poll);
}

static void ingest_note_validators(struct ingest *t)
{
	struct store_feed *f = &t->feed;

	if (f->trust.suspect)
		return; /* those of the older body are sent once more */
	f->etag = ingest_limit_validator(t->poll->etag);
	f->last_modified = ingest_limit_validator(t->poll->last_modified);
}

static void ingest_note_body(struct ingest *t)
{
	const struct desk_poll *p = t->poll;
	struct store_feed *f = &t->feed;

	if (str_present(p->batch->feed.title))
		f->title = p->batch->feed.title;
	f->left_out = (int64_t)p->batch->left_out;
	/* Items that are not in it have left the feed; but an empty list is probably an error. */
	if (p->batch->n_items > 0)
		f->last_body = t->now;
	if (feed_batch_has_terms(p->batch)) {
		f->ttl = p->batch->feed.ttl_ms;
		f->skip_hours = p->batch->feed.skip_hours;
		f->skip_days = p->batch->feed.skip_days;
	}
	if (!p->batch->complete) {
		f->last_error = STR("the document breaks off before its end; "
				    "the items before were taken");
		if (!f->baseline)
			f->baseline = ++f->partial >= PARTIAL_MAX;
		return;
	}
	if (p->cut) {
		f->last_error = STR("the transfer ended early, although the document is whole; its "
				    "items were taken, and it is asked for again");
	} else {
		ingest_note_validators(t);
		f->body_hash = p->body_hash;
	}
	if (p->batch->n_items > 0 && !p->batch->partial) {
		f->oldest = t->oldest;
		f->identity = t->cf->identity;
	}
	flood_learn(t);
	f->baseline = true;
	f->url_changed = false;
	f->partial = 0;
}

/* See struct store_touch for a poll that brings nothing. */
static void ingest_note_poll(struct ingest *t)
{
	const struct desk_poll *p = t->poll;
	struct store_feed *f = &t->feed;

	if (p->pushed) {
		t->result->trust = f->trust;
		return;
	}
	if (p->outcome != DESK_FAILED)
		ingest_note_trust(t);
	f->last_poll = p->fetched;
	f->next_due = p->next_due;
	f->host_rest = p->host_rest;
	f->interval = p->interval;
	f->interval_why = p->interval_why;
	f->retry_after = p->retry_after;
	f->max_age = p->max_age;
	f->slowness = p->slowness;
	f->gone = p->gone;
	f->absences = p->absent ? f->absences + 1 : 0;
	t->result->trust = f->trust;
	if (p->outcome == DESK_FAILED) {
		f->failures++;
		f->last_error = str_present(p->error) ? p->error : STR("unknown");
		return;
	}
	f->failures = 0;
	f->last_error = STR_NONE;
	f->last_ok = p->fetched;
	moved_note(t);
	if (p->outcome == DESK_NEW_BODY) {
		ingest_note_body(t);
	} else if (str_present(p->etag) || str_present(p->last_modified)) {
		/* The same body with another validator. */
		ingest_note_validators(t);
	}
}

/* --- the transaction --- */

static int ingest_write(struct ingest *t, struct err *e)
{
	struct store *store = t->desk->store;
	int rc = 0;

	/* Before its items, which refer to it; and clears the state of another url. */
	if (t->new_row)
		rc = store_feed_put(store, &t->feed, e);
	if (!rc && t->poll->outcome == DESK_NEW_BODY)
		rc = ingest_items(t, e);
	if (!rc)
		rc = health_learn(t, e);
	if (rc)
		return rc;
	ingest_note_poll(t);
	rc = store_feed_put(store, &t->feed, e);
	/* Those of an address that is a credential are secrets. */
	if (!rc && t->poll->outcome == DESK_NEW_BODY && t->poll->sitemaps.p &&
		!t->cf->url_credential)
		rc = store_sitemaps_put(store, t->feed.id, t->poll->sitemaps, e);
	return rc;
}

static int ingest_write_poll(struct ingest *t, struct err *e)
{
	struct store *store = t->desk->store;
	int rc;

	if (store_in_transaction(store))
		return ingest_write(t, e);
	rc = t->writes ? store_begin(store, e) : store_begin_relaxed(store, e);
	if (rc)
		return rc;
	return store_end(store, ingest_write(t, e), e);
}

int desk_ingest(struct desk *d, const struct conf *c, const struct desk_poll *p,
	struct desk_result *out, struct err *e)
{
	struct ingest t = {
		.desk = d,
		.conf = c,
		.cf = conf_find_feed(c, p->feed),
		.poll = p,
		.result = out,
		.now = clock_wall(),
	};
	int rc;

	*out = (struct desk_result){0};
	if (!t.cf)
		return err_set(e, ERR_CONF, "the polled feed is not in the configuration");
	arena_clear(d->feed_arena);
	rc = desk_scratch(d, c, e);
	if (!rc)
		rc = ingest_find_feed(&t, e);
	if (!rc && p->outcome == DESK_NEW_BODY)
		rc = ingest_find_items(&t, e);
	if (!rc)
		rc = ingest_write_poll(&t, e);
	out->feed_id = t.feed.id;
	if (rc)
		*out = (struct desk_result){0};
	return rc;
}
