/* SPDX-License-Identifier: MIT */
/*
 * A receiver of bytes over UDP, TCP or TLS, and the connection to it, which is kept for a minute
 * after the last message.
 *
 * A message counts as received when all that was written has been acknowledged by the kernel of the
 * receiver and the connection still is without error. The first one on a connection waits longer,
 * in case the receiver refuses it after the connection was made. UDP has no acknowledgement: there
 * the absence of an ICMP error counts, for 50 ms unless messages come fast.
 *
 * A kept connection may have been closed by the receiver: what was not acknowledged on it is sent
 * once more over a new one.
 */
#ifndef IO_SEND_PEER_H
#define IO_SEND_PEER_H

#include "send_op.h"

/* Adds op to the messages of its receiver, which is created if needed. 0 or -ERR_NOMEM. */
int send_peer_add(struct send_op *op, const struct sink_request *r);
/* Removes op before it ends; closes the connection if it has part of the message. */
void send_peer_remove(struct send_op *op);
/* The time of op is over: the connection is stuck, and is closed. Sets op->error. */
void send_peer_give_up(struct send_op *op);
/* For send_free(), when all operations are cancelled. */
void send_peer_end_all(struct send *s);

#endif
