/* SPDX-License-Identifier: MIT */
/* The query language of Factiva. */
#include "reader.h"

static const struct dialect_operator factiva_operators[] = {
	DIALECT_OPERATOR("or", OR, OR),
	DIALECT_OPERATOR("and", AND, AND),
	DIALECT_OPERATOR("same", NEAR, NEAR, .ours = "PARA"),
	DIALECT_OPERATOR("near", NEAR, NEAR, .ours = "NEAR/", .number = true, .subtract = 1),
	DIALECT_OPERATOR("near", NEAR, NEAR, .help = "write how near: near5"),
	DIALECT_OPERATOR("adj", NEAR, NEAR, .ours = "ONEAR/", .number = true, .number_default = 1,
		.subtract = 1),
	DIALECT_OPERATOR("w/", NEAR, NEAR, .ours = "ONEAR/", .number = true, .number_default = 1,
		.subtract = 1),
	DIALECT_OPERATOR(
		"/n", NEAR, NEAR, .ours = "NEAR/", .number = true, .subtract = 1, .tail = "/"),
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

DIALECT_PRODUCT(factiva, factiva_operators, .length = "wc", .rank_not = DIALECT_RANK_NOT,
	.rank_field = DIALECT_RANK_FIELD, .any_case = true, .adjacent_phrase = true, .dollar = true,
	.slashed = true, .square_brackets = true, .dates = true, .read = dialect_read_expression);
