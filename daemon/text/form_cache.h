/* SPDX-License-Identifier: MIT */
/*
 * Remembers the normal forms of the words whose letters cannot be mapped one by one, because
 * asking libunistring costs thousands of instructions and news repeats its words. A fixed table:
 * hostile text can only push others out of it.
 */
#ifndef TEXT_FORM_CACHE_H
#define TEXT_FORM_CACHE_H

#include "base/str.h"

struct text_form_cache;
struct text_form_cache *text_form_cache_new(void); /* NULL: out of memory */
void text_form_cache_free(struct text_form_cache *m);
/* The form put for that word before; p is NULL when it is not (any longer) known. */
struct str text_form_cache_get(const struct text_form_cache *m, struct str word);
/* Long words are not kept. */
void text_form_cache_put(struct text_form_cache *m, struct str word, struct str form);

#endif
