/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "base/ascii.h"
#include "credit.h"

/* Digits of a number that are kept; longer ones are compared by their beginning. */
#define NUMBER_MAX 40

struct text_list {
	struct story_word *v;
	size_t n, max;
};

static void text_list_add(
	struct text_list *l, struct str form, struct str source, bool number, bool single)
{
	if (l->n < l->max)
		l->v[l->n++] = (struct story_word){text_word_hash(form), source, number, single};
}

/* --- numbers --- */

/* A number that is written as a word, in digits if it has few; absent: it is another word. */
static struct str text_number_word(struct str form)
{
	static const struct {
		const char *word, *digits;
	} numbers[] = {{"billion", "billion"}, {"eight", "8"}, {"eleven", "11"}, {"eighteen", "18"},
		{"eighty", "80"}, {"four", "4"}, {"five", "5"}, {"fourteen", "14"},
		{"fifteen", "15"}, {"forty", "40"}, {"fifty", "50"}, {"hundred", "100"},
		{"million", "million"}, {"nine", "9"}, {"nineteen", "19"}, {"ninety", "90"},
		{"one", "1"}, {"six", "6"}, {"seven", "7"}, {"sixteen", "16"}, {"seventeen", "17"},
		{"sixty", "60"}, {"seventy", "70"}, {"two", "2"}, {"three", "3"}, {"ten", "10"},
		{"twelve", "12"}, {"thirteen", "13"}, {"twenty", "20"}, {"thirty", "30"},
		{"thousand", "1000"}, {"trillion", "trillion"}, {"zero", "0"}};
	/* Of the first letter, b to z: where its words begin in numbers, and how many there are. */
	static const struct {
		unsigned char from, n;
	} letters['z' - 'b' + 1] = {['b' - 'b'] = {0, 1},
		['e' - 'b'] = {1, 4},
		['f' - 'b'] = {5, 6},
		['h' - 'b'] = {11, 1},
		['m' - 'b'] = {12, 1},
		['n' - 'b'] = {13, 3},
		['o' - 'b'] = {16, 1},
		['s' - 'b'] = {17, 6},
		['t' - 'b'] = {23, 9},
		['z' - 'b'] = {32, 1}};

	if (form.n < 3 || form.n > 9 || form.p[0] < 'b' || form.p[0] > 'z')
		return STR_NONE;
	for (unsigned i = 0; i < letters[form.p[0] - 'b'].n; i++) {
		unsigned at = letters[form.p[0] - 'b'].from + i;

		if (numbers[at].word[2] == form.p[2] && str_is(form, numbers[at].word))
			return str_of(numbers[at].digits);
	}
	return STR_NONE;
}

/* What follows the digits in "3bn", "3m" and "30km". */
static struct str text_number_unit(struct str unit)
{
	if (str_is(unit, "bn"))
		return STR("billion");
	if (str_is(unit, "m") || str_is(unit, "mn"))
		return STR("million");
	return unit;
}

/* A word whose form begins with a digit. */
static void text_add_number(struct text_list *l, struct str form, struct str source)
{
	char digits[NUMBER_MAX];
	size_t i = 0, n = 0;
	struct str unit;

	for (; i < form.n && (ascii_is_digit(form.p[i]) || form.p[i] == ',' || form.p[i] == '.');
		i++)
		if (form.p[i] != ',' && n < sizeof(digits))
			digits[n++] = form.p[i];
	while (n > 1 && digits[n - 1] == '.')
		n--;
	if (i < form.n && form.n - i < 2 && form.p[i] != 'm') { /* as in "4x" */
		text_list_add(l, form, source, true, false);
		return;
	}
	text_list_add(l, str_slice(digits, n), source, true, n == 1);
	if (i == form.n)
		return;
	unit = text_number_unit(str_slice(form.p + i, form.n - i));
	text_list_add(l, unit, source, str_present(text_number_word(unit)), false);
}

/* --- words --- */

static bool text_is_single(struct str form)
{
	size_t n = 1;

	while (n < form.n && ((unsigned char)form.p[n] & 0xc0) == 0x80)
		n++;
	return n == form.n;
}

/* Does a number, one written as a word, or "per" begin so? Most words do not. */
static bool text_may_be_number(char c)
{
	switch (c) {
	case 'b':
	case 'e':
	case 'f':
	case 'h':
	case 'm':
	case 'n':
	case 'o':
	case 'p':
	case 's':
	case 't':
	case 'z': return true;
	}
	return ascii_is_digit(c);
}

static void text_add_plain(struct text_list *l, const struct text_words *w, size_t i)
{
	struct str form = text_words_form(w, i);

	if (l->n < l->max)
		l->v[l->n++] = (struct story_word){.hash = w->word[i].hash,
			.source = text_words_source(w, i),
			.single = form.n < 5 && text_is_single(form)};
}

static void text_add_word(struct text_list *l, const struct text_words *w, size_t *i)
{
	struct str form = text_words_form(w, *i), source = text_words_source(w, *i), number;

	if (str_is(form, "per") && *i + 1 < w->count &&
		str_is(text_words_form(w, *i + 1), "cent")) {
		text_list_add(l, STR("percent"), source, false, false);
		++*i;
		return;
	}
	if (form.n && ascii_is_digit(form.p[0])) {
		const char *after = source.p + source.n, *end = w->text.p + w->text.n;

		text_add_number(l, form, source);
		if (after < end && *after == '%')
			text_list_add(l, STR("percent"), str_slice(after, 1), false, false);
		return;
	}
	number = text_number_word(form);
	if (str_present(number))
		text_list_add(l, number, source, true, number.n == 1);
	else
		text_add_plain(l, w, *i);
}

/* Enough text for max words; the rest of a long body is not split. */
static struct str text_beginning(struct str s, size_t max)
{
	return s.n > max * 16 ? str_slice(s.p, max * 16) : s;
}

static int text_read(struct text_list *l, struct text_words *w, struct str s, struct err *e)
{
	int rc;

	if (!s.n)
		return 0;
	if ((rc = text_words_split(w, text_beginning(s, l->max), e)) != 0)
		return rc;
	for (size_t i = 0; i < w->count && l->n < l->max; i++) {
		struct str form = text_words_form(w, i);

		if (form.n && !text_may_be_number(form.p[0]))
			text_add_plain(l, w, i);
		else
			text_add_word(l, w, &i);
	}
	return 0;
}

int story_text_read(struct story_text *t, struct text_words *w, struct str title, struct str body,
	struct err *e)
{
	struct text_list head = {t->title, 0, STORY_TITLE_WORDS};
	struct text_list rest = {t->body, 0, STORY_BODY_WORDS};
	int rc;

	t->n_title = t->n_body = 0;
	t->agency = STR_NONE;
	if ((rc = text_read(&head, w, title, e)) != 0 ||
		(rc = text_read(&rest, w, credit_skip(body, &t->agency), e)) != 0)
		return rc;
	t->n_title = head.n;
	t->n_body = rest.n;
	return 0;
}

static uint64_t text_mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15;
	return h ^ h >> 29;
}

size_t story_text_grams(const struct story_word *v, size_t n, uint64_t *grams)
{
	if (n < STORY_GRAM)
		return 0;
	for (size_t i = 0; i + STORY_GRAM <= n; i++) {
		uint64_t h = 0;

		for (size_t k = 0; k < STORY_GRAM; k++)
			h = text_mix(h, v[i + k].hash);
		grams[i] = h;
	}
	return n - STORY_GRAM + 1;
}
