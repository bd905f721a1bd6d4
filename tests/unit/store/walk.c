/* SPDX-License-Identifier: MIT */
/* Walks over the archive: bounds of the period, and narrowing by a prefilter. */
#include "lib/unit.h"

#include "lib/archive_fixture.h"

static int note_item(void *ctx, const struct store_item_row *row)
{
	struct ids *ids = ctx;

	ids->v[ids->n++] = row->id;
	return 0;
}

static struct ids each(struct store_fixture *f, struct archive_period p)
{
	struct ids ids = {.n = 0};

	assert_int_equal(archive_each(f->store, &p, note_item, &ids, &f->e), 0);
	return ids;
}

static void a_walk_passes_its_period_oldest_first(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0);
	struct archive_extent extent;
	const struct watch_prefilter any[] = {{WATCH_PREFILTER_ANY, STR_NONE, 2},
		{WATCH_PREFILTER_WORD, STR("alpha"), 0}, {WATCH_PREFILTER_BEGINNING, STR("be"), 0}};
	struct archive_period p = {.since = 3 * DAY, .until = 8 * DAY};
	struct ids ids;
	char id[16];

	for (int i = 1; i <= 9; i++) {
		snprintf(id, sizeof(id), "%d", i);
		archive_put(
			f, feed, i * DAY, id, i % 3 ? "gamma" : "alpha", i == 4 ? "Beta" : NULL);
		if (i == 5)
			archive_index_all(f);
	}
	archive_put(f, feed, 10 * DAY, "3", "gamma", "now"); /* indexed as alpha */
	ids = each(f, p);
	assert_int_equal(ids.n, 5);
	assert_int_equal(ids.v[0], 3);
	assert_int_equal(ids.v[4], 7);
	assert_int_equal(archive_measure(f->store, &p, &extent, &f->e), 0);
	assert_int_equal(extent.items, 5);
	assert_true(extent.first == 3 * DAY && extent.last == 7 * DAY);
	/*
	 * 3 by the index or as an edited item; 4 has a word with prefix be; 6 and 7 are not indexed
	 */
	p.needs = any;
	p.n_needs = 3;
	p.narrow_max = 10;
	ids = each(f, p);
	assert_int_equal(ids.n, 4);
	assert_int_equal(ids.v[0], 3);
	assert_int_equal(ids.v[1], 4);
	assert_int_equal(ids.v[2], 6);
	p.narrow_max = 1;
	assert_int_equal(each(f, p).n, 5);
	p.since = 11 * DAY;
	p.until = STAMP_NONE;
	assert_int_equal(each(f, p).n, 0);
}

static void a_prefilter_narrows_a_walk(void **state)
{
	static const char *const texts[] = {
		"alpha beta", "alpha", "gamma delta", "beta gamma", "alpha gamma betting", "delta"};
	/* alpha AND (be* OR (gamma AND delta)) */
	const struct watch_prefilter needs[] = {{WATCH_PREFILTER_ALL, STR_NONE, 2},
		{WATCH_PREFILTER_WORD, STR("alpha"), 0}, {WATCH_PREFILTER_ANY, STR_NONE, 2},
		{WATCH_PREFILTER_BEGINNING, STR("be"), 0}, {WATCH_PREFILTER_ALL, STR_NONE, 2},
		{WATCH_PREFILTER_WORD, STR("gamma"), 0}, {WATCH_PREFILTER_WORD, STR("delta"), 0}};
	struct watch_prefilter deep[64];
	struct archive_period p = {.since = STAMP_NONE, .until = STAMP_NONE, .narrow_max = 10};
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0);
	struct ids ids;
	char id[16];

	for (int i = 0; i < 6; i++) {
		snprintf(id, sizeof(id), "%d", i);
		archive_put(f, feed, 1, id, texts[i], NULL);
	}
	archive_index_all(f);
	p.needs = needs;
	p.n_needs = 7;
	ids = each(f, p);
	assert_int_equal(ids.n, 2);
	assert_int_equal(ids.v[0], 1);
	assert_int_equal(ids.v[1], 5);
	p.needs++; /* one word; the rest is not evaluated */
	p.n_needs = 1;
	assert_int_equal(each(f, p).n, 3);
	/* Nested too deeply: all items are passed. */
	for (size_t i = 0; i < 63; i++)
		deep[i] = i % 2 ? needs[1] : needs[0];
	deep[62] = needs[1];
	p.needs = deep;
	p.n_needs = 63;
	assert_int_equal(each(f, p).n, 6);
}

/* Progress before each item. */
struct far {
	struct ids ids;
	uint64_t done[IDS], of;
	size_t n;
};

static void note_progress(void *ctx, uint64_t done, uint64_t of)
{
	struct far *far = ctx;

	assert_true(far->n == 0 || (done > far->done[far->n - 1] && of == far->of));
	assert_true(done < of);
	far->done[far->n++] = done;
	far->of = of;
}

static int note_found(void *ctx, const struct archive_found *found)
{
	return note_item(ctx, &found->row);
}

static void assert_far(const struct far *far, size_t found, uint64_t first, uint64_t last)
{
	assert_int_equal(far->ids.n, found);
	assert_int_equal(far->done[0], first);
	assert_int_equal(far->done[far->n - 1], last);
}

static void walks_and_searches_report_progress(void **state)
{
	const struct watch_prefilter alpha = {WATCH_PREFILTER_WORD, STR("alpha"), 0};
	struct archive_period p = {
		.since = 3 * DAY, .until = STAMP_NONE, .progress = note_progress};
	struct archive_query q = {.since = 3 * DAY, .progress = note_progress};
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0);
	struct archive_terms *terms;
	struct far far;
	char id[16];

	for (int i = 1; i <= 9; i++) {
		snprintf(id, sizeof(id), "%d", i);
		archive_put(f, feed, i * DAY, id, i % 4 == 1 ? "alpha" : "gamma", NULL);
		if (i == 7)
			archive_index_all(f);
	}
	far.n = far.ids.n = 0;
	assert_int_equal(archive_each(f->store, &p, note_item, &far, &f->e), 0);
	assert_int_equal(far.of, 7);
	assert_far(&far, 7, 0, 6);
	/* 5 by the index, 8 and 9 are not indexed */
	p.needs = &alpha;
	p.n_needs = 1;
	p.narrow_max = 1;
	far.n = far.ids.n = 0;
	assert_int_equal(archive_each(f->store, &p, note_item, &far, &f->e), 0);
	assert_int_equal(far.of, 3);
	assert_far(&far, 3, 0, 2);
	/* More candidates than narrow_max: all items. */
	p.narrow_max = 0;
	far.n = far.ids.n = 0;
	assert_int_equal(archive_each(f->store, &p, note_item, &far, &f->e), 0);
	assert_int_equal(far.of, 7);
	assert_far(&far, 7, 0, 6);
	/* 9 and 8 because they are not indexed, then 5 */
	assert_int_equal(archive_terms_new(&terms, STR("alpha"), &f->e), 0);
	q.terms = terms;
	far.n = far.ids.n = 0;
	assert_int_equal(archive_search(f->store, &q, note_found, &far, &f->e), 0);
	assert_int_equal(far.of, 7);
	assert_int_equal(far.n, 3);
	assert_far(&far, 2, 0, 4);
	archive_terms_free(terms);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_walk_passes_its_period_oldest_first),
		TEST(a_prefilter_narrows_a_walk),
		TEST(walks_and_searches_report_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
