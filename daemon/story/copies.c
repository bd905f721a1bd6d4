/* SPDX-License-Identifier: MIT */
#include "copies.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "compare.h"
#include "postings.h"

#define GRAM_ITEMS_MAX	 8
#define GRAMS_WHOLE	 16 /* of a text in the index; of a long one a quarter */
#define GRAMS_SHARE	 4
#define FEW_WORDS	 20 /* a text for which one common gram makes a candidate */
#define SHORT_WORDS	 45
#define STEPS_MAX	 300000 /* of comparing one text; after it no further candidate */
#define SAME_OUTLET	 (12 * CLOCK_HOUR)
#define SLOTS		 2048
#define HITS_MAX	 512 /* items with a common gram that are counted */
#define DIFFERENCE_BYTES ((size_t)120)

/* What a common gram counts: one that many texts have says less; the whole text says all. */
#define GRAM_RARE   4u
#define GRAM_COMMON 1u
#define GRAM_TEXT   (1u << 16)

struct copies_key {
	uint64_t hash;
	bool full; /* as many items as it may have */
};

/* An item that has some of the grams. */
struct copies_hit {
	uint32_t pos;
	uint32_t grams;
	uint32_t score;
};

struct story_copies {
	const struct records *records;
	struct postings index;
	struct keyed key;
	uint64_t steps;
	struct text_words words;
	/* Of the last item: its grams, then the whole text. */
	struct copies_key keys[STORY_GRAMS_MAX + 1];
	size_t n_keys;
	bool searched;	       /* it is known which of them are full */
	uint64_t last;	       /* those up to it go into the index */
	uint16_t slots[SLOTS]; /* of keys, by hash: 1 + its place; 0: free */
	struct copies_hit hits[HITS_MAX];
	size_t n_hits;
	uint16_t hit_slots[2 * HITS_MAX]; /* of hits, by position: 1 + its place; 0: free */
	uint32_t source;
	int64_t at;
	struct story_text fresh, old;
	struct compare_room room;
	/* The differences of the last match, old and new. */
	char kept[STORY_DIFFERENCES_MAX][2][DIFFERENCE_BYTES];
};

_Static_assert(STORY_GRAMS_MAX < SLOTS / 2, "the table is at most half full");

struct story_copies *story_copies_new(const struct records *records, size_t max, struct keyed key)
{
	struct story_copies *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->records = records;
	c->key = key;
	c->room.key = key;
	postings_init(&c->index, max);
	text_words_init(&c->words);
	return c;
}

void story_copies_free(struct story_copies *c)
{
	if (!c)
		return;
	postings_release(&c->index);
	text_words_release(&c->words);
	free(c);
}

size_t story_copies_bytes(const struct story_copies *c)
{
	return postings_bytes(&c->index);
}

size_t story_copies_pending_bytes(const struct story_copies *c)
{
	return postings_log_bytes(&c->index);
}

uint64_t story_copies_steps(const struct story_copies *c)
{
	return c->steps;
}

/* --- candidates --- */

/* A key for all words, by which equal texts find each other whatever grams they share with others.
 */
static uint64_t copies_read_whole(const struct story_text *t)
{
	uint64_t h = t->n_body;

	for (size_t i = 0; i < t->n_body; i++)
		h = (h ^ t->body[i].hash) * 0x9e3779b97f4a7c15 + (h >> 29);
	if (t->n_body < STORY_BODY_MIN)
		for (size_t i = 0; i < t->n_title; i++)
			h = (h ^ t->title[i].hash) * 0x9e3779b97f4a7c15 + (h >> 29);
	return h;
}

/*
 * Which of n grams the index gets: all of a few, else those with the smallest hashes, about as many
 * or a quarter. And which are looked for: a half of many, as most texts in the index have no more.
 */
static uint64_t copies_last_key(size_t n)
{
	size_t kept = n / GRAMS_SHARE > GRAMS_WHOLE ? n / GRAMS_SHARE : GRAMS_WHOLE;

	return n <= kept ? UINT64_MAX : UINT64_MAX / n * kept;
}

/* The keys of the grams of title and body, each once, and of the whole text. */
static void copies_read_keys(struct story_copies *c)
{
	uint64_t *grams = c->room.grams;
	size_t n = story_text_grams(c->fresh.title, c->fresh.n_title, grams), slots = 64;
	uint64_t last;

	n += story_text_grams(c->fresh.body, c->fresh.n_body, grams + n);
	c->n_keys = 0;
	if (n == 0)
		return;
	c->last = copies_last_key(n);
	last = c->last < UINT64_MAX / 2 ? UINT64_MAX / 2 : c->last;
	while (slots < 2 * n)
		slots *= 2;
	memset(c->slots, 0, slots * sizeof(c->slots[0]));
	for (size_t i = 0; i < n; i++) {
		uint64_t hash = keyed_hash(c->key, grams[i]);
		size_t slot = hash >> 40 & (slots - 1);

		if (hash > last)
			continue;
		while (c->slots[slot] && c->keys[c->slots[slot] - 1].hash != hash)
			slot = (slot + 1) & (slots - 1);
		if (c->slots[slot])
			continue;
		c->keys[c->n_keys++] = (struct copies_key){hash, false};
		c->slots[slot] = (uint16_t)c->n_keys;
		postings_touch(&c->index, hash);
	}
	c->keys[c->n_keys++] =
		(struct copies_key){keyed_hash(c->key, copies_read_whole(&c->fresh)), false};
}

static void copies_count_hit(struct story_copies *c, uint32_t pos, uint32_t score)
{
	size_t slot = pos * 0x9e3779b1u >> 16 & (2 * HITS_MAX - 1);

	while (c->hit_slots[slot] && c->hits[c->hit_slots[slot] - 1].pos != pos)
		slot = (slot + 1) & (2 * HITS_MAX - 1);
	if (!c->hit_slots[slot]) {
		if (c->n_hits == HITS_MAX)
			return;
		c->hits[c->n_hits++] = (struct copies_hit){.pos = pos};
		c->hit_slots[slot] = (uint16_t)c->n_hits;
	}
	c->hits[c->hit_slots[slot] - 1].grams++;
	c->hits[c->hit_slots[slot] - 1].score += score;
}

/* Finds the items that have some of the keys, and which keys take no further item. */
static void copies_find_hits(struct story_copies *c)
{
	if (c->n_hits)
		memset(c->hit_slots, 0, sizeof(c->hit_slots));
	c->n_hits = 0;
	c->searched = true;
	for (size_t i = 0; i < c->n_keys; i++) {
		struct copies_key *key = &c->keys[i];
		uint32_t found[POSTINGS_BUCKET];
		unsigned n = postings_find(&c->index, c->records, key->hash, found);
		uint32_t score = i + 1 == c->n_keys   ? GRAM_TEXT
				 : n < GRAM_ITEMS_MAX ? GRAM_RARE
						      : GRAM_COMMON;

		key->full = n >= GRAM_ITEMS_MAX;
		c->steps += 1 + n;
		for (unsigned k = 0; k < n; k++)
			copies_count_hit(c, found[k], score);
	}
}

/* Orders by common grams, then by age. */
static bool copies_is_before(
	const struct story_copies *c, const struct copies_hit *a, const struct copies_hit *b)
{
	return a->score != b->score ? a->score > b->score
				    : c->records->end - a->pos > c->records->end - b->pos;
}

/* Sets best to the candidates, and returns their number. */
static size_t copies_choose(
	const struct story_copies *c, struct copies_hit best[STORY_CANDIDATES_MAX])
{
	uint32_t least = c->fresh.n_body > FEW_WORDS ? 2 : 1;
	size_t n = 0;

	for (size_t i = 0; i < c->n_hits; i++) {
		struct copies_hit hit = c->hits[i];
		size_t at = n;

		/* One from the future, by a wrong clock, keeps older ones in the queue. */
		if (hit.grams < least ||
			records_at(c->records, hit.pos)->at < c->at - STORY_COPIES_WINDOW)
			continue;
		while (at > 0 && copies_is_before(c, &hit, &best[at - 1]))
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

/* Compares with c->old. */
static struct story_match copies_match(
	struct story_copies *c, const struct candidate *o, struct comparison *x)
{
	struct story_match m = {.of = o->id};

	compare_texts(&c->room, x, &c->fresh, &c->old);
	c->steps += x->steps;
	m.relation = copies_judge(c, o, x);
	m.by_headline = x->common == 0;
	m.share = m.by_headline ? x->title_share : copies_more(x->new_share, x->old_share);
	m.run = x->run;
	return m;
}

static int copies_compare(struct story_copies *c, const struct candidate *o,
	const struct story_item *item, struct choice *choice, struct err *e)
{
	struct comparison x, y;
	struct story_match m, sent;
	int rc = story_text_read(&c->old, &c->words, item->title, item->body, e);

	if (rc)
		return rc;
	m = copies_match(c, o, &x);
	if (str_present(item->sent_body)) {
		rc = story_text_read(&c->old, &c->words, item->sent_title, item->sent_body, e);
		if (rc)
			return rc;
		sent = copies_match(c, o, &y);
		if (sent.relation == STORY_COPY ||
			(sent.relation == STORY_VARIANT && y.n_differences)) {
			m = sent;
			x = y;
		}
	}
	switch (m.relation) {
	case STORY_NEW: break;
	case STORY_COPY: copies_note_copy(choice, &m, o, &x); break;
	case STORY_VARIANT: copies_note_variant(c, choice, &m, &x); break;
	}
	return 0;
}

static int copies_compare_all(struct story_copies *c, const struct copies_hit *v, size_t n,
	story_read_fn *read, void *ctx, struct choice *choice, struct err *e)
{
	uint64_t last = c->steps + STEPS_MAX;
	int rc = 0;

	for (size_t i = 0; i < n && rc >= 0 && c->steps < last; i++) {
		const struct record *record = records_at(c->records, v[i].pos);
		struct candidate o = {
			record->id, record->at, c->at - record->at, record->source == c->source};
		struct story_item item;

		rc = read(ctx, o.id, &item, e);
		if (rc <= 0)
			continue;
		rc = copies_compare(c, &o, &item, choice, e);
	}
	return rc < 0 ? rc : 0;
}

int story_copies_read(struct story_copies *c, const struct story_item *item, struct err *e)
{
	int rc = story_text_read(&c->fresh, &c->words, item->title, item->body, e);

	c->n_keys = 0;
	c->searched = false;
	if (rc)
		return rc;
	c->source = (uint32_t)keyed_hash(c->key, digest_fast64(item->source, c->key.a));
	c->at = item->at;
	copies_read_keys(c);
	return 0;
}

int story_copies_find(struct story_copies *c, story_read_fn *read, void *ctx,
	struct story_match *out, struct err *e)
{
	struct copies_hit best[STORY_CANDIDATES_MAX];
	struct choice choice = {.rank = 0};
	size_t n;
	int rc;

	*out = (struct story_match){.relation = STORY_NEW};
	copies_find_hits(c);
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

uint32_t story_copies_source(const struct story_copies *c)
{
	return c->source;
}

int story_copies_add(struct story_copies *c)
{
	uint32_t pos = c->records->end - 1;

	if (!c->searched)
		copies_find_hits(c);
	postings_sweep(&c->index, c->records);
	for (size_t i = 0; i < c->n_keys; i++)
		if (!c->keys[i].full && (c->keys[i].hash <= c->last || i + 1 == c->n_keys) &&
			!postings_add(&c->index, c->records, c->keys[i].hash, pos, pos))
			return -ERR_NOMEM;
	return 0;
}

void story_copies_commit(struct story_copies *c)
{
	postings_commit(&c->index);
}

void story_copies_rollback(struct story_copies *c)
{
	postings_rollback(&c->index, c->records);
}
