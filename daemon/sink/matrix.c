/* SPDX-License-Identifier: MIT */
/*
 * Matrix client-server API: one event, put under the id of the alert as its transaction, so that
 * the server takes a repeat for the same event. m.mentions says whom it rings, and keeps names in
 * the text of items from being looked for. A reaction to it acknowledges.
 */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "chat.h"

/* Bytes; a changed message has both texts twice, and the whole event at most 65,536. */
#define HTML_MAX ((size_t)12000)
#define TEXT_MAX ((size_t)8000)

struct matrix {
	const char *server, *room, *token_credential, *template;
};

static const struct conf_key_row matrix_keys[] = {
	{CONF_KEY("server", SERVER, matrix, server), .required = true,
		.help = "the homeserver of the account, https://matrix.example.org"},
	{CONF_KEY("room", TEXT, matrix, room), .required = true, .max = 255,
		.help = "the internal id of the room, which begins with !"},
	{CONF_KEY("token-credential", CREDENTIAL, matrix, token_credential),
		.holds = CONF_HOLDS_TOKEN, .required = true,
		.help = "name of the credential that holds the access token"},
	SINK_TEMPLATE_KEY(matrix, PROSE),
	{0},
};

/* Takes the next word of a mention, "@room" or "@name:server", from *rest. Absent: no more. */
static struct str matrix_next_mention(struct str *rest)
{
	struct str s = str_trim(*rest), word;
	const char *space;

	if (!s.n)
		return STR_NONE;
	space = memchr(s.p, ' ', s.n);
	word = str_slice(s.p, space ? (size_t)(space - s.p) : s.n);
	*rest = str_slice(s.p + word.n, s.n - word.n);
	return word;
}

static bool matrix_is_mention(struct str word)
{
	const char *colon = word.n ? memchr(word.p, ':', word.n) : NULL;

	return str_is(word, "@room") || (word.n && word.p[0] == '@' && colon &&
						colon > word.p + 1 && colon < word.p + word.n - 1);
}

static bool matrix_are_mentions(struct str mention)
{
	struct str word;

	while (str_present(word = matrix_next_mention(&mention)))
		if (!matrix_is_mention(word))
			return false;
	return true;
}

static void matrix_check(struct conf_check *c, const void *settings)
{
	static const char *const schemes[] = {"https://", "http://", NULL};
	const struct matrix *m = settings;

	conf_check_server(c, "server", m->server, schemes, "write https://host");
	(void)sink_template_check(c, "template", m->template);
	if (m->room && m->room[0] != '!')
		conf_check_error_at(c, "room",
			"write its internal id, !….example.org, from the settings of the room",
			"room: this is no id of a room");
	chat_check_mentions(c, matrix_are_mentions, "write @name:example.org or @room");
}

/* --- the two texts of an event --- */

static void matrix_put_pill(struct buf *out, struct str mention)
{
	struct str word;

	while (str_present(word = matrix_next_mention(&mention))) {
		bool room = str_is(word, "@room");

		if (!room) {
			buf_addz(out, "<a href=\"https://matrix.to/#/");
			buf_add_markup(out, word);
			buf_addz(out, "\">");
		}
		buf_add_markup(out, word);
		buf_addz(out, room ? " " : "</a> ");
	}
}

/* A link to a person would be shown as a mention; clients differ in which ones they take for it. */
static bool matrix_is_person(struct str url)
{
	static const struct str host = STR("matrix.to");

	for (size_t i = 0; i + host.n <= url.n; i++)
		if (str_eq_nocase(str_slice(url.p + i, host.n), host))
			return true;
	return false;
}

static void matrix_put_link(struct buf *out, struct str url, struct str text)
{
	bool person = matrix_is_person(url);

	if (!person) {
		buf_addz(out, "<a href=\"");
		buf_add_markup(out, url);
		buf_addz(out, "\">");
	}
	chat_put_html(out, text);
	if (!person)
		buf_addz(out, "</a>");
}

static void matrix_put_plain(struct buf *out, struct str text)
{
	chat_put_clean(out, text, true);
}

static void matrix_put_plain_link(struct buf *out, struct str url, struct str text)
{
	matrix_put_plain(out, text);
	buf_printf(out, " (%.*s)", STR_ARG(url));
}

static const struct chat_format matrix_html = {
	.escape = {chat_put_html, chat_put_template_url},
	.faces =
		{[CHAT_STRONG] = {"<strong>", "</strong>"}, [CHAT_HIT] = {"<strong>", "</strong>"}},
	.link = matrix_put_link,
	.mention = matrix_put_pill,
	.blocks = {[CHAT_HEAD] = {"", "", "<br>"},
		[CHAT_LINE] = {"", "", "<br>"},
		[CHAT_QUOTE] = {"<blockquote>", "<br>", "</blockquote>"},
		[CHAT_ITEM] = {"• ", "", "<br>"},
		[CHAT_SMALL] = {"", "", "<br>"}},
	.unit = TEXT_BYTES,
	.max = HTML_MAX,
	.receipt_words = 1,
	.receipt_marks = "$:._-+/=",
	.prompt = SINK_ACK_PROMPT,
	.replies = true,
	.edits = true,
};

static const struct chat_format matrix_plain = {
	.escape = {matrix_put_plain, chat_put_template_url},
	.link = matrix_put_plain_link,
	.blocks = {[CHAT_HEAD] = {"", "", "\n"},
		[CHAT_LINE] = {"", "", "\n"},
		[CHAT_QUOTE] = {"> ", "\n> ", "\n"},
		[CHAT_ITEM] = {"• ", "", "\n"},
		[CHAT_SMALL] = {"", "", "\n"}},
	.unit = TEXT_BYTES,
	.max = TEXT_MAX,
	.receipt_words = 1,
	.receipt_marks = "$:._-+/=",
	.prompt = SINK_ACK_PROMPT,
	.replies = true,
	.edits = true,
};

/* --- the event --- */

static json_t *matrix_mentions(const struct sink_context *ctx, const struct notice *m)
{
	const char *mention = sink_text_mention(ctx->notify, m->alerts);
	json_t *all = json_object(), *users = json_array();
	struct str rest = str_of(mention), word;
	int bad = 0;

	if (chat_is_edit(&matrix_html, m))
		rest = STR_NONE; /* it rang already */
	while (str_present(word = matrix_next_mention(&rest)))
		bad |= str_is(word, "@room")
			       ? json_object_set_new(all, "room", json_true())
			       : json_array_append_new(users, json_stringn(word.p, word.n));
	if (json_array_size(users))
		bad |= json_object_set(all, "user_ids", users);
	json_decref(users);
	if (!bad)
		return all;
	json_decref(all);
	return NULL;
}

/* Clients are silent for m.notice by default. */
static const char *matrix_type(const struct notice *m)
{
	const struct alert *a = m->alerts;
	bool urgent = a->priority <= ALERT_URGENT && a->kind != ALERT_REPORT &&
		      (a->kind != ALERT_ACKNOWLEDGED || chat_is_edit(&matrix_html, m));

	return urgent ? "m.text" : "m.notice";
}

static json_t *matrix_content(const struct sink_context *ctx, const struct notice *m)
{
	const struct matrix *s = ctx->notify->settings;
	struct buf html, plain;
	json_t *content = NULL;

	buf_init(&html, 2 * HTML_MAX);
	buf_init(&plain, 2 * TEXT_MAX);
	chat_put_message(&matrix_plain, ctx->notify, s->template, m, &plain);
	if (!s->template)
		chat_put_message(&matrix_html, ctx->notify, NULL, m, &html);
	if (buf_failed(&html) || buf_failed(&plain))
		content = NULL;
	else if (s->template)
		content = json_pack("{s:s, s:s%, s:o}", "msgtype", matrix_type(m), "body",
			buf_z(&plain), plain.len, "m.mentions", matrix_mentions(ctx, m));
	else
		content = json_pack("{s:s, s:s%, s:s, s:s%, s:o}", "msgtype", matrix_type(m),
			"body", buf_z(&plain), plain.len, "format", "org.matrix.custom.html",
			"formatted_body", buf_z(&html), html.len, "m.mentions",
			matrix_mentions(ctx, m));
	buf_release(&html);
	buf_release(&plain);
	return content;
}

/* Ties the event to the one in the receipt, or makes it a change of that. */
static json_t *matrix_relate(json_t *content, const struct notice *m)
{
	struct str of = m->receipt;
	json_t *relation = NULL;
	int bad = content == NULL;

	if (chat_is_edit(&matrix_html, m)) {
		json_t *was = json_copy(content);

		relation =
			json_pack("{s:s, s:s%}", "rel_type", "m.replace", "event_id", of.p, of.n);
		bad |= json_object_set_new(content, "m.new_content", was);
	} else if (chat_is_reply(&matrix_html, m)) {
		relation = json_pack("{s:{s:s%}}", "m.in_reply_to", "event_id", of.p, of.n);
	} else {
		return content;
	}
	bad |= json_object_set_new(content, "m.relates_to", relation);
	if (!bad)
		return content;
	json_decref(content);
	return NULL;
}

/* What is in a room: the path after its id, with that id of an event or a transaction. */
struct matrix_place {
	const char *version, *before, *after;
	struct str id;
};

static int matrix_address(const struct sink_context *ctx, const struct matrix_place *place,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct matrix *s = ctx->notify->settings;
	struct str token;
	struct buf path;
	int rc = sink_service_token(ctx, s->token_credential, &token, e);

	if (rc)
		return rc;
	buf_init(&path, 8192);
	buf_printf(&path, "/_matrix/client/%s/rooms/", place->version);
	sink_service_put_form(&path, str_of(s->room));
	buf_addz(&path, place->before);
	sink_service_put_form(&path, place->id);
	buf_addz(&path, place->after);
	rc = buf_failed(&path) ? err_nomem(e)
			       : sink_service_request(s->server, buf_z(&path), 1, arena, out, e);
	buf_release(&path);
	return rc ? rc : sink_service_header("Authorization: Bearer ", token, arena, out, e);
}

static int matrix_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct matrix_place place = {
		.version = "v3", .before = "/send/m.room.message/", .id = m->id, .after = ""};
	int rc = matrix_address(ctx, &place, arena, out, e);

	out->method = "PUT";
	return rc ? rc : sink_service_json(matrix_relate(matrix_content(ctx, m), m), arena, out, e);
}

static const struct sink_answers matrix_answers = {
	.error = "errcode error",
	.wait = "retry_after_ms",
	.wait_unit = 1,
	.receipt = "event_id",
};

static void matrix_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_answers_judge(&matrix_answers, a, arena, out);
}

/* --- acknowledgements --- */

static int matrix_ask(const struct sink_context *ctx, const struct sink_ack_question *q,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct matrix_place place = {.version = "v1",
		.before = "/relations/",
		.id = q->receipt,
		.after = "/m.annotation/m.reaction?dir=b&limit=50"};

	out->method = "GET";
	return matrix_address(ctx, &place, arena, out, e);
}

/* When it was sent, if it acknowledges; else 0. */
static json_int_t matrix_reaction_time(const json_t *event)
{
	const json_t *relation = json_object_get(json_object_get(event, "content"), "m.relates_to");
	const json_t *key = json_object_get(relation, "key");
	const json_t *time = json_object_get(event, "origin_server_ts");

	if (!json_is_string(json_object_get(event, "sender")) ||
		!sink_ack_emoji(str_slice(json_string_value(key), json_string_length(key))))
		return 0;
	return json_integer_value(time) > 0 ? json_integer_value(time) : 1;
}

/* The latest reactions come first. */
static void matrix_hear(const struct sink_ack_question *q, const struct sink_answer *a,
	struct arena *arena, struct sink_acks *out, struct sink_verdict *v)
{
	json_t *root = sink_answers_load(a);
	const json_t *chunk = json_object_get(root, "chunk"), *event, *first = NULL;
	json_int_t at, earliest = 0;
	size_t i;

	sink_answers_judge(&matrix_answers, a, arena, v);
	if (v->kind == SINK_DELIVERED)
		json_array_foreach (chunk, i, event) {
			at = matrix_reaction_time(event);
			if (!at || (first && at >= earliest))
				continue;
			first = event;
			earliest = at;
		}
	else if (a->status == 404 && sink_verdict_says(v->answer, "m_not_found"))
		v->kind = SINK_UNTIED;
	if (first) {
		const json_t *sender = json_object_get(first, "sender");

		out->v[0].by = sink_ack_name(
			str_slice(json_string_value(sender), json_string_length(sender)), arena);
		out->v[0].receipt = q->receipt;
		out->n = str_present(out->v[0].by);
	}
	json_decref(root);
}

static const struct sink_ack_source matrix_acks = {
	.pace_ms = CLOCK_SECOND,
	.ask = matrix_ask,
	.hear = matrix_hear,
};

static bool matrix_has_acks(const void *settings)
{
	(void)settings;
	return true;
}

const struct sink_type sink_matrix = {
	.conf = {"matrix", matrix_keys, sizeof(struct matrix), matrix_check, .people = true,
		.chat = true, .mention = true, .acks = matrix_has_acks},
	.render = matrix_render,
	.judge = matrix_judge,
	.acks = &matrix_acks,
	.grows = true,
	.pace_ms = CLOCK_SECOND,
	.window = 1,
	.max_bytes = (size_t)60 * 1024, /* of an event, with what servers add to it */
};
