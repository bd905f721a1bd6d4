/* SPDX-License-Identifier: MIT */
/* How many sources a watch and its conditions need, for an item that matches otherwise. */
#include "lib/query_fixture.h"

struct sources_row {
	const char *queries[3]; /* up to the first NULL */
	const char *raises[3];
	const char *title;
	uint32_t have;
	const char *waiting; /* "needs; raises", - is never, "none": no match even so */
	bool match;	     /* with those that it has */
};

static void on_match(void *ctx, const struct watch_match *m)
{
	struct buf *out = ctx;

	buf_printf(out, "%u;", m->sources);
	for (size_t i = 0; i < m->n_raises; i++)
		if (m->raises[i] == WATCH_SOURCES_NEVER)
			buf_addz(out, " -");
		else
			buf_printf(out, " %u", m->raises[i]);
}

static void on_diag(void *ctx, const struct query_diag *d)
{
	(void)ctx;
	fail_msg("%zu:%zu %s", d->part, d->offset, d->text);
}

static size_t list(const char *const *from, struct str *to)
{
	size_t n = 0;

	for (; n < 3 && from[n]; n++)
		to[n] = str_of(from[n]);
	return n;
}

static struct watch_set *build(const struct sources_row *r)
{
	struct watch_builder *b = watch_builder_new();
	struct str queries[3], raises[3];
	struct watch_def def = {.name = STR("w"),
		.queries = queries,
		.n_queries = list(r->queries, queries),
		.exclude = STR("football"),
		.raises = raises,
		.n_raises = list(r->raises, raises)};
	struct watch_set *set;
	size_t index;

	assert_int_equal(watch_builder_add(b, &def, &index, on_diag, NULL), 0);
	assert_int_equal(
		watch_builder_define(b, STR("two"), STR("sources>=2 AND @kyiv"), on_diag, NULL), 0);
	assert_int_equal(
		watch_builder_define(b, STR("kyiv"), STR("kyiv OR kiev"), on_diag, NULL), 0);
	def.queries = def.raises = (const struct str[]){STR("@two OR moon"), STR("@kyiv @two")};
	def.n_raises = 0;
	def.queries++;
	def.n_queries = 1;
	assert_int_equal(watch_builder_add(b, &def, &index, on_diag, NULL), 0);
	assert_int_equal(watch_builder_finish(b, &set, NULL), 0);
	return set;
}

struct first_only {
	struct buf *out;
	watch_match_fn *fn;
};

static void on_first(void *ctx, const struct watch_match *m)
{
	struct first_only *f = ctx;

	if (m->watch == 0)
		f->fn(f->out, m);
}

static void a_match_says_how_many_sources_it_needs(void **state)
{
	static const struct sources_row rows[] = {
		{{"embassy sources>=3"}, {NULL}, "the embassy", 1, "3;", false},
		{{"embassy sources>=3"}, {NULL}, "the embassy", 2, "3;", false},
		{{"embassy sources>=3"}, {NULL}, "the embassy", 3, "3;", true},
		{{"embassy sources>=3"}, {NULL}, "the embassy", 4, "3;", true},
		{{"embassy sources>=1"}, {NULL}, "the embassy", 0, "1;", true},
		{{"embassy sources>=3"}, {NULL}, "the consulate", 3, "none", false},
		{{"embassy sources>=3"}, {NULL}, "football at the embassy", 3, "none", false},
		{{"embassy sources>=3 source:ap"}, {NULL}, "the embassy", 3, "none", false},
		{{"embassy sources>=3 source:bbc tier:wire"}, {NULL}, "the embassy", 3, "3;", true},
		{{"embassy (sources>=5 AND sources>=2)"}, {NULL}, "the embassy", 3, "5;", false},
		/* the easiest of several queries that the item satisfies */
		{{"embassy sources>=5", "kyiv sources>=2"}, {NULL}, "embassy kyiv", 1, "2;", false},
		{{"embassy sources>=5", "kyiv sources>=2"}, {NULL}, "embassy", 2, "5;", false},
		{{"embassy sources>=5", "kyiv"}, {NULL}, "embassy kyiv", 1, "0;", true},
		{{"embassy sources>=5", "tier:official"}, {NULL}, "embassy", 1, "5;", false},
		{{"@two", "moon"}, {NULL}, "kiev", 1, "2;", false},
		{{"@two AND sources>=4"}, {NULL}, "kiev", 2, "4;", false},
		/* conditions */
		{{"embassy"}, {"sources>=3"}, "embassy", 1, "0; 3", true},
		{{"embassy"}, {"tier:official OR sources>=3"}, "embassy", 1, "0; 3", true},
		{{"embassy"}, {"tier:wire OR sources>=3"}, "embassy", 1, "0; 0", true},
		{{"embassy"}, {"NOT tier:official AND sources>=2"}, "embassy", 1, "0; 2", true},
		{{"embassy"}, {"NOT tier:wire AND sources>=2"}, "embassy", 1, "0; -", true},
		{{"embassy"}, {"kyiv", "title:embassy", "@two"}, "embassy", 1, "0; - 0 -", true},
		{{"embassy"}, {"@two OR (sources>=9 AND embass*)"}, "embassy", 1, "0; 9", true},
		{{"embassy sources>=2"}, {"ANY/2(tier:wire, source:bbc, kyiv)"}, "embassy", 2,
			"2; 0", true},
		{{"embassy"}, {"words<5 AND age<1h"}, "embassy", 1, "0; 0", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct watch_set *set = build(&rows[i]);
		struct watch_scratch *s = watch_scratch_new(set);
		struct watch_view v = {.title = str_of(rows[i].title),
			.source = STR("BBC"),
			.tier = STR("wire"),
			.sources = rows[i].have,
			.waiting = true};
		struct buf waiting, match;

		buf_init(&waiting, 1000);
		buf_init(&match, 1000);
		assert_int_equal(watch_set_match(set, s, &v, on_first,
					 &(struct first_only){&waiting, on_match}, NULL),
			0);
		v.waiting = false;
		assert_int_equal(watch_set_match(set, s, &v, on_first,
					 &(struct first_only){&match, on_match}, NULL),
			0);
		if (!waiting.len)
			buf_addz(&waiting, "none");
		if (strcmp(buf_z(&waiting), rows[i].waiting) != 0 ||
			(match.len > 0) != rows[i].match)
			fail_msg("row %zu, %s on %s: %s, %s", i, rows[i].queries[0], rows[i].title,
				buf_z(&waiting), match.len ? "match" : "no match");
		buf_release(&waiting);
		buf_release(&match);
		watch_scratch_free(s);
		watch_set_free(set);
	}
}

static void on_part(void *ctx, const struct query_diag *d)
{
	buf_printf(ctx, "%zd:%zu %s\n",
		d->part < QUERY_PART_RAISE	? (ssize_t)d->part
		: d->part == QUERY_PART_EXCLUDE ? -1
						: (ssize_t)(d->part - QUERY_PART_RAISE) + 100,
		d->offset, d->text);
}

static void conditions_and_exclude_have_rules_of_their_own(void **state)
{
	static const struct {
		const char *query, *exclude, *raise, *diags;
	} rows[] = {
		{"a", NULL, "NOT sources>=3 AND b", "100:4 sources>=3 inside NOT\n"},
		{"a", NULL, "ANY/2(b, c, sources>=3)", "100:12 sources>=3 inside ANY\n"},
		{"a", NULL, "LEAD(b AND tier:wire)", "100:11 tier: inside LEAD\n"},
		{"a", NULL, "b NEAR/2 tier:wire", "100:9 a field prefix inside NEAR\n"},
		{"a", NULL, "NOT tier:wire", "100:0 NOT without anything that must be there\n"},
		{"a", NULL, "@x OR sources>=2 AND b",
			"100:17 AND and OR are mixed without brackets\n"},
		{"a", "b OR sources>=3", NULL, "-1:5 sources>=3 inside exclude\n"},
		{"a", "source:bbc", NULL, "-1:0 source: inside exclude\n"},
		{"@x OR b", NULL, NULL, "0:0 sources>=2 inside OR\n"},
		{"a NOT @x", NULL, "@x", "0:6 sources>=2 inside NOT\n"},
		{"a", NULL, "a @y", "100:2 @y is not defined\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str query = str_of(rows[i].query), raise = str_of(rows[i].raise);
		struct watch_def def = {.name = STR("w"),
			.queries = &query,
			.n_queries = 1,
			.exclude = str_of(rows[i].exclude),
			.raises = &raise,
			.n_raises = rows[i].raise != NULL};
		struct watch_builder *b = watch_builder_new();
		struct watch_set *set = NULL;
		struct buf diags;
		size_t index;

		buf_init(&diags, 10000);
		watch_builder_add(b, &def, &index, on_part, &diags);
		assert_int_equal(
			watch_builder_define(b, STR("x"), STR("kyiv sources>=2"), NULL, NULL), 0);
		assert_int_equal(watch_builder_finish(b, &set, NULL), -(int)ERR_CONF);
		if (strcmp(buf_z(&diags), rows[i].diags) != 0)
			fail_msg("row %zu: %s", i, buf_z(&diags));
		buf_release(&diags);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_match_says_how_many_sources_it_needs),
		cmocka_unit_test(conditions_and_exclude_have_rules_of_their_own),
	};

	return cmocka_run_group_tests_name("watch sources", tests, NULL, NULL);
}
