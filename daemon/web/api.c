/* SPDX-License-Identifier: MIT */
#include "api.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "conf/form.h"
#include "feed/date.h"

#define SHOWN_MAX  100
#define DIGITS_MAX 18

static const char *const api_page_parameters[] = {"limit", "cursor", NULL};
static const char *const api_none_parameters[] = {NULL};

/* --- the query --- */

static bool api_has_word(const char *const *words, struct str word)
{
	for (; words && *words; words++)
		if (str_is(word, *words))
			return true;
	return false;
}

static void api_list_words(struct buf *out, const char *const *words)
{
	for (; words && *words; words++)
		buf_printf(out, "%s%s", out->len ? ", " : "", *words);
}

static int api_refuse_parameter(
	struct str name, const char *const *known, const char *const *more, struct err *e)
{
	struct buf list;
	int rc;

	buf_init(&list, 512);
	api_list_words(&list, known);
	api_list_words(&list, more);
	name = name.n <= SHOWN_MAX ? name : str_slice(name.p, SHOWN_MAX);
	if (list.len)
		rc = err_set(e, ERR_CONF, "there is no parameter \"%.*s\" here; there are: %s",
			STR_ARG(name), buf_z(&list));
	else
		rc = err_set(e, ERR_CONF, "this address takes no parameters");
	buf_release(&list);
	return rc;
}

/* A value that cannot be decoded must not look like none. */
static int api_check_value(struct web_call *c, struct str name, struct err *e)
{
	char known[SHOWN_MAX + 1];
	struct buf value;
	bool fine;

	snprintf(known, sizeof(known), "%.*s", STR_ARG(name));
	buf_init(&value, c->query.n + 1);
	fine = httpd_parameter(c->query, known, &value);
	buf_release(&value);
	return fine ? 0
		    : err_set(e, ERR_CONF,
			      "the value of %s is malformed: write %%XX for each byte that is no "
			      "letter or digit",
			      known);
}

/* Names are compared as they are: none needs an escape. */
static int api_check_names(
	struct web_call *c, const char *const *known, const char *const *more, struct err *e)
{
	struct str rest = c->query;

	while (str_present(rest) && rest.n > 0) {
		const char *end = memchr(rest.p, '&', rest.n), *is;
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		struct str name = str_slice(rest.p, n);

		is = memchr(name.p, '=', name.n);
		if (is)
			name.n = (size_t)(is - name.p);
		if (name.n && !api_has_word(known, name) && !api_has_word(more, name))
			return api_refuse_parameter(name, known, more, e);
		if (name.n && api_check_value(c, name, e))
			return -(int)ERR_CONF;
		n += end != NULL;
		rest = str_slice(rest.p + n, rest.n - n);
	}
	return 0;
}

static int api_read_number(struct str text, int64_t *out)
{
	int64_t n = 0;

	if (text.n == 0 || text.n > DIGITS_MAX)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return -1;
		n = n * 10 + (text.p[i] - '0');
	}
	*out = n;
	return 0;
}

static int api_read_limit(struct web_call *c, struct api_page *out, struct err *e)
{
	struct str text = web_call_parameter(c, "limit");
	int64_t n = API_LIMIT;

	if (str_present(text) && (api_read_number(text, &n) || n < 1 || n > API_LIMIT_MAX))
		return err_set(
			e, ERR_CONF, "limit is a number from 1 to %d: limit=50", API_LIMIT_MAX);
	out->limit = (size_t)n;
	return 0;
}

/* A time, or how long ago. */
static int api_read_since(struct web_call *c, struct api_page *out, struct err *e)
{
	struct str text = web_call_parameter(c, "since");
	bool implausible = false;
	int64_t ms;

	out->since = STAMP_NONE;
	if (!str_present(text))
		return 0;
	if (conf_form_number(text, conf_duration_units, &ms)) {
		out->since = c->now - ms;
		return 0;
	}
	out->since = feed_date_parse(text, &implausible);
	if (out->since != STAMP_NONE && !implausible)
		return 0;
	return err_set(e, ERR_CONF,
		"since is a time in UTC or a duration: since=2026-02-12T10:00:00Z, since=2h");
}

int api_page_read(struct web_call *c, const char *const *known, struct api_page *out, struct err *e)
{
	int rc = api_check_names(c, api_page_parameters, known, e);

	if (!rc)
		rc = api_read_limit(c, out, e);
	if (!rc)
		rc = api_read_since(c, out, e);
	out->cursor = web_call_parameter(c, "cursor");
	return rc;
}

int api_no_parameters(struct web_call *c, struct err *e)
{
	return api_check_names(c, api_none_parameters, NULL, e);
}

int api_page_row(const struct api_page *p, int64_t *row, struct err *e)
{
	*row = 0;
	if (str_present(p->cursor) && (api_read_number(p->cursor, row) || *row == 0))
		return err_set(e, ERR_CONF, "cursor is the member next of the page before");
	return 0;
}

int api_read_word(
	struct web_call *c, const char *name, const char *const *words, int *index, struct err *e)
{
	struct str text = web_call_parameter(c, name);
	struct buf list;
	int rc;

	*index = -1;
	if (!str_present(text))
		return 0;
	for (int i = 0; words[i]; i++)
		if (str_is(text, words[i])) {
			*index = i;
			return 0;
		}
	buf_init(&list, 512);
	api_list_words(&list, words);
	rc = err_set(e, ERR_CONF, "%s is one of: %s", name, buf_z(&list));
	buf_release(&list);
	return rc;
}

int api_read_flag(struct web_call *c, const char *name, bool *out, struct err *e)
{
	static const char *const words[] = {"no", "yes", NULL};
	int index, rc = api_read_word(c, name, words, &index, e);

	*out = index == 1;
	return rc;
}

/* --- the answer --- */

static int api_dump(const char *text, size_t n, void *out)
{
	buf_add(out, text, n);
	return 0;
}

int api_send(struct web_call *c, json_t *document, struct err *e)
{
	int rc = document ? json_dump_callback(document, api_dump, &c->body, JSON_COMPACT) : -1;

	json_decref(document);
	return rc ? err_nomem(e) : 0;
}

json_t *api_cursor(int64_t row)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)row);
	return json_string(text);
}

int api_none(const char *what, const char *list, struct str name, struct str nearest, struct err *e)
{
	name = name.n <= SHOWN_MAX ? name : str_slice(name.p, SHOWN_MAX);
	if (str_present(nearest))
		return err_set(e, ERR_PERM, "there is no %s %.*s; the nearest name is %.*s", what,
			STR_ARG(name), STR_ARG(nearest));
	return err_set(e, ERR_PERM, "there is no %s %.*s; /api/v1/%s lists those that there are",
		what, STR_ARG(name), list);
}
