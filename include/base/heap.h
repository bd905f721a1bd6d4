/* SPDX-License-Identifier: MIT */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

/*
 * Returns free heap memory to the system. glibc keeps it in the arena of each thread that allocated
 * some of it, so that much used for a short time would stay with the process. Takes about 30 ms
 * after 100,000 watches were freed: not on the loop.
 */
void heap_trim(void);

#endif
