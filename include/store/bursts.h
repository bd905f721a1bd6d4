/* SPDX-License-Identifier: MIT */
/*
 * Names that stood in texts of many sources at once, and were reported; and how common a name is in
 * the archive. See store.h for the errors.
 */
#ifndef STORE_BURSTS_H
#define STORE_BURSTS_H

#include "store/store.h"

/* Sets *at to when the name was reported last; STAMP_NONE: it was not. */
int store_burst_find(struct store *s, uint64_t key, int64_t *at, struct err *e);
/* Sets *n to how many names were reported at `since` or later. */
int store_bursts_count(struct store *s, int64_t since, int64_t *n, struct err *e);
/* Records that it is reported now; forgets what was before `forget`. */
int store_burst_put(struct store *s, uint64_t key, int64_t now, int64_t forget, struct err *e);
/*
 * Sets *n to how many items before that row have all these words, normal forms, anywhere in title
 * or body; at most `most`. Items that are not indexed yet are not counted.
 */
int store_count_words(struct store *s, const struct str *forms, size_t n_forms, int64_t before,
	size_t most, int64_t *n, struct err *e);

#endif
