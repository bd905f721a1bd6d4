/* SPDX-License-Identifier: MIT */
#include "events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/hash.h"
#include "chain_index.h"
#include "frequency.h"

#define WINDOW	     (3 * CLOCK_DAY)
#define TITLE_WEIGHT 2.
#define BODY_WORDS   120
#define WORDS_MAX    (STORY_TITLE_WORDS + BODY_WORDS)
#define KEY_WORDS    20 /* the heaviest words of an item, which find its candidates */
#define KEY_ITEMS    200
#define SUM_WORDS    120
#define LIKE	     .20

struct event_word {
	uint32_t word; /* a hash */
	float weight;
};

struct event_story {
	int64_t id;
	int64_t at;		  /* of its last item */
	struct event_word *words; /* the sum of its items, by hash */
	size_t n, room;
	double square;		       /* of the length of the sum */
	uint32_t search;	       /* the last one that looked at it */
	TAILQ_ENTRY(event_story) link; /* by at */
	bool pending;		       /* changed since the last commit */
	UT_hash_handle hh;
};

/* The words of an item by hash; the vector has length 1. */
struct event_vector {
	struct event_word v[WORDS_MAX];
	size_t n;
};

struct story_events {
	size_t max, bytes; /* bytes: of stories */
	struct frequency frequency;
	struct chain_index index; /* owners: items; `source` is their story */
	struct event_story *stories;
	TAILQ_HEAD(event_order, event_story) order;
	uint32_t search;
	size_t n_pending; /* the last items of index, which are not committed */
};

struct story_events *story_events_new(size_t max)
{
	struct story_events *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->max = max;
	chain_index_init(&v->index, KEY_ITEMS);
	frequency_init(&v->frequency, max / 4);
	TAILQ_INIT(&v->order);
	return v;
}

static size_t event_bytes(const struct event_story *s)
{
	return sizeof(*s) + s->room * sizeof(*s->words);
}

static void events_drop_story(struct story_events *v, struct event_story *s)
{
	TAILQ_REMOVE(&v->order, s, link);
	HASH_DEL(v->stories, s);
	v->bytes -= event_bytes(s);
	free(s->words);
	free(s);
}

void story_events_free(struct story_events *v)
{
	struct event_story *s;

	if (!v)
		return;
	while ((s = TAILQ_FIRST(&v->order)))
		events_drop_story(v, s);
	chain_index_release(&v->index);
	frequency_release(&v->frequency);
	free(v);
}

size_t story_events_bytes(const struct story_events *v)
{
	return v->bytes + chain_index_bytes(&v->index) + frequency_bytes(&v->frequency);
}

/* --- the words of an item --- */

static int event_compare_words(const void *a, const void *b)
{
	const struct event_word *x = a, *y = b;

	return (x->word > y->word) - (x->word < y->word);
}

/*
 * Single letters say nothing, but in scripts without spaces, whose characters take three bytes or
 * more, each is a word, and two that follow each other are as good as one.
 */
static bool event_is_pair(const struct story_word *a, const struct story_word *b)
{
	return b->single && a->source.n >= 3 && a->source.p + a->source.n == b->source.p;
}

static void event_add_words(
	struct event_vector *x, const struct story_word *v, size_t n, float weight)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t hash = v[i].hash;

		if (v[i].single) {
			if (i + 1 == n || !event_is_pair(&v[i], &v[i + 1]))
				continue;
			hash = (hash ^ hash >> 29) * 0x9e3779b97f4a7c15 ^ v[i + 1].hash;
		}
		if (x->n < WORDS_MAX)
			x->v[x->n++] = (struct event_word){(uint32_t)(hash >> 32) | 1, weight};
	}
}

/* Each word once, with the sum of its weights. */
static void event_read(struct event_vector *x, const struct story_text *t)
{
	size_t n = 0;

	x->n = 0;
	event_add_words(x, t->title, t->n_title, TITLE_WEIGHT);
	event_add_words(x, t->body, t->n_body < BODY_WORDS ? t->n_body : BODY_WORDS, 1);
	if (x->n)
		qsort(x->v, x->n, sizeof(x->v[0]), event_compare_words);
	for (size_t i = 0; i < x->n; i++) {
		if (n && x->v[n - 1].word == x->v[i].word)
			x->v[n - 1].weight += x->v[i].weight;
		else
			x->v[n++] = x->v[i];
	}
	x->n = n;
}

static bool event_count(struct story_events *v, const struct event_vector *x)
{
	v->frequency.texts++;
	for (size_t i = 0; i < x->n; i++)
		if (!frequency_count(&v->frequency, x->v[i].word))
			return false;
	return true;
}

/* From sums of words to weights: rare words count more. */
static void event_weigh(const struct story_events *v, struct event_vector *x)
{
	double square = 0, texts = v->frequency.texts + 1;

	for (size_t i = 0; i < x->n; i++) {
		double w = (1 + log((double)x->v[i].weight)) *
			   log(texts / frequency_of(&v->frequency, x->v[i].word));

		x->v[i].weight = (float)w;
		square += w * w;
	}
	for (size_t i = 0; square > 0 && i < x->n; i++)
		x->v[i].weight /= (float)sqrt(square);
}

int story_events_learn(struct story_events *v, const struct story_text *t)
{
	struct event_vector x;

	event_read(&x, t);
	return event_count(v, &x) ? 0 : -ERR_NOMEM;
}

/* --- finding the story --- */

static double event_cosine(const struct event_story *s, const struct event_vector *x)
{
	double sum = 0;
	size_t k = 0;

	for (size_t i = 0; i < x->n; i++) {
		while (k < s->n && s->words[k].word < x->v[i].word)
			k++;
		if (k == s->n)
			break;
		if (s->words[k].word == x->v[i].word)
			sum += (double)s->words[k].weight * (double)x->v[i].weight;
	}
	return s->square > 0 ? sum / sqrt(s->square) : 0;
}

static int event_compare_weights(const void *a, const void *b)
{
	const struct event_word *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return event_compare_words(a, b);
}

/* The heaviest words of an item, as keys. */
static size_t event_keys(const struct event_vector *x, struct chain_key keys[KEY_WORDS])
{
	struct event_word by_weight[WORDS_MAX];
	size_t n = x->n < KEY_WORDS ? x->n : KEY_WORDS;

	if (x->n) {
		memcpy(by_weight, x->v, x->n * sizeof(by_weight[0]));
		qsort(by_weight, x->n, sizeof(by_weight[0]), event_compare_weights);
	}
	for (size_t i = 0; i < n; i++)
		keys[i] = (struct chain_key){.key = by_weight[i].word};
	return n;
}

static struct event_story *events_find(const struct story_events *v, int64_t id)
{
	struct event_story *s;

	HASH_FIND(hh, v->stories, &id, sizeof(id), s);
	return s;
}

/* The story most like x, of an item that arrived at `at`, or NULL. */
static struct event_story *events_choose(
	struct story_events *v, const struct event_vector *x, int64_t at, double *likeness)
{
	struct event_story *best = NULL;

	/* Most hits share one word, which hardly ever makes a likeness of LIKE in a long item. */
	uint32_t least = x->n < KEY_WORDS ? 1 : 2;

	*likeness = LIKE;
	v->search++;
	for (size_t i = 0; i < v->index.n_hits; i++) {
		const struct chain_owner *item =
			chain_index_owner(&v->index, v->index.hits[i].owner);
		struct event_story *s;
		double cosine;

		if (v->index.hits[i].count < least)
			continue;
		s = events_find(v, (int64_t)item->source);

		if (!s || s->search == v->search || s->at < at - WINDOW)
			continue;
		s->search = v->search;
		cosine = event_cosine(s, x);
		if (cosine >= *likeness) {
			best = s;
			*likeness = cosine;
		}
	}
	if (!best)
		*likeness = 0;
	return best;
}

/* --- adding to it --- */

static struct event_story *events_begin(struct story_events *v, int64_t id)
{
	struct event_story *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->id = id;
	HASH_ADD(hh, v->stories, id, sizeof(s->id), s);
	if (!table_has(s)) {
		free(s);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&v->order, s, link);
	v->bytes += event_bytes(s);
	return s;
}

/* Adds up two lists by hash; returns the number of words. */
static size_t event_merge(const struct event_word *a, size_t n, const struct event_word *b,
	size_t m, struct event_word *out)
{
	size_t i = 0, k = 0, sum = 0;

	while (i < n || k < m) {
		if (k == m || (i < n && a[i].word < b[k].word)) {
			out[sum++] = a[i++];
		} else if (i == n || b[k].word < a[i].word) {
			out[sum++] = b[k++];
		} else {
			out[sum] = a[i++];
			out[sum++].weight += b[k++].weight;
		}
	}
	return sum;
}

static bool event_add(struct story_events *v, struct event_story *s, const struct event_vector *x)
{
	struct event_word sum[SUM_WORDS + WORDS_MAX];
	size_t n = event_merge(s->words, s->n, x->v, x->n, sum);

	if (n > SUM_WORDS) {
		qsort(sum, n, sizeof(sum[0]), event_compare_weights);
		n = SUM_WORDS;
		qsort(sum, n, sizeof(sum[0]), event_compare_words);
	}
	if (n > s->room) {
		struct event_word *words = realloc(s->words, n * sizeof(*words));

		if (!words)
			return false;
		v->bytes += (n - s->room) * sizeof(*words);
		s->words = words;
		s->room = n;
	}
	s->square = 0;
	for (size_t i = 0; i < n; i++) {
		s->words[i] = sum[i];
		s->square += (double)sum[i].weight * (double)sum[i].weight;
	}
	s->n = n;
	return true;
}

static void events_drop_old(struct story_events *v, int64_t now)
{
	struct event_story *s;

	chain_index_drop(&v->index, now - WINDOW, v->max / 8 * 3);
	while ((s = TAILQ_FIRST(&v->order)) && (s->at < now - WINDOW || v->bytes > v->max / 8 * 3))
		events_drop_story(v, s);
}

static bool events_add_item(struct story_events *v, int64_t id, int64_t at, int64_t story,
	const struct chain_key *keys, size_t n)
{
	const struct chain_owner item = {.id = id, .at = at, .source = (uint64_t)story};

	if (!chain_index_add_owner(&v->index, &item))
		return false;
	v->n_pending++;
	for (size_t i = 0; i < n; i++)
		if (!keys[i].full && !chain_index_add(&v->index, keys[i].key))
			return false;
	return true;
}

int story_events_place(struct story_events *v, const struct story_text *t, int64_t id, int64_t at,
	int64_t known, int64_t *story, double *likeness)
{
	struct chain_key keys[KEY_WORDS];
	struct event_story *s = NULL;
	struct event_vector x;
	size_t n_keys;

	events_drop_old(v, at);
	event_read(&x, t);
	if (!event_count(v, &x))
		return -ERR_NOMEM;
	event_weigh(v, &x);
	n_keys = event_keys(&x, keys);
	if (!chain_index_find(&v->index, keys, n_keys))
		return -ERR_NOMEM;
	if (known) {
		s = events_find(v, known);
		*likeness = 1;
	} else {
		s = events_choose(v, &x, at, likeness);
	}
	*story = known ? known : s ? s->id : id;
	if (!s && !(s = events_begin(v, *story)))
		return -ERR_NOMEM;
	s->at = at;
	s->pending = true;
	TAILQ_REMOVE(&v->order, s, link);
	TAILQ_INSERT_TAIL(&v->order, s, link);
	if (!event_add(v, s, &x) || !events_add_item(v, id, at, *story, keys, n_keys))
		return -ERR_NOMEM;
	return 0;
}

/* The changed stories are the last ones. */
void story_events_commit(struct story_events *v)
{
	struct event_story *s;

	TAILQ_FOREACH_REVERSE(s, &v->order, event_order, link)
	{
		if (!s->pending)
			break;
		s->pending = false;
	}
	v->n_pending = 0;
}

void story_events_rollback(struct story_events *v)
{
	struct event_story *s;

	while ((s = TAILQ_LAST(&v->order, event_order)) && s->pending)
		events_drop_story(v, s);
	for (; v->n_pending; v->n_pending--)
		chain_index_take_back(&v->index);
}
