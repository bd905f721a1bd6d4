/* SPDX-License-Identifier: MIT */
/* Hostile text in every field that a publisher can fill. */
#ifndef LIB_HOSTILE_H
#define LIB_HOSTILE_H

#include "lib/sink_fixture.h"

/* Renders each kind of alert with each hostile text by the configured block, and calls check. */
void hostile_try_all(struct sink_fixture *f, void (*check)(const struct sink_fixture *f));
/* The test fails on a control character but those, and on C1, line separators and overrides. */
void hostile_assert_plain(struct str s, const char *but);

#endif
