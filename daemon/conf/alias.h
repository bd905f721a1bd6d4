/* SPDX-License-Identifier: MIT */
/* Words of other products for kinds of blocks, keys and values, which differ too much in spelling.
 */
#ifndef CONF_ALIAS_H
#define CONF_ALIAS_H

#include "base/str.h"

typedef bool conf_alias_has_fn(void *ctx, struct str ours);
/* These return our word for `theirs`, or NULL. */
const char *conf_alias_kind(struct str theirs);
/* has: does the block have that key? */
const char *conf_alias_key(struct str theirs, conf_alias_has_fn *has, void *ctx);
/* words: NULL-terminated. */
const char *conf_alias_word(struct str theirs, const char *const *words);

#endif
