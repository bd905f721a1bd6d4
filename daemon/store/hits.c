/* SPDX-License-Identifier: MIT */
#include "hits.h"

#include <jansson.h>

#include "base/counted_memory.h"
#include "base/utf8.h"

int hits_write(const struct watch_hit *hits, size_t n, char **out, struct err *e)
{
	json_t *all = json_array();
	bool good = all != NULL;

	*out = NULL;
	for (size_t k = 0; good && k < n; k++) {
		const struct watch_hit *h = &hits[k];
		json_t *one;

		/* Invalid UTF-8 cannot be JSON: drop the hit, not the alert. */
		if (!utf8_valid(h->text) || !utf8_valid(h->term))
			continue;
		one = json_pack("[i,I,I,s%,s%]", (int)h->field, (json_int_t)h->offset,
			(json_int_t)h->length, h->text.p ? h->text.p : "", h->text.n,
			h->term.p ? h->term.p : "", h->term.n);

		good = one && json_array_append_new(all, one) == 0;
	}
	if (good)
		*out = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return *out ? 0 : err_nomem(e);
}

static int hits_read_one(json_t *one, struct arena *arena, struct watch_hit *out, struct err *e)
{
	const char *text, *term;
	size_t text_n, term_n;
	json_int_t offset, length;
	int field;

	if (json_unpack(one, "[i,I,I,s%,s%]", &field, &offset, &length, &text, &text_n, &term,
		    &term_n) != 0 ||
		field < 0 || field > QUERY_CATEGORY || offset < 0 || length < 0)
		return err_set(e, ERR_INPUT, "the hits of an alert are damaged");
	*out = (struct watch_hit){
		.field = (enum query_field)field,
		.offset = (size_t)offset,
		.length = (size_t)length,
		.text = arena_str(arena, str_slice(text, text_n)),
		.term = arena_str(arena, str_slice(term, term_n)),
	};
	return out->text.p && out->term.p ? 0 : err_nomem(e);
}

int hits_read(
	struct str text, struct arena *arena, struct watch_hit **out, size_t *n, struct err *e)
{
	unsigned long lacks = counted_memory_failures();
	json_error_t why;
	json_t *all = json_loadb(text.p, text.n, JSON_ALLOW_NUL, &why);
	int rc = 0;

	*n = 0;
	*out = NULL;
	if (!json_is_array(all)) {
		json_decref(all);
		if (counted_memory_failures() != lacks)
			return err_nomem(e);
		return err_set(e, ERR_INPUT, "the hits of an alert are damaged");
	}
	*out = arena_array(arena, json_array_size(all), sizeof(**out));
	if (!*out)
		rc = err_nomem(e);
	for (size_t k = 0; !rc && k < json_array_size(all); k++)
		rc = hits_read_one(json_array_get(all, k), arena, &(*out)[k], e);
	if (!rc)
		*n = json_array_size(all);
	json_decref(all);
	return rc;
}
