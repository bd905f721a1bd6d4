/* SPDX-License-Identifier: MIT */
/* The configuration directory of the demo's daemon. */
#ifndef DEMO_LAYOUT_H
#define DEMO_LAYOUT_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Creates a directory below /tmp with a configuration that polls base_url, has its page on a socket
 * that is passed as systemd does it, and sends alerts to base_url/alerts, signed with a new random
 * key; the key, as whsec_… text, is appended to *secret. dir is set to the path; it has room for 64
 * bytes or more. On failure nothing is left on disk and dir is empty.
 */
int layout_create(
	const char *base_url, char *dir, size_t dir_size, struct buf *secret, struct err *e);
/* Removes the directory with all files in it. */
void layout_remove(const char *dir);

#endif
