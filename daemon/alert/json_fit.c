/* SPDX-License-Identifier: MIT */
/* Keeps a document small: it stays valid, only its texts and lists get shorter. */
#include "alert/json.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "json_part.h"

/* What is left after each step: bytes of a text, elements of a list. */
static const struct json_limit {
	size_t text, list;
} json_limits[] = {{2000, 64}, {1000, 32}, {500, 16}, {250, 8}, {100, 4}, {40, 2}};

#define JSON_LIMITS (sizeof(json_limits) / sizeof(json_limits[0]))

/* Markup and times are not truncated; both are short. */
static bool json_fit_is_fixed(const char *key)
{
	static const char *const keys[] = {"snippet", "timestamp", "type", "published"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

/* Returns the shorter text, a new reference; NULL: out of memory. */
static json_t *json_fit_cut(const char *key, json_t *text, size_t max)
{
	struct str s = str_slice(json_string_value(text), json_string_length(text));
	struct buf b;
	json_t *cut;

	if (strcmp(key, "link") == 0)
		return json_part_text(STR(""));
	buf_init(&b, max + 8);
	buf_adds(&b, utf8_cut(s, max));
	buf_addz(&b, "…");
	cut = buf_failed(&b) ? NULL : json_part_text(buf_str(&b));
	buf_release(&b);
	return cut;
}

static int json_fit_shorten(json_t *node, const struct json_limit *limit);

static int json_fit_list(json_t *list, const struct json_limit *limit, size_t *lost)
{
	int rc = 0;

	while (json_array_size(list) > limit->list) {
		json_array_remove(list, json_array_size(list) - 1);
		++*lost;
	}
	for (size_t i = 0; !rc && i < json_array_size(list); i++) {
		json_t *value = json_array_get(list, i);

		if (json_is_string(value) && json_string_length(value) > limit->text)
			rc = json_array_set_new(list, i, json_fit_cut("", value, limit->text));
		else
			rc = json_fit_shorten(value, limit);
	}
	return rc;
}

static int json_fit_object(json_t *object, const struct json_limit *limit)
{
	json_t *value, *left_out = json_object_get(object, "left_out");
	const char *key;
	void *next;
	size_t lost = 0;
	int rc = 0;

	json_object_foreach_safe(object, next, key, value)
	{
		if (json_is_array(value))
			rc = json_fit_list(value, limit, &lost);
		else if (json_is_object(value))
			rc = json_fit_object(value, limit);
		else if (json_is_string(value) && !json_fit_is_fixed(key) &&
			 json_string_length(value) > limit->text)
			rc = json_object_set_new_nocheck(
				object, key, json_fit_cut(key, value, limit->text));
		if (rc)
			return rc;
	}
	if (json_is_integer(left_out) && lost)
		rc = json_integer_set(left_out, json_integer_value(left_out) + (json_int_t)lost);
	return rc;
}

static int json_fit_shorten(json_t *node, const struct json_limit *limit)
{
	size_t lost = 0;

	if (json_is_object(node))
		return json_fit_object(node, limit);
	return json_is_array(node) ? json_fit_list(node, limit, &lost) : 0;
}

int alert_json_fit(json_t *root, size_t max)
{
	for (size_t i = 0; i < JSON_LIMITS; i++) {
		if (json_dumpb(root, NULL, 0, JSON_COMPACT) <= max)
			return 0;
		if (json_fit_shorten(root, &json_limits[i]))
			return -(int)ERR_NOMEM;
	}
	return 0;
}
