/* SPDX-License-Identifier: MIT */
#include "story/burst.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/digest.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "keyed.h"
#include "text/letter_case.h"
#include "text/words.h"

#define NAMES_MAX	10000 /* in memory */
#define NAME_WORDS_MAX	4
#define ITEM_NAMES_MAX	64
#define BODY_BYTES	((size_t)4096) /* the beginning is what a text is about */
#define KEY_SEED	UINT64_C(0x6275727374)
/* A title is not read if more than one word in so many is capitalised. */
#define TITLE_CASE_PART 2

struct burst_origin {
	uint64_t origin; /* a hash */
	int64_t at, item;
};

struct burst_name {
	uint64_t keyed; /* the key of the name, mixed with a number that no feed knows */
	int64_t ignored_until;
	struct burst_origin origins[STORY_BURST_ORIGINS_MAX]; /* by time */
	size_t n;
	TAILQ_ENTRY(burst_name) link; /* by when it was seen last */
	UT_hash_handle hh;
};

struct story_burst {
	struct keyed key;
	struct burst_name *names; /* by their keyed keys */
	TAILQ_HEAD(, burst_name) order;
	size_t n;
	struct text_words words;
};

struct story_burst *story_burst_new(uint64_t seed)
{
	struct story_burst *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->key = keyed_from_seed(seed);
	text_words_init(&b->words);
	TAILQ_INIT(&b->order);
	return b;
}

static void burst_drop_name(struct story_burst *b, struct burst_name *name)
{
	TAILQ_REMOVE(&b->order, name, link);
	HASH_DEL(b->names, name);
	b->n--;
	free(name);
}

void story_burst_free(struct story_burst *b)
{
	struct burst_name *name;

	if (!b)
		return;
	while ((name = TAILQ_FIRST(&b->order)))
		burst_drop_name(b, name);
	text_words_release(&b->words);
	free(b);
}

/* --- the names of a text --- */

struct burst_candidate {
	uint64_t key;
	struct str name;
	size_t words;
};

struct burst_candidates {
	struct burst_candidate v[ITEM_NAMES_MAX];
	size_t n;
};

static void burst_add_candidate(
	struct burst_candidates *c, const struct text_words *w, size_t first, size_t n)
{
	const struct text_word *last = &w->word[first + n - 1];
	size_t begin = w->word[first].offset;
	uint64_t hashes[NAME_WORDS_MAX], key;

	for (size_t i = 0; i < n; i++)
		hashes[i] = w->word[first + i].hash;
	key = digest_fast64(str_slice((const char *)hashes, n * sizeof(*hashes)), KEY_SEED);
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].key == key)
			return;
	if (c->n < ITEM_NAMES_MAX)
		c->v[c->n++] = (struct burst_candidate){
			key, str_slice(w->text.p + begin, last->offset + last->length - begin), n};
}

/* White space only is between the words: "Port Sudmark", not "Sudmark, Norland". */
static bool burst_is_joined(const struct text_words *w, size_t i)
{
	size_t from = w->word[i].offset + w->word[i].length, to = w->word[i + 1].offset;

	if (w->place[i].sentence != w->place[i + 1].sentence || to - from > 2)
		return false;
	for (; from < to; from++)
		if (w->text.p[from] != ' ' && w->text.p[from] != '-')
			return false;
	return true;
}

/* A word that begins a sentence has a capital in any case; one letter is an initial. */
static bool burst_is_name_word(const struct text_words *w, size_t i)
{
	return i > 0 && w->place[i].sentence == w->place[i - 1].sentence && w->word[i].length > 2 &&
	       text_begins_upper(text_words_source(w, i));
}

/* Titles of some publishers Have Every Word Like This. */
static bool burst_is_title_case(const struct text_words *w)
{
	size_t capitals = 0;

	for (size_t i = 0; i < w->count; i++)
		capitals += text_begins_upper(text_words_source(w, i));
	return capitals * TITLE_CASE_PART > w->count;
}

static int burst_read_text(struct story_burst *b, struct str text, bool title,
	struct burst_candidates *c, struct err *e)
{
	struct text_words *w = &b->words;
	int rc = text_words_split(w, text, e);

	if (!rc)
		rc = text_words_places(w, e);
	if (rc || (title && burst_is_title_case(w)))
		return rc;
	for (size_t i = 0, n; i < w->count; i += n) {
		for (n = 0; i + n < w->count && burst_is_name_word(w, i + n);) {
			n++;
			if (i + n < w->count && !burst_is_joined(w, i + n - 1))
				break;
		}
		if (n >= 1 && n <= NAME_WORDS_MAX)
			burst_add_candidate(c, w, i, n);
		n = n ? n : 1;
	}
	return 0;
}

/* --- who has them --- */

static struct burst_name *burst_find_name(struct story_burst *b, uint64_t key)
{
	uint64_t keyed = keyed_hash(b->key, key);
	struct burst_name *name;

	HASH_FIND(hh, b->names, &keyed, sizeof(keyed), name);
	return name;
}

static struct burst_name *burst_make_name(struct story_burst *b, uint64_t key)
{
	struct burst_name *name = burst_find_name(b, key);

	if (name) {
		TAILQ_REMOVE(&b->order, name, link);
		TAILQ_INSERT_TAIL(&b->order, name, link);
		return name;
	}
	if (b->n >= NAMES_MAX)
		burst_drop_name(b, TAILQ_FIRST(&b->order));
	name = calloc(1, sizeof(*name));
	if (!name)
		return NULL;
	name->keyed = keyed_hash(b->key, key);
	HASH_ADD(hh, b->names, keyed, sizeof(name->keyed), name);
	if (!table_has(name)) {
		free(name);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&b->order, name, link);
	b->n++;
	return name;
}

/* Origins that had it too long ago do not count; of one, its last text does. */
static void burst_note_origin(struct burst_name *name, const struct story_burst_item *item)
{
	uint64_t origin = digest_fast64(item->origin, KEY_SEED);
	size_t n = 0;

	for (size_t i = 0; i < name->n; i++)
		if (name->origins[i].at > item->at - item->within &&
			name->origins[i].origin != origin)
			name->origins[n++] = name->origins[i];
	if (n == STORY_BURST_ORIGINS_MAX)
		memmove(name->origins, name->origins + 1, --n * sizeof(*name->origins));
	name->origins[n++] = (struct burst_origin){origin, item->at, item->id};
	name->n = n;
}

static int burst_compare_found(const void *a, const void *b)
{
	const struct story_burst_found *x = a, *y = b;

	return (x->name.n < y->name.n) - (x->name.n > y->name.n);
}

int story_burst_take(struct story_burst *b, const struct story_burst_item *item,
	struct story_burst_found out[STORY_BURST_FOUND_MAX], size_t *n, struct err *e)
{
	struct burst_candidates c = {.n = 0};
	int rc = burst_read_text(b, item->title, true, &c, e);

	*n = 0;
	if (!rc)
		rc = burst_read_text(b, utf8_cut(item->body, BODY_BYTES), false, &c, e);
	for (size_t i = 0; !rc && i < c.n; i++) {
		struct burst_name *name = burst_make_name(b, c.v[i].key);

		if (!name)
			return err_nomem(e);
		burst_note_origin(name, item);
		if (name->n >= item->needed && name->ignored_until <= item->at &&
			*n < STORY_BURST_FOUND_MAX)
			out[(*n)++] = (struct story_burst_found){
				c.v[i].key, c.v[i].name, name->origins[0].item, name->n};
	}
	qsort(out, *n, sizeof(*out), burst_compare_found);
	return rc;
}

void story_burst_ignore(struct story_burst *b, uint64_t key, int64_t until)
{
	struct burst_name *name = burst_find_name(b, key);

	if (name)
		name->ignored_until = until;
}
