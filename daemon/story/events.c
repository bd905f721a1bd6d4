/* SPDX-License-Identifier: MIT */
#include "events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "event_table.h"
#include "postings.h"

#define WINDOW	       (3 * CLOCK_DAY)
#define KEY_ITEMS      4 /* items of a word in the index: the newest ones */
#define SUM_WORDS      120
#define CANDIDATES_MAX 20
#define LIKE	       .20f
#define HITS_MAX       512 /* more than VECTOR_HEAVIEST * POSTINGS_BUCKET */
#define LIGHT	       .2f

/* A story that has some of the words. */
struct event_hit {
	uint32_t place;
	uint32_t words;
	float weight; /* of the item's words */
};

struct event_sum_word {
	uint32_t tag;
	float weight;
};

struct story_events {
	const struct records *records;
	struct postings index;
	struct frequency frequency;
	struct event_table stories;
	struct keyed key;
	uint64_t steps;
	/* Of the last item. */
	struct vector x;
	uint64_t story_key;
	uint32_t place;
	uint32_t found[VECTOR_HEAVIEST][POSTINGS_BUCKET];
	unsigned n_found[VECTOR_HEAVIEST];
	struct event_hit hits[HITS_MAX];
	size_t n_hits;
	uint16_t hit_slots[2 * HITS_MAX]; /* of hits, by place: 1 + its place in them; 0: free */
	struct event_sum_word sum[SUM_WORDS + VECTOR_MAX];
	bool summed[VECTOR_MAX];
};

struct story_events *story_events_new(const struct records *records, size_t max, struct keyed key)
{
	struct story_events *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->records = records;
	v->key = key;
	/* Of a lead the sum takes twice as much as its entries in the index. */
	postings_init(&v->index, max / 4);
	frequency_init(&v->frequency, max / 8);
	event_table_init(&v->stories, max / 8 * 5);
	vector_init(&v->x);
	return v;
}

void story_events_free(struct story_events *v)
{
	if (!v)
		return;
	postings_release(&v->index);
	frequency_release(&v->frequency);
	event_table_release(&v->stories);
	free(v);
}

size_t story_events_bytes(const struct story_events *v)
{
	return postings_bytes(&v->index) + frequency_bytes(&v->frequency) +
	       event_table_bytes(&v->stories);
}

size_t story_events_pending_bytes(const struct story_events *v)
{
	return postings_log_bytes(&v->index) + frequency_log_bytes(&v->frequency);
}

uint64_t story_events_steps(const struct story_events *v)
{
	return v->steps;
}

int story_events_learn(struct story_events *v, const struct story_text *t)
{
	vector_read(&v->x, t, v->key);
	return vector_weigh(&v->x, &v->frequency) ? 0 : -ERR_NOMEM;
}

/* --- finding the story --- */

static float event_cosine(struct story_events *v, const struct event_story *s)
{
	float sum = 0, square = 0;

	for (size_t i = 0; i < s->n; i++) {
		float weight = (float)(s->words[i] & EVENT_WEIGHT_MAX);
		unsigned at = vector_find(&v->x, s->words[i] >> EVENT_WEIGHT_BITS);

		square += weight * weight;
		if (at)
			sum += weight * v->x.v[at - 1].weight;
	}
	v->steps += s->n;
	return square > 0 ? sum / sqrtf(square) : 0;
}

static void events_count_hit(struct story_events *v, uint32_t place, float weight)
{
	size_t slot = place * 0x9e3779b1u >> 16 & (2 * HITS_MAX - 1);
	struct event_hit *hit;

	while (v->hit_slots[slot] && v->hits[v->hit_slots[slot] - 1].place != place)
		slot = (slot + 1) & (2 * HITS_MAX - 1);
	if (!v->hit_slots[slot]) {
		if (v->n_hits == HITS_MAX)
			return;
		v->hits[v->n_hits++] = (struct event_hit){.place = place};
		v->hit_slots[slot] = (uint16_t)v->n_hits;
	}
	hit = &v->hits[v->hit_slots[slot] - 1];
	hit->words++;
	hit->weight += weight * weight;
}

/* Sets v->found to the items that have the heaviest words. */
static void events_find_items(struct story_events *v)
{
	const struct vector *x = &v->x;

	for (size_t i = 0; i < x->n_heaviest; i++)
		postings_touch(&v->index, x->v[x->heaviest[i]].hash);
	for (size_t i = 0; i < x->n_heaviest; i++) {
		v->n_found[i] = postings_find(
			&v->index, v->records, x->v[x->heaviest[i]].hash, v->found[i]);
		v->steps += 1 + v->n_found[i];
		for (unsigned k = 0; k < v->n_found[i]; k++)
			__builtin_prefetch(records_at(v->records, v->found[i][k]));
	}
}

/* The stories of these items. */
static void events_count_hits(struct story_events *v)
{
	const struct vector *x = &v->x;

	if (v->n_hits)
		memset(v->hit_slots, 0, sizeof(v->hit_slots));
	v->n_hits = 0;
	for (size_t i = 0; i < x->n_heaviest; i++)
		for (unsigned k = 0; k < v->n_found[i]; k++)
			events_count_hit(v, records_at(v->records, v->found[i][k])->story,
				x->v[x->heaviest[i]].weight);
}

/* Sets best to the hits with most weight, and returns their number. */
static size_t events_choose(const struct story_events *v, struct event_hit best[CANDIDATES_MAX])
{
	/* Most hits share one word, which hardly ever makes a likeness of LIKE in a long item. */
	uint32_t least = v->x.n < VECTOR_HEAVIEST ? 1 : 2;
	size_t n = 0;

	for (size_t i = 0; i < v->n_hits; i++) {
		struct event_hit hit = v->hits[i];
		size_t at = n;

		if (hit.words < least)
			continue;
		while (at > 0 && hit.weight > best[at - 1].weight)
			at--;
		if (at == CANDIDATES_MAX)
			continue;
		if (n < CANDIDATES_MAX)
			n++;
		memmove(&best[at + 1], &best[at], (n - 1 - at) * sizeof(best[0]));
		best[at] = hit;
	}
	return n;
}

/* The place of the story most like the item, or 0. */
static uint32_t events_find_likest(struct story_events *v, int64_t at, double *likeness)
{
	struct event_hit best[CANDIDATES_MAX];
	uint32_t place = 0;
	float most = LIKE;
	size_t n;

	events_count_hits(v);
	n = events_choose(v, best);
	for (size_t i = 0; i < n; i++)
		event_table_prefetch(&v->stories, best[i].place);
	for (size_t i = 0; i < n; i++) {
		const struct event_story *s = event_table_at(&v->stories, best[i].place);
		float cosine;

		if (!s || s->at < at - WINDOW)
			continue;
		cosine = event_cosine(v, s);
		if (place ? cosine > most : cosine >= most) {
			place = best[i].place;
			most = cosine;
		}
	}
	*likeness = place ? (double)most : 0;
	return place;
}

/* The entries of stories are found by their ids, as those of words. */
static uint64_t events_story_key(const struct story_events *v, int64_t story)
{
	return keyed_hash(v->key, keyed_mix((uint64_t)story));
}

/* The place of the story of an earlier item; 0: it has no item in the window. */
static uint32_t events_find_known(struct story_events *v, int64_t story)
{
	uint32_t found[POSTINGS_BUCKET];
	unsigned n = postings_find(&v->index, v->records, events_story_key(v, story), found);

	for (unsigned i = 0; i < n; i++) {
		uint32_t place = records_at(v->records, found[i])->story;
		const struct event_story *s = event_table_at(&v->stories, place);

		if (s && s->id == story)
			return place;
	}
	return 0;
}

/* --- adding to it --- */

static int event_compare_weights(const void *a, const void *b)
{
	const struct event_sum_word *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return (x->tag > y->tag) - (x->tag < y->tag);
}

/* Sets v->sum to the sum of a story, or NULL, and the item, and returns its number of words. */
static size_t events_add_up(struct story_events *v, const struct event_story *s)
{
	size_t n = 0;

	memset(v->summed, 0, sizeof(v->summed));
	for (size_t i = 0; s && i < s->n; i++) {
		uint32_t tag = s->words[i] >> EVENT_WEIGHT_BITS;
		unsigned at = vector_find(&v->x, tag);
		float weight = (float)(s->words[i] & EVENT_WEIGHT_MAX) * s->scale;

		if (at) {
			weight += v->x.v[at - 1].weight;
			v->summed[at - 1] = true;
		}
		v->sum[n++] = (struct event_sum_word){tag, weight};
	}
	for (size_t i = 0; i < v->x.n; i++)
		if (!v->summed[i])
			v->sum[n++] = (struct event_sum_word){v->x.v[i].tag, v->x.v[i].weight};
	if (n <= SUM_WORDS)
		return n;
	qsort(v->sum, n, sizeof(v->sum[0]), event_compare_weights);
	return SUM_WORDS;
}

/* A story with the item added to what s has; NULL: out of memory. */
static struct event_story *events_extend(struct story_events *v, const struct event_story *s)
{
	size_t n = events_add_up(v, s), kept = 0;
	struct event_story *sum;
	float most = 0;

	for (size_t i = 0; i < n; i++)
		most = v->sum[i].weight > most ? v->sum[i].weight : most;
	for (size_t i = 0; i < n; i++)
		if (v->sum[i].weight * EVENT_WEIGHT_MAX >= most &&
			(s || v->sum[i].weight >= LIGHT * most))
			v->sum[kept++] = v->sum[i];
	sum = event_story_new(kept);
	if (!sum)
		return NULL;
	sum->n = (uint16_t)kept;
	sum->scale = most / EVENT_WEIGHT_MAX;
	for (size_t i = 0; i < kept; i++)
		sum->words[i] = v->sum[i].tag << EVENT_WEIGHT_BITS |
				(most > 0 ? (uint32_t)(v->sum[i].weight / sum->scale + .5f) : 0);
	return sum;
}

void story_events_read(struct story_events *v, const struct story_text *t)
{
	vector_read(&v->x, t, v->key);
	for (size_t i = 0; i < v->x.n; i++)
		frequency_prefetch(&v->frequency, vector_counted_word(&v->x.v[i]));
	for (size_t i = 0; i < v->x.n && v->x.n < 2 * VECTOR_HEAVIEST; i++)
		postings_touch(&v->index, v->x.v[i].hash);
}

int story_events_place(
	struct story_events *v, const struct event_item *item, struct event_found *found)
{
	struct event_story *before, *sum;

	event_table_drop(&v->stories, item->at - WINDOW);
	if (!vector_weigh(&v->x, &v->frequency))
		return -ERR_NOMEM;
	events_find_items(v);
	v->place = item->known ? events_find_known(v, item->known)
			       : events_find_likest(v, item->at, &found->likeness);
	if (item->known)
		found->likeness = 1;
	before = event_table_at(&v->stories, v->place);
	found->story = item->known ? item->known : before ? before->id : item->id;
	v->story_key = events_story_key(v, found->story);
	found->place = v->place;
	if (event_table_is_full(&v->stories))
		return 0;
	sum = events_extend(v, before);
	if (!sum)
		return -ERR_NOMEM;
	sum->id = found->story;
	sum->at = item->at;
	v->place = event_table_put(&v->stories, v->place, sum);
	found->place = v->place;
	return v->place ? 0 : -ERR_NOMEM;
}

/* Adds a key of the last item, in place of an older item of its story, or of too many. */
static bool events_add_key(
	struct story_events *v, uint64_t key, const uint32_t *found, unsigned n_found)
{
	uint32_t pos = v->records->end - 1, instead = pos, oldest = pos;

	for (unsigned i = 0; i < n_found; i++) {
		/* Dropped to make room for this one. */
		if (v->records->end - found[i] > records_count(v->records))
			continue;
		if (records_at(v->records, found[i])->story == v->place)
			instead = found[i];
		if (v->records->end - found[i] > v->records->end - oldest)
			oldest = found[i];
	}
	if (instead == pos && n_found >= KEY_ITEMS)
		instead = oldest;
	return postings_add(&v->index, v->records, key, pos, instead);
}

int story_events_add(struct story_events *v)
{
	uint32_t found[POSTINGS_BUCKET];
	unsigned n;

	postings_sweep(&v->index, v->records);
	for (size_t i = 0; i < v->x.n_heaviest; i++)
		if (!events_add_key(v, v->x.v[v->x.heaviest[i]].hash, v->found[i], v->n_found[i]))
			return -ERR_NOMEM;
	n = postings_find(&v->index, v->records, v->story_key, found);
	return events_add_key(v, v->story_key, found, n) ? 0 : -ERR_NOMEM;
}

void story_events_commit(struct story_events *v)
{
	postings_commit(&v->index);
	frequency_commit(&v->frequency);
	event_table_commit(&v->stories);
}

void story_events_rollback(struct story_events *v)
{
	postings_rollback(&v->index, v->records);
	frequency_rollback(&v->frequency);
	event_table_rollback(&v->stories);
}
