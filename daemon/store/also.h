/* SPDX-License-Identifier: MIT */
/* The other alerts that a message names, as the column DELIVERY_ALSO has them. */
#ifndef STORE_ALSO_H
#define STORE_ALSO_H

#include "alert/alert.h"
#include "base/err.h"

#define ALSO_MAX ((size_t)100) /* further ones are not named */

/*
 * Sets out->also from a JSON array of [id, watch, title, priority]; absent: none. Strings in arena.
 * 0, -ERR_NOMEM or -ERR_INPUT.
 */
int also_read(struct str text, struct arena *arena, struct alert *out, struct err *e);

#endif
