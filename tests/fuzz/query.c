/* SPDX-License-Identifier: MIT */
/*
 * Any text as a query: it becomes a watch, or an error with a position in the text; in our language
 * and in another product's. The printed form of a watch is a query with the same printed form. Text
 * up to the first NUL is a define "d", the rest the query.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "watch/watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

struct text {
	size_t n, errors;
};

static void on_diag(void *ctx, const struct query_diag *d)
{
	struct text *t = ctx;

	demand(d->offset <= t->n && d->length >= 1 && d->length <= t->n + 1 - d->offset);
	demand(d->text && *d->text);
	t->errors += !d->warning;
}

/* Printing adds brackets, so the result may exceed the depth limit. */
static bool is_deep(struct str query)
{
	size_t depth = 0;

	for (size_t i = 0; i < query.n; i++) {
		depth += query.p[i] == '(';
		if (depth > 60)
			return true;
	}
	return false;
}

static void read_again(struct str query)
{
	struct watch_builder *b = watch_builder_new();
	struct watch_def def = {.name = STR("w"), .queries = &query, .n_queries = 1};
	struct watch_set *set = NULL;
	struct buf printed;
	size_t index;

	demand(b != NULL);
	demand(watch_builder_add(b, &def, &index, NULL, NULL) == 0);
	demand(watch_builder_finish(b, &set, NULL) == 0);
	buf_init(&printed, (size_t)1 << 26);
	watch_set_print(set, 0, &printed);
	demand(str_eq(buf_str(&printed), query));
	buf_release(&printed);
	watch_set_free(set);
}

static void read_as(const char *dialect, struct str define, struct str query)
{
	struct text of_define = {.n = define.n}, of_query = {.n = query.n};
	struct watch_builder *b = watch_builder_new();
	struct watch_def def = {
		.name = STR("w"), .queries = &query, .n_queries = 1, .dialect = str_of(dialect)};
	struct watch_set *set = NULL;
	struct buf printed;
	size_t index;
	int rc;

	demand(b != NULL);
	rc = watch_builder_define(b, STR("d"), define, on_diag, &of_define);
	demand((rc < 0) == (of_define.errors > 0));
	rc = watch_builder_add(b, &def, &index, on_diag, &of_query);
	demand((rc < 0) == (of_query.errors > 0));
	rc = watch_builder_finish(b, &set, NULL);
	demand((rc < 0) == (of_define.errors + of_query.errors > 0) && (rc < 0) == !set);
	buf_init(&printed, (size_t)1 << 26);
	if (set)
		watch_set_print(set, 0, &printed);
	demand(!set || printed.len);
	if (set && printed.len < 65536 && !is_deep(buf_str(&printed)))
		read_again(buf_str(&printed));
	buf_release(&printed);
	watch_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const dialects[] = {
		"brandwatch", "meltwater", "factiva", "nexis", "lucene"};
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t cut = nul ? (size_t)(nul - data) : 0, from = nul ? cut + 1 : 0;
	struct str define = str_slice((const char *)data, cut);
	struct str query = str_slice((const char *)data + from, size - from);

	read_as(NULL, define, query);
	read_as(dialects[size % 5], define, query);
	return 0;
}
