/* SPDX-License-Identifier: MIT */
/* Arrays that grow by doubling, of elements that are known by a number of 32 bits. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Room for `more` elements of that size behind the first n of the *cap there are. array: the
 * address of the pointer to them, which free() takes. False: out of memory, or past 4 Gi elements;
 * all is as it was.
 */
bool array_room(void *array, size_t n, size_t *cap, size_t more, size_t size);

#endif
