/* SPDX-License-Identifier: MIT */
/* Keeps a document small: it stays valid, only its texts and lists get shorter. */
#ifndef ALERT_JSON_FIT_H
#define ALERT_JSON_FIT_H

#include <jansson.h>
#include <stddef.h>

/*
 * Shortens texts and lists of the document until it has at most max bytes in compact form. A list
 * beside "left_out" adds there what it loses; a link is whole or empty. Returns 0, or -ERR_NOMEM.
 */
int json_fit(json_t *root, size_t max);

#endif
