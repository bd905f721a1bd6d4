/* SPDX-License-Identifier: MIT */
#include "dialect/dialect.h"

#include "reader.h"

#define PRODUCT_ROW(name)  &dialect_##name,
#define PRODUCT_NAME(name) #name,

static const struct dialect *const dialects[] = {DIALECT_PRODUCTS(PRODUCT_ROW)};
const char *const dialect_names[] = {"native", DIALECT_PRODUCTS(PRODUCT_NAME) NULL};

const struct dialect *dialect_find(struct str name)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
		if (str_is(name, dialects[i]->name))
			return dialects[i];
	return NULL;
}

int dialect_read(const struct dialect *d, struct arena *a, struct str text,
	struct query_reporter *report, struct buf *out, struct dialect_map *map)
{
	struct dialect_word_cache memo = {0, 0};
	struct dialect_reader r = {
		.d = d, .word_cache = &memo, .arena = a, .report = report, .text = text};
	size_t before = report->errors;
	const struct dialect_node *n = d->read(&r);

	if (n && !dialect_at_end(&r) && report->errors == before)
		dialect_report(&r, r.at, 1, "take it out, or put a ( where the part begins",
			"a closing bracket that was never opened");
	*map = (struct dialect_map){0};
	if (!n || r.nomem)
		return -(int)ERR_NOMEM;
	if (report->errors != before)
		return -(int)ERR_CONF;
	dialect_write(&r, n, out, map);
	if (r.nomem || (buf_failed(out) && !out->overflow))
		return -(int)ERR_NOMEM;
	if (!out->overflow)
		return 0;
	dialect_report(&r, 0, 1, "make several watches of it",
		"a query of more than 64 KiB in our language");
	return -(int)ERR_CONF;
}
