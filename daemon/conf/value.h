/* SPDX-License-Identifier: MIT */
/* The values of a key, read and checked as the type in its row wants them. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "draft.h"
#include "conf/schema.h"

struct conf_reading {
	struct conf_draft *draft;
	const struct conf_key_row *row;
};

/*
 * Stores the values of node into the field of object that the row names. False after a report in
 * the draft's diags, or when memory ran out.
 */
bool conf_value_read(const struct conf_reading *r, const struct conf_node *node, void *object);
/* Stores the row's default, if it has one; an ENUM without one becomes -1. */
bool conf_value_default(const struct conf_reading *r, void *object);

#endif
