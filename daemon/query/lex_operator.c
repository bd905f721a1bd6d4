/* SPDX-License-Identifier: MIT */
#include "lex_operator.h"
#include "text/delimiter.h"

#include "base/clock.h"
#include "base/nearest.h"

static const struct query_field_name fields[] = {
	{"title", false, QUERY_FIELD_BIT(QUERY_TITLE)},
	{"body", false, QUERY_FIELD_BIT(QUERY_BODY)},
	{"author", false, QUERY_FIELD_BIT(QUERY_AUTHOR)},
	{"category", false, QUERY_FIELD_BIT(QUERY_CATEGORY)},
	{"feed", true, QUERY_ATTR_FEED},
	{"group", true, QUERY_ATTR_GROUP},
	{"lang", true, QUERY_ATTR_LANG},
	{"site", true, QUERY_ATTR_SITE},
	{"url", true, QUERY_ATTR_URL},
};

#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

/* What other products and tired people call them. */
static const struct {
	const char *theirs, *ours;
} field_aliases[] = {
	{"headline", "title"},
	{"hd", "title"},
	{"hlp", "title"},
	{"intitle", "title"},
	{"allintitle", "title"},
	{"subject", "title"},
	{"text", "body"},
	{"content", "body"},
	{"summary", "body"},
	{"description", "body"},
	{"intext", "body"},
	{"by", "author"},
	{"byline", "author"},
	{"creator", "author"},
	{"tag", "category"},
	{"tags", "category"},
	{"section", "category"},
	{"source", "feed"},
	{"publication", "feed"},
	{"list", "group"},
	{"language", "lang"},
	{"la", "lang"},
	{"domain", "site"},
	{"host", "site"},
	{"link", "url"},
	{"links", "url"},
	{"inurl", "url"},
	{"http", "url"},
	{"https", "url"},
};

const struct query_field_name *query_operator_field(struct str name)
{
	for (size_t i = 0; i < N_FIELDS; i++)
		if (str_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

const char *query_operator_field_help(struct arena *a, struct str name)
{
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < N_FIELDS; i++)
		nearest_try(&near, str_of(fields[i].name));
	for (size_t i = 0; i < sizeof(field_aliases) / sizeof(field_aliases[0]); i++)
		if (str_eq_nocase(name, str_of(field_aliases[i].theirs)))
			near.best = str_of(field_aliases[i].ours);
	if (str_present(near.best))
		return arena_printf(a, "did you mean %.*s: ?", STR_ARG(near.best));
	return "fields are title: body: author: category: feed: group: lang: site: url: "
	       "— put the text in quotes where the colon is part of it";
}

/* --- numbers --- */

/* All of s a number up to max? */
static bool number(struct str s, uint32_t max, uint32_t *out)
{
	uint64_t n = 0;

	if (s.n == 0 || s.n > 9)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = (uint32_t)n;
	return n <= max;
}

static struct str after(struct str s, size_t n)
{
	return str_slice(s.p + n, s.n - n);
}

static bool bad(struct query_reporter *r, struct query_token *t, const char *help, const char *what)
{
	struct str s = t->inner;

	query_report(r, false, t->offset, t->length, help, "%.*s: %s", (int)(s.n < 60 ? s.n : 60),
		s.p, what);
	t->kind = QUERY_TOKEN_BAD;
	return true;
}

/* NEAR NEAR/4 NEAR/4f ONEAR ONEAR/4 */
static bool read_near(struct query_reporter *r, struct query_token *t)
{
	struct str s = t->inner;
	bool ordered = str_starts(s, STR("ONEAR"));

	if (!ordered && !str_starts(s, STR("NEAR")))
		return false;
	s = after(s, ordered ? 5 : 4);
	if (s.n && s.p[0] != '/')
		return false;
	t->kind = QUERY_TOKEN_NEAR;
	t->ordered = ordered;
	t->number = QUERY_DISTANCE_PLAIN;
	if (s.n == 0)
		return true;
	s = after(s, 1);
	if (!ordered && s.n && s.p[s.n - 1] == 'f') {
		t->ordered = true;
		s.n--;
	}
	if (!number(s, QUERY_DISTANCE_MAX, &t->number))
		return bad(r, t,
			"write the number of words that may stand between, 0 to 500: NEAR/5",
			"no such distance");
	return true;
}

/* LEAD/50( ATLEAST/3( ANY/2( : words unless a bracket or a slash follows. */
static bool read_function(struct str text, struct query_reporter *r, struct query_token *t)
{
	static const struct {
		const char *name;
		enum query_token_kind kind;
		const char *help;
	} functions[] = {
		{"LEAD", QUERY_TOKEN_LEAD, "write how many words of the body count: LEAD/50(…)"},
		{"ATLEAST", QUERY_TOKEN_ATLEAST, "write how many matches are needed: ATLEAST/3(…)"},
		{"ANY", QUERY_TOKEN_SOME, "write how many parts must match: ANY/2(a, b, c)"},
	};
	size_t next = t->offset + t->length, space;

	while (next < text.n && (space = text_space_length(text.p + next, text.n - next)) > 0)
		next += space;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		struct str rest;

		if (!str_starts(t->inner, str_of(functions[i].name)))
			continue;
		rest = after(t->inner, strlen(functions[i].name));
		if (rest.n && rest.p[0] != '/')
			return false;
		if (rest.n == 0 && (next == text.n || text.p[next] != '('))
			return false;
		t->kind = functions[i].kind;
		t->number = QUERY_LEAD_PLAIN;
		if (rest.n == 0 && t->kind != QUERY_TOKEN_LEAD)
			return bad(r, t, functions[i].help, "a number is missing");
		if (rest.n &&
			(!number(after(rest, 1), QUERY_NUMBER_MAX, &t->number) || t->number == 0))
			return bad(r, t, functions[i].help, "not a number from 1");
		return true;
	}
	return false;
}

static bool read_length(struct query_reporter *r, struct query_token *t, struct str rest)
{
	t->kind = QUERY_TOKEN_LENGTH;
	t->below = rest.p[0] == '<';
	if (!number(after(rest, 1), 100000000, &t->number))
		return bad(r, t, "write words>300 or words<50", "not a length in words");
	return true;
}

static bool read_age(struct query_reporter *r, struct query_token *t, struct str rest)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = {{'s', CLOCK_SECOND}, {'m', CLOCK_MINUTE}, {'h', CLOCK_HOUR}, {'d', CLOCK_DAY}};
	struct str value = after(rest, 1);
	uint32_t n;

	t->kind = QUERY_TOKEN_AGE;
	if (rest.p[0] == '<' && value.n > 1 &&
		number(str_slice(value.p, value.n - 1), QUERY_NUMBER_MAX, &n) && n > 0)
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (value.p[value.n - 1] == units[i].unit) {
				t->age = n * units[i].ms;
				return true;
			}
	return bad(r, t, "write age<2h; units are s m h d", "not an age");
}

/* words> words< age< */
static bool read_comparison(struct query_reporter *r, struct query_token *t)
{
	struct str s = t->inner;
	size_t i = 0;

	while (i < s.n && s.p[i] != '<' && s.p[i] != '>')
		i++;
	if (i == s.n)
		return false;
	if (i == 5 && str_starts(s, STR("words")))
		return read_length(r, t, after(s, 5));
	if (i == 3 && str_starts(s, STR("age")))
		return read_age(r, t, after(s, 3));
	return bad(r, t, "comparisons are words>300, words<50 and age<2h, without spaces",
		"no such comparison");
}

/* Operators of other products, told by name rather than read as words. */
static bool read_foreign(struct arena *a, struct query_reporter *r, struct query_token *t)
{
	static const char *const names[] = {
		"W/", "w/", "PRE/", "pre/", "ADJ", "adj", "NEAR", "near"};
	struct str s = t->inner;
	uint32_t n;

	if (s.n && s.p[0] == '!')
		return bad(r, t, "to leave a word out write -word or NOT word",
			"! means nothing here");
	if (str_is(s, "&") || str_is(s, "&&"))
		return bad(r, t, "write AND", "not an operator here");
	if (str_is(s, "|") || str_is(s, "||"))
		return bad(r, t, "write OR", "not an operator here");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *help;

		if (!str_starts(s, str_of(names[i])))
			continue;
		if (!number(after(s, strlen(names[i])), QUERY_DISTANCE_MAX, &n))
			continue;
		help = arena_printf(a,
			"write %s/%u (n counts the words between), or set dialect to the product "
			"the query comes from",
			i >= 2 && i <= 5 ? "ONEAR" : "NEAR", n > 0 ? n - 1 : 0);
		return bad(r, t, help, "an operator of another product");
	}
	return false;
}

bool query_operator_read(
	struct arena *a, struct str text, struct query_reporter *r, struct query_token *t)
{
	static const struct {
		const char *name;
		enum query_token_kind kind;
	} words[] = {
		{"AND", QUERY_TOKEN_AND},
		{"OR", QUERY_TOKEN_OR},
		{"NOT", QUERY_TOKEN_NOT},
		{"SENT", QUERY_TOKEN_SENT},
		{"PARA", QUERY_TOKEN_PARA},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(t->inner, words[i].name)) {
			t->kind = words[i].kind;
			return true;
		}
	return read_near(r, t) || read_function(text, r, t) || read_comparison(r, t) ||
	       read_foreign(a, r, t);
}

/* --- warnings --- */

static bool is_operand(const struct query_token *t)
{
	return t->kind == QUERY_TOKEN_BARE || t->kind == QUERY_TOKEN_QUOTED ||
	       t->kind == QUERY_TOKEN_BRACED || t->kind == QUERY_TOKEN_REF ||
	       t->kind == QUERY_TOKEN_REGEX || t->kind == QUERY_TOKEN_VALUE ||
	       t->kind == QUERY_TOKEN_BAD;
}

static const char *meant(struct str s)
{
	static const char *const operators[] = {"AND", "OR", "NOT", "NEAR", "ONEAR"};
	size_t n = 0;

	while (n < s.n && s.p[n] != '/')
		n++;
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (str_eq_nocase(str_slice(s.p, n), str_of(operators[i])) &&
			(n == s.n || i >= 3) && !str_starts(s, str_of(operators[i])))
			return operators[i];
	return NULL;
}

void query_operator_warn(struct query_reporter *r, const struct query_token *v, size_t n)
{
	for (size_t i = 1; i + 1 < n; i++) {
		const char *op;

		if (v[i].kind != QUERY_TOKEN_BARE || v[i].exact || !(op = meant(v[i].inner)))
			continue;
		if (!(is_operand(&v[i - 1]) || v[i - 1].kind == QUERY_TOKEN_CLOSE))
			continue;
		if (is_operand(&v[i + 1]) || v[i + 1].kind == QUERY_TOKEN_OPEN ||
			v[i + 1].kind == QUERY_TOKEN_FIELD)
			query_report(r, true, v[i].offset, v[i].length,
				"operators are written in capitals", "%.*s is read as a word here",
				(int)(v[i].inner.n), v[i].inner.p);
	}
}
