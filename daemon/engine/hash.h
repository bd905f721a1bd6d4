/* SPDX-License-Identifier: MIT */
/*
 * uthash, but for its habit of ending the process when memory is out: here HASH_ADD leaves the
 * element out, and table_has() tells.
 */
#ifndef ENGINE_HASH_H
#define ENGINE_HASH_H

#ifdef HASH_NONFATAL_OOM
#error "include hash.h instead of uthash.h"
#endif
#define HASH_NONFATAL_OOM 1

#include <uthash.h>

/* After HASH_ADD: is it in? */
#define table_has(element) ((element)->hh.tbl != NULL)

#endif
