/* SPDX-License-Identifier: MIT */
#include "story/text.h"

#include <stdlib.h>

#include "lib/unit.h"

static struct story_text *read_text(const char *title, const char *body)
{
	struct story_text *t = malloc(sizeof(*t));
	struct text_words w;

	assert_non_null(t);
	text_words_init(&w);
	assert_int_equal(story_text_read(t, &w, str_of(title), str_of(body), NULL), 0);
	text_words_release(&w);
	return t;
}

static bool same_body(const char *a, const char *b)
{
	struct story_text *x = read_text("", a), *y = read_text("", b);
	bool same = x->n_body == y->n_body;

	for (size_t i = 0; same && i < x->n_body; i++)
		same = x->body[i].hash == y->body[i].hash;
	free(x);
	free(y);
	return same;
}

static void test_numbers_have_one_form(void **state)
{
	static const char *const same[][2] = {
		{"killed 3,000 people", "killed 3000 people"},
		{"killed three people", "Killed 3 people."},
		{"killed thirty people", "Killed 30 people."},
		{"ninety hostages, eighty guards", "90 hostages, 80 guards"},
		{"a hundred of a thousand", "a 100 of a 1,000"},
		{"worth $3bn today", "worth $3 billion today"},
		{"worth 3m today", "worth 3 million today"},
		{"rose 4% on Monday", "rose 4 per cent on Monday"},
		{"rose 4 percent on Monday", "rose 4% on Monday"},
		{"30km away", "30 km away"},
		{"in 2022. Then", "in 2022 then"},
		{"Norland’s embassy", "NORLAND'S embassy"},
		{"the reloca\u00adtion of it", "the relocation of it"},
		{"caf\u00e9 open", "cafe\u0301 open"},
	};
	static const char *const other[][2] = {
		{"killed 3 people", "killed 30 people"},
		{"rose 4.5 per cent", "rose 45 per cent"},
		{"3 million", "3 billion"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!same_body(same[i][0], same[i][1]))
			fail_msg("%s, but %s", same[i][0], same[i][1]);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (same_body(other[i][0], other[i][1]))
			fail_msg("%s is %s", other[i][0], other[i][1]);
}

/* So that one in place of another is a changed fact. */
static void test_numbers_are_known_as_such(void **state)
{
	static const char *const numbers[] = {"3", "three", "twelve", "twenty", "thirty", "forty",
		"fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million",
		"billion", "trillion"};
	static const char *const others[] = {"thirds", "hungry", "minion", "bullion", "thirst"};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct story_text *t = read_text("", numbers[i]);

		if (!t->body[0].number)
			fail_msg("%s is no number", numbers[i]);
		free(t);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct story_text *t = read_text("", others[i]);

		if (t->body[0].number)
			fail_msg("%s is a number", others[i]);
		free(t);
	}
}

struct credit {
	const char *body, *rest, *agency;
};

static void test_credits_are_left_out(void **state)
{
	static const struct credit v[] = {
		{"SPRINGFIELD, March 4 (Reuters) - The embassy moves.", "The embassy moves.",
			"Reuters"},
		{"PARIS (AFP) — The embassy moves.", "The embassy moves.", "AFP"},
		{"NEW YORK — The embassy moves.", "The embassy moves.", NULL},
		{"(AP) _ The embassy moves.", "The embassy moves.", "AP"},
		{"By Reuters\n\nThe embassy moves.", "The embassy moves.", "Reuters"},
		{"By Jo Field for Associated Press\nThe embassy moves.", "The embassy moves.",
			"AP"},
		{"From RNZ The embassy moves.", "The embassy moves.", "RNZ"},
		{"The embassy moves. (AP)", "The embassy moves. (AP)", "AP"},
		{"The embassy moves.\n\n© Agence France-Presse",
			"The embassy moves.\n\n© Agence France-Presse", "AFP"},
		{"The embassy moves - again.", "The embassy moves - again.", NULL},
		{"By Monday the embassy will have moved - officials.",
			"By Monday the embassy will have moved - officials.", NULL},
		{"It is a well-known fact.", "It is a well-known fact.", NULL},
		{"The PA said so.", "The PA said so.", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct story_text *t = read_text("", v[i].body);

		if (!same_body(v[i].body, v[i].rest))
			fail_msg("%s: not %s", v[i].body, v[i].rest);
		if (v[i].agency ? !str_is(t->agency, v[i].agency) : str_present(t->agency))
			fail_msg("%s: agency %.*s", v[i].body, STR_ARG(t->agency));
		free(t);
	}
}

static void test_limits_hold(void **state)
{
	static char body[20000];
	struct story_text *t;

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(body); i += 2) {
		body[i] = 'a';
		body[i + 1] = ' ';
	}
	t = read_text(body, body);
	assert_int_equal(t->n_title, STORY_TITLE_WORDS);
	assert_int_equal(t->n_body, STORY_BODY_WORDS);
	free(t);
	t = read_text("\xff\xfe", "1111111111111111111111111111111111111111111111111111111111,");
	assert_int_equal(t->n_body, 1);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_have_one_form),
		cmocka_unit_test(test_numbers_are_known_as_such),
		cmocka_unit_test(test_credits_are_left_out),
		cmocka_unit_test(test_limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
