/* SPDX-License-Identifier: MIT */
/* The commands about silences, for the table in commands.c. */
#ifndef ADMIN_SILENCE_H
#define ADMIN_SILENCE_H

#include "command.h"
#include "store/silences.h"

int admin_silence_add_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e);
int admin_silence_remove_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e);
json_t *admin_silence_add_answer(struct admin_call *call);
json_t *admin_silence_remove_answer(struct admin_call *call);

#endif
