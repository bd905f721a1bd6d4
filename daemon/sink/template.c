/* SPDX-License-Identifier: MIT */
/*
 * Messages in the operator's own words: {title} and the like are replaced by what the alert has,
 * escaped for the service. A brace that no name follows is an ordinary character, as in
 * JSON; {{ is one brace.
 */
#include <string.h>

#include "alert/json.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "sinks.h"

#define VALUE_MAX ((size_t)2000) /* bytes of one value */

typedef void template_put_fn(const struct alert *a, const struct zone *zone, struct buf *out);

static void template_put_time(int64_t ms, const struct zone *zone, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	if (ms != STAMP_NONE)
		buf_addz(out,
			zone ? zone_minute_text(zone, ms, stamp) : clock_rfc3339(ms, false, stamp));
}

#define TEMPLATE_PUT(name, value)                                                                  \
	static void template_put_##name(                                                           \
		const struct alert *a, const struct zone *zone, struct buf *out)                   \
	{                                                                                          \
		(void)zone;                                                                        \
		buf_adds(out, utf8_cut(value, VALUE_MAX));                                         \
	}

TEMPLATE_PUT(priority, str_of(alert_priority_words[a->priority]))
TEMPLATE_PUT(link, a->link)
TEMPLATE_PUT(source, a->source)
TEMPLATE_PUT(feed, str_present(a->feed_title) ? a->feed_title : a->feed)
TEMPLATE_PUT(feed_name, a->feed)
TEMPLATE_PUT(watch, a->watch_title)
TEMPLATE_PUT(watch_name, a->watch)
TEMPLATE_PUT(author, a->author)
TEMPLATE_PUT(language, a->language)
TEMPLATE_PUT(id, a->id)
TEMPLATE_PUT(cause, a->cause)
TEMPLATE_PUT(type, str_of(alert_json_type(a)))

static void template_put_title(const struct alert *a, const struct zone *zone, struct buf *out)
{
	(void)zone;
	buf_addz(out, alert_headline_mark(a));
	alert_headline_short(a, out);
}

static void template_put_text(const struct alert *a, const struct zone *zone, struct buf *out)
{
	static const struct watch_marks no_marks = {"", "", NULL, NULL};

	(void)zone;
	if (alert_is_notice(a)) {
		buf_adds(out, utf8_cut(str_trim(a->body), VALUE_MAX));
	} else if (a->kind == ALERT_DIGEST) {
		for (size_t i = 0; i < a->digest->n && out->len < VALUE_MAX; i++)
			buf_printf(
				out, "%s%.*s", i ? "\n" : "", STR_ARG(a->digest->alerts[i].title));
	} else {
		alert_snippet(a, ALERT_SNIPPET_MAX, &no_marks, out);
	}
}

/* Without duplicates, in the order of their first hit. */
static void template_put_terms(const struct alert *a, const struct zone *zone, struct buf *out)
{
	size_t n = 0;

	(void)zone;
	for (size_t i = 0; i < a->n_hits && out->len < VALUE_MAX; i++) {
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = str_eq(a->hits[i].term, a->hits[j].term);
		if (!seen)
			buf_printf(out, "%s%.*s", n++ ? ", " : "", STR_ARG(a->hits[i].term));
	}
}

static void template_put_published(const struct alert *a, const struct zone *zone, struct buf *out)
{
	template_put_time(a->published, zone, out);
}

static void template_put_created(const struct alert *a, const struct zone *zone, struct buf *out)
{
	template_put_time(a->created, zone, out);
}

static const struct template_field {
	const char *name;
	template_put_fn *put;
	bool link;
} template_fields[] = {
	{"priority", template_put_priority, false},
	{"title", template_put_title, false},
	{"link", template_put_link, true},
	{"source", template_put_source, false},
	{"feed", template_put_feed, false},
	{"feed-name", template_put_feed_name, false},
	{"watch", template_put_watch, false},
	{"watch-name", template_put_watch_name, false},
	{"text", template_put_text, false},
	{"terms", template_put_terms, false},
	{"author", template_put_author, false},
	{"language", template_put_language, false},
	{"published", template_put_published, false},
	{"created", template_put_created, false},
	{"id", template_put_id, false},
	{"cause", template_put_cause, false},
	{"type", template_put_type, false},
};

#define TEMPLATE_FIELDS (sizeof(template_fields) / sizeof(template_fields[0]))

static const struct template_field *template_find(struct str name)
{
	for (size_t i = 0; i < TEMPLATE_FIELDS; i++)
		if (str_is(name, template_fields[i].name))
			return &template_fields[i];
	return NULL;
}

static bool template_is_name(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

/*
 * Reads what begins at s: "{name}" sets *name; otherwise *name is absent. Returns the bytes that
 * belong together: a run of ordinary ones, "{{", or the placeholder.
 */
static size_t template_next(struct str s, struct str *name)
{
	size_t n = 1;

	*name = STR_NONE;
	if (s.p[0] != '{') {
		const char *brace = memchr(s.p, '{', s.n);

		return brace ? (size_t)(brace - s.p) : s.n;
	}
	if (s.n > 1 && s.p[1] == '{')
		return 2;
	while (n < s.n && template_is_name(s.p[n]))
		n++;
	if (n == 1 || n == s.n || s.p[n] != '}' || !ascii_is_alpha(s.p[1]))
		return 1;
	*name = str_slice(s.p + 1, n - 1);
	return n + 1;
}

/* What was appended since start is nothing but white space: no service takes an empty message. */
static bool template_is_blank(const struct buf *out, size_t start)
{
	return str_trim(str_slice(buf_z(out) + start, out->len - start)).n == 0;
}

void sink_template_fill(const char *text, const struct alert *a, const struct zone *zone,
	const struct sink_escape *escape, size_t max, struct buf *out)
{
	struct str s = str_of(text), name;
	size_t start = out->len;
	struct buf value, valid;

	buf_init(&value, 4 * VALUE_MAX);
	buf_init(&valid, 12 * VALUE_MAX);
	while (s.n) {
		size_t n = template_next(s, &name);
		const struct template_field *field = name.p ? template_find(name) : NULL;

		if (field) {
			buf_clear(&value);
			buf_clear(&valid);
			field->put(a, zone, &value);
			utf8_append_valid(&valid, buf_str(&value));
			buf_pass_lack(out, &value);
			buf_pass_lack(out, &valid);
			(field->link && escape->link ? escape->link : escape->text)(
				out, utf8_cut(buf_str(&valid), max));
		} else {
			buf_add(out, s.p, s.p[0] == '{' ? 1 : n);
		}
		s = str_slice(s.p + n, s.n - n);
	}
	if (!buf_failed(out) && template_is_blank(out, start)) {
		buf_clear(&value);
		template_put_title(a, zone, &value);
		buf_pass_lack(out, &value);
		escape->text(out, utf8_cut(buf_str(&value), max));
	}
	buf_release(&value);
	buf_release(&valid);
}

void sink_template_write(const char *text, const struct alert *a, const struct zone *zone,
	const struct sink_escape *escape, struct buf *out)
{
	size_t before = out->len, max = VALUE_MAX;

	sink_template_fill(text, a, zone, escape, max, out);
	while (out->overflow && max > 0) {
		max /= 8;
		buf_truncate(out, before);
		out->failed = out->overflow = false;
		sink_template_fill(text, a, zone, escape, max, out);
	}
}

/* --- at load --- */

static void template_report(struct conf_check *c, const char *key, struct str name)
{
	struct nearest near;
	struct buf help, error;

	nearest_init(&near, name);
	buf_init(&help, 1000);
	buf_init(&error, 1000);
	buf_addz(&help, "placeholders:");
	for (size_t i = 0; i < TEMPLATE_FIELDS; i++) {
		nearest_try(&near, str_of(template_fields[i].name));
		buf_printf(&help, " {%s}", template_fields[i].name);
	}
	buf_printf(&error, "%s: {%.*s} is no placeholder", key, STR_ARG(name));
	if (str_present(near.best))
		buf_printf(&error, "; did you mean {%.*s}?", STR_ARG(near.best));
	conf_check_error_at(c, key, str_present(near.best) ? NULL : buf_z(&help), buf_z(&error));
	buf_release(&help);
	buf_release(&error);
}

static void template_report_near(struct conf_check *c, const char *key, struct str shown)
{
	struct buf error;

	buf_init(&error, 9000);
	buf_printf(&error, "%s: %.*s is no placeholder", key, STR_ARG(shown));
	conf_check_error_at(c, key, "write {title}; {{ stands for one brace", buf_z(&error));
	buf_release(&error);
}

/* {{title}}, as other programs write it */
static bool template_is_doubled(struct str s)
{
	struct str name;
	size_t n = s.n > 3 ? template_next(str_slice(s.p + 1, s.n - 1), &name) : 0;

	return n && name.p && n + 1 < s.n && s.p[n + 1] == '}';
}

/*
 * "{item.title}" and "{title:50}", as other programs write it, "{ title }" and "{title": nothing
 * would be filled in. But not "{title: ", as queries of GraphQL have it. s begins with a brace.
 * Returns the bytes to be shown, 0: it is none of them.
 */
static size_t template_near(struct str s)
{
	size_t from = 1 + strspn(s.p + 1, " "), n = from, end;
	bool closed, known;

	while (n < s.n && template_is_name(s.p[n]))
		n++;
	end = n + strcspn(s.p + n, "{}\"'\n");
	closed = end < s.n && s.p[end] == '}';
	known = template_find(str_slice(s.p + from, n - from)) != NULL;
	if (closed && (known || (from == 1 && n > from && strchr(".:|!", s.p[n]))))
		return end + 1;
	return known && from == 1 && s.p[n] != ':' ? n : 0;
}

bool sink_template_check(struct conf_check *c, const char *key, const char *text)
{
	struct str s = str_of(text), name;
	bool good = !text || str_trim(s).n > 0;

	if (!good)
		conf_check_error_at(
			c, key, "leave it out for the text of the type", "a message without text");
	while (s.n && good) {
		size_t n = template_next(s, &name);
		size_t near = !name.p && n == 1 && s.p[0] == '{' ? template_near(s) : 0;

		if (name.p && !template_find(name)) {
			template_report(c, key, name);
			good = false;
		}
		if (near) {
			template_report_near(c, key, str_slice(s.p, near));
			good = false;
		}
		if (n == 2 && template_is_doubled(s)) {
			conf_check_error_at(c, key, "write {title}; {{ stands for one brace",
				"a placeholder has single braces");
			good = false;
		}
		s = str_slice(s.p + n, s.n - n);
	}
	return good;
}
