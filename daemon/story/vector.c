/* SPDX-License-Identifier: MIT */
#include "vector.h"

#include <math.h>
#include <string.h>

#define TITLE_WEIGHT 2.f

_Static_assert(VECTOR_MAX < VECTOR_SLOTS / 2, "the table is at most half full");
_Static_assert(VECTOR_MAX <= 0xff, "a place is a byte");

void vector_init(struct vector *x)
{
	x->n = x->n_heaviest = 0;
	for (unsigned i = 1; i < VECTOR_LOGS; i++)
		x->logs[i] = logf((float)i);
}

static float vector_log(const struct vector *x, uint32_t n)
{
	return n < VECTOR_LOGS ? x->logs[n] : logf((float)n);
}

static void vector_add(struct vector *x, uint64_t hash, float weight)
{
	uint32_t tag = (uint32_t)(hash >> (64 - VECTOR_TAG_BITS));
	unsigned i = tag & (VECTOR_SLOTS - 1);

	while (x->slots[i] && x->v[x->slots[i] - 1].tag != tag)
		i = (i + 1) & (VECTOR_SLOTS - 1);
	if (x->slots[i]) {
		x->v[x->slots[i] - 1].weight += weight;
	} else if (x->n < VECTOR_MAX) {
		x->v[x->n++] = (struct vector_word){hash, tag, weight};
		x->slots[i] = (uint16_t)x->n;
	}
}

/*
 * Single letters say nothing, but in scripts without spaces, whose characters take three bytes or
 * more, each is a word, and two that follow each other are as good as one.
 */
static bool vector_is_pair(const struct story_word *a, const struct story_word *b)
{
	return b->single && a->source.n >= 3 && a->source.p + a->source.n == b->source.p;
}

static void vector_add_words(
	struct vector *x, const struct story_word *v, size_t n, float weight, struct keyed key)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t hash = v[i].hash;

		if (v[i].single) {
			if (i + 1 == n || !vector_is_pair(&v[i], &v[i + 1]))
				continue;
			hash = (hash ^ hash >> 29) * 0x9e3779b97f4a7c15 ^ v[i + 1].hash;
		}
		vector_add(x, keyed_hash(key, hash), weight);
	}
}

void vector_read(struct vector *x, const struct story_text *t, struct keyed key)
{
	x->n = 0;
	memset(x->slots, 0, sizeof(x->slots));
	vector_add_words(x, t->title, t->n_title, TITLE_WEIGHT, key);
	vector_add_words(
		x, t->body, t->n_body < VECTOR_BODY_WORDS ? t->n_body : VECTOR_BODY_WORDS, 1, key);
}

/* Sorts by insertion, as whole numbers: of positive floats the bits have the same order. */
static void vector_choose_heaviest(struct vector *x)
{
	uint32_t best[VECTOR_HEAVIEST];
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		uint32_t key;
		size_t at;

		memcpy(&key, &x->v[i].weight, sizeof(key));
		key = (key & ~(uint32_t)0xff) | (uint32_t)(0xff - i);
		if (n == VECTOR_HEAVIEST && key < best[n - 1])
			continue;
		at = n < VECTOR_HEAVIEST ? n++ : n - 1;
		for (; at > 0 && key > best[at - 1]; at--)
			best[at] = best[at - 1];
		best[at] = key;
	}
	for (size_t i = 0; i < n; i++)
		x->heaviest[i] = (uint16_t)(0xff - (best[i] & 0xff));
	x->n_heaviest = n;
}

bool vector_weigh(struct vector *x, struct frequency *f)
{
	float square = 0, texts;

	frequency_count_text(f);
	texts = vector_log(x, f->total + 1);
	for (size_t i = 0; i < x->n; i++) {
		struct vector_word *w = &x->v[i];
		uint32_t count = frequency_count(f, vector_counted_word(w));
		float rare;

		if (!count)
			return false;
		rare = texts - vector_log(x, count);
		w->weight = rare > 0 ? (1 + vector_log(x, (uint32_t)w->weight)) * rare : 0;
		square += w->weight * w->weight;
	}
	square = square > 0 ? 1 / sqrtf(square) : 0;
	for (size_t i = 0; i < x->n; i++)
		x->v[i].weight *= square;
	vector_choose_heaviest(x);
	return true;
}
