/* SPDX-License-Identifier: MIT */
/*
 * The tokenizer cases of html5lib-tests (shared/corpus/attacks) with text as their only output,
 * converted to visible text. Skipped if they are not available.
 *
 * If a case expects a character that visible text never contains (controls, noncharacters, C1 for
 * windows-1252), the same rule is first applied to the expectation.
 */
#include "lib/unit.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "feed/entity.h"
#include "feed/html.h"

/* Maps characters as visible text does, except white space. */
static void reduce(struct str s, struct buf *out)
{
	uint32_t cp;
	bool gap = false;

	for (size_t n; s.n; s.p += n, s.n -= n) {
		n = utf8_decode(s.p, s.n, &cp);
		if (cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0) {
			gap = true;
			continue;
		}
		cp = cp == 0 ? 0 : feed_entity_codepoint(cp);
		if (!cp)
			continue;
		if (gap && out->len)
			buf_addc(out, ' ');
		gap = false;
		utf8_append(out, cp);
	}
}

/* Returns the text of a case that has character tokens only; false for others. */
static bool expected_text(json_t *output, struct buf *out)
{
	struct buf whole;
	size_t i;
	json_t *token;

	buf_init(&whole, 1 << 20);
	json_array_foreach (output, i, token) {
		const char *kind = json_string_value(json_array_get(token, 0));
		json_t *text = json_array_get(token, 1);

		if (kind && strcmp(kind, "Comment") == 0)
			continue;
		if (!kind || strcmp(kind, "Character") != 0) {
			buf_release(&whole);
			return false;
		}
		buf_add(&whole, json_string_value(text), json_string_length(text));
	}
	reduce(buf_str(&whole), out);
	buf_release(&whole);
	return true;
}

/* Intended differences: text of an unclosed tag is kept, "&amp;#65;" is decoded twice. */
static bool differs_by_intent(struct str input)
{
	return (str_find(input, STR("<")) >= 0 && str_find(input, STR(">")) < 0) ||
	       str_find(input, STR("&amp;#")) >= 0 || str_starts(input, STR("<![CDATA[")) ||
	       (input.n && memchr(input.p, 0, input.n));
}

static void run_case(json_t *test, const char *file, unsigned counts[2])
{
	json_t *in = json_object_get(test, "input");
	struct str input = {json_string_value(in), json_string_length(in)};
	struct buf want, have;

	if (json_object_get(test, "doubleEscaped") || json_object_get(test, "initialStates") ||
		differs_by_intent(input))
		return;
	buf_init(&want, 1 << 20);
	buf_init(&have, 1 << 20);
	if (expected_text(json_object_get(test, "output"), &want)) {
		struct buf visible;

		buf_init(&visible, 1 << 20);
		feed_html_to_text(input, &visible);
		reduce(buf_str(&visible), &have);
		counts[0]++;
		if (!str_eq(buf_str(&want), buf_str(&have))) {
			counts[1]++;
			print_message("# %s: %.*s: want \"%s\", have \"%s\"\n", file,
				STR_ARG(input), buf_z(&want), buf_z(&have));
		}
		buf_release(&visible);
	}
	buf_release(&want);
	buf_release(&have);
}

static void run_file(const char *dir, const char *name, unsigned counts[2])
{
	char path[4400];
	json_t *root, *test;
	size_t i;

	snprintf(path, sizeof(path), "%s/%.200s", dir, name);
	root = json_load_file(path, JSON_ALLOW_NUL, NULL);
	json_array_foreach (json_object_get(root, "tests"), i, test)
		run_case(test, name, counts);
	json_decref(root);
}

static char dir[4000];

static void tokenizer_cases_give_the_expected_text(void **state)
{
	unsigned counts[2] = {0, 0};
	struct dirent *entry;
	DIR *d = opendir(dir);

	(void)state;
	assert_non_null(d);
	while ((entry = readdir(d))) {
		if (strstr(entry->d_name, ".test"))
			run_file(dir, entry->d_name, counts);
	}
	closedir(d);
	assert_true(counts[0] > 4000);
	assert_int_equal(counts[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokenizer_cases_give_the_expected_text),
	};
	const char *shared = getenv("SHARED");

	snprintf(dir, sizeof(dir), "%s/corpus/attacks/html5lib-tests/tokenizer",
		shared ? shared : "../shared");
	if (access(dir, R_OK) != 0) {
		puts("ok - feed html5lib # SKIP the corpus is not here");
		return 0;
	}
	return cmocka_run_group_tests_name("feed html5lib", tests, NULL, NULL);
}
