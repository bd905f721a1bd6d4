/* SPDX-License-Identifier: MIT */
/*
 * The secrets of one notify block, from just before rendering until the request is on its way, and
 * then wiped.
 */
#ifndef ENGINE_SECRETS_H
#define ENGINE_SECRETS_H

#include "base/buf.h"
#include "conf/conf.h"
#include "sink/sink.h"

struct secrets {
	struct buf url, signing[2], password;
	struct sink_secrets shown; /* what sink_render wants; points into the above */
};

/* 0, or the class of conf_secret_read. To be wiped in either case. */
int secrets_read(
	const struct conf *c, const struct conf_notify *n, struct secrets *out, struct err *e);
void secrets_wipe(struct secrets *s);

#endif
