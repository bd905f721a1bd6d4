/* SPDX-License-Identifier: MIT */
/*
 * Finds damage that no query has met yet: a page that was overwritten, an index that disagrees with
 * its table. The database is checked table by table, each with its indexes, on a connection of its
 * own that no writer waits for. What is made from other tables can be rebuilt.
 */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

size_t store_check_parts(void); /* number of tables; they are numbered from 0 */
const char *store_check_name(size_t part);
int64_t store_check_bytes(const char *path); /* of the file; how much work a check is */

enum store_health { STORE_SOUND, STORE_INDEX_DAMAGED, STORE_DAMAGED };

/*
 * Checks one table; takes as long as reading it. *damage says what was found if it is not sound.
 * Ends early with -ERR_TEMP when *stop becomes true. Thread-safe.
 */
int store_check(const char *path, size_t part, const atomic_bool *stop, enum store_health *out,
	struct err *damage, struct err *e);

/*
 * Rebuilds what STORE_INDEX_DAMAGED was found for: the indexes of the table in one transaction; the
 * full-text index is emptied, and archive_index() fills it. The pages of the damaged ones are not
 * reused. -ERR_INPUT: there is more damage.
 */
int store_mend(struct store *s, size_t part, struct err *e);

#endif
