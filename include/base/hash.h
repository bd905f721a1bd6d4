/* SPDX-License-Identifier: MIT */
/*
 * uthash that does not exit when memory is out: HASH_ADD then adds nothing, and table_has() returns
 * false.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#ifdef HASH_NONFATAL_OOM
#error "include base/hash.h instead of uthash.h"
#endif
#define HASH_NONFATAL_OOM 1

#include <uthash.h>

/* After HASH_ADD: was the element added? */
#define table_has(element) ((element)->hh.tbl != NULL)

#endif
