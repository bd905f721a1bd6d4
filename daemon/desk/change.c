/* SPDX-License-Identifier: MIT */
#include "change.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "text_diff.h"

#define TEXT_AROUND    ((size_t)40)
#define TEXT_MAX       ((size_t)400)
#define LABEL_MAX      ((size_t)200)
#define CATEGORIES_MAX ((size_t)24)

struct change_list {
	struct arena *arena;
	struct alert_change *out;
	size_t *n;
};

static int change_fail_alloc(const struct arena *a)
{
	return -(int)(arena_overflowed(a) ? ERR_LIMIT : ERR_NOMEM);
}

/* An absent value is none. */
static int change_add_text(
	const struct change_list *l, enum alert_part part, struct str was, struct str is)
{
	struct str *pair = arena_array(l->arena, 2, sizeof(*pair));

	if (!pair)
		return change_fail_alloc(l->arena);
	pair[0] = utf8_cut(was, TEXT_MAX);
	pair[1] = utf8_cut(is, TEXT_MAX);
	l->out[(*l->n)++] = (struct alert_change){
		.part = part,
		.was = &pair[0],
		.is = &pair[1],
		.n_was = str_present(was),
		.n_is = str_present(is),
	};
	return 0;
}

/* --- text --- */

static struct str change_text_of(const struct feed_item *i)
{
	return str_present(i->content) ? i->content : i->summary;
}

static int change_add_body(
	const struct change_list *l, const struct feed_item *was, const struct feed_item *is)
{
	struct str before = change_text_of(was), after = change_text_of(is);

	if (str_eq(before, after)) {
		before = was->summary;
		after = is->summary;
	}
	if (str_eq(before, after))
		return 0;
	desk_text_diff(before, after, TEXT_AROUND, TEXT_MAX, &before, &after);
	return change_add_text(l, ALERT_TEXT, before, after);
}

/* --- categories --- */

static int change_compare_strings(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Returns a sorted copy of the distinct ones. NULL: out of memory. */
static const struct str *change_sort_categories(
	const struct feed_item *i, struct arena *arena, size_t *n)
{
	struct str *v = arena_array(arena, i->n_categories, sizeof(*v));

	*n = 0;
	if (!v || i->n_categories == 0)
		return v;
	memcpy(v, i->categories, i->n_categories * sizeof(*v));
	qsort(v, i->n_categories, sizeof(*v), change_compare_strings);
	for (size_t k = 0; k < i->n_categories; k++)
		if (*n == 0 || !str_eq(v[*n - 1], v[k]))
			v[(*n)++] = v[k];
	return v;
}

static bool change_has_string(const struct str *sorted, size_t n, struct str s)
{
	return n && bsearch(&s, sorted, n, sizeof(s), change_compare_strings);
}

/*
 * Sets *out to the categories of i to be shown: those that the other does not have first, so that
 * the limit does not hide them.
 */
static int change_show_categories(const struct feed_item *i, const struct str *other,
	size_t n_other, struct arena *arena, const struct str **out, size_t *n)
{
	struct str *v = arena_array(arena, CATEGORIES_MAX, sizeof(*v));

	*out = v;
	*n = 0;
	if (!v)
		return change_fail_alloc(arena);
	for (int common = 0; common < 2; common++)
		for (size_t k = 0; k < i->n_categories && *n < CATEGORIES_MAX; k++)
			if (change_has_string(other, n_other, i->categories[k]) == (common == 1))
				v[(*n)++] = utf8_cut(i->categories[k], LABEL_MAX);
	return 0;
}

static bool change_same_strings(const struct str *a, size_t n_a, const struct str *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t k = 0; k < n_a; k++)
		if (!str_eq(a[k], b[k]))
			return false;
	return true;
}

static int change_add_categories(
	const struct change_list *l, const struct feed_item *was, const struct feed_item *is)
{
	size_t n_before, n_after;
	const struct str *before = change_sort_categories(was, l->arena, &n_before);
	const struct str *after = change_sort_categories(is, l->arena, &n_after);
	struct alert_change *c = &l->out[*l->n];
	int rc;

	if (!before || !after)
		return change_fail_alloc(l->arena);
	if (change_same_strings(before, n_before, after, n_after))
		return 0;
	*c = (struct alert_change){.part = ALERT_CATEGORIES};
	rc = change_show_categories(was, after, n_after, l->arena, &c->was, &c->n_was);
	if (!rc)
		rc = change_show_categories(is, before, n_before, l->arena, &c->is, &c->n_is);
	++*l->n;
	return rc;
}

int desk_find_changes(const struct feed_item *was, const struct feed_item *is, struct arena *arena,
	struct alert_change out[ALERT_PARTS], size_t *n)
{
	struct change_list l = {arena, out, n};
	int rc = 0;

	*n = 0;
	if (!str_eq(was->title, is->title))
		rc = change_add_text(&l, ALERT_TITLE, was->title, is->title);
	if (!rc)
		rc = change_add_body(&l, was, is);
	if (!rc && !str_eq(was->author.text, is->author.text))
		rc = change_add_text(&l, ALERT_AUTHOR, was->author.text, is->author.text);
	return rc ? rc : change_add_categories(&l, was, is);
}
