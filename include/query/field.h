/* SPDX-License-Identifier: MIT */
/* The texts of an item in which a query can look. */
#ifndef QUERY_FIELD_H
#define QUERY_FIELD_H

enum query_field {
	QUERY_TITLE,
	QUERY_BODY,
	QUERY_AUTHOR,
	QUERY_CATEGORY,
};

/* "title", "body" …, as a query writes it before the colon. */
const char *query_field_name(enum query_field f);

#endif
