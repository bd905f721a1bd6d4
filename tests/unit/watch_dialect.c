/* SPDX-License-Identifier: MIT */
/* Queries of other products: what they become, and what they may not hold. */
#include "unit.h"

#include "base/buf.h"
#include "watch/watch.h"

static void on_diag(void *ctx, const struct watch_diag *d)
{
	if (!d->warning)
		buf_printf(ctx, "%zu %s\n", d->offset, d->text);
}

/* What the watch is in our language, or its errors. */
static void read_as(const char *dialect, const char *query, struct buf *out)
{
	struct watch_builder *b = watch_builder_new();
	struct str q = str_of(query);
	struct watch_def def = {
		.name = STR("w"), .queries = &q, .n_queries = 1, .dialect = str_of(dialect)};
	struct watch_set *set;
	size_t index;

	if (watch_builder_add(b, &def, &index, on_diag, out) < 0) {
		watch_builder_free(b);
		return;
	}
	assert_int_equal(watch_builder_finish(b, &set, NULL), 0);
	watch_set_print(set, 0, out);
	watch_set_free(set);
}

static void each_reads_by_its_own_rules(void **state)
{
	static const struct {
		const char *dialect, *theirs, *ours;
	} rows[] = {
		{"brandwatch", "(apple OR samsung) NEAR/5 phone*",
			"(apple OR samsung) NEAR/5 phone*"},
		{"brandwatch", "apple NEAR/2f phone NOT title:pie",
			"(apple ONEAR/2 phone) NOT title:pie"},
		{"brandwatch", "{BBC} AND \"a news\"~3", "{BBC} AND \"a news\"~3"},
		{"meltwater", "apple near phone AND \xe2\x80\x9cnew york\xe2\x80\x9d",
			"(apple NEAR/4 phone) AND \"new york\""},
		{"meltwater", "apple ONEAR/3 phone^2", "apple ONEAR/3 phone"},
		{"factiva", "embassy or kyiv and visa", "embassy OR (kyiv AND visa)"},
		{"factiva", "embassy staff near5 kyiv", "\"embassy staff\" NEAR/4 kyiv"},
		{"factiva", "president w/2 clinton", "president ONEAR/1 clinton"},
		{"factiva", "embassy adj1 staff", "embassy ONEAR/0 staff"},
		{"factiva", "hd=embassy and wc>300", "title:embassy AND words>300"},
		{"factiva", "atleast3 embassy", "ATLEAST/3(embassy)"},
		{"factiva", "embass$3 same kyiv",
			"(embass OR embass? OR embass?? OR embass??"
			"?) PARA kyiv"},
		{"nexis", "embassy or consulate and kyiv", "(embassy OR consulate) AND kyiv"},
		{"nexis", "relocat! w/5 embassy", "relocat* NEAR/4 embassy"},
		{"nexis", "organi*ation pre/3 health", "organi?ation ONEAR/2 health"},
		{"nexis", "embassy w/s kyiv", "embassy SENT kyiv"},
		{"nexis", "embassy not w/5 football", "embassy NOT NEAR/4 football"},
		{"nexis", "headline(embassy) and not sport", "title:embassy NOT sport"},
		{"nexis", "draw down w/3 staff", "\"draw down\" NEAR/2 staff"},
		{"lucene", "embassy consulate", "embassy OR consulate"},
		{"lucene", "a1 AND b1 OR c1", "(a1 AND b1) OR c1"},
		{"lucene", "+embassy kyiv -football", "embassy NOT football"},
		{"lucene", "\"draw down\"~1", "\"draw\" ONEAR/1 \"down\""},
		{"lucene", "\"draw down\"~3",
			"(\"draw\" ONEAR/3 \"down\") OR (\"down\" ONEAR/1 \"draw\")"},
		{"lucene", "title:embassy^2 AND zelensky~2", "title:embassy AND zelensky~2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;

		buf_init(&out, 1 << 16);
		read_as(rows[i].dialect, rows[i].theirs, &out);
		if (strcmp(buf_z(&out), rows[i].ours ? rows[i].ours : "") != 0)
			fail_msg("%s: %s: %s", rows[i].dialect, rows[i].theirs, buf_z(&out));
		buf_release(&out);
	}
}

static void what_has_no_counterpart_is_an_error(void **state)
{
	static const struct {
		const char *dialect, *theirs, *error;
	} rows[] = {
		{"brandwatch", "apple AND pear OR plum", "0 apple AND pear OR plum: AND and OR"},
		{"brandwatch", "apple engagementtype:comment", "6 engagementtype:: not known here"},
		{"factiva", "re=usa and embassy", "0 re=: not known here"},
		{"nexis", "caps(who) and virus", "0 caps(: not known here"},
		{"nexis", "embassy w/0 kyiv", "8 w/0: no such distance"},
		{"lucene", "date:[2020 TO 2021]", "0 date:: not known here"},
		{"lucene", "a1 AND (b1", "7 (: a bracket that is never closed"},
		{"lucene", "a1)", "2 ): a closing bracket"},
		{"nexis", "", "0 : something is missing"},
		{"nexis", "embassy w/5 (not kyiv)", "0 NOT inside NEAR (read as our language)"},
		{"google", "a1", "0 dialect: not one"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;

		buf_init(&out, 1 << 16);
		read_as(rows[i].dialect, rows[i].theirs, &out);
		if (strncmp(buf_z(&out), rows[i].error, strlen(rows[i].error)) != 0)
			fail_msg("%s: %s: %s", rows[i].dialect, rows[i].theirs, buf_z(&out));
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reads_by_its_own_rules),
		cmocka_unit_test(what_has_no_counterpart_is_an_error),
	};

	return cmocka_run_group_tests_name("watch dialect", tests, NULL, NULL);
}
