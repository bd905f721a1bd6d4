/* SPDX-License-Identifier: MIT */
/* Words that people write for ours, where spelling does not tell which is meant. */
#ifndef CONF_ALIAS_H
#define CONF_ALIAS_H

#include "base/str.h"

/* The word of ours that `theirs` stands for and that has() accepts, or NULL. */
typedef bool conf_alias_has_fn(void *ctx, struct str ours);
const char *conf_alias_kind(struct str theirs);
const char *conf_alias_key(struct str theirs, conf_alias_has_fn *has, void *ctx);
/* words: NULL-terminated. */
const char *conf_alias_word(struct str theirs, const char *const *words);

#endif
