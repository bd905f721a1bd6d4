/* SPDX-License-Identifier: MIT */
/*
 * Requests through a proxy. The connection goes to the proxy, which the operator has named, so its
 * address is not checked; and the address of the server is not known here, because the proxy
 * resolves the name. What can be checked is the URL.
 */
#ifndef IO_FETCH_PROXY_H
#define IO_FETCH_PROXY_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/address.h"
#include "engine/ports.h"

#define FETCH_PROXY_HOST_MAX 256

struct fetch_proxy_target {
	char host[FETCH_PROXY_HOST_MAX];
	unsigned port;
};

/*
 * May the proxy be asked for the URL? As address_check() for a host that is itself an address;
 * other names count as public, but those that only a local resolver knows are private in a learnt
 * URL. Fills *target in any case.
 */
enum address_verdict fetch_proxy_check(
	const struct address_rule *rule, const char *url, struct fetch_proxy_target *target);

#endif
