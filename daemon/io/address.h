/* SPDX-License-Identifier: MIT */
/*
 * Which addresses a feed may lead to. Decided on the binary address that is about to be connected
 * to, never on a name or its spelling, so that neither "0x7f000001" nor a name server that changes
 * its answer gets through.
 *
 * The lists are those of the IANA special-purpose registries (RFC 6890 and its updates).
 */
#ifndef IO_ADDRESS_H
#define IO_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/str.h"
#include "conf/conf.h"

/*
 * The address as 16 bytes: IPv6, or IPv4 as ::ffff:a.b.c.d. An IPv6 address that only carries an
 * IPv4 one (mapped, compatible, 64:ff9b::/96 of RFC 6052) becomes that one. -ERR_INPUT: neither.
 */
int address_of_sockaddr(const struct sockaddr *sa, size_t size, uint8_t out[16]);
int address_of_text(const char *text, uint8_t out[16]); /* a scope "%eth0" is left out */

/* On the public internet as far as the registries tell. */
bool address_public(const uint8_t a[16]);
/* Public, or let through by the operator. policy NULL: public only. */
bool address_allowed(const uint8_t a[16], const struct conf_poll *policy);

/*
 * A URL that was learnt from the network may use the usual ports alone, unless the operator's own
 * list lets its address through: a redirect is no tool to knock at mail servers.
 */
bool address_port_allowed(const uint8_t a[16], unsigned port, const struct conf_poll *policy);

#endif
