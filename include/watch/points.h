/* SPDX-License-Identifier: MIT */
/*
 * A word as code points, for the slow exact way through libunistring. Short words stay on the
 * stack. After a failure (memory) everything is a no-op and `failed` is set.
 */
#ifndef WATCH_POINTS_H
#define WATCH_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define WATCH_POINTS_STACK 64

struct watch_points {
	uint32_t *p; /* own, or an allocation of libunistring's or ours */
	size_t n;
	bool failed;
	uint32_t own[WATCH_POINTS_STACK];
};

enum watch_points_form {
	WATCH_POINTS_NFC,
	WATCH_POINTS_NFKD,
};

/* Decodes, drops format characters and bad bytes, reads the other apostrophes as '. */
void watch_points_init(struct watch_points *w, struct str word);
void watch_points_release(struct watch_points *w);
void watch_points_normalise(struct watch_points *w, enum watch_points_form form);
void watch_points_casefold(struct watch_points *w);
/* Appends as UTF-8. */
void watch_points_put(const struct watch_points *w, struct buf *out);

#endif
