/* SPDX-License-Identifier: MIT */
/*
 * The addresses that a feed may be fetched from (protection against SSRF). Checked on the binary
 * address that is passed to connect(2), never on a host name or its spelling, so that neither
 * "0x7f000001" nor DNS rebinding bypasses the check. The configuration is checked by
 * address_of_host in addition, for an early message.
 *
 * The denied ranges are those of the IANA special-purpose registries (RFC 6890 and its updates).
 */
#ifndef CONF_ADDRESS_H
#define CONF_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/str.h"
#include "conf/conf.h"

/*
 * Parses an address into 16 bytes: IPv6, or IPv4 as ::ffff:a.b.c.d. An IPv6 address that embeds an
 * IPv4 one (mapped, compatible, 64:ff9b::/96 of RFC 6052) is converted to it. Returns 0, or
 * -ERR_INPUT if it is neither.
 */
int address_of_sockaddr(const struct sockaddr *sa, size_t size, uint8_t out[16]);
int address_of_text(const char *text, uint8_t out[16]); /* ignores a scope: "%eth0" */

/*
 * The host of a URL, if it is an address in any spelling ("[::1]", "127.0.0.1", "0x7f.1",
 * "2130706433") or a name of this machine ("localhost"). Returns 0, or -ERR_INPUT for other names.
 */
int address_of_host(struct str host, uint8_t out[16]);

/* True if the registries list the address as globally reachable. */
bool address_public(const uint8_t a[16]);
/*
 * True for public addresses and those in the policy's private-networks; "allow" does not include
 * link-local ones, where clouds keep the credentials of the machine. policy NULL: public ones only.
 */
bool address_allowed(const uint8_t a[16], const struct conf_poll *policy);

enum address_verdict { ADDRESS_PASS, ADDRESS_PRIVATE, ADDRESS_PORT };

/*
 * Where a request may go. A URL that was learnt from the network (a redirect) may lead only to
 * public addresses, there only to the usual ports of HTTP and to home_port, that of the configured
 * URL, so that it cannot be used to connect to other services, such as mail servers.
 */
struct address_rule {
	const struct conf_poll *policy;
	bool learnt;
	unsigned home_port;
};
enum address_verdict address_check(
	const struct address_rule *r, const uint8_t a[16], unsigned port);

#endif
