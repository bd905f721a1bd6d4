/* SPDX-License-Identifier: MIT */
/*
 * "Did you mean": of several candidates, the one with the least edit distance from a word. Case is
 * ignored, and "_" equals "-".
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/str.h"

struct nearest {
	struct str word;
	struct str best; /* absent: none is near enough */
	unsigned distance;
};

void nearest_init(struct nearest *n, struct str word);
void nearest_try(struct nearest *n, struct str candidate);

#endif
