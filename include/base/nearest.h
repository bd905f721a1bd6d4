/* SPDX-License-Identifier: MIT */
/* "Did you mean": the candidate with the fewest slips of the finger. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/str.h"

struct nearest {
	struct str word;
	struct str best; /* absent: none is near */
	unsigned distance;
};

void nearest_init(struct nearest *n, struct str word);
void nearest_try(struct nearest *n, struct str candidate);

#endif
