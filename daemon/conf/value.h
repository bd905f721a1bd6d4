/* SPDX-License-Identifier: MIT */
/* Parses and validates the values of a key by the type in its row. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "draft.h"
#include "conf/schema.h"

struct conf_reading {
	struct conf_draft *draft;
	const struct conf_key_row *row;
};

/*
 * Parses the values of node into the row's field of object. Returns false after a report in the
 * draft's diags, or if memory ran out.
 */
bool conf_value_read(const struct conf_reading *r, const struct conf_node *node, void *object);
/* Stores the default of the row, if any; -1 for an ENUM without default. */
bool conf_value_default(const struct conf_reading *r, void *object);

#endif
