/* SPDX-License-Identifier: MIT */
/* Documents of subscriptions to hubs (WebSub). */
#ifndef DOCUMENT_PUSH_H
#define DOCUMENT_PUSH_H

#include <jansson.h>

#include "store/websub.h"

/* "asked", "active", "denied", "leaving". */
const char *document_push_state(enum store_websub_state state);
/* Without the secret and the callback, by which others could push. */
json_t *document_push(const struct store_websub *w);

#endif
