/* SPDX-License-Identifier: MIT */
/* The index: choice of triggers and guards, watches that these decide, word counts. */
#include "lib/matcher.h"

static uint32_t atom_of(const struct matcher *a, const char *form)
{
	const struct watch_program *p = &a->set->program;

	for (uint32_t i = 0; i < p->n_atoms; i++)
		if (str_eq(p->atoms[i].form, str_of(form)))
			return i;
	fail_msg("no atom %s", form);
	return WATCH_NONE;
}

static uint32_t postings_of(const struct watch_index *x, uint32_t term)
{
	return x->starts[term + 1] - x->starts[term];
}

static void check_text(struct matcher *a, const char *body, const char *expected, size_t candidates)
{
	struct watch_view v = {.body = str_of(body), .published = STAMP_NONE};

	buf_clear(&a->matches);
	assert_int_equal(
		watch_set_match_only(a->set, a->scratch, &v, matcher_on_match, a, NULL), 0);
	if (strcmp(buf_z(&a->matches), expected) != 0 || a->scratch->candidates.n != candidates)
		fail_msg("%s: [%s] of %zu candidates, not [%s] of %zu", body, buf_z(&a->matches),
			a->scratch->candidates.n, expected, candidates);
}

static void the_rarest_part_is_the_trigger(void **state)
{
	struct matcher a = {0};
	const struct watch_index *x;

	(void)state;
	matcher_add(&a, "of zebrafishes", NULL);
	matcher_add(&a, "zebrafishes the", NULL);
	matcher_add(&a, "\"of extraterrestrials\"", NULL);
	matcher_add(&a, "\"extraterrestrials of\"", NULL);
	matcher_finish(&a);
	x = &a.set->index;
	assert_int_equal(postings_of(x, atom_of(&a, "zebrafishes")), 2);
	assert_int_equal(postings_of(x, atom_of(&a, "of")), 0);
	assert_int_equal(postings_of(x, atom_of(&a, "the")), 0);
	/* The rarer word of a pair is the trigger, in any order. */
	assert_true(watch_bloom_has(&x->words, watch_tag(text_word_hash(STR("zebrafishes")))));
	assert_true(
		watch_bloom_has(&x->rarer, watch_tag(text_word_hash(STR("extraterrestrials")))));
	assert_false(watch_bloom_has(&x->words, watch_tag(text_word_hash(STR("of")))));
	check_text(&a, "of of of the extraterrestrials", "", 0);
	assert_int_equal(a.scratch->item.n_kept, 0);
	matcher_release(&a);
}

static void put_words(struct buf *out, const char *before, const char *joint, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(out, "%s%s%u", i ? joint : "", before, i);
}

/* More parts than guards: the others must be evaluated. */
static void a_part_without_a_guard_is_still_evaluated(void **state)
{
	struct matcher a = {0};
	struct buf q, text;

	(void)state;
	buf_init(&q, 1000);
	buf_init(&text, 1000);
	put_words(&q, "word", " ", 9);
	matcher_add(&a, buf_z(&q), NULL);
	matcher_finish(&a);
	check_text(&a, buf_z(&q), "0: ", 1);
	for (unsigned without = 0; without < 9; without++) {
		struct watch_view v;

		buf_clear(&text);
		for (unsigned i = 0; i < 9; i++)
			if (i != without)
				buf_printf(&text, "word%u ", i);
		v = (struct watch_view){.body = buf_str(&text), .published = STAMP_NONE};
		assert_string_equal(matcher_match(&a, &v), "");
	}
	buf_release(&q);
	buf_release(&text);
	matcher_release(&a);
}

/* Guards of few and of many terms, and parts with too many to be one. */
static void guards_hold_under_every_trigger(void **state)
{
	static const unsigned lengths[] = {1, 2, 15, 16, 17, 40, 64, 65, 100};

	(void)state;
	for (size_t k = 0; k < COUNT(lengths); k++) {
		struct matcher a = {0};
		bool decided = lengths[k] <= 64;
		char last[32];
		struct buf q;

		buf_init(&q, 10000);
		buf_addz(&q, "(zebrafishes OR extraterrestrials OR \"kyiv embassy\") AND (");
		put_words(&q, "w", " OR ", lengths[k]);
		buf_addc(&q, ')');
		matcher_add(&a, buf_z(&q), NULL);
		matcher_finish(&a);
		snprintf(last, sizeof(last), "kyiv embassy w%u", lengths[k] - 1);
		check_text(&a, "zebrafishes extraterrestrials kyiv embassy", "", decided ? 0 : 1);
		check_text(&a, "zebrafishes", "", decided ? 0 : 1);
		check_text(&a, "kyiv embassy", "", decided ? 0 : 1);
		check_text(&a, "embassy w0 kyiv", "", 0);
		check_text(&a, "w0", "", 0);
		check_text(&a, "extraterrestrials w0", "0: ", decided ? 0 : 1);
		check_text(&a, last, "0: ", decided ? 0 : 1);
		buf_release(&q);
		matcher_release(&a);
	}
}

static void only_watches_that_guards_cannot_decide_are_evaluated(void **state)
{
	struct matcher a = {0};

	(void)state;
	matcher_add(&a, "zebrafishes embassy", NULL);
	matcher_add(&a, "zebrafishes NEAR/3 embassy", NULL);
	matcher_add(&a, "zebrafishes NOT embassy", NULL);
	matcher_add(&a, "LEAD/2(zebrafishes)", NULL);
	matcher_finish(&a);
	check_text(&a, "embassy", "", 0);
	check_text(&a, "zebrafishes embassy", "0: 1: 3: ", 3);
	check_text(&a, "a b c zebrafishes", "2: ", 2);
	matcher_release(&a);
}

/* --- how common terms are --- */

static void terms_are_counted_once_for_each_item(void **state)
{
	static const char *const texts[] = {"zebrafishes the the the zebrafishes",
		"the kyiv embassy. kyiv embassy", "zebra the zebra"};
	struct matcher a = {0};
	const uint32_t *counts;
	uint32_t phrase;

	(void)state;
	matcher_add(&a, "the zebrafishes", NULL);
	matcher_add(&a, "\"kyiv embassy\"", NULL);
	matcher_add(&a, "zeb*", NULL);
	matcher_finish(&a);
	for (unsigned i = 0; i < 6; i++) {
		struct watch_view v = {.body = str_of(texts[i % 3]), .published = STAMP_NONE};

		matcher_match(&a, &v);
	}
	counts = a.scratch->statistics.counts;
	phrase = (uint32_t)a.set->program.n_atoms;
	assert_int_equal(a.scratch->statistics.counted, 6);
	assert_int_equal(counts[atom_of(&a, "the")], 6);
	assert_int_equal(counts[atom_of(&a, "zebrafishes")], 2);
	assert_int_equal(counts[atom_of(&a, "kyiv")], 2);
	assert_int_equal(counts[atom_of(&a, "zeb*")], 4);
	assert_int_equal(counts[phrase], 2);
	/* A word that turns out to be common is not a trigger any more. */
	for (unsigned i = 0; i < 20; i++)
		matcher_match(&a,
			&(struct watch_view){.body = STR("zebrafishes"), .published = STAMP_NONE});
	assert_int_equal(postings_of(a.scratch->statistics.index, atom_of(&a, "the")), 0);
	watch_statistics_rebuild(&a.scratch->statistics);
	assert_int_equal(postings_of(a.scratch->statistics.index, atom_of(&a, "the")), 1);
	assert_int_equal(postings_of(a.scratch->statistics.index, atom_of(&a, "zebrafishes")), 0);
	matcher_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rarest_part_is_the_trigger),
		cmocka_unit_test(a_part_without_a_guard_is_still_evaluated),
		cmocka_unit_test(guards_hold_under_every_trigger),
		cmocka_unit_test(only_watches_that_guards_cannot_decide_are_evaluated),
		cmocka_unit_test(terms_are_counted_once_for_each_item),
	};

	return cmocka_run_group_tests_name("watch index", tests, NULL, NULL);
}
