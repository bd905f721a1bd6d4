/* SPDX-License-Identifier: MIT */
/* Names of the users of the system. */
#ifndef BASE_USER_H
#define BASE_USER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define USER_UNKNOWN (-1) /* in place of a uid */

/*
 * Returns the name of the user, "uid 1000" without one, "unknown" for USER_UNKNOWN; absent without
 * memory. May read files or ask a server: not for the loop thread.
 */
struct str user_name(int64_t uid, struct arena *arena);

#endif
