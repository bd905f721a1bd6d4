/* SPDX-License-Identifier: MIT */
/*
 * Prefilters for a full-text index: the required words of a query, and for stems the prefix of
 * every word with that stem.
 */
#include "lib/query_fixture.h"

#include "base/rng.h"
#include "text/words.h"

struct needs {
	struct buf text;
	bool refuse;
};

static bool note(void *ctx, const struct watch_prefilter *need)
{
	static const char *const marks[] = {"", "*", "ALL", "ANY"};
	struct needs *t = ctx;

	if (need->op == WATCH_PREFILTER_ALL || need->op == WATCH_PREFILTER_ANY)
		buf_printf(&t->text, "%s/%zu ", marks[need->op], need->n);
	else
		buf_printf(&t->text, "%.*s%s ", STR_ARG(need->form), marks[need->op]);
	return !t->refuse;
}

static void the_prefilter_has_the_required_terms(void **state)
{
	static const struct {
		const char *query, *stem, *needs; /* NULL: none */
	} rows[] = {
		{"alpha", NULL, "alpha "},
		{"Alpha AND beta", NULL, "ALL/2 alpha beta "},
		{"(a1 OR b1) AND gam* NOT delta", NULL, "ALL/2 ANY/2 a1 b1 gam* "},
		{"\"draw down\" NEAR/5 {Kyiv}", NULL, "ALL/2 ALL/2 draw down kyiv "},
		{"author:smith AND alpha", NULL, "alpha "},
		{"author:smith OR alpha", NULL, NULL},
		{"(author:smith OR alpha) AND beta", NULL, "beta "},
		{"category:x title:alpha", NULL, "alpha "},
		{"body:(alpha OR beta)", NULL, "ANY/2 alpha beta "},
		{"ANY/2(alpha, beta, author:x)", NULL, "ANY/2 alpha beta "},
		{"ANY/2(alpha, author:y, author:x)", NULL, NULL},
		{"LEAD/9(alpha SENT beta) AND lang:en", NULL, "ALL/2 alpha beta "},
		{"alpha NOT NEAR/3 beta", NULL, "alpha "},
		{"ATLEAST/3(alpha OR beta)", NULL, "ANY/2 alpha beta "},
		{"a*b* AND alpha", NULL, "alpha "},
		{"/al.ha/ AND beta", NULL, "beta "},
		{"alpha~1 AND beta", NULL, "beta "},
		{"relocation", "en", "rel* "},
		{"dying AND embassies", "en", "embas* "},
		{"talo", "fi", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct needs t = {.refuse = false};
		struct query_fixture w;
		bool known;

		buf_init(&t.text, 1 << 16);
		assert_int_equal(query_fixture_build(&w, rows[i].query, rows[i].stem), 0);
		known = watch_set_prefilter(w.set, 0, note, &t);
		if (known != (rows[i].needs != NULL) ||
			(known && strcmp(buf_z(&t.text), rows[i].needs) != 0))
			fail_msg("%s: %s", rows[i].query, buf_z(&t.text));
		t.refuse = true;
		assert_false(watch_set_prefilter(w.set, 0, note, &t));
		buf_release(&t.text);
		query_fixture_release(&w);
	}
}

/* --- stems --- */

static const struct {
	const char *tag, *letters, *endings;
} languages[] = {
	{"en", "abcdefghijklmnopqrstuvwxyz",
		"y ies ied ing ed edly ingly ation ational ability ibilities able iveness ivity "
		"fully less ness er est ization alism logy ence ency ement s es e l"},
	{"fr", "abcdefghijklmnopqrstuvwxyzéèêçàù",
		"ence logie usions eux euse amment emment ements issement atrice ation ivité iques "
		"é ées er ez iions aient issaient aux ç ë"},
	{"de", "abcdefghijklmnopqrstuvwxyzäöüß",
		"ung en heit keiten lich isch igkeit end ern st e"},
	{"es", "abcdefghijklmnopqrstuvwxyzáéíóúñ",
		"encia logía uciones amente idades ador ación ándolo iéndola yendo uyeron ería"},
	{"it", "abcdefghijklmnopqrstuvwxyzàèéìòù",
		"enza logia uzione amente amento ità ivi iche oso andolo arlo arsi"},
	{"pt", "abcdefghijklmnopqrstuvwxyzáâãçéêíóõ",
		"ência logia uções amente idade eira ivas ção ções ando"},
	{"sv", "abcdefghijklmnopqrstuvwxyzåäö", "heten erna fullt löst lig igt ande else"},
	{"no", "abcdefghijklmnopqrstuvwxyzæøå", "hetens erte ande else leg eleg vt dt"},
	{"da", "abcdefghijklmnopqrstuvwxyzæøå", "erende løst lig elig heden els else"},
};

/* A character of a UTF-8 text, as bytes. */
static void add_letter(struct rng *r, const char *letters, struct buf *out)
{
	size_t at = rng_below(r, strlen(letters));

	while (((unsigned char)letters[at] & 0xc0) == 0x80)
		at--;
	do
		buf_addc(out, letters[at++]);
	while (((unsigned char)letters[at] & 0xc0) == 0x80);
}

static void add_ending(struct rng *r, const char *endings, struct buf *out)
{
	size_t at = rng_below(r, strlen(endings));

	while (at && endings[at - 1] != ' ')
		at--;
	buf_adds(out, str_slice(endings + at, strcspn(endings + at, " ")));
}

struct beginning {
	struct str form;
	bool failed;
};

static bool check_beginning(void *ctx, const struct watch_prefilter *need)
{
	struct beginning *b = ctx;

	b->failed = need->op != WATCH_PREFILTER_BEGINNING || !str_starts(b->form, need->form);
	return !b->failed;
}

static void check_word(const char *word, const char *language, uint64_t seed, size_t *n_checked)
{
	struct text_words words;
	struct query_fixture w;
	struct beginning b = {.failed = false};

	text_words_init(&words);
	assert_int_equal(text_words_split(&words, str_of(word), NULL), 0);
	if (words.count == 1 && query_fixture_build(&w, word, language) == 0) {
		b.form = text_words_form(&words, 0);
		*n_checked += watch_set_prefilter(w.set, 0, check_beginning, &b);
		if (b.failed)
			fail_msg("seed %llu: %s (%s)", (unsigned long long)seed, word, language);
		query_fixture_release(&w);
	}
	text_words_release(&words);
}

static void every_word_of_a_stem_has_its_prefix(void **state)
{
	uint64_t seed = (uint64_t)clock_mono_us();
	size_t n_checked = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, seed);
	for (size_t i = 0; i < 4000; i++) {
		size_t k = i % COUNT(languages);
		struct buf word;

		buf_init(&word, 256);
		for (size_t n = 2 + rng_below(&r, 6); n; n--)
			add_letter(&r, languages[k].letters, &word);
		for (size_t n = rng_below(&r, 3); n; n--)
			add_ending(&r, languages[k].endings, &word);
		check_word(buf_z(&word), languages[k].tag, seed, &n_checked);
		buf_release(&word);
	}
	assert_true(n_checked > 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_prefilter_has_the_required_terms),
		cmocka_unit_test(every_word_of_a_stem_has_its_prefix),
	};

	return cmocka_run_group_tests_name("watch prefilter", tests, NULL, NULL);
}
