/* SPDX-License-Identifier: MIT */
/* Brandwatch. */
#include "reader.h"

const struct dialect_operator dialect_near_operators[] = {
	DIALECT_OPERATOR("or", OR, AND),
	DIALECT_OPERATOR("and", AND, AND),
	DIALECT_OPERATOR("near/", CLOSE, CLOSE, .ours = "ONEAR/", .number = true, .tail = "f"),
	DIALECT_OPERATOR("near/", CLOSE, CLOSE, .ours = "NEAR/", .number = true),
	DIALECT_OPERATOR("onear/", CLOSE, CLOSE, .ours = "ONEAR/", .number = true),
	DIALECT_OPERATOR("near", CLOSE, CLOSE, .ours = "NEAR/4"),
	DIALECT_OPERATOR("onear", CLOSE, CLOSE, .ours = "ONEAR/4"),
	{0},
};

static const struct dialect_field brandwatch_fields[] = {
	{.name = "title:", .ours = "title:"},
	{.name = "author:", .ours = "author:"},
	{.name = "site:", .ours = "site:", .value = true},
	{.name = "url:", .ours = "url:", .value = true},
	{.name = "language:", .ours = "lang:", .value = true},
	{.name = "lang:", .ours = "lang:", .value = true},
	{.name = "links:", .help = "take it out; url:, the item’s own link, is another thing"},
	{.name = "raw:", .help = "write {Word} for that very spelling"},
	{0},
};

const struct dialect dialect_brandwatch = {
	.name = "brandwatch",
	.operators = dialect_near_operators,
	.fields = brandwatch_fields,
	.rank_not = DIALECT_RANK_AND,
	.mixed_wrong = true,
	.minus = true,
	.braces = true,
	.comments = true,
	.loose = true,
	.read = dialect_expression,
};
