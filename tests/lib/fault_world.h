/* SPDX-License-Identifier: MIT */
/*
 * Servers, a receiver and a parser around the engine, whose operations fail to start while memory
 * is refused (lib/memory.h): two feeds with a new item every half hour, and a receiver that counts.
 */
#ifndef LIB_FAULT_WORLD_H
#define LIB_FAULT_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/ports.h"

#define FAULT_ALERTS 4

struct fault_world {
	struct store *store; /* for the jobs; owned by the caller */
	struct desk *desk;
	int received[FAULT_ALERTS]; /* number of times each alert was received */
	int refusals;		    /* number of times the receiver first answers 500 */
};

extern struct fault_world fault_world;
extern const struct ports fault_ports;

void fault_world_clear(void); /* no more events */
/*
 * Advances the virtual clock to the next event until then, and runs it. Returns false if there is
 * none.
 */
bool fault_world_step(int64_t until);

#endif
