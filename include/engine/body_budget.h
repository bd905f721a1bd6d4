/* SPDX-License-Identifier: MIT */
/*
 * Limits the memory of all bodies together, from their first byte until the desk has stored their
 * items. A small body always has room, so that large ones delay only each other. For the loop's
 * thread only.
 */
#ifndef ENGINE_BODY_BUDGET_H
#define ENGINE_BODY_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

/* Together at most 256 MiB with 512 bodies at once, the default of `parallel`. */
#define BODY_BUDGET_MAX	 ((size_t)128 * 1024 * 1024)
#define BODY_BUDGET_FREE ((size_t)256 * 1024) /* of each body; not counted */

struct body_budget {
	size_t used;
};

/* What one body takes of the budget. Zeroed but for budget; the owner returns it in the end. */
struct body_share {
	struct body_budget *budget;
	size_t counted;
};

/*
 * Changes the share to that of a body of that size. Returns false, and changes nothing, if that is
 * more than the others leave. A body that has the budget for itself is never refused.
 */
bool body_share_set(struct body_share *s, size_t bytes);
void body_share_release(struct body_share *s);

#endif
