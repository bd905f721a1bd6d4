/* SPDX-License-Identifier: MIT */
/* JSON on standard output, as every command with --json writes it. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/str.h"

/*
 * A member of o; nothing where the value is absent or STAMP_NONE. What is not UTF-8, as servers may
 * send it, is escaped.
 */
void cli_set_text(json_t *o, const char *key, struct str s);
void cli_set_stamp(json_t *o, const char *key, int64_t ms); /* RFC 3339 */
void cli_put_json(json_t *doc);				    /* a line; takes the reference */

#endif
