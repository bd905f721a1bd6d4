/* SPDX-License-Identifier: MIT */
/*
 * The send port: one delivery attempt over HTTP, SMTP, a socket or standard output. It has a
 * connection cache of its own, separate from that of the feeds, and never blocks.
 *
 * An attempt ends without an error when: HTTP, SMTP: the server answered, whatever it was; local
 * socket: the kernel accepted it; UDP: no ICMP error was returned within 50 ms, or at once in a
 * burst; TCP, TLS: the receiver's kernel acknowledged every byte, and the connection was not reset;
 * standard output, file: all was written; program: it ended.
 */
#ifndef IO_SEND_H
#define IO_SEND_H

#include "io/loop.h"

struct send;

struct send *send_new(struct loop *l); /* NULL: out of memory */
void send_free(struct send *s);	       /* cancels all attempts; NULL is fine */
struct port_send send_port(struct send *s);

#endif
