/* SPDX-License-Identifier: MIT */
#include "xml_names.h"

#include <stdint.h>
#include <string.h>

void xml_names_clear(struct xml_names *names)
{
	memset(names, 0, sizeof(*names));
}

static size_t xml_names_hash(const xmlChar *local, const xmlChar *uri)
{
	uint64_t a = (uintptr_t)local, b = (uintptr_t)uri;

	return (size_t)((a + (b << 16)) * UINT64_C(0x9E3779B97F4A7C15) >> 32) % XML_NAMES_SIZE;
}

const struct xml_name *xml_names_find(struct xml_names *names, const struct feed_builder *b,
	const xmlChar *local, const xmlChar *uri)
{
	struct xml_name *row = &names->rows[xml_names_hash(local, uri)];

	if (row->local == local && row->uri == uri)
		return row;
	row->local = local;
	row->uri = uri;
	row->name = str_of((const char *)local);
	row->ns = feed_builder_ns(b, str_of((const char *)uri));
	row->rows = feed_element_find(row->ns, row->name);
	return row;
}
