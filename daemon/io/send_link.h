/* SPDX-License-Identifier: MIT */
/*
 * A connection for bytes over UDP, TCP or TLS. curl opens it (CURLOPT_CONNECT_ONLY), because it
 * resolves names and does the TLS handshake without blocking; then its descriptor is used directly.
 * For UDP curl gets a datagram socket, on which connect(2) only sets the peer.
 */
#ifndef IO_SEND_LINK_H
#define IO_SEND_LINK_H

#include "multi.h"
#include "sink/request.h"

struct send_link {
	/* Set by the owner, before the first use. */
	struct multi *multi;
	enum sink_socket socket;
	const char *where; /* "tcp://host:601" */
	/* Set when it is lost: why. */
	struct err failure;
	/* The following belong to send_link.c. */
	struct multi_op transfer;
	char detail[CURL_ERROR_SIZE];
	int fd;
};

/*
 * Begins to connect; done is called later, and passes its rc to send_link_take(). It is called
 * again if curl loses all of its connections.
 */
bool send_link_open(struct send_link *l, void (*done)(void *, CURLcode), void *arg);
/* Returns the descriptor, to be watched until send_link_close(); -1: it is lost. */
int send_link_take(struct send_link *l, CURLcode rc);
void send_link_close(struct send_link *l); /* an open, opening or closed one */

/* LINK_END: the receiver has closed its side, or the datagram is too long. */
enum send_link_io { LINK_DONE, LINK_AGAIN, LINK_END, LINK_LOST };
/* Sends some bytes. *sent: how many, with LINK_DONE. */
enum send_link_io send_link_send(struct send_link *l, const char *from, size_t n, size_t *sent);
/* Discards what the receiver sends, and returns LINK_AGAIN, LINK_END or LINK_LOST. */
enum send_link_io send_link_read(struct send_link *l);
/* Whether the receiver refused something; then it is lost. Reading does not report all of it. */
bool send_link_has_error(struct send_link *l);
/* Whether the kernel of the receiver has all that was sent. UDP: always. */
bool send_link_is_acknowledged(const struct send_link *l);

#endif
