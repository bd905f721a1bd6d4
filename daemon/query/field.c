/* SPDX-License-Identifier: MIT */
#include "query/field.h"

const char *query_field_name(enum query_field f)
{
	switch (f) {
	case QUERY_TITLE: return "title";
	case QUERY_BODY: return "body";
	case QUERY_AUTHOR: return "author";
	case QUERY_CATEGORY: return "category";
	}
	return "";
}
