/* SPDX-License-Identifier: MIT */
/* What the products' languages are, as tables: words that join, fields, and what else they have. */
#include "dialect/dialect.h"

#include "reader.h"

#define OURS_MAX (QUERY_BYTES_MAX * 64)

#define OPERATOR(name_, join_, rank_, ...)                                                         \
	{                                                                                          \
		.name = (name_), .join = DIALECT_##join_, .rank = DIALECT_RANK_##rank_,            \
		__VA_ARGS__                                                                        \
	}

static const struct dialect_operator near_words[] = {
	OPERATOR("or", OR, AND),
	OPERATOR("and", AND, AND),
	OPERATOR("near/", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .tail = "f"),
	OPERATOR("near/", CLOSE, CLOSE, .ours = "NEAR/", .number = true),
	OPERATOR("onear/", CLOSE, CLOSE, .ours = "ONEAR/", .number = true),
	OPERATOR("near", CLOSE, CLOSE, .ours = "NEAR/4"),
	OPERATOR("onear", CLOSE, CLOSE, .ours = "ONEAR/4"),
	{0},
};

static const struct dialect_operator factiva_words[] = {
	OPERATOR("or", OR, OR),
	OPERATOR("and", AND, AND),
	OPERATOR("same", CLOSE, CLOSE, .ours = "PARA"),
	OPERATOR("near", CLOSE, CLOSE, .ours = "NEAR/", .number = true, .less = 1),
	OPERATOR("near", CLOSE, CLOSE, .help = "write how near: near5"),
	OPERATOR("adj", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .plain = 1, .less = 1),
	OPERATOR("w/", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .plain = 1, .less = 1),
	OPERATOR("/n", CLOSE, CLOSE, .ours = "NEAR/", .number = true, .less = 1, .tail = "/"),
	{0},
};

static const struct dialect_operator nexis_words[] = {
	OPERATOR("or", OR, OR_FIRST),
	OPERATOR("and", AND, AND),
	OPERATOR("&", AND, AND),
	OPERATOR("w/s", CLOSE, SENT, .ours = "SENT"),
	OPERATOR("w/sent", CLOSE, SENT, .ours = "SENT"),
	OPERATOR("/s", CLOSE, SENT, .ours = "SENT"),
	OPERATOR("w/p", CLOSE, PARA, .ours = "PARA"),
	OPERATOR("w/para", CLOSE, PARA, .ours = "PARA"),
	OPERATOR("/p", CLOSE, PARA, .ours = "PARA"),
	OPERATOR("w/", CLOSE, CLOSE, .ours = "NEAR/", .number = true, .ranked = true, .less = 1),
	OPERATOR("/", CLOSE, CLOSE, .ours = "NEAR/", .number = true, .ranked = true, .less = 1),
	OPERATOR("near/", CLOSE, CLOSE, .ours = "NEAR/", .number = true, .ranked = true, .less = 1),
	OPERATOR("pre/", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .ranked = true, .less = 1),
	OPERATOR("+", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .ranked = true, .less = 1),
	OPERATOR("onear/", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .ranked = true,
		.less = 1),
	OPERATOR("not/", CLOSE, CLOSE, .ours = "NOT NEAR/", .number = true, .ranked = true,
		.less = 1),
	OPERATOR("w/seg", CLOSE, PARA),
	OPERATOR("/seg", CLOSE, PARA),
	OPERATOR("not/seg", CLOSE, PARA),
	OPERATOR("not/s", CLOSE, SENT),
	OPERATOR("not/p", CLOSE, PARA),
	OPERATOR("pre/s", CLOSE, SENT),
	OPERATOR("+s", CLOSE, SENT),
	OPERATOR("pre/p", CLOSE, PARA),
	OPERATOR("+p", CLOSE, PARA),
	{0},
};

static const struct dialect_operator lucene_words[] = {
	OPERATOR("or", OR, OR),
	OPERATOR("||", OR, OR),
	OPERATOR("and", AND, AND),
	OPERATOR("&&", AND, AND),
	{0},
};

#define SOURCES "name feeds of yours: feeds = { … } on the watch, or feed:NAME in our own language"
#define RATHER	"write {Word} for that very spelling"

static const struct dialect_field brandwatch_fields[] = {
	{.name = "title:", .ours = "title:"},
	{.name = "author:", .ours = "author:"},
	{.name = "site:", .ours = "site:", .value = true},
	{.name = "url:", .ours = "url:", .value = true},
	{.name = "language:", .ours = "lang:", .value = true},
	{.name = "lang:", .ours = "lang:", .value = true},
	{.name = "links:", .help = "take it out; url:, the item’s own link, is another thing"},
	{.name = "raw:", .help = RATHER},
	{0},
};

static const struct dialect_field meltwater_fields[] = {
	{.name = "title:", .ours = "title:"},
	{.name = "ingress:", .ours = "LEAD/50("},
	{.name = "author:", .ours = "author:"},
	{.name = "site:", .ours = "site:", .value = true},
	{.name = "url:", .ours = "url:", .value = true},
	{.name = "language:", .ours = "lang:", .value = true},
	{0},
};

static const struct dialect_field lucene_fields[] = {
	{.name = "title:", .ours = "title:"},
	{.name = "body:", .ours = "body:"},
	{.name = "content:", .ours = "body:"},
	{.name = "text:", .ours = "body:"},
	{.name = "author:", .ours = "author:"},
	{.name = "category:", .ours = "category:"},
	{.name = "tag:", .ours = "category:"},
	{.name = "site:", .ours = "site:", .value = true},
	{.name = "url:", .ours = "url:", .value = true},
	{.name = "language:", .ours = "lang:", .value = true},
	{.name = "lang:", .ours = "lang:", .value = true},
	{0},
};

static const struct dialect_field factiva_fields[] = {
	{.name = "hd=", .ours = "title:"},
	{.name = "hlp=", .ours = "LEAD/50("},
	{.name = "by=", .ours = "author:"},
	{.name = "la=", .ours = "lang:", .value = true},
	{.name = "sn=", .help = SOURCES},
	{.name = "sc=", .help = SOURCES},
	{.name = "rst=", .help = SOURCES},
	{0},
};

static const struct dialect_field nexis_fields[] = {
	{.name = "headline(", .ours = "title:"},
	{.name = "hlead(", .ours = "LEAD/50("},
	{.name = "body(", .ours = "body:"},
	{.name = "byline(", .ours = "author:"},
	{.name = "language(", .ours = "lang:", .value = true},
	{.name = "publication(", .help = SOURCES},
	{.name = "source(", .help = SOURCES},
	{.name = "caps(", .help = "write allcaps(WORD), or {Word} in our own language"},
	{.name = "singular(", .help = "write the word alone; without stem no other form is met"},
	{.name = "plural(", .help = "write the plural alone; without stem no other form is met"},
	{0},
};

static const struct dialect dialects[] = {
	{.name = "brandwatch",
		.operators = near_words,
		.fields = brandwatch_fields,
		.rank_not = DIALECT_RANK_AND,
		.mixed_wrong = true,
		.minus = true,
		.braces = true,
		.comments = true,
		.loose = true},
	{.name = "meltwater",
		.operators = near_words,
		.fields = meltwater_fields,
		.rank_not = DIALECT_RANK_AND,
		.any_case = true,
		.mixed_wrong = true,
		.minus = true,
		.boost = true},
	{.name = "factiva",
		.operators = factiva_words,
		.fields = factiva_fields,
		.length = "wc",
		.rank_not = DIALECT_RANK_NOT,
		.rank_field = DIALECT_RANK_FIELD,
		.any_case = true,
		.side_phrase = true,
		.dollar = true,
		.glued = true,
		.square = true,
		.dates = true},
	{.name = "nexis",
		.operators = nexis_words,
		.fields = nexis_fields,
		.length = "length",
		.rank_not = DIALECT_RANK_NOT_LAST,
		.any_case = true,
		.side_phrase = true,
		.bang = true,
		.segments = true},
	{.name = "lucene",
		.operators = lucene_words,
		.fields = lucene_fields,
		.lucene = true,
		.loose = true,
		.boost = true},
};

const struct dialect *dialect_find(struct str name)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
		if (str_is(name, dialects[i].name))
			return &dialects[i];
	return NULL;
}

int dialect_read(const struct dialect *d, struct arena *a, struct str text,
	struct query_reporter *report, struct buf *out, struct dialect_map *map)
{
	struct dialect_memo memo = {0, 0};
	struct dialect_reader r = {
		.d = d, .memo = &memo, .arena = a, .report = report, .text = text};
	struct buf ours;
	size_t before = report->errors;
	const struct dialect_node *n =
		d->lucene ? dialect_clauses(&r, NULL) : dialect_expression(&r);

	if (n && !dialect_at_end(&r) && report->errors == before)
		dialect_wrong(&r, r.at, 1, "take it out, or put a ( where the part begins",
			"a closing bracket that was never opened");
	*map = (struct dialect_map){0};
	if (!n || r.nomem)
		return -(int)ERR_NOMEM;
	if (report->errors != before)
		return -(int)ERR_CONF;
	buf_init(&ours, OURS_MAX);
	dialect_write(&r, n, &ours, map);
	if (ours.overflow)
		dialect_wrong(&r, 0, 1, "make several watches of it",
			"a query of more than 64 KiB in our language");
	else
		buf_adds(out, buf_str(&ours));
	r.nomem = r.nomem || (buf_failed(&ours) && !ours.overflow) || buf_failed(out);
	buf_release(&ours);
	if (r.nomem)
		return -(int)ERR_NOMEM;
	return report->errors == before ? 0 : -(int)ERR_CONF;
}
