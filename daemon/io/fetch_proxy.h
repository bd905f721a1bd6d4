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

#include "engine/ports.h"

enum fetch_proxy_verdict { FETCH_PROXY_PASS, FETCH_PROXY_PRIVATE, FETCH_PROXY_PORT };

#define FETCH_PROXY_HOST_MAX 256

struct fetch_proxy_target {
	char host[FETCH_PROXY_HOST_MAX];
	unsigned port;
};

/*
 * May the proxy be asked for the URL of the request? Not for a host that is itself a private
 * address, unless the policy allows it and the URL is not learnt. A learnt one must not be a name
 * that only a local resolver knows either, nor have an unusual port. Fills *target in any case.
 */
enum fetch_proxy_verdict fetch_proxy_check(
	const struct fetch_request *r, struct fetch_proxy_target *target);

#endif
