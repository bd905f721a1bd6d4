/* SPDX-License-Identifier: MIT */
/*
 * The credentials of one request: read before it is made, not cached, and wiped when it has been
 * passed to the transport.
 */
#ifndef ENGINE_SECRETS_H
#define ENGINE_SECRETS_H

#include "base/buf.h"
#include "conf/conf.h"
#include "sink/sink.h"

#define SECRETS_MAX SINK_SECRETS_MAX

struct secrets {
	struct buf v[SECRETS_MAX]; /* in the order of the names; NUL-terminated */
	struct sink_secrets shown; /* the same for sink_render; points into the above */
};

/*
 * Reads files, so it blocks: not for the loop thread, which uses port_secret. 0, or the class of
 * conf_secret_read. The caller must call secrets_wipe in either case.
 */
int secrets_read(const struct conf *c, const char *const *names, size_t n, struct secrets *out,
	struct err *e);
void secrets_wipe(struct secrets *s);

#endif
