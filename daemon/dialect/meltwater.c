/* SPDX-License-Identifier: MIT */
/* The query language of Meltwater. */
#include "reader.h"

static const struct dialect_field meltwater_fields[] = {
	{.name = "title:", .ours = "title:"},
	{.name = "author:", .ours = "author:"},
	{.name = "site:", .ours = "site:", .value = true},
	{.name = "url:", .ours = "url:", .value = true},
	{.name = "language:", .ours = "lang:", .value = true},
	{.name = "ingress:", .ours = "LEAD/50("},
	{0},
};

DIALECT_PRODUCT(meltwater, dialect_near_operators, .rank_not = DIALECT_RANK_AND, .any_case = true,
	.refuse_mixed = true, .minus = true, .boost = true, .signs = true,
	.read = dialect_read_expression);
