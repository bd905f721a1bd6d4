/* SPDX-License-Identifier: MIT */
/*
 * Matching with the n-th allocation failing, for every n. The current item is refused or matched
 * completely; every later item is matched as if nothing had happened.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "lib/memory.h"
#include "watch/watch.h"

static const char *const queries[] = {
	"ukraine",
	"ukr* AND embassy",
	"zebra* NOT ukraine",
	"\"white house\"",
	"\"whi* house\" OR ATLEAST/3(house)",
	"{Leaving} NEAR white",
	"house~1 SENT embassy",
	"\"embassy ukraine\"~3",
	"/whi[a-z]+/",
	"feed:wire white",
	"house NOT NEAR/2 white",
};

static const char *const texts[][2] = {
	{"ukraine", "Ukrainian embassy, zebra. Leaving white houses"},
	{"white house", "the White House. Leaving hose embassy house house"},
	{"nothing", "of that kind"},
	{"embassy of the ukraine", "zebras leave"},
};

#define N_QUERIES (sizeof(queries) / sizeof(queries[0]))
#define N_TEXTS	  (sizeof(texts) / sizeof(texts[0]))

static struct watch_set *make_set(void)
{
	struct watch_builder *b = watch_builder_new();
	struct watch_set *set = NULL;
	struct str stem = STR("en");
	size_t index;

	for (size_t i = 0; i < N_QUERIES; i++) {
		struct str query = str_of(queries[i]);
		struct watch_def def = {.name = STR("w"),
			.queries = &query,
			.n_queries = 1,
			.stems = &stem,
			.n_stems = i % 3 == 0};

		if (watch_builder_add(b, &def, &index, NULL, NULL) < 0)
			abort();
	}
	return watch_builder_finish(b, &set, NULL) < 0 ? NULL : set;
}

static void on_match(void *ctx, const struct watch_match *m)
{
	struct buf *matches = ctx;
	bool armed = memory.armed;

	memory.armed = false;
	buf_printf(matches, "%zu", m->watch);
	for (size_t i = 0; i < m->n_hits; i++)
		buf_printf(matches, " %zu+%zu", m->hits[i].offset, m->hits[i].length);
	buf_addc(matches, '\n');
	memory.armed = armed;
}

/* Matches an item. As watch_set_match. */
static int match_text(
	struct watch_set *set, struct watch_scratch *s, size_t text, struct buf *matches)
{
	struct watch_view v = {.title = str_of(texts[text][0]),
		.body = str_of(texts[text][1]),
		.feed = STR("wire"),
		.published = STAMP_NONE};

	buf_clear(matches);
	return watch_set_match(set, s, &v, on_match, matches, NULL);
}

/* Returns false if a match is wrong. Sets *fired if memory ran out before the end. */
static bool run(struct watch_set *set, long at, struct buf *good, bool *fired)
{
	struct watch_scratch *s;
	struct buf matches;
	bool fine = true;

	buf_init(&matches, 1 << 20);
	memory = (struct memory){.at = at, .width = 1, .armed = true};
	s = watch_scratch_new(set);
	memory.armed = memory.armed && s;
	for (size_t i = 0; s && fine && i < 3 * N_TEXTS; i++) {
		bool before = memory.fired;
		int rc = match_text(set, s, i % N_TEXTS, &matches);

		if (rc < 0)
			fine = rc == -(int)ERR_NOMEM && memory.fired && !before;
		else
			fine = strcmp(buf_z(&matches), buf_z(&good[i % N_TEXTS])) == 0;
		if (!fine)
			fprintf(stderr, "# allocation %ld, item %zu: %d, matches\n%s", at, i, rc,
				buf_z(&matches));
	}
	memory.armed = false;
	*fired = memory.fired;
	watch_scratch_free(s);
	buf_release(&matches);
	return fine && (s || *fired);
}

int main(void)
{
	struct watch_set *set = make_set();
	struct watch_scratch *s = watch_scratch_new(set);
	struct buf good[N_TEXTS];
	bool fine = set && s, fired = true;
	long at = 0;

	for (size_t i = 0; i < N_TEXTS; i++) {
		buf_init(&good[i], 1 << 20);
		fine = match_text(set, s, i, &good[i]) == 0 && fine;
	}
	fine = fine && good[0].len && good[1].len && good[3].len;
	watch_scratch_free(s);
	while (fine && fired)
		fine = run(set, ++at, good, &fired);
	printf("%s - matching where one of %ld allocations fails\n",
		fine && at > 50 ? "ok" : "not ok", at);
	for (size_t i = 0; i < N_TEXTS; i++)
		buf_release(&good[i]);
	watch_set_free(set);
	return 0;
}
