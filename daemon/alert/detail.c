/* SPDX-License-Identifier: MIT */
#include "alert/detail.h"

#include <string.h>

const char *const alert_part_words[ALERT_PARTS] = {
	[ALERT_TITLE] = "title",
	[ALERT_TEXT] = "text",
	[ALERT_AUTHOR] = "author",
	[ALERT_CATEGORIES] = "categories",
};

/* --- writing --- */

static json_t *detail_make_values(enum alert_part part, const struct str *v, size_t n)
{
	json_t *list;

	if (part != ALERT_CATEGORIES)
		return n ? json_stringn_nocheck(v->p, v->n) : json_null();
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_stringn_nocheck(v[i].p, v[i].n));
	return list;
}

static json_t *detail_make_changes(const struct alert *a)
{
	json_t *o = json_object();

	for (size_t i = 0; i < a->n_changes; i++) {
		const struct alert_change *c = &a->changes[i];
		json_t *pair = json_pack("[o, o]", detail_make_values(c->part, c->was, c->n_was),
			detail_make_values(c->part, c->is, c->n_is));

		if (json_object_set_new(o, alert_part_words[c->part], pair) != 0) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}

json_t *alert_detail_make(const struct alert *a)
{
	switch (a->kind) {
	case ALERT_CREATED: break;
	case ALERT_UPDATED: return json_pack("{s:o}", "change", detail_make_changes(a));
	}
	return json_object();
}

static int detail_append(const char *p, size_t n, void *out)
{
	buf_add(out, p, n);
	return buf_failed(out) ? -1 : 0;
}

int alert_detail_write(const struct alert *a, struct buf *out)
{
	json_t *root;
	int bad;

	if (a->kind == ALERT_CREATED)
		return 0;
	root = alert_detail_make(a);
	bad = !root || json_dump_callback(root, detail_append, out, JSON_COMPACT) != 0;
	json_decref(root);
	return bad ? -(int)ERR_NOMEM : 0;
}

/* --- reading --- */

static int detail_read_text(json_t *from, struct arena *arena, struct str *out)
{
	*out = arena_str(arena, str_slice(json_string_value(from), json_string_length(from)));
	return out->p ? 0 : -(int)ERR_NOMEM;
}

/* A string, an array of strings, or null. */
static int detail_read_values(json_t *from, struct arena *arena, const struct str **out, size_t *n)
{
	size_t most = json_is_array(from) ? json_array_size(from) : json_is_string(from);
	struct str *v = arena_array(arena, most, sizeof(*v));
	int rc = v ? 0 : -(int)ERR_NOMEM;

	for (*n = 0; !rc && *n < most; ++*n) {
		json_t *one = json_is_array(from) ? json_array_get(from, *n) : from;

		rc = json_is_string(one) ? detail_read_text(one, arena, &v[*n]) : -(int)ERR_INPUT;
	}
	*out = v;
	return rc;
}

static int detail_read_changes(json_t *root, struct arena *arena, struct alert *out)
{
	json_t *object = json_object_get(root, "change");
	struct alert_change *v = arena_array(arena, ALERT_PARTS, sizeof(*v));

	if (!v)
		return -(int)ERR_NOMEM;
	for (int part = 0; part < ALERT_PARTS; part++) {
		json_t *pair = json_object_get(object, alert_part_words[part]);
		struct alert_change *c = &v[out->n_changes];
		int rc;

		if (!pair)
			continue;
		c->part = (enum alert_part)part;
		rc = detail_read_values(json_array_get(pair, 0), arena, &c->was, &c->n_was);
		if (!rc)
			rc = detail_read_values(json_array_get(pair, 1), arena, &c->is, &c->n_is);
		if (rc)
			return rc;
		out->n_changes++;
	}
	out->changes = v;
	return json_is_object(object) ? 0 : -(int)ERR_INPUT;
}

int alert_detail_read(struct str text, struct arena *arena, struct alert *out, struct err *e)
{
	json_error_t why;
	json_t *root;
	int rc = 0;

	if (out->kind == ALERT_CREATED)
		return 0;
	root = json_loadb(text.p ? text.p : "", text.n, JSON_ALLOW_NUL, &why);
	switch (out->kind) {
	case ALERT_CREATED: break;
	case ALERT_UPDATED: rc = detail_read_changes(root, arena, out); break;
	}
	json_decref(root);
	if (rc == -(int)ERR_INPUT)
		return err_set(e, ERR_INPUT, "the details of an alert are damaged");
	return rc ? err_nomem(e) : 0;
}
