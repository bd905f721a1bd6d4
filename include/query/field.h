/* SPDX-License-Identifier: MIT */
/* The texts of an item that a query can search. */
#ifndef QUERY_FIELD_H
#define QUERY_FIELD_H

enum query_field {
	QUERY_TITLE,
	QUERY_BODY,
	QUERY_AUTHOR,
	QUERY_CATEGORY,
};

/* Returns the name of the field as written before the colon: "title", "body" … */
const char *query_field_name(enum query_field f);

#endif
