/* SPDX-License-Identifier: MIT */
/* Answers of a feed with a body, and 304s: the last hundred or so count (struct store_health). */
#ifndef DESK_ANSWERS_H
#define DESK_ANSWERS_H

/* A body came after so many 304s: the part that is kept of the counts before. */
double answers_keep(unsigned same);

#endif
