/* SPDX-License-Identifier: MIT */
/* Checks and readers of values, for the table of types in value.c. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "draft.h"

/* Reports at v; text: NULL if memory ran out. Returns false. */
bool conf_value_report(const struct conf_reading *r, const struct conf_value *v, const char *help,
	const char *text);
/* Returns a copy in the arena of the configuration; NULL: memory ran out. */
char *conf_value_copy_text(const struct conf_reading *r, struct str s);

/* A check returns false after a report. */
bool conf_value_check_url(const struct conf_reading *r, const struct conf_value *v);
bool conf_value_check_proxy(const struct conf_reading *r, const struct conf_value *v);
bool conf_value_check_listen(const struct conf_reading *r, const struct conf_value *v);
bool conf_value_check_header(const struct conf_reading *r, const struct conf_value *v);
/* These store the value in its field too. */
bool conf_value_store_url(const struct conf_reading *r, const struct conf_value *v, void *field);
bool conf_value_check_domain(const struct conf_reading *r, const struct conf_value *v);
bool conf_value_store_networks(
	const struct conf_reading *r, const struct conf_node *node, void *field);

bool conf_value_store_daytime(
	const struct conf_reading *r, const struct conf_value *v, void *field);
bool conf_value_store_hours(const struct conf_reading *r, const struct conf_value *v, void *field);
bool conf_value_store_digest(const struct conf_reading *r, const struct conf_value *v, void *field);
bool conf_value_store_rate(const struct conf_reading *r, const struct conf_value *v, void *field);
bool conf_value_store_expire(const struct conf_reading *r, const struct conf_value *v, void *field);

#endif
