/* SPDX-License-Identifier: MIT */
/* Parser for values of fields: site: language( */
#include "reader.h"
#include "text/delimiter.h"

/* Language names of Nexis and their ISO 639-1 codes. */
static const char *const languages[][2] = {{"arabic", "ar"}, {"chinese", "zh"}, {"czech", "cs"},
	{"danish", "da"}, {"dutch", "nl"}, {"english", "en"}, {"finnish", "fi"}, {"french", "fr"},
	{"german", "de"}, {"greek", "el"}, {"hebrew", "he"}, {"hungarian", "hu"}, {"italian", "it"},
	{"japanese", "ja"}, {"korean", "ko"}, {"norwegian", "no"}, {"polish", "pl"},
	{"portuguese", "pt"}, {"romanian", "ro"}, {"russian", "ru"}, {"spanish", "es"},
	{"swedish", "sv"}, {"turkish", "tr"}, {"ukrainian", "uk"}};

/* Returns false if the node is not a value. */
static bool value_check_one(struct dialect_reader *r, struct dialect_node *n, bool language)
{
	struct str name = n->text;

	if (n->kind != DIALECT_LEAF)
		return false;
	if (name.n >= 2 && name.p[0] == '"')
		name = str_slice(name.p + 1, name.n - 2);
	for (size_t i = 0; language && i < sizeof(languages) / sizeof(languages[0]); i++)
		if (str_eq_nocase(name, str_of(languages[i][0])))
			n->text = str_of(languages[i][1]);
	if (memchr(n->text.p, '*', n->text.n) || memchr(n->text.p, '!', n->text.n))
		dialect_report(r, n->offset, n->length,
			"write it out; a site takes in all that ends so, a url any part of it",
			"a wildcard in a value");
	return true;
}

static bool value_check_list(struct dialect_reader *r, struct dialect_node *n, bool language)
{
	if (n->kind != DIALECT_CHAIN || n->join != DIALECT_OR)
		return value_check_one(r, n, language);
	for (size_t i = 0; i < n->n; i++)
		if (!value_check_one(r, n->kids[i], language))
			return false;
	return true;
}

struct dialect_node *dialect_read_value(struct dialect_reader *r, const char *ours)
{
	bool language = str_is(str_of(ours), "lang:");
	struct dialect_node *n;

	r->value = true;
	if (dialect_at(r, '('))
		n = dialect_read_brackets(r);
	else if (dialect_peek_word(r).n)
		n = dialect_read_words(r);
	else if (!dialect_at_end(r) && text_quote_at(r->text, r->at))
		n = dialect_read_phrase(r);
	else
		n = NULL;
	r->value = false;
	if (!n && !r->nomem)
		return dialect_report_missing(
			r, "write the value directly after it", "a value is missing");
	if (n && !value_check_list(r, n, language))
		dialect_report(r, n->offset, n->length, "write one value, or (a OR b)",
			"not a list of values");
	return n;
}
