/* SPDX-License-Identifier: MIT */
/* The troubles that were reported and are not over, see trouble/trouble.h. */
#ifndef STORE_TROUBLES_H
#define STORE_TROUBLES_H

#include "store/store.h"

struct store_trouble {
	struct str kind, subject; /* subject: "" if the kind has none */
	int64_t since;
	struct str detail; /* absent: none */
};
int store_trouble_put(struct store *s, const struct store_trouble *t, struct err *e);
int store_trouble_drop(struct store *s, struct str kind, struct str subject, struct err *e);
/* All of them, the oldest first, in arena. */
int store_troubles(
	struct store *s, struct arena *arena, struct store_trouble **out, size_t *n, struct err *e);

#endif
