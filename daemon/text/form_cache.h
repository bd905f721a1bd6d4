/* SPDX-License-Identifier: MIT */
/*
 * Cache of normal forms for words whose letters cannot be mapped one by one: libunistring needs
 * thousands of instructions for each, and news repeats its words. The table has a fixed size;
 * crafted text can only evict other entries.
 */
#ifndef TEXT_FORM_CACHE_H
#define TEXT_FORM_CACHE_H

#include "base/str.h"

struct text_form_cache;
struct text_form_cache *text_form_cache_new(void); /* NULL: out of memory */
void text_form_cache_free(struct text_form_cache *m);
/* Returns the cached form of a word; p is NULL if it is not cached. */
struct str text_form_cache_get(const struct text_form_cache *m, struct str word);
/* Inserts an entry, evicting the one in its place. Long words are ignored. */
void text_form_cache_put(struct text_form_cache *m, struct str word, struct str form);

#endif
