/* SPDX-License-Identifier: MIT */
#include "story/copies.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "chain_index.h"
#include "compare.h"

#define WINDOW		 (4 * CLOCK_DAY)
#define GRAM_ITEMS_MAX	 60
#define GRAMS_WHOLE	 32 /* of a text in the index; of a long one a quarter */
#define GRAMS_SHARE	 4
#define FEW_WORDS	 20 /* a text for which one common gram makes a candidate */
#define SHORT_WORDS	 45
#define SAME_OUTLET	 (12 * CLOCK_HOUR)
#define SLOTS		 2048
#define DIFFERENCE_BYTES ((size_t)120)

struct story_copies {
	struct chain_index index;
	size_t max;
	uint64_t seed;
	struct text_words words;
	struct chain_key keys[STORY_GRAMS_MAX]; /* of the last search */
	size_t n_keys;
	uint16_t slots[SLOTS];	  /* of keys, by hash: 1 + its place; 0: free */
	struct chain_owner owner; /* of the last search */
	size_t n_pending;	  /* the last owners, which are not committed */
	struct story_text fresh, old;
	struct compare_room room;
	/* The differences of the last match, old and new. */
	char kept[STORY_DIFFERENCES_MAX][2][DIFFERENCE_BYTES];
};

struct story_copies *story_copies_new(size_t max, uint64_t seed)
{
	struct story_copies *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->max = max;
	c->seed = seed;
	chain_index_init(&c->index, GRAM_ITEMS_MAX);
	text_words_init(&c->words);
	return c;
}

void story_copies_free(struct story_copies *c)
{
	if (!c)
		return;
	chain_index_release(&c->index);
	text_words_release(&c->words);
	free(c);
}

size_t story_copies_bytes(const struct story_copies *c)
{
	return chain_index_bytes(&c->index);
}

size_t story_copies_items(const struct story_copies *c)
{
	return c->index.owners.end - c->index.owners.begin;
}

/* --- candidates --- */

/* The keys of the grams of title and body, each once. */
static void copies_read_keys(struct story_copies *c)
{
	uint64_t *grams = c->room.grams;
	size_t n = story_text_grams(c->fresh.title, c->fresh.n_title, grams);

	n += story_text_grams(c->fresh.body, c->fresh.n_body, grams + n);
	c->n_keys = 0;
	memset(c->slots, 0, sizeof(c->slots));
	for (size_t i = 0; i < n; i++) {
		uint64_t h = (grams[i] ^ c->seed) * 0x9e3779b97f4a7c15;
		uint32_t key = (uint32_t)(h >> 32);
		size_t slot = key & (SLOTS - 1);

		while (c->slots[slot] && c->keys[c->slots[slot] - 1].key != key)
			slot = (slot + 1) & (SLOTS - 1);
		if (c->slots[slot])
			continue;
		c->keys[c->n_keys++] = (struct chain_key){key, false};
		c->slots[slot] = (uint16_t)c->n_keys;
	}
}

/* Orders by common grams, then by age. */
static bool copies_is_before(const struct chain_hit *a, const struct chain_hit *b)
{
	return a->count != b->count ? a->count > b->count : a->owner < b->owner;
}

/* Sets best to the candidates, and returns their number. */
static size_t copies_choose(
	const struct story_copies *c, struct chain_hit best[STORY_CANDIDATES_MAX])
{
	uint32_t least = c->fresh.n_body > FEW_WORDS ? 2 : 1;
	size_t n = 0;

	for (size_t i = 0; i < c->index.n_hits; i++) {
		struct chain_hit hit = c->index.hits[i];
		size_t at = n;

		/* One from the future, by a wrong clock, keeps older ones in the queue. */
		if (hit.count < least ||
			chain_index_owner(&c->index, hit.owner)->at < c->owner.at - WINDOW)
			continue;
		while (at > 0 && copies_is_before(&hit, &best[at - 1]))
			at--;
		if (at == STORY_CANDIDATES_MAX)
			continue;
		if (n < STORY_CANDIDATES_MAX)
			n++;
		memmove(&best[at + 1], &best[at], (n - 1 - at) * sizeof(best[0]));
		best[at] = hit;
	}
	return n;
}

/* --- one candidate --- */

struct candidate {
	int64_t id;
	int64_t at, age; /* ms; age: between the two items */
	bool same_source;
};

static enum story_relation copies_judge_headline(
	const struct story_copies *c, const struct candidate *o, const struct comparison *x)
{
	size_t n = c->fresh.n_body < 6 ? c->fresh.n_body : 6;

	if (o->same_source && (!x->same_title || o->age > SAME_OUTLET))
		return STORY_NEW;
	if (x->title_share < .85 || x->title_words < 6 || x->title_numbers)
		return STORY_NEW;
	if ((c->old.n_body < 6 ? c->old.n_body : 6) != n)
		return STORY_NEW;
	for (size_t i = 0; i < n; i++)
		if (c->fresh.body[i].hash != c->old.body[i].hash)
			return STORY_NEW;
	return STORY_COPY;
}

static double copies_more(double a, double b)
{
	return a > b ? a : b;
}

static double copies_less(double a, double b)
{
	return a < b ? a : b;
}

/* Is most of one text in the other, and from its beginning? */
static bool copies_is_alike(const struct comparison *x)
{
	double cn = x->new_share, co = x->old_share, la = x->new_opening, lb = x->old_opening;

	if (cn >= .55 && (la >= .4 || lb >= .4 || cn >= .75) && (lb >= .4 || co >= .5))
		return true;
	return co >= .75 && lb >= .6 && (la >= .4 || cn >= .5);
}

static enum story_relation copies_judge(
	const struct story_copies *c, const struct candidate *o, const struct comparison *x)
{
	size_t n = c->fresh.n_body, m = c->old.n_body, shorter = n < m ? n : m;

	if (shorter < STORY_BODY_MIN)
		return copies_judge_headline(c, o, x);
	/* Of short texts, words in a row that are hardly there by chance. */
	if (shorter < SHORT_WORDS && (x->run < 8 || copies_more(x->new_share, x->old_share) < .7))
		return STORY_NEW;
	if (!x->common || !copies_is_alike(x))
		return STORY_NEW;
	/* A lead that a round-up prints among others, under a title of its own. */
	if (shorter < SHORT_WORDS && copies_less(x->new_share, x->old_share) < .5 &&
		x->title_found < .3)
		return STORY_NEW;
	if (x->n_numbers || x->n_names || x->title_numbers || (o->same_source && !x->same_title))
		return STORY_VARIANT;
	/* A snap, then the full text under the same headline. */
	if (o->same_source &&
		!(x->old_share >= .9 && x->old_opening >= .6 && o->age <= SAME_OUTLET))
		return STORY_NEW;
	return STORY_COPY;
}

/* --- choosing --- */

struct choice {
	struct story_match copy, variant;
	size_t copy_words, variant_words; /* in common; of copies the most */
	/* Of copy: its share in tenths, as one that is less than a tenth higher does not count. */
	double rank;
	int64_t at;
};

static struct str copies_keep(char *to, struct str s)
{
	s = utf8_cut(s, DIFFERENCE_BYTES);
	memcpy(to, s.p, s.n);
	return str_slice(to, s.n);
}

static void copies_note_variant(struct story_copies *c, struct choice *choice,
	const struct story_match *m, const struct comparison *x)
{
	if (choice->variant.relation != STORY_NEW && x->common <= choice->variant_words)
		return;
	choice->variant = *m;
	choice->variant_words = x->common;
	for (size_t i = 0; i < x->n_differences; i++)
		choice->variant.difference[i] = (struct story_difference){
			.old = copies_keep(c->kept[i][0], x->difference[i].old),
			.fresh = copies_keep(c->kept[i][1], x->difference[i].fresh)};
	choice->variant.n_differences = x->n_differences;
}

static void copies_note_copy(struct choice *choice, const struct story_match *m,
	const struct candidate *o, const struct comparison *x)
{
	double rank = (double)(int)(m->share * 10 + .5);

	if (x->common > choice->copy_words)
		choice->copy_words = x->common;
	if (choice->copy.relation != STORY_NEW &&
		(rank < choice->rank || (rank == choice->rank && o->at >= choice->at)))
		return;
	choice->copy = *m;
	choice->rank = rank;
	choice->at = o->at;
}

static void copies_compare(struct story_copies *c, const struct candidate *o, struct choice *choice)
{
	struct story_match m = {.of = o->id};
	struct comparison x;

	compare_texts(&c->room, &x, &c->fresh, &c->old);
	m.relation = copies_judge(c, o, &x);
	m.by_headline = x.common == 0;
	m.share = m.by_headline ? x.title_share : copies_more(x.new_share, x.old_share);
	m.run = x.run;
	switch (m.relation) {
	case STORY_NEW: break;
	case STORY_COPY: copies_note_copy(choice, &m, o, &x); break;
	case STORY_VARIANT: copies_note_variant(c, choice, &m, &x); break;
	}
}

static int copies_compare_all(struct story_copies *c, const struct chain_hit *v, size_t n,
	story_read_fn *read, void *ctx, struct choice *choice, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc >= 0; i++) {
		const struct chain_owner *owner = chain_index_owner(&c->index, v[i].owner);
		struct candidate o = {owner->id, owner->at, c->owner.at - owner->at,
			owner->source == c->owner.source};
		struct story_item item;

		rc = read(ctx, owner->id, &item, e);
		if (rc <= 0)
			continue;
		rc = story_text_read(&c->old, &c->words, item.title, item.body, e);
		if (rc == 0)
			copies_compare(c, &o, choice);
	}
	return rc < 0 ? rc : 0;
}

int story_copies_read(struct story_copies *c, const struct story_item *item, struct err *e)
{
	int rc = story_text_read(&c->fresh, &c->words, item->title, item->body, e);

	c->n_keys = 0;
	if (rc)
		return rc;
	c->owner = (struct chain_owner){
		.id = item->id, .at = item->at, .source = digest_fast64(item->source, c->seed)};
	chain_index_drop(&c->index, item->at - WINDOW, c->max);
	copies_read_keys(c);
	return 0;
}

int story_copies_find(struct story_copies *c, const struct story_item *item, story_read_fn *read,
	void *ctx, struct story_match *out, struct err *e)
{
	struct chain_hit best[STORY_CANDIDATES_MAX];
	struct choice choice = {.rank = 0};
	size_t n;
	int rc = story_copies_read(c, item, e);

	*out = (struct story_match){.relation = STORY_NEW};
	if (rc)
		return rc;
	if (!chain_index_find(&c->index, c->keys, c->n_keys))
		return err_nomem(e);
	n = copies_choose(c, best);
	if (n == 0)
		return 0;
	rc = copies_compare_all(c, best, n, read, ctx, &choice, e);
	if (rc)
		return rc;
	/* A variant has the better claim only with the longer match. */
	if (choice.variant.relation != STORY_NEW &&
		(choice.copy.relation == STORY_NEW || choice.variant_words > choice.copy_words))
		*out = choice.variant;
	else
		*out = choice.copy;
	return 0;
}

const struct story_text *story_copies_text(const struct story_copies *c)
{
	return &c->fresh;
}

/*
 * The keys that the index gets: all of a text with up to 32 of them, else those with the smallest
 * hashes, about 32 or a quarter.
 */
static uint32_t copies_last_key(const struct story_copies *c)
{
	size_t n = c->n_keys, kept = n / GRAMS_SHARE > GRAMS_WHOLE ? n / GRAMS_SHARE : GRAMS_WHOLE;

	return n <= kept ? UINT32_MAX : (uint32_t)(UINT32_MAX / n * kept);
}

int story_copies_add(struct story_copies *c)
{
	uint32_t last = copies_last_key(c);

	if (c->n_keys == 0)
		return 0;
	if (!chain_index_add_owner(&c->index, &c->owner))
		return -ERR_NOMEM;
	c->n_pending++;
	for (size_t i = 0; i < c->n_keys; i++)
		if (!c->keys[i].full && c->keys[i].key <= last &&
			!chain_index_add(&c->index, c->keys[i].key))
			return -ERR_NOMEM;
	return 0;
}

void story_copies_commit(struct story_copies *c)
{
	c->n_pending = 0;
}

void story_copies_rollback(struct story_copies *c)
{
	for (; c->n_pending; c->n_pending--)
		chain_index_take_back(&c->index);
}
