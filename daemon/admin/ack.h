/* SPDX-License-Identifier: MIT */
/* The command about acknowledgements, for the table in commands.c. */
#ifndef ADMIN_ACK_H
#define ADMIN_ACK_H

#include "command.h"
#include "store/acks.h"

struct admin_ack {
	struct store_ack ack;
	struct str user; /* that sent the command */
};

int admin_ack_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e);
json_t *admin_ack_answer(struct admin_call *call);

#endif
