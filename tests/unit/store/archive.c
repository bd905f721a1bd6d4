/* SPDX-License-Identifier: MIT */
/*
 * The archive: a search returns the same items as a watch with the same words, whatever part of
 * them is indexed; deleted items leave the index.
 */
#include "lib/unit.h"

#include <sqlite3.h>

#include "base/rng.h"
#include "store/archive.h"
#include "lib/archive_fixture.h"

#define LONG "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"

static int64_t ask(struct store_fixture *f, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	int64_t v;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	v = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
	sqlite3_finalize(st);
	sqlite3_close(db);
	return v;
}

static int note_found(void *ctx, const struct archive_found *found)
{
	struct ids *ids = ctx;

	ids->hits[0] = '\0';
	for (size_t i = 0; i < found->n_hits && strlen(ids->hits) < 200; i++)
		snprintf(ids->hits + strlen(ids->hits), 40, "%s%.*s", i ? "," : "",
			STR_ARG(found->hits[i].text));
	ids->v[ids->n++] = found->row.id;
	return 0;
}

static struct ids search_in(struct store_fixture *f, const char *words, struct archive_query q)
{
	struct archive_terms *terms;
	struct ids ids = {.n = 0};

	assert_int_equal(archive_terms_new(&terms, str_of(words), &f->e), 0);
	q.terms = terms;
	assert_int_equal(archive_search(f->store, &q, note_found, &ids, &f->e), 0);
	archive_terms_free(terms);
	return ids;
}

static struct ids search(struct store_fixture *f, const char *words)
{
	return search_in(f, words, (struct archive_query){.since = STAMP_NONE});
}

static void search_terms_are_parsed_or_refused(void **state)
{
	static const struct {
		const char *words, *error; /* NULL: valid */
	} rows[] = {
		{"embassy", NULL},
		{"relocat* \"draw down\"", NULL},
		{"\xe2\x80\x9c"
		 "draw down\xe2\x80\x9d",
			NULL},
		{"U.S* non-essential \"*\" x", "needs the beginning"},
		{"*burg", "at the end of a word only"},
		{"w?r", "at the end of a word only"},
		{"", "no word to look for"},
		{" \t ", "no word to look for"},
		{"!!!", "there is no word in !!!"},
		{"\"draw down", "not closed"},
		{"a \"\"", "nothing between"},
		{"a\xff", "UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct archive_terms *t;
		struct err e = {0};
		int rc = archive_terms_new(&t, str_of(rows[i].words), &e);

		if (!rows[i].error) {
			assert_int_equal(rc, 0);
			archive_terms_free(t);
			continue;
		}
		assert_int_equal(rc, -(int)ERR_INPUT);
		if (!strstr(e.text, rows[i].error))
			fail_msg("%s: %s", rows[i].words, e.text);
	}
}

static void words_are_found_as_watches_find_them(void **state)
{
	static const struct {
		const char *words, *hits; /* NULL: not found */
	} rows[] = {
		{"embassy", "embassy"},
		{"zurich KYIV", "Z\xc3\xbcrich,Kyiv\xe2\x80\x99s"},
		{"\"staff of the embassy\"", "staff of the embassy"},
		{"\"embassy staff\"", NULL},
		{"reloc*", "relocated"},
		{"relocat", NULL},
		{"\"the emb* was\"", "the embassy was"},
		{"\"th* emb* wa*\"", "the embassy was"},
		{"non-essential", "non-essential"},
		{"u.s", "U.S"},
		{"re* st*", "staff"}, /* too short for the index */
		{"re* \"staff o*\" kyiv", "staff of"},
		{"em* qu*", NULL},
		{"s*", "staff"},
		{"st*", "staff"},
		{"q*", NULL},
		{"\"zurich staff\"", NULL}, /* across the end of the title */
		{"\xe4\xbd\xbf\xe9\xa4\xa8", "\xe4\xbd\xbf\xe9\xa4\xa8"},
		{"\"all is\"", "all. Is"},
		{"\xe2\x80\x9fstaff of the\xe2\x80\x9f", "staff of the"},
		{"zurich\xc2\xa0staff", "Z\xc3\xbcrich"},
		{"\xef\xb7\xba", "\xef\xb7\xba"}, /* its normal form has spaces */
		{"o'brien's", "O\xe2\x80\x99"
			      "Brien"},
	};
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0);

	archive_put(f, feed, 1, "1", "Kyiv\xe2\x80\x99s line to Z\xc3\xbcrich",
		"All staff of the embassy was non-essential: the embassy was relocated by the U.S. "
		"That is all. Is it? \xe5\xa4\xa7\xe4\xbd\xbf\xe9\xa4\xa8 \xef\xb7\xba "
		"O\xe2\x80\x99"
		"Brien");
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct ids ids = search(f, rows[i].words);

			if (ids.n != (rows[i].hits != NULL))
				fail_msg("%s: %zu", rows[i].words, ids.n);
			if (ids.n && !strstr(ids.hits, rows[i].hits) && i != 1)
				fail_msg("%s: %s", rows[i].words, ids.hits);
		}
		archive_index_all(f);
		assert_int_equal(ask(f, "SELECT mark FROM archive"), 1);
	}
}

/* --- against watches, at random --- */

static const char *const vocabulary[] = {"alpha", "alps", "beta", "U.S.", "u", "s", "don't",
	"Z\xc3\xbcrich", "zur", "\xe5\xa4\xa7\xe4\xbd\xbf", "\xe4\xbd\xbf", "100,000", "a_b",
	"l'eau", "\xef\xb7\xba", LONG LONG LONG LONG LONG LONG "x",
	LONG LONG LONG LONG LONG LONG "y", "\xd7\xa6\xd7\x94\"\xd7\x9c",
	"\xd0\x9a\xd0\xb8\xd0\xb5\xd0\xb2"};
#define VOCABULARY (sizeof(vocabulary) / sizeof(vocabulary[0]))

static void random_text(struct rng *r, char *out, size_t size, size_t most)
{
	size_t n = rng_below(r, most + 1);

	out[0] = '\0';
	while (n--)
		snprintf(out + strlen(out), size - strlen(out), "%s ",
			vocabulary[rng_below(r, VOCABULARY)]);
}

/* One to three terms that mean the same in a watch and in a search. */
static void random_query(struct rng *r, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t n = 1 + rng_below(r, 3); n; n--) {
		size_t pick = rng_below(r, VOCABULARY), at = strlen(out);
		const char *word = strchr(vocabulary[pick], '"') ? "alps" : vocabulary[pick];
		const char *other = rng_below(r, 2) ? "alp*" : "zu*";

		switch (rng_below(r, 4)) {
		case 0: snprintf(out + at, size - at, "%s ", other); break;
		case 1: snprintf(out + at, size - at, "\"%s %s\" ", word, other); break;
		case 2: snprintf(out + at, size - at, "\"%s %s\" ", other, word); break;
		default: snprintf(out + at, size - at, "%s ", word); break;
		}
	}
}

static struct watch_set *compile(const char *query)
{
	struct watch_builder *b = watch_builder_new();
	struct str text = str_of(query);
	struct watch_def def = {.name = STR("q"), .queries = &text, .n_queries = 1};
	struct watch_set *set;
	size_t index;

	assert_int_equal(watch_builder_add(b, &def, &index, NULL, NULL), 0);
	assert_int_equal(watch_builder_finish(b, &set, NULL), 0);
	return set;
}

static void on_match(void *ctx, const struct watch_match *m)
{
	(void)m;
	*(bool *)ctx = true;
}

struct plain {
	struct watch_set *set;
	struct watch_scratch *scratch;
	struct ids ids; /* oldest first */
};

static int match_item(void *ctx, const struct store_item_row *row)
{
	struct plain *p = ctx;
	struct watch_view v = {.title = row->item.title, .body = row->item.content};
	bool matches = false;

	assert_int_equal(watch_set_match(p->set, p->scratch, &v, on_match, &matches, NULL), 0);
	if (matches)
		p->ids.v[p->ids.n++] = row->id;
	return 0;
}

static void compare(struct store_fixture *f, struct rng *r, uint64_t seed)
{
	const struct archive_period all = {.since = STAMP_NONE, .until = STAMP_NONE};
	struct plain p = {.ids = {.n = 0}};
	struct ids found;
	char query[4096];

	random_query(r, query, sizeof(query));
	p.set = compile(query);
	p.scratch = watch_scratch_new(p.set);
	assert_int_equal(archive_each(f->store, &all, match_item, &p, &f->e), 0);
	found = search(f, query);
	if (found.n != p.ids.n)
		fail_msg("seed %llu: %s: %zu found, %zu match", (unsigned long long)seed, query,
			found.n, p.ids.n);
	for (size_t i = 0; i < found.n; i++)
		assert_int_equal(found.v[i], p.ids.v[p.ids.n - 1 - i]);
	watch_scratch_free(p.scratch);
	watch_set_free(p.set);
}

static void a_search_equals_a_watch_whatever_the_index_has(void **state)
{
	struct store_fixture *f = *state;
	uint64_t seed = (uint64_t)clock_wall();
	int64_t feed = make_feed(f, "a", 1000 * DAY), before;
	char id[16], title[4096], text[8192];
	struct rng r;
	bool more;

	rng_seed(&r, seed);
	for (int step = 0; step < 600; step++) {
		switch (rng_below(&r, 8)) {
		case 0: assert_int_equal(archive_index(f->store, &more, &f->e), 0); break;
		case 1:
			before = (int64_t)rng_below(&r, 10)
					 ? (int64_t)rng_below(&r, (uint64_t)step + 1)
					 : step;
			assert_int_equal(store_expire(f->store, before * DAY, 5, &more, &f->e), 0);
			break;
		case 2: compare(f, &r, seed); break;
		default:
			snprintf(id, sizeof(id), "%llu", (unsigned long long)rng_below(&r, 200));
			random_text(&r, title, sizeof(title), 2);
			random_text(&r, text, sizeof(text), 8);
			archive_put(f, feed, step * DAY, id, title[0] ? title : NULL,
				text[0] ? text : NULL);
		}
	}
	assert_true(ask(f, "SELECT count(*) FROM items") > 0);
	archive_index_all(f);
	assert_int_equal(ask(f, "SELECT count(*) FROM stale"), 0);
	compare(f, &r, seed);
}

static void deleted_items_leave_the_index(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 100 * DAY);
	bool more = true;

	archive_put(f, feed, 1, "1", "alpha", "beta gamma");
	archive_put(f, feed, 2, "2", "alpha", "delta");
	archive_index_all(f);
	archive_put(f, feed, 3, "1", "omega", "beta gamma");
	assert_int_equal(search(f, "alpha").n, 1);
	assert_int_equal(search(f, "omega").n, 1);
	assert_int_equal(ask(f, "SELECT count(*) FROM words('alpha')"), 2);
	archive_put(f, feed, 4, "2", "psi", "delta");
	archive_index_all(f);
	assert_int_equal(ask(f, "SELECT count(*) FROM words('alpha')"), 0);
	assert_int_equal(ask(f, "SELECT count(*) FROM words('omega OR psi')"), 2);
	archive_put(f, feed, 5, "2", "chi", "delta"); /* the index has psi, the item chi */
	while (more)
		assert_int_equal(store_expire(f->store, 50 * DAY, 10, &more, &f->e), 0);
	assert_int_equal(ask(f, "SELECT count(*) FROM items"), 0);
	assert_int_equal(ask(f, "SELECT count(*) FROM words('omega OR psi OR chi OR beta')"), 0);
	assert_int_equal(ask(f, "SELECT count(*) + (SELECT mark FROM archive) FROM stale"), 0);
	/* its id is reused */
	assert_int_equal(archive_put(f, feed, 60 * DAY, "3", "kappa", NULL), 1);
	assert_int_equal(search(f, "kappa").n, 1);
}

static void an_index_of_another_version_is_rebuilt(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0);

	archive_put(f, feed, 1, "1", "alpha", NULL);
	archive_index_all(f);
	assert_int_equal(ask(f, "UPDATE archive SET version = 1 RETURNING mark"), 1);
	archive_put(f, feed, 2, "2", "alpha", NULL);
	assert_int_equal(search(f, "alpha").n, 2);
	archive_index_all(f);
	assert_int_equal(ask(f, "SELECT mark FROM archive WHERE version <> 1"), 2);
	assert_int_equal(ask(f, "SELECT count(*) FROM words('alpha')"), 2);
}

static void a_search_is_bounded_by_time_feed_and_number(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0), b = make_feed(f, "b", 0);
	char id[16];

	for (int i = 1; i <= 9; i++) {
		snprintf(id, sizeof(id), "%d", i);
		archive_put(f, i % 2 ? a : b, i * DAY, id, "alpha", NULL);
	}
	for (int round = 0; round < 2; round++) {
		struct archive_query q = {.since = 4 * DAY, .feed = STR("a")};
		struct ids ids = search_in(f, "alpha", q);

		assert_int_equal(ids.n, 3);
		assert_int_equal(ids.v[0], 9);
		assert_int_equal(ids.v[2], 5);
		q.limit = 2;
		assert_int_equal(search_in(f, "alpha", q).n, 2);
		q.since = 10 * DAY;
		assert_int_equal(search_in(f, "alpha", q).n, 0);
		q = (struct archive_query){.since = 2 * DAY, .feed = STR("a"), .before = 9};
		ids = search_in(f, "alpha", q);
		assert_int_equal(ids.n, 3);
		assert_int_equal(ids.v[0], 7);
		assert_int_equal(ids.v[2], 3);
		q.limit = 2;
		ids.n = 0;
		assert_int_equal(archive_newest(f->store, &q, note_found, &ids, &f->e), 0);
		assert_int_equal(ids.n, 2);
		assert_int_equal(ids.v[0], 7);
		assert_int_equal(ids.v[1], 5);
		q = (struct archive_query){.since = STAMP_NONE, .feed = STR("c")};
		assert_int_equal(search_in(f, "alpha", q).n, 0);
		archive_index_all(f);
		/* An edited item is behind the bound too. */
		archive_put(f, a, 20 * DAY + round, "9", "alpha", round ? "more" : "less");
	}
}

static int stop_at_first(void *ctx, const struct archive_found *found)
{
	(void)found;
	++*(int *)ctx;
	return 7;
}

static void a_caller_may_stop(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0);
	struct archive_query q = {.since = STAMP_NONE};
	struct archive_terms *terms;
	int n = 0;

	archive_put(f, feed, 1, "1", "alpha", NULL);
	archive_put(f, feed, 2, "2", "alpha", NULL);
	assert_int_equal(archive_terms_new(&terms, STR("alpha"), &f->e), 0);
	q.terms = terms;
	assert_int_equal(archive_search(f->store, &q, stop_at_first, &n, &f->e), 7);
	archive_index_all(f);
	assert_int_equal(archive_search(f->store, &q, stop_at_first, &n, &f->e), 7);
	assert_int_equal(n, 2);
	archive_terms_free(terms);
	assert_false(store_in_transaction(f->store));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search_terms_are_parsed_or_refused),
		TEST(words_are_found_as_watches_find_them),
		TEST(a_search_equals_a_watch_whatever_the_index_has),
		TEST(deleted_items_leave_the_index),
		TEST(an_index_of_another_version_is_rebuilt),
		TEST(a_search_is_bounded_by_time_feed_and_number),
		TEST(a_caller_may_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
