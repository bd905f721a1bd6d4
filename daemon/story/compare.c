/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include <string.h>

#include "exchange.h"

#define OPENING	      25 /* words of the beginning of a text */
#define TITLE_ALIKE   .6
#define TITLE_LETTERS 4 /* bytes of a word that says something */

_Static_assert(STORY_BODY_WORDS < COMPARE_SLOTS / 2, "the table is at most half full");

/* --- runs --- */

/* The slot of a gram, or a free one. */
static size_t compare_slot(const struct compare_room *r, uint64_t hash)
{
	size_t i = keyed_hash(r->key, hash) & (COMPARE_SLOTS - 1);

	while (r->at[i] && r->hash[i] != hash)
		i = (i + 1) & (COMPARE_SLOTS - 1);
	return i;
}

static void compare_index_old(struct compare_room *r, const struct story_text *old)
{
	size_t n = story_text_grams(old->body, old->n_body, r->grams);

	memset(r->at, 0, sizeof(r->at));
	for (size_t i = 0; i < n; i++) {
		size_t slot = compare_slot(r, r->grams[i]);

		if (r->at[slot])
			continue;
		r->hash[slot] = r->grams[i];
		r->at[slot] = (uint16_t)(i + 1);
	}
}

/*
 * Finds the words of fresh that are in old too, four or more in a row. The runs are in the order
 * of fresh, and in any order in old: captions and paragraphs move.
 */
static size_t compare_find_runs(struct compare_room *r, const struct story_text *fresh)
{
	size_t n = story_text_grams(fresh->body, fresh->n_body, r->grams), n_runs = 0;

	for (size_t i = 0; i < n;) {
		size_t at = r->at[compare_slot(r, r->grams[i])], j = i + 1;

		if (!at) {
			i++;
			continue;
		}
		while (j < n && r->at[compare_slot(r, r->grams[j])] == at + (j - i))
			j++;
		r->runs[n_runs++] = (struct compare_run){i, at - 1, j - i + STORY_GRAM - 1};
		i = j;
	}
	return n_runs;
}

/* --- shares --- */

static void compare_cover(struct compare_room *r, size_t from, size_t n)
{
	for (size_t i = from; i < from + n && i < STORY_BODY_WORDS; i++)
		r->cover[i] = true;
}

static size_t compare_count(const struct compare_room *r, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += r->cover[i];
	return count;
}

/* Of one text with n words: returns how many are in runs. */
static size_t compare_shares(const struct compare_room *r, size_t n, double *share, double *opening)
{
	size_t count = compare_count(r, n), words = n < OPENING ? n : OPENING;

	*share = (double)count / (double)n;
	*opening = (double)compare_count(r, words) / (double)words;
	return count;
}

static void compare_bodies(struct compare_room *r, struct comparison *c,
	const struct story_text *fresh, const struct story_text *old, size_t n)
{
	memset(r->cover, 0, sizeof(r->cover));
	for (size_t i = 0; i < n; i++) {
		compare_cover(r, r->runs[i].fresh, r->runs[i].n);
		if (r->runs[i].n > c->run)
			c->run = r->runs[i].n;
	}
	c->common = compare_shares(r, fresh->n_body, &c->new_share, &c->new_opening);
	memset(r->cover, 0, sizeof(r->cover));
	for (size_t i = 0; i < n; i++)
		compare_cover(r, r->runs[i].old, r->runs[i].n);
	compare_shares(r, old->n_body, &c->old_share, &c->old_opening);
}

/* --- titles --- */

static bool compare_has_word(const struct story_word *v, size_t n, uint64_t hash)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].hash == hash)
			return true;
	return false;
}

static size_t compare_distinct(const struct story_word *v, size_t n)
{
	size_t distinct = 0;

	for (size_t i = 0; i < n; i++)
		distinct += !compare_has_word(v, i, v[i].hash);
	return distinct;
}

static size_t compare_shared(
	const struct story_word *v, size_t n, const struct story_word *w, size_t m)
{
	size_t shared = 0;

	for (size_t i = 0; i < n; i++)
		shared += !compare_has_word(v, i, v[i].hash) && compare_has_word(w, m, v[i].hash);
	return shared;
}

/* Scores: 1-0 and 0-1 differ. */
static bool compare_numbers_reordered(
	const struct story_word *v, size_t n, const struct story_word *w, size_t m)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (!v[i].number)
			continue;
		while (k < m && !w[k].number)
			k++;
		if (k == m)
			return false;
		if (w[k++].hash != v[i].hash)
			return true;
	}
	return false;
}

static void compare_titles(
	struct comparison *c, const struct story_text *fresh, const struct story_text *old)
{
	const struct story_word *a = fresh->title, *b = old->title;
	size_t n = fresh->n_title, m = old->n_title;
	size_t words_a = compare_distinct(a, n), words_b = compare_distinct(b, m);
	size_t shared = compare_shared(a, n, b, m), least = words_a < words_b ? words_a : words_b;

	c->steps += (n + m) * (n + m);
	c->title_share = (double)shared / (double)(least ? least : 1);
	c->title_words = words_a + words_b - shared;
	c->title_numbers = c->title_share >= TITLE_ALIKE && exchange_has_number(a, n, b, m) &&
			   exchange_has_number(b, m, a, n);
	if (shared == words_a && shared == words_b)
		c->title_numbers |= compare_numbers_reordered(a, n, b, m);
	c->same_title = n == m;
	for (size_t i = 0; i < n && c->same_title; i++)
		c->same_title = a[i].hash == b[i].hash;
}

/* The share of the longer words of the title of the longer text that the shorter one has. */
static double compare_title_words(const struct story_text *fresh, const struct story_text *old)
{
	const struct story_text *longer = fresh->n_body > old->n_body ? fresh : old;
	const struct story_text *shorter = longer == fresh ? old : fresh;
	size_t found = 0, n = 0;

	for (size_t i = 0; i < longer->n_title; i++) {
		uint64_t hash = longer->title[i].hash;

		if (longer->title[i].source.n < TITLE_LETTERS)
			continue;
		n++;
		found += compare_has_word(shorter->title, shorter->n_title, hash) ||
			 compare_has_word(shorter->body, shorter->n_body, hash);
	}
	return n ? (double)found / (double)n : 1;
}

void compare_texts(struct compare_room *room, struct comparison *c, const struct story_text *fresh,
	const struct story_text *old)
{
	size_t n;

	*c = (struct comparison){0};
	compare_titles(c, fresh, old);
	if (fresh->n_body < STORY_BODY_MIN || old->n_body < STORY_BODY_MIN)
		return;
	c->steps += fresh->n_body + old->n_body;
	compare_index_old(room, old);
	n = compare_find_runs(room, fresh);
	if (n == 0)
		return;
	compare_bodies(room, c, fresh, old, n);
	c->title_found = compare_title_words(fresh, old);
	exchange_find(c, fresh, old, room->runs, n);
}
