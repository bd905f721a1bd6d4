/* SPDX-License-Identifier: MIT */
/* Heap arrays that grow by doubling, indexed by 32-bit numbers. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for `more` elements of size bytes after the first n. array: address of the pointer to
 * the elements, which is reallocated; *cap: how many fit. The caller frees it with free(). Returns
 * false, without any change, if out of memory or past 4 Gi elements.
 */
bool array_room(void *array, size_t n, size_t *cap, size_t more, size_t size);

#endif
