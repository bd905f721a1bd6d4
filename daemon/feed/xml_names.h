/* SPDX-License-Identifier: MIT */
/*
 * Cache of feed_element_find(). libxml2 interns names, so that their addresses are the key; clear
 * it when the context of the parser, or the meaning of a namespace, changes.
 */
#ifndef FEED_XML_NAMES_H
#define FEED_XML_NAMES_H

#include <libxml/xmlstring.h>

#include "builder.h"

#define XML_NAMES_SIZE 512

struct xml_name {
	const xmlChar *local, *uri; /* the key; NULL: free */
	struct str name;
	const struct feed_element *rows;
	enum feed_ns ns;
};

struct xml_names {
	struct xml_name rows[XML_NAMES_SIZE];
};

void xml_names_clear(struct xml_names *names);
/* The result is valid until the next call. uri: NULL without a namespace. */
const struct xml_name *xml_names_find(struct xml_names *names, const struct feed_builder *b,
	const xmlChar *local, const xmlChar *uri);

#endif
