/* SPDX-License-Identifier: MIT */
/* Deliveries whose notify block is not configured any more: they are kept, not sent. */
#ifndef ENGINE_ORPHANS_H
#define ENGINE_ORPHANS_H

#include "parts.h"

/*
 * Posts a job that counts the waiting deliveries of each receiver. Those of receivers that are not
 * in conf are logged, and are a trouble until a later check finds none. Nothing happens if memory
 * is out.
 */
void orphans_check(const struct engine_parts *o, struct conf *conf);

#endif
