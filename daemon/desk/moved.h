/* SPDX-License-Identifier: MIT */
/* Whether the address that a feed is redirected to for good is adopted. */
#ifndef DESK_MOVED_H
#define DESK_MOVED_H

#include "ingest.h"

#define MOVED_POLLS 3 /* in a row */

/*
 * After a good poll: counts it for the address it confirms (poll->moved_to), and adopts that after
 * MOVED_POLLS. It is not adopted if the first body from there has another title than the feed had
 * and no item of it: then it is another feed, or a page that belongs to somebody else. A poll that
 * began at the configured address and met no such redirect drops the adopted one.
 */
void moved_note(struct ingest *t);

#endif
