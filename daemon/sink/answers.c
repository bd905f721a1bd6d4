/* SPDX-License-Identifier: MIT */
/* Answers that are JSON: what is wrong, how long to wait, what the message is called. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "sinks.h"

#define KEY_MAX	     64
#define ANSWER_WHOLE ((size_t)32 * 1024) /* bytes: a longer one may lack its end */
#define TEXT_MAX     ((size_t)400)	 /* bytes of a text about what is wrong */

json_t *sink_answers_load(const struct sink_answer *a)
{
	bool in_string = false, starred = false;
	json_t *root = NULL;
	struct buf b;

	buf_init(&b, a->body.n + 1);
	for (size_t i = 0; i < a->body.n; i++) {
		char c = a->body.p[i];

		if (in_string && c == '\\' && i + 1 < a->body.n)
			buf_addc(&b, a->body.p[i++]);
		else if (c == '"')
			in_string = !in_string;
		if (!in_string && c == '*')
			c = starred ? ' ' : '0';
		else
			c = a->body.p[i];
		starred = !in_string && a->body.p[i] == '*';
		buf_addc(&b, c);
	}
	if (b.len)
		root = json_loadb(b.data, b.len, 0, NULL);
	buf_release(&b);
	return root;
}

/* Returns the value at a path of n bytes; NULL: there is none. */
static const json_t *answers_find(const json_t *root, const char *path, size_t n)
{
	while (root && n) {
		const char *stop = memchr(path, '.', n);
		size_t name = stop ? (size_t)(stop - path) : n;
		char key[KEY_MAX];

		if (name >= sizeof(key))
			return NULL;
		memcpy(key, path, name);
		key[name] = '\0';
		root = json_object_get(root, key);
		name += stop != NULL;
		path += name;
		n -= name;
	}
	return root;
}

/* Returns ms; 0: the answer does not say. */
static int64_t answers_wait(const struct sink_answers *s, const json_t *root)
{
	const json_t *v = s->wait ? answers_find(root, s->wait, strlen(s->wait)) : NULL;
	double ms = json_number_value(v) * (double)s->wait_unit;

	return ms > 0 && ms < 1e15 ? (int64_t)ms + 1 : 0;
}

static void answers_put_value(const json_t *v, size_t max, struct buf *out)
{
	if (json_is_string(v))
		buf_adds(
			out, utf8_cut(str_slice(json_string_value(v), json_string_length(v)), max));
	else if (json_is_integer(v))
		buf_printf(out, "%lld", (long long)json_integer_value(v));
}

/*
 * The values at paths with a text between them; absent if one is, or if they are too long. With
 * `any` only if all are absent, of a list the first one, and of a long text the beginning.
 */
static struct str answers_values(
	const char *path, const char *between, bool any, const json_t *root, struct arena *arena)
{
	struct str values = STR_NONE;
	const json_t *v;
	bool whole = true;
	struct buf b;

	buf_init(&b, SINK_RECEIPT_MAX);
	while (path && *path) {
		size_t n = strcspn(path, " "), before = b.len, start;

		buf_addz(&b, b.len ? between : "");
		start = b.len;
		v = answers_find(root, path, n);
		answers_put_value(any && json_is_array(v) ? json_array_get(v, 0) : v,
			any ? TEXT_MAX : SINK_RECEIPT_MAX + 1, &b);
		if (b.len == start) {
			buf_truncate(&b, before);
			whole = any;
		}
		path += n + (path[n] == ' ');
	}
	if (whole && b.len && !buf_failed(&b))
		values = arena_str(arena, buf_str(&b));
	buf_release(&b);
	return values;
}

static void answers_refuse(const struct sink_answer *a, struct arena *arena, const char *text,
	struct sink_verdict *out)
{
	out->kind = SINK_TROUBLE;
	sink_verdict_say(out, arena_printf(arena, "HTTP %ld%s", a->status, text));
}

/* Of a 2xx that is no JSON: does it come from something else than the service? */
static bool answers_is_foreign(const struct sink_answers *s, const struct sink_answer *a)
{
	if (a->body.n >= ANSWER_WHOLE)
		return false;
	return s->plain ? a->body.n && !str_is(str_trim(a->body), s->plain) : s->receipt != NULL;
}

void sink_answers_judge(const struct sink_answers *s, const struct sink_answer *a,
	struct arena *arena, struct sink_verdict *out)
{
	json_t *root = sink_answers_load(a);
	bool good = a->status >= 200 && a->status <= 299;
	struct sink_answer said = *a;
	int64_t wait = answers_wait(s, root);

	if (root && (!good || answers_find(root, s->error, strcspn(s->error, " "))))
		said.body = answers_values(s->error, ": ", true, root, arena);
	else if (good)
		said.body = STR_NONE; /* the rows are about errors */
	if (wait > said.retry_after)
		said.retry_after = wait;
	if (a->status == 429 && said.retry_after <= 0)
		said.retry_after = s->limit_wait;
	if (good && !root && answers_is_foreign(s, a))
		answers_refuse(a, arena, ", which is no answer of this service", out);
	else if (good && said.body.n &&
		 !(s->rows && sink_verdict_find(s->rows, a->status, said.body)))
		answers_refuse(a, arena, sink_verdict_quote(arena, said.body), out);
	else
		sink_http_judge_by(s->rows, &said, arena, out);
	if (out->kind == SINK_DELIVERED)
		out->receipt = answers_values(s->receipt, " ", false, root, arena);
	json_decref(root);
}

struct str sink_answers_value(const struct sink_answer *a, const char *path, struct arena *arena)
{
	json_t *root = sink_answers_load(a);
	struct str value = answers_values(path, " ", false, root, arena);

	json_decref(root);
	return value;
}
