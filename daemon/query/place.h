/* SPDX-License-Identifier: MIT */
/* Where the terms about sources are valid. */
#ifndef QUERY_PLACE_H
#define QUERY_PLACE_H

#include "query/query.h"

/* Reports each of them that is not valid where it is. */
void query_check_places(
	const struct query_node *root, enum query_use use, struct query_reporter *report);

#endif
