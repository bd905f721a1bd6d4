/* SPDX-License-Identifier: MIT */
/* Deliveries as bytes on a socket: UDP, TCP and TLS. send_local.c has the local log. */
#include "send_peer.h"

#define ATTEMPT_MS 30000

static void send_socket_time_out(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	send_peer_give_up(op);
	send_op_end(op);
}

static int send_socket_start(struct send_op *op, const struct sink_request *r)
{
	if (r->socket == SINK_UNIX_DGRAM) {
		send_local_datagram(op, r);
		return send_op_end_soon(op);
	}
	if (send_op_set_timer(op, ATTEMPT_MS, send_socket_time_out))
		return -(int)ERR_NOMEM;
	return send_peer_add(op, r);
}

static void send_socket_stop(struct send_op *op)
{
	if (op->peer)
		send_peer_remove(op);
}

const struct send_transport send_socket = {.start = send_socket_start, .stop = send_socket_stop};
