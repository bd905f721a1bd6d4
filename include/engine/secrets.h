/* SPDX-License-Identifier: MIT */
/*
 * The secrets of one notify block: read just before rendering, kept until the request is on its
 * way, then wiped.
 */
#ifndef ENGINE_SECRETS_H
#define ENGINE_SECRETS_H

#include "base/buf.h"
#include "sink/sink.h"

struct secrets {
	struct buf v[SINK_SECRETS_MAX];
	struct sink_secrets shown; /* for sink_render; points into the above */
};

/* 0, or the class of conf_secret_read. The caller must call secrets_wipe in either case. */
int secrets_read(
	const struct conf *c, const struct conf_notify *n, struct secrets *out, struct err *e);
void secrets_wipe(struct secrets *s);

#endif
