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

#include "conf/conf.h"

enum fetch_proxy_verdict { FETCH_PROXY_PASS, FETCH_PROXY_PRIVATE, FETCH_PROXY_PORT };

#define FETCH_PROXY_HOST_MAX 256

struct fetch_proxy_target {
	char host[FETCH_PROXY_HOST_MAX];
	unsigned port;
};

/*
 * May the proxy be asked for this URL? Not for a host that is itself a private address, unless
 * policy allows it. learnt: nor for names that only a local resolver knows, nor unusual ports.
 * Fills *target in any case.
 */
enum fetch_proxy_verdict fetch_proxy_check(const char *url, const struct conf_poll *policy,
	bool learnt, struct fetch_proxy_target *target);

#endif
