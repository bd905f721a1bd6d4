/* SPDX-License-Identifier: MIT */
/*
 * Servers, a receiver and a parser around the engine, whose operations cannot begin while memory is
 * out (lib/memory.h): two feeds with a new item every half hour, and a receiver that counts.
 */
#ifndef LIB_FAULT_WORLD_H
#define LIB_FAULT_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/ports.h"

#define FAULT_ALERTS 4

struct fault_world {
	struct store *store; /* of the jobs; the caller's */
	struct desk *desk;
	int received[FAULT_ALERTS]; /* how often each alert came */
	int refusals;		    /* the receiver answers 500 so often first */
};

extern struct fault_world fault_world;
extern const struct ports fault_ports;

void fault_world_clear(void); /* nothing is to happen any more */
/* Moves the virtual clock to what happens next, if that is by then. False: nothing is. */
bool fault_world_step(int64_t until);

#endif
