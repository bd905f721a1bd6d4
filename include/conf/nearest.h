/* SPDX-License-Identifier: MIT */
/* "Did you mean": the candidate with the fewest slips of the finger. */
#ifndef CONF_NEAREST_H
#define CONF_NEAREST_H

#include "base/str.h"

struct conf_nearest {
	struct str word;
	struct str best; /* absent: none is near */
	unsigned distance;
};

void conf_nearest_init(struct conf_nearest *n, struct str word);
void conf_nearest_try(struct conf_nearest *n, struct str candidate);

#endif
