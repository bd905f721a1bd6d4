/* SPDX-License-Identifier: MIT */
/* The query language of Brandwatch. */
#include "reader.h"

const struct dialect_operator dialect_near_operators[] = {
	DIALECT_OPERATOR("or", OR, AND),
	DIALECT_OPERATOR("and", AND, AND),
	DIALECT_OPERATOR("near/", NEAR, NEAR, .ours = "ONEAR/", .number = true, .tail = "f"),
	DIALECT_OPERATOR("near/", NEAR, NEAR, .ours = "NEAR/", .number = true),
	DIALECT_OPERATOR("onear/", NEAR, NEAR, .ours = "ONEAR/", .number = true),
	DIALECT_OPERATOR("near", NEAR, NEAR, .ours = "NEAR/4"),
	DIALECT_OPERATOR("onear", NEAR, NEAR, .ours = "ONEAR/4"),
	{0},
};

static const struct dialect_field brandwatch_fields[] = {
	{.name = "title:", .ours = "title:"},
	{.name = "author:", .ours = "author:"},
	{.name = "site:", .ours = "site:", .value = true},
	{.name = "url:", .ours = "url:", .value = true},
	{.name = "language:", .ours = "lang:", .value = true},
	{.name = "lang:", .ours = "lang:", .value = true},
	{.name = "links:", .help = "take it out; url: is the item’s own link"},
	{.name = "raw:", .help = "write {Word} for that very spelling"},
	{0},
};

DIALECT_PRODUCT(brandwatch, dialect_near_operators, .rank_not = DIALECT_RANK_AND,
	.refuse_mixed = true, .minus = true, .braces = true, .comments = true, .slop = true,
	.signs = true, .read = dialect_read_expression);
