/* SPDX-License-Identifier: MIT */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST 16

bool array_room(void *array, size_t n, size_t *cap, size_t more, size_t size)
{
	void *old, *grown;
	size_t want = *cap ? *cap : FIRST;

	if (more <= *cap - n)
		return true;
	while (want - n < more) {
		if (want > UINT32_MAX / 2)
			return false;
		want *= 2;
	}
	memcpy(&old, array, sizeof(old));
	grown = reallocarray(old, want, size);
	if (!grown)
		return false;
	memcpy(array, &grown, sizeof(grown));
	*cap = want;
	return true;
}
