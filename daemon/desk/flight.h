/* SPDX-License-Identifier: MIT */
/* The deliveries that the courier has handed to receivers and whose results are not stored. */
#ifndef DESK_FLIGHT_H
#define DESK_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct flight {
	struct flight_part {
		uint64_t notify; /* hash of the name */
		int64_t id;
	} * v;
	size_t n, room;
	bool unknown; /* memory ran out: any may be in flight */
};

void flight_release(struct flight *f);
/* Replaces those of that receiver. */
void flight_set(struct flight *f, struct str notify, const int64_t *ids, size_t n);
void flight_end(struct flight *f, int64_t id);
bool flight_has(const struct flight *f, int64_t id);

#endif
