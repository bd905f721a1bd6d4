/* SPDX-License-Identifier: MIT */
/* Factiva. */
#include "reader.h"

static const struct dialect_operator factiva_operators[] = {
	DIALECT_OPERATOR("or", OR, OR),
	DIALECT_OPERATOR("and", AND, AND),
	DIALECT_OPERATOR("same", CLOSE, CLOSE, .ours = "PARA"),
	DIALECT_OPERATOR("near", CLOSE, CLOSE, .ours = "NEAR/", .number = true, .less = 1),
	DIALECT_OPERATOR("near", CLOSE, CLOSE, .help = "write how near: near5"),
	DIALECT_OPERATOR(
		"adj", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .plain = 1, .less = 1),
	DIALECT_OPERATOR(
		"w/", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .plain = 1, .less = 1),
	DIALECT_OPERATOR(
		"/n", CLOSE, CLOSE, .ours = "NEAR/", .number = true, .less = 1, .tail = "/"),
	{0},
};

static const struct dialect_field factiva_fields[] = {
	{.name = "hd=", .ours = "title:"},
	{.name = "hlp=", .ours = "LEAD/50("},
	{.name = "by=", .ours = "author:"},
	{.name = "la=", .ours = "lang:", .value = true},
	{.name = "sn=", .help = DIALECT_SOURCES_HELP},
	{.name = "sc=", .help = DIALECT_SOURCES_HELP},
	{.name = "rst=", .help = DIALECT_SOURCES_HELP},
	{0},
};

const struct dialect dialect_factiva = {
	.name = "factiva",
	.operators = factiva_operators,
	.fields = factiva_fields,
	.length = "wc",
	.rank_not = DIALECT_RANK_NOT,
	.rank_field = DIALECT_RANK_FIELD,
	.any_case = true,
	.side_phrase = true,
	.dollar = true,
	.glued = true,
	.square = true,
	.dates = true,
	.read = dialect_expression,
};
