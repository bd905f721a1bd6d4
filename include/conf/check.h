/* SPDX-License-Identifier: MIT */
/*
 * What a receiver type may report about the settings of one notify block. Each value is well-formed
 * when its check runs; a key whose value was refused has been reported and is like one left out,
 * but conf_check_given is true for it.
 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include <stdbool.h>

struct conf_check;

/* Does the block have that key? */
bool conf_check_given(const struct conf_check *c, const char *key);
/* Reports "notify NAME needs WHAT". */
void conf_check_need(struct conf_check *c, const char *what);
/*
 * Reports "notify NAME TEXT" at the block. help: what to write instead; NULL: none.
 */
void conf_check_error(struct conf_check *c, const char *help, const char *text);
/* Reports text at a key that is given. */
void conf_check_error_at(struct conf_check *c, const char *key, const char *help, const char *text);
/*
 * Reports the value of key unless it is scheme://host[:port] with one of the schemes, a
 * NULL-terminated list. Nothing where value is NULL.
 */
void conf_check_server(struct conf_check *c, const char *key, const char *value,
	const char *const *schemes, const char *help);

#endif
