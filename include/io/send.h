/* SPDX-License-Identifier: MIT */
/*
 * The send port made real: one delivery attempt over HTTP, SMTP, a socket or standard output. Has
 * its own connection cache, apart from that of the feeds. Nothing here ever waits.
 *
 * What counts as sent: HTTP and SMTP, the server's answer; a local socket, the kernel took it; UDP,
 * no refusal came back at once; TCP, the receiver closed after us, or its kernel has all of it;
 * TLS, all written and no alert came back; standard output, all written.
 */
#ifndef IO_SEND_H
#define IO_SEND_H

#include "io/loop.h"

struct send;

struct send *send_new(struct loop *l); /* NULL: out of memory */
void send_free(struct send *s);	       /* cancels what runs; NULL is fine */
struct port_send send_port(struct send *s);

#endif
