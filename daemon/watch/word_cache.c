/* SPDX-License-Identifier: MIT */
#include "word_cache.h"

#include <stdlib.h>

#include "base/digest.h"

#define WORDS_MAX   ((size_t)1 << 18) /* when an item starts, */
#define WORDS_MOST  (2 * WORDS_MAX)   /* and while it is read */
#define WORDS_FIRST 1024u	      /* slots */
#define TEXT_BYTES  ((size_t)32 << 20)
#define LISTS_MAX   ((size_t)1 << 22)
/*
 * Maximal distance of a word from the slot of its hash. Crafted words can share one slot; those
 * that find no empty slot are not cached.
 */
#define PROBES	    64

bool watch_word_cache_init(struct watch_word_cache *l)
{
	*l = (struct watch_word_cache){.arena = arena_new(2 * TEXT_BYTES)};
	return l->arena != NULL;
}

void watch_word_cache_release(struct watch_word_cache *l)
{
	free(l->slots);
	free(l->texts);
	free(l->lists);
	arena_free(l->arena);
	*l = (struct watch_word_cache){0};
}

void watch_word_cache_trim(struct watch_word_cache *l)
{
	if (l->count < WORDS_MAX && arena_used(l->arena) < TEXT_BYTES && l->n_lists < LISTS_MAX)
		return;
	if (l->slots)
		memset(l->slots, 0, (l->mask + 1) * sizeof(*l->slots));
	l->count = l->n_texts = l->n_lists = 0;
	arena_clear(l->arena);
}

struct watch_word_key watch_word_key(const struct watch_lookup *word, bool spellings)
{
	if (!word->sign && (!spellings || str_eq(word->source, word->form)))
		return (struct watch_word_key){word->hash, false};
	return (struct watch_word_key){digest_fast64(word->signed_source, word->hash), true};
}

static bool cache_is_text(const struct watch_word_cache *l, const struct watch_cached_word *e,
	const struct watch_lookup *word, bool by_source)
{
	const struct watch_cached_text *t;

	if (e->text == WATCH_NONE)
		return !by_source;
	t = &l->texts[e->text];
	return str_eq(t->form, word->form) && by_source == (t->source.p != NULL) &&
	       (!by_source || str_eq(t->source, word->signed_source));
}

bool watch_word_cache_find(const struct watch_word_cache *l, const struct watch_lookup *word,
	struct watch_word_key key, uint32_t *ref)
{
	struct watch_word_head head = watch_word_head_of(word->form);

	if (!l->slots)
		return false;
	for (size_t i = 0; i < PROBES; i++) {
		const struct watch_cached_word *e = &l->slots[(key.key + i) & l->mask];

		if (!e->head.length)
			return false;
		if (e->key == key.key && watch_word_head_same(&e->head, &head) &&
			cache_is_text(l, e, word, key.by_source)) {
			*ref = e->ref;
			return true;
		}
	}
	return false;
}

static void cache_put_word(struct watch_word_cache *l, const struct watch_cached_word *e)
{
	for (size_t i = 0; i < PROBES; i++) {
		struct watch_cached_word *slot = &l->slots[(e->key + i) & l->mask];

		if (slot->head.length)
			continue;
		*slot = *e;
		l->count++;
		return;
	}
}

static bool cache_grow_slots(struct watch_word_cache *l)
{
	size_t n = l->slots ? l->mask + 1 : 0, more = n ? n * 2 : WORDS_FIRST;
	struct watch_cached_word *old = l->slots, *slots = calloc(more, sizeof(*slots));

	if (!slots)
		return false;
	l->slots = slots;
	l->mask = more - 1;
	l->count = 0;
	for (size_t i = 0; i < n; i++)
		if (old[i].head.length)
			cache_put_word(l, &old[i]);
	free(old);
	return true;
}

static bool cache_make_ref(struct watch_word_cache *l, const struct watch_found *f, uint32_t *ref)
{
	*ref = f->n ? f->v[0] : WATCH_NONE;
	if (f->n < 2)
		return true;
	if (!array_room(&l->lists, l->n_lists, &l->cap_lists, f->n + 1, sizeof(*l->lists)))
		return false;
	*ref = (uint32_t)l->n_lists | WATCH_REF_LIST;
	l->lists[l->n_lists++] = (uint32_t)f->n;
	memcpy(l->lists + l->n_lists, f->v, f->n * sizeof(*f->v));
	l->n_lists += f->n;
	return true;
}

/* Copies the text of a word that its head does not identify. */
static bool cache_add_text(
	struct watch_word_cache *l, const struct watch_lookup *word, bool by_source)
{
	struct watch_cached_text t = {.form = arena_str(l->arena, word->form)};

	if (by_source)
		t.source = arena_str(l->arena, word->signed_source);
	if (!t.form.p || (by_source && !t.source.p) ||
		!array_room(&l->texts, l->n_texts, &l->cap_texts, 1, sizeof(*l->texts)))
		return false;
	l->texts[l->n_texts++] = t;
	return true;
}

bool watch_word_cache_add(struct watch_word_cache *l, const struct watch_lookup *word,
	struct watch_word_key key, const struct watch_found *found, uint32_t *ref)
{
	struct watch_cached_word e = {
		.key = key.key, .head = watch_word_head_of(word->form), .text = WATCH_NONE};

	if (!cache_make_ref(l, found, ref))
		return false;
	if (l->count >= WORDS_MOST)
		return true;
	e.ref = *ref;
	if (key.by_source || word->form.n > WATCH_WORD_HEAD_BYTES) {
		e.text = (uint32_t)l->n_texts;
		if (!cache_add_text(l, word, key.by_source))
			return arena_overflowed(l->arena); /* not cached, but correct */
	}
	if ((!l->slots || (l->count + 1) * 2 > l->mask + 1) && !cache_grow_slots(l))
		return false;
	cache_put_word(l, &e);
	return true;
}
