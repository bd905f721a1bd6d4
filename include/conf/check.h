/* SPDX-License-Identifier: MIT */
/*
 * Reports of a receiver type about the settings of one notify block. Values were parsed and
 * validated one by one before. A key with an invalid value has its default in the settings, but
 * conf_check_given returns true for it.
 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include <stdbool.h>

struct conf_check;

/* Returns whether the block has that key, with a valid value or not. */
bool conf_check_given(const struct conf_check *c, const char *key);
/* Reports "notify NAME TEXT" at the block. help: what to write instead, or NULL. */
void conf_check_error(struct conf_check *c, const char *help, const char *text);
/* Reports text at a key that is given. */
void conf_check_error_at(struct conf_check *c, const char *key, const char *help, const char *text);
/*
 * Reports the value of key if it is not scheme://host[:port] with one of the schemes, a
 * NULL-terminated list. A NULL value is not checked.
 */
void conf_check_server(struct conf_check *c, const char *key, const char *value,
	const char *const *schemes, const char *help);

#endif
