/* SPDX-License-Identifier: MIT */
/*
 * A query up to the first newline, then title and body, a newline between them: matching twice
 * gives the same, hits lie in their texts in order, counting agrees with matching.
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

struct seen {
	const struct watch_view *view;
	size_t matches, hits;
};

static void on_match(void *ctx, const struct watch_match *m)
{
	struct seen *s = ctx;

	s->matches++;
	s->hits += m->n_hits;
	for (size_t i = 0; i < m->n_hits; i++) {
		const struct watch_hit *h = &m->hits[i], *before = i ? h - 1 : NULL;
		struct str text = h->field == WATCH_TITLE ? s->view->title : s->view->body;

		demand(h->field == WATCH_TITLE || h->field == WATCH_BODY);
		demand(h->length && h->offset + h->length <= text.n);
		demand(h->text.p == text.p + h->offset && h->text.n == h->length);
		demand(!before || before->field < h->field || before->offset < h->offset ||
			(before->offset == h->offset && before->length < h->length));
	}
}

static struct str line(const char **at, const char *end)
{
	const char *from = *at, *to = from < end ? memchr(from, '\n', (size_t)(end - from)) : NULL;

	*at = to ? to + 1 : end;
	return str_slice(from, (size_t)((to ? to : end) - from));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct str query = line(&at, end), stem = STR("en");
	struct watch_def def = {.name = STR("w"), .queries = &query, .n_queries = 1};
	struct watch_view v = {.title = line(&at, end), .body = str_slice(at, (size_t)(end - at))};
	struct watch_builder *b = watch_builder_new();
	struct watch_set *set = NULL;
	struct watch_scratch *s;
	struct seen once = {.view = &v}, twice = once, count = once;
	const size_t *overruns;
	size_t index;

	def.stems = &stem;
	def.n_stems = size % 2;
	if (watch_builder_add(b, &def, &index, NULL, NULL) < 0) {
		watch_builder_free(b);
		return 0;
	}
	if (watch_builder_finish(b, &set, NULL) < 0)
		return 0;
	s = watch_scratch_new(set);
	demand(watch_set_match(set, s, &v, on_match, &once, NULL) == 0);
	demand(watch_set_match(set, s, &v, on_match, &twice, NULL) == 0);
	/* A budget of time may run out once and not the other time. */
	if (watch_scratch_overruns(s, &overruns) == 0) {
		demand(watch_set_match_only(set, s, &v, on_match, &count, NULL) == 0);
		demand(count.matches == twice.matches && count.hits == 0);
	}
	watch_scratch_free(s);
	watch_set_free(set);
	return 0;
}
