/* SPDX-License-Identifier: MIT */
/*
 * The two halves of `nightdesk demo` that are not its loop: the configuration it lays out in a
 * directory of its own, and the alert it prints.
 */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Makes a directory below /tmp with a configuration that polls base_url and alerts to
 * base_url/alerts, signed with a fresh key (left in *secret, as whsec_… text). dir: at least 64
 * bytes. On failure nothing is left behind.
 */
int demo_layout(
	const char *base_url, char *dir, size_t dir_size, struct buf *secret, struct err *e);
/* Removes the directory and all in it. */
void demo_remove(const char *dir);

/*
 * Is this a delivery that the daemon signed? The check that any receiver of Standard Webhooks
 * makes.
 */
bool demo_signed(struct str secret, const char *id, const char *timestamp, const char *signature,
	struct str body);

/* Prints the alert in this webhook body for a person; false: it is none. */
bool demo_print(struct str body, bool color, int64_t started);

#endif
