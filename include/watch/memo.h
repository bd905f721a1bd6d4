/* SPDX-License-Identifier: MIT */
/*
 * Remembers the normal forms of the words whose letters cannot be mapped one by one, because
 * asking libunistring costs thousands of instructions and news repeats its words. A fixed table:
 * hostile text can only push others out of it.
 */
#ifndef WATCH_MEMO_H
#define WATCH_MEMO_H

#include "base/str.h"

struct watch_words_memo;
struct watch_words_memo *watch_memo_new(void); /* NULL: out of memory */
void watch_memo_free(struct watch_words_memo *m);
/* The form put for that word before; p is NULL when it is not (any longer) known. */
struct str watch_memo_get(const struct watch_words_memo *m, struct str word);
/* Long words are not kept. */
void watch_memo_put(struct watch_words_memo *m, struct str word, struct str form);

#endif
