/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/message_text.h"

#include <jansson.h>

#include "alert/json.h"
#include "base/digest.h"

static void message_text_end(struct buf *out)
{
	if (out->len && out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
}

void message_text_put_bytes(const struct sink_request *r, const struct alert *a, struct buf *out)
{
	(void)a;
	buf_adds(out, r->body);
	message_text_end(out);
}

static void message_text_dump(json_t *root, size_t flags, struct buf *out)
{
	char *text = json_dumps(root, flags);

	assert_non_null(text);
	buf_addz(out, text);
	buf_addc(out, '\n');
	free(text);
	json_decref(root);
}

void message_text_put_json(const struct sink_request *r, const struct alert *a, struct buf *out)
{
	(void)a;
	message_text_dump(json_loadb(r->body.p, r->body.n, 0, NULL), JSON_INDENT(2), out);
}

/* "{user U0123}" */
static void message_text_put_mention(json_t *v, struct buf *out)
{
	const char *key;
	json_t *member;

	buf_addc(out, '{');
	json_object_foreach ((json_t *)v, key, member)
		if (json_is_string(member))
			buf_printf(out, "%s%s", strcmp(key, "type") == 0 ? "" : " ",
				json_string_value(member));
	buf_addc(out, '}');
}

static bool message_text_is_strong(const json_t *run)
{
	const char *weight = json_string_value(json_object_get(run, "weight"));

	return json_is_true(json_object_get(json_object_get(run, "style"), "bold")) ||
	       (weight && strcmp(weight, "Bolder") == 0);
}

/* The text of blocks that are JSON: runs with *strong* ones, [links](…), a line for each block. */
static void message_text_put_runs(json_t *v, struct buf *out)
{
	const char *text = json_object_get(v, "mentioned")
				   ? NULL
				   : json_string_value(json_object_get(v, "text"));
	const char *type = json_string_value(json_object_get(v, "type"));
	const char *mark = message_text_is_strong(v) ? "*" : "", *url, *key;
	json_t *member;
	size_t i;

	url = json_string_value(json_object_get(v, "url"));
	if (!url)
		url = json_string_value(json_object_get(json_object_get(v, "selectAction"), "url"));
	if (text && url)
		buf_printf(out, "[%s](%s)", text, url);
	else if (text)
		buf_printf(out, "%s%s%s", mark, text, mark);
	else if (type && (strstr(type, "quote") || strstr(type, "Container")))
		buf_addz(out, "> ");
	else if (type && strstr(type, "list"))
		buf_addz(out, "- ");
	else if (json_object_get(v, "range") || json_object_get(v, "user_id") ||
		 json_object_get(v, "usergroup_id"))
		message_text_put_mention(v, out);
	if (json_object_get(v, "mentioned"))
		return; /* a list of them, which is not shown */
	json_array_foreach (v, i, member)
		message_text_put_runs(member, out);
	json_object_foreach ((json_t *)v, key, member)
		if (json_is_array(member) || json_is_object(member))
			message_text_put_runs(member, out);
	if (json_object_get(v, "elements") || json_object_get(v, "inlines"))
		message_text_end(out);
}

static void message_text_put_form(struct str body, struct buf *out)
{
	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i], hex[3] = {0};

		if (c == '&') {
			c = '\n';
		} else if (c == '%') {
			assert_true(i + 2 < body.n);
			memcpy(hex, body.p + i + 1, 2);
			c = (char)strtoul(hex, NULL, 16);
			i += 2;
		}
		buf_addc(out, c);
	}
	message_text_end(out);
}

/* Moves the texts that people read from the object to out. Returns whether there are any. */
static bool message_text_take(json_t *root, struct buf *out)
{
	static const char *const texts[] = {
		"title", "message", "text", "content", "body", "formatted_body"};
	static const char *const blocks[] = {"blocks", "attachments", "cardsV2"};
	bool any = false;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *text = json_object_get(root, texts[i]);

		if (!json_is_string(text))
			continue;
		any = true;
		buf_printf(out, "---- %s\n", texts[i]);
		buf_add(out, json_string_value(text), json_string_length(text));
		message_text_end(out);
		json_object_del(root, texts[i]);
	}
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		if (!json_object_get(root, blocks[i]))
			continue;
		any = true;
		buf_printf(out, "---- %s\n", blocks[i]);
		message_text_put_runs(json_object_get(root, blocks[i]), out);
		message_text_end(out);
		json_object_del(root, blocks[i]);
	}
	return any;
}

void message_text_put_chat(const struct sink_request *r, const struct alert *a, struct buf *out)
{
	json_t *root;

	(void)a;
	if (str_find(r->headers[0], STR("form")) >= 0) {
		message_text_put_form(r->body, out);
		return;
	}
	root = json_loadb(r->body.p, r->body.n, 0, NULL);
	assert_non_null(root);
	if (message_text_take(root, out)) {
		buf_addz(out, "----\n");
		message_text_dump(root, JSON_COMPACT, out);
	} else {
		message_text_dump(root, JSON_INDENT(2), out);
	}
}

/* --- mail --- */

/* A header line; white space between two encoded words is not shown (RFC 2047 §6.2). */
static void message_text_put_words(struct str header, struct buf *out)
{
	const struct str start = STR("=?utf-8?B?");
	bool after = false;

	for (size_t i = 0; i < header.n;) {
		struct str rest = str_slice(header.p + i, header.n - i);

		if (after && (str_starts(rest, STR("\r\n =?")) || str_starts(rest, STR(" =?")))) {
			i += rest.p[0] == '\r' ? 3 : 1;
			continue;
		}
		after = str_starts(rest, start);
		if (after) {
			struct str word = str_slice(rest.p + start.n, rest.n - start.n);
			ptrdiff_t end = str_find(word, STR("?="));

			assert_true(end >= 0);
			word.n = (size_t)end;
			assert_int_equal(digest_unbase64(out, word), 0);
			i += start.n + word.n + 2;
			continue;
		}
		if (rest.p[0] != '\r')
			buf_addc(out, rest.p[0]);
		i++;
	}
}

static void message_text_put_quoted(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '=' && i + 2 < s.n) {
			char hex[3] = {s.p[i + 1], s.p[i + 2], '\0'};

			if (hex[0] != '\r')
				buf_addc(out, (char)strtoul(hex, NULL, 16));
			i += 2;
		} else if (s.p[i] != '\r') {
			buf_addc(out, s.p[i]);
		}
	}
}

static void message_text_put_base64(struct str s, struct buf *out)
{
	struct buf crlf;

	buf_init(&crlf, s.n + 16);
	assert_int_equal(digest_unbase64(&crlf, s), 0);
	for (size_t i = 0; i < crlf.len; i++)
		if (crlf.data[i] != '\r')
			buf_addc(out, crlf.data[i]);
	buf_release(&crlf);
}

/* A part begins with its own header. */
static void message_text_put_part(struct str part, struct buf *out)
{
	bool base64 = str_find(part, STR("Content-Transfer-Encoding: base64\r\n")) >= 0;
	ptrdiff_t end = str_find(part, STR("\r\n\r\n"));
	struct str text;

	assert_true(end >= 0);
	buf_addz(out, "---- ");
	message_text_put_words(str_slice(part.p, (size_t)end), out);
	buf_addc(out, '\n');
	text = str_slice(part.p + end + 4, part.n - (size_t)end - 4);
	if (base64)
		message_text_put_base64(text, out);
	else
		message_text_put_quoted(text, out);
	message_text_end(out);
}

void message_text_put_mail(const struct sink_request *r, const struct alert *a, struct buf *out)
{
	ptrdiff_t end = str_find(r->body, STR("\r\n\r\n--"));
	struct str boundary, rest;

	(void)a;
	assert_true(end >= 0);
	message_text_put_words(str_slice(r->body.p, (size_t)end), out);
	buf_addc(out, '\n');
	rest = str_slice(r->body.p + end + 4, r->body.n - (size_t)end - 4);
	boundary = str_slice(rest.p, (size_t)str_find(rest, STR("\r\n")));
	while (rest.n > boundary.n + 4) {
		rest = str_slice(rest.p + boundary.n + 2, rest.n - boundary.n - 2);
		end = str_find(rest, boundary);
		assert_true(end >= 0);
		message_text_put_part(str_slice(rest.p, (size_t)end), out);
		rest = str_slice(rest.p + end, rest.n - (size_t)end);
	}
}

/* --- journal --- */

void message_text_put_journal(const struct sink_request *r, const struct alert *a, struct buf *out)
{
	struct str rest = r->body;
	struct buf document;

	buf_init(&document, ALERT_JSON_MAX);
	assert_int_equal(alert_json_write(a, &document), 0);
	while (rest.n) {
		size_t name = strcspn(rest.p, "=\n"), n;

		assert_true(name < rest.n);
		buf_add(out, rest.p, name);
		if (rest.p[name] == '=') {
			rest = str_slice(rest.p + name + 1, rest.n - name - 1);
			n = strcspn(rest.p, "\n");
			buf_addc(out, '=');
		} else {
			n = (size_t)(unsigned char)rest.p[name + 1] |
			    (size_t)(unsigned char)rest.p[name + 2] << 8;
			rest = str_slice(rest.p + name + 9, rest.n - name - 9);
			buf_printf(out, " (%zu bytes)\n", n);
		}
		assert_true(n < rest.n && rest.p[n] == '\n');
		if (str_eq(str_slice(rest.p, n), buf_str(&document)))
			buf_addz(out, "(document)");
		else
			buf_add(out, rest.p, n);
		buf_addc(out, '\n');
		rest = str_slice(rest.p + n + 1, rest.n - n - 1);
	}
	buf_release(&document);
}
