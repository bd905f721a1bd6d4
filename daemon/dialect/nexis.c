/* SPDX-License-Identifier: MIT */
/* The query language of Nexis. */
#include <stdlib.h>

#include "reader.h"
#include "text/letter_case.h"

/* The smaller number binds tighter, and counts the word itself. */
#define NEXIS_NUMBERED(name, ours_)                                                                \
	DIALECT_OPERATOR(                                                                          \
		name, NEAR, NEAR, .ours = (ours_), .number = true, .ranked = true, .subtract = 1)

static const struct dialect_operator nexis_operators[] = {
	DIALECT_OPERATOR("or", OR, OR_FIRST),
	DIALECT_OPERATOR("and", AND, AND),
	DIALECT_OPERATOR("&", AND, AND),
	DIALECT_OPERATOR("w/s", NEAR, SENT, .ours = "SENT"),
	DIALECT_OPERATOR("w/sent", NEAR, SENT, .ours = "SENT"),
	DIALECT_OPERATOR("/s", NEAR, SENT, .ours = "SENT"),
	DIALECT_OPERATOR("w/p", NEAR, PARA, .ours = "PARA"),
	DIALECT_OPERATOR("w/para", NEAR, PARA, .ours = "PARA"),
	DIALECT_OPERATOR("/p", NEAR, PARA, .ours = "PARA"),
	NEXIS_NUMBERED("w/", "NEAR/"),
	NEXIS_NUMBERED("/", "NEAR/"),
	NEXIS_NUMBERED("near/", "NEAR/"),
	NEXIS_NUMBERED("pre/", "ONEAR/"),
	NEXIS_NUMBERED("+", "ONEAR/"),
	NEXIS_NUMBERED("onear/", "ONEAR/"),
	NEXIS_NUMBERED("not/", "NOT NEAR/"),
	DIALECT_OPERATOR("w/seg", NEAR, PARA),
	DIALECT_OPERATOR("/seg", NEAR, PARA),
	DIALECT_OPERATOR("not/seg", NEAR, PARA),
	DIALECT_OPERATOR("not/s", NEAR, SENT),
	DIALECT_OPERATOR("not/p", NEAR, PARA),
	DIALECT_OPERATOR("pre/s", NEAR, SENT),
	DIALECT_OPERATOR("+s", NEAR, SENT),
	DIALECT_OPERATOR("pre/p", NEAR, PARA),
	DIALECT_OPERATOR("+p", NEAR, PARA),
	{0},
};

static const struct dialect_field nexis_fields[] = {
	{.name = "headline(", .ours = "title:"},
	{.name = "hlead(", .ours = "LEAD/50("},
	{.name = "body(", .ours = "body:"},
	{.name = "byline(", .ours = "author:"},
	{.name = "language(", .ours = "lang:", .value = true},
	{.name = "publication(", .help = DIALECT_SOURCES_HELP},
	{.name = "source(", .help = DIALECT_SOURCES_HELP},
	{.name = "caps(", .help = "write allcaps(WORD), or {Word} in our own language"},
	{.name = "singular(", .help = "write the word alone; without stem no other form matches"},
	{.name = "plural(", .help = "write the plural alone; without stem no other form matches"},
	{0},
};

/* --- allcaps(word), nocaps(word) --- */

/* Returns {WORD}; STR_NONE if out of memory. */
static struct str nexis_format_spelling(struct dialect_reader *r, struct str words, bool capitals)
{
	size_t n = 0;
	char *changed = capitals ? text_upper_case(words, &n) : text_lower_case(words, &n);
	struct str s = changed ? dialect_printf(r, "{%.*s}", (int)n, changed) : STR_NONE;

	free(changed);
	return s;
}

/* Returns true if text has only plain words, from byte `at` to its end. */
static bool nexis_has_only_words(const struct dialect_reader *r, size_t at, size_t end)
{
	struct dialect_reader in = *r;

	in.word_cache = NULL;
	in.at = at;
	in.text.n = end;
	while (!dialect_at_end(&in)) {
		struct str word = dialect_peek_word(&in);

		if (!word.n || dialect_is_special(&in))
			return false;
		for (size_t i = 0; i < word.n; i++)
			if (memchr("!*?/", word.p[i], 4))
				return false;
		in.at += word.n;
	}
	return true;
}

static struct dialect_node *nexis_read_capitals(struct dialect_reader *r)
{
	size_t from = r->at, head;
	struct str s = dialect_peek_word(r), words;
	bool capitals = str_eq_nocase(s, STR("allcaps"));
	const char *end;

	if (!(capitals || str_eq_nocase(s, STR("nocaps"))) || from + s.n == r->text.n ||
		r->text.p[from + s.n] != '(')
		return NULL;
	head = from + s.n + 1;
	end = memchr(r->text.p + head, ')', r->text.n - head);
	r->at = end ? (size_t)(end - r->text.p) : r->text.n;
	words = str_trim(str_slice(r->text.p + head, r->at - head));
	r->at += end != NULL;
	if (!end || !nexis_has_only_words(r, head, r->at - 1))
		return dialect_reject(r, from,
			"write one word or phrase into it, without wildcards and operators",
			"more than a word");
	return dialect_make_leaf(r, nexis_format_spelling(r, words, capitals), from, r->at - from);
}

DIALECT_PRODUCT(nexis, nexis_operators, .length = "length", .rank_not = DIALECT_RANK_NOT_LAST,
	.any_case = true, .adjacent_phrase = true, .truncation = true, .segments = true,
	.read = dialect_read_expression, .read_special = nexis_read_capitals);
