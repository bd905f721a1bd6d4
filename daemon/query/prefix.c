/* SPDX-License-Identifier: MIT */
/* Names before a colon: title: body: feed: site: … */
#include "lex.h"

#include "base/nearest.h"
#include "base/utf8.h"

/* The first rows are those of enum query_field. */
static const struct query_prefix prefixes[] = {
	{"title", false, QUERY_FIELD_BIT(QUERY_TITLE)},
	{"body", false, QUERY_FIELD_BIT(QUERY_BODY)},
	{"author", false, QUERY_FIELD_BIT(QUERY_AUTHOR)},
	{"category", false, QUERY_FIELD_BIT(QUERY_CATEGORY)},
	{"feed", true, QUERY_ATTR_FEED},
	{"group", true, QUERY_ATTR_GROUP},
	{"lang", true, QUERY_ATTR_LANG},
	{"site", true, QUERY_ATTR_SITE},
	{"url", true, QUERY_ATTR_URL},
	{"source", true, QUERY_ATTR_SOURCE},
	{"tier", true, QUERY_ATTR_TIER},
};

const char *const query_tiers[] = {"official", "wire", "established", "unverified", NULL};

#define N_PREFIXES (sizeof(prefixes) / sizeof(prefixes[0]))

/* Names of other products, for the help. */
static const struct {
	const char *theirs, *ours;
} aliases[] = {{"headline", "title"}, {"hd", "title"}, {"hlp", "title"}, {"intitle", "title"},
	{"allintitle", "title"}, {"subject", "title"}, {"text", "body"}, {"content", "body"},
	{"summary", "body"}, {"description", "body"}, {"intext", "body"}, {"by", "author"},
	{"byline", "author"}, {"creator", "author"}, {"tag", "category"}, {"tags", "category"},
	{"section", "category"}, {"outlet", "source"}, {"publisher", "source"},
	{"publication", "source"}, {"list", "group"}, {"language", "lang"}, {"la", "lang"},
	{"domain", "site"}, {"host", "site"}, {"link", "url"}, {"links", "url"}, {"inurl", "url"},
	{"http", "url"}, {"https", "url"}};

const char *query_field_name(enum query_field f)
{
	return prefixes[f].name;
}

const struct query_prefix *query_prefix_find(struct str name)
{
	for (size_t i = 0; i < N_PREFIXES; i++)
		if (str_is(name, prefixes[i].name))
			return &prefixes[i];
	return NULL;
}

/* Formats the term in quotes; empty if a bracket or space follows the colon. */
static const char *prefix_format_words(
	struct arena *a, bool first, struct str name, struct str term)
{
	const char *text = "";

	if (term.n > name.n + 1)
		text = arena_printf(a,
			first ? "write \"%.*s\" for the words; "
			      : " or, for the words, write \"%.*s\"",
			STR_ARG(utf8_cut(term, 60)));
	return text ? text : "";
}

const char *query_prefix_help(struct arena *a, struct str name, struct str term)
{
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < N_PREFIXES; i++)
		nearest_try(&near, str_of(prefixes[i].name));
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (str_eq_nocase(name, str_of(aliases[i].theirs)))
			near.best = str_of(aliases[i].ours);
	if (str_present(near.best))
		return arena_printf(a, "did you mean %.*s: ?%s", STR_ARG(near.best),
			prefix_format_words(a, false, name, term));
	return arena_printf(a,
		"%sfields are title: body: author: category: feed: group: lang: site: url: "
		"source: tier:",
		prefix_format_words(a, true, name, term));
}
