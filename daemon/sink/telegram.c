/* SPDX-License-Identifier: MIT */
/*
 * Telegram Bot API: sendMessage with HTML, and editMessageText for what is acknowledged, also by a
 * button, whose presses getUpdates reads. The token is part of the path. Text of items is escaped,
 * and a joiner after each @ keeps names in it from being found.
 */
#include <jansson.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "chat.h"

#define TEXT_MAX   4096 /* of the text that is shown; the markup counts here too */
#define BUTTON	   "ack"
#define PRESSES	   2 /* in one answer, each with its whole message */
#define NOTICE_MAX 200

struct telegram {
	const char *server, *chat, *token_credential, *template;
	unsigned topic;
};

static const struct conf_key_row telegram_keys[] = {
	{CONF_KEY("chat", TEXT, telegram, chat), .required = true, .max = 64,
		.help = "the chat: its number, or @name of a public channel or group"},
	{CONF_KEY("token-credential", CREDENTIAL, telegram, token_credential),
		.holds = CONF_HOLDS_TOKEN, .required = true,
		.help = "name of the credential that holds the token of the bot"},
	{CONF_KEY("topic", COUNT, telegram, topic), .told = "none", .min = 1, .max = INT32_MAX,
		.help = "the number of a topic in a group that has topics"},
	{CONF_KEY("server", SERVER, telegram, server), .fallback = "https://api.telegram.org",
		.help = "a Bot API server of your own"},
	SINK_TEMPLATE_KEY(telegram, PROSE),
	{0},
};

static bool telegram_is_number(struct str chat)
{
	size_t sign = chat.n && chat.p[0] == '-';

	for (size_t i = sign; i < chat.n; i++)
		if (!ascii_is_digit(chat.p[i]))
			return false;
	return chat.n > sign && chat.n - sign <= 18;
}

static bool telegram_is_name(struct str chat)
{
	for (size_t i = 1; i < chat.n; i++)
		if (!ascii_is_alnum(chat.p[i]) && chat.p[i] != '_')
			return false;
	return chat.n > 1 && chat.p[0] == '@';
}

/* Returns the length of a link to a person at the beginning of s; 0: there is none. */
static size_t telegram_person_length(struct str s)
{
	static const struct str open = STR("<a href=\"tg://user?id="), close = STR("</a>");
	size_t n = open.n, name;

	if (!str_starts(s, open))
		return 0;
	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	if (n == open.n || !str_starts(str_slice(s.p + n, s.n - n), STR("\">")))
		return 0;
	name = n += 2;
	while (n < s.n && s.p[n] != '<')
		n++;
	if (n == name || !str_starts(str_slice(s.p + n, s.n - n), close))
		return 0;
	return n + close.n;
}

/* Its tags are whole: Telegram refuses a message with any other for good. */
static bool telegram_is_mention(struct str s)
{
	size_t n;

	if (s.p[0] != '@' && s.p[0] != '<')
		return false;
	for (size_t i = 0; i < s.n; i += n) {
		n = s.p[i] == '<' ? telegram_person_length(str_slice(s.p + i, s.n - i)) : 1;
		if (!n)
			return false;
	}
	return true;
}

static void telegram_check(struct conf_check *c, const void *settings)
{
	static const char *const schemes[] = {"https://", "http://", NULL};
	const struct telegram *t = settings;

	conf_check_server(c, "server", t->server, schemes, "write https://host");
	(void)sink_template_check(c, "template", t->template);
	if (t->chat && !telegram_is_number(str_of(t->chat)) && !telegram_is_name(str_of(t->chat)))
		conf_check_error_at(c, "chat", "write its number, such as -1001234567890, or @name",
			"chat: this is no chat");
	chat_check_mentions(
		c, telegram_is_mention, "write @name, or <a href=\"tg://user?id=123\">Name</a>");
}

/* --- the message --- */

static void telegram_put_link(struct buf *out, struct str url, struct str text)
{
	buf_addz(out, "<a href=\"");
	buf_add_markup(out, url);
	buf_addz(out, "\">");
	chat_put_html(out, text);
	buf_addz(out, "</a>");
}

static void telegram_put_url(struct buf *out, struct str url)
{
	struct buf encoded;

	buf_init(&encoded, 16 * 1024);
	(void)chat_put_url(&encoded, url);
	buf_add_markup(out, buf_str(&encoded));
	buf_pass_lack(out, &encoded);
	buf_release(&encoded);
}

static const struct chat_format telegram_format = {
	.escape = {chat_put_html, telegram_put_url},
	.faces = {[CHAT_STRONG] = {"<b>", "</b>"}, [CHAT_HIT] = {"<b>", "</b>"}},
	.link = telegram_put_link,
	.blocks = {[CHAT_HEAD] = {"", "", "\n"},
		[CHAT_LINE] = {"", "", "\n"},
		[CHAT_QUOTE] = {"<blockquote>", "\n", "</blockquote>\n"},
		[CHAT_ITEM] = {"• ", "", "\n"},
		[CHAT_SMALL] = {"", "", "\n"}},
	.unit = TEXT_UTF16,
	.max = TEXT_MAX,
	.receipt_words = 2,
	.receipt_marks = "-",
	.replies = true,
	.edits = true,
};

static json_t *telegram_number(struct str s)
{
	return json_integer(strtoll(s.p, NULL, 10));
}

/* The receipt is the number of the chat and that of the message. */
static json_t *telegram_body(
	const struct telegram *t, const struct notice *m, const struct buf *text)
{
	const struct alert *a = m->alerts;
	bool edit = chat_is_edit(&telegram_format, m);
	struct str chat, message;
	json_t *body;
	int bad = 0;

	chat_split_receipt(m->receipt, &chat, &message);
	if (!edit)
		chat = str_of(t->chat);
	body = json_pack("{s:o, s:s%, s:s, s:{s:b}}", "chat_id",
		telegram_is_number(chat) ? telegram_number(chat) : json_string(t->chat), "text",
		text->data ? text->data : "", text->len, "parse_mode", "HTML",
		"link_preview_options", "is_disabled", 1);
	if (edit)
		bad = json_object_set_new(body, "message_id", telegram_number(message));
	if (!edit && t->topic)
		bad |= json_object_set_new(body, "message_thread_id", json_integer(t->topic));
	/* A low one comes without a sound. */
	if (!edit && sink_short_priority(a) == ALERT_LOW)
		bad |= json_object_set_new(body, "disable_notification", json_true());
	if (chat_is_reply(&telegram_format, m))
		bad |= json_object_set_new(body, "reply_parameters",
			json_pack("{s:o, s:b}", "message_id", telegram_number(message),
				"allow_sending_without_reply", 1));
	/* A message that is changed without it has none any more. */
	if (m->asks)
		bad |= json_object_set_new(body, "reply_markup",
			json_pack("{s:[[{s:s, s:s}]]}", "inline_keyboard", "text", "✓ I have it",
				"callback_data", BUTTON));
	if (!bad)
		return body;
	json_decref(body);
	return NULL;
}

static int telegram_address(const struct sink_context *ctx, const char *method, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct telegram *t = ctx->notify->settings;
	struct str token;
	char path[512];
	int rc = sink_service_token(ctx, t->token_credential, &token, e);

	for (size_t i = 0; rc == 0 && i < token.n; i++)
		if (token.n > 200 || (!ascii_is_alnum(token.p[i]) && !strchr(":_-", token.p[i])))
			return err_set(e, ERR_CONF,
				"notify %s: credential \"%s\" does not hold the token of a bot",
				ctx->notify->name, t->token_credential);
	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/bot%.*s/%s", STR_ARG(token), method);
	rc = sink_service_request(t->server, path, 0, arena, out, e);
	explicit_bzero(path, sizeof(path));
	return rc;
}

static int telegram_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct telegram *t = ctx->notify->settings;
	bool edit = chat_is_edit(&telegram_format, m);
	struct buf text;
	int rc = telegram_address(ctx, edit ? "editMessageText" : "sendMessage", arena, out, e);

	if (rc)
		return rc;
	buf_init(&text, (size_t)4 * TEXT_MAX);
	chat_put_message(&telegram_format, ctx->notify, t->template, m, &text);
	rc = sink_service_json(
		buf_failed(&text) ? NULL : telegram_body(t, m, &text), arena, out, e);
	buf_release(&text);
	return rc;
}

/* --- the answer --- */

static const struct sink_answer_row telegram_rows[] = {
	{400, 400, "message is not modified", SINK_DELIVERED, false},
	{400, 400, "message to edit not found", SINK_UNTIED, false},
	{400, 400, "message can't be edited", SINK_UNTIED, false},
	{400, 400, "message_id_invalid", SINK_UNTIED, false},
	{400, 400, "to be replied not found", SINK_UNTIED, false},
	{400, 400, "chat not found", SINK_TROUBLE, true},
	{400, 400, "upgraded to a supergroup", SINK_TROUBLE, true},
	{400, 400, "not enough rights", SINK_TROUBLE, true},
	{400, 400, "have no rights", SINK_TROUBLE, true},
	{400, 400, "have no write access", SINK_TROUBLE, true},
	{400, 400, "need administrator rights", SINK_TROUBLE, true},
	{400, 400, "chat_admin_required", SINK_TROUBLE, true},
	{400, 400, "chat_restricted", SINK_TROUBLE, true},
	{400, 400, "_forbidden", SINK_TROUBLE, true},  /* CHAT_WRITE_FORBIDDEN and others */
	{400, 400, "deactivated", SINK_TROUBLE, true}, /* the group, or the person */
	{400, 400, "peer_id_invalid", SINK_TROUBLE, true},
	{400, 400, "message thread not found", SINK_TROUBLE, true},
	{400, 400, "topic_", SINK_TROUBLE, true}, /* TOPIC_CLOSED, TOPIC_DELETED */
	{0},
};

static const struct sink_answers telegram_answers = {
	.rows = telegram_rows,
	.error = "description",
	.wait = "parameters.retry_after",
	.wait_unit = CLOCK_SECOND,
	.receipt = "result.chat.id result.message_id",
};

/* A group that became a supergroup has another number, which only the operator can write. */
static void telegram_judge(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	struct str moved;

	sink_answers_judge(&telegram_answers, a, arena, out);
	moved = sink_answers_value(a, "parameters.migrate_to_chat_id", arena);
	if (str_present(moved))
		sink_verdict_say(out, arena_printf(arena, "%.*s: write chat = \"%.*s\"",
					      STR_ARG(out->answer), STR_ARG(moved)));
}

/* --- acknowledgements --- */

/* To forget an update, the service is asked for those from the next number on. */
static int telegram_ask(const struct sink_context *ctx, const struct sink_ack_question *q,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	int rc = telegram_address(ctx, "getUpdates", arena, out, e);

	return rc ? rc
		  : sink_service_json(json_pack("{s:I, s:i, s:i, s:[s]}", "offset",
					      (json_int_t)q->mark, "limit", PRESSES, "timeout", 0,
					      "allowed_updates", "callback_query"),
			    arena, out, e);
}

static struct str telegram_member(const json_t *of, const char *name)
{
	const json_t *v = json_object_get(of, name);

	return str_slice(json_string_value(v), json_string_length(v));
}

/* "Anna Duty (@anna)" */
static struct str telegram_name(const json_t *person, struct arena *arena)
{
	struct str first = telegram_member(person, "first_name"),
		   last = telegram_member(person, "last_name"),
		   user = telegram_member(person, "username");
	struct buf name;
	struct str kept;

	buf_init(&name, 16 * 1024);
	buf_printf(&name, "%.*s%s%.*s", STR_ARG(utf8_cut(first, SINK_ACK_BY_MAX)),
		last.n ? " " : "", STR_ARG(utf8_cut(last, SINK_ACK_BY_MAX)));
	if (user.n && name.len + user.n + 4 <= SINK_ACK_BY_MAX)
		buf_printf(&name, " (@%.*s)", STR_ARG(user));
	kept = sink_ack_name(buf_str(&name), arena);
	if (!str_present(kept))
		kept = STR("a person without a name");
	buf_release(&name);
	return kept;
}

/* False: out of memory. A press of another button is none. */
static bool telegram_hear_press(const json_t *press, struct arena *arena, struct sink_acks *out)
{
	const json_t *message = json_object_get(press, "message");
	const json_t *id = json_object_get(message, "message_id");
	const json_t *chat = json_object_get(json_object_get(message, "chat"), "id");
	struct str token = telegram_member(press, "id");
	struct sink_ack *ack = &out->v[out->n];

	if (!json_is_integer(id) || !json_is_integer(chat) || !token.n || token.n > 64 ||
		!str_is(telegram_member(press, "data"), BUTTON))
		return true;
	ack->receipt = str_of(arena_printf(arena, "%lld %lld", (long long)json_integer_value(chat),
		(long long)json_integer_value(id)));
	ack->token = arena_str(arena, token);
	ack->by = telegram_name(json_object_get(press, "from"), arena);
	if (!ack->receipt.p || !ack->token.p)
		return false;
	out->n++;
	return true;
}

static void telegram_hear(const struct sink_ack_question *q, const struct sink_answer *a,
	struct arena *arena, struct sink_acks *out, struct sink_verdict *v)
{
	json_t *root = sink_answers_load(a);
	const json_t *updates = json_object_get(root, "result"), *update;
	size_t i;

	telegram_judge(a, arena, v);
	out->mark = q->mark;
	if (v->kind == SINK_DELIVERED)
		json_array_foreach (updates, i, update) {
			json_int_t id = json_integer_value(json_object_get(update, "update_id"));

			/* What is not read now is not forgotten. */
			if (out->n == SINK_ACKS_MAX ||
				!telegram_hear_press(
					json_object_get(update, "callback_query"), arena, out))
				break;
			if (id >= out->mark && id < INT64_MAX)
				out->mark = id + 1;
		}
	out->more = json_array_size(updates) >= PRESSES;
	json_decref(root);
}

static int telegram_reply(const struct sink_context *ctx, const struct sink_ack *ack,
	const char *text, struct arena *arena, struct sink_request *out, struct err *e)
{
	int rc = telegram_address(ctx, "answerCallbackQuery", arena, out, e);
	struct str cut = text_cut_by(str_of(text), NOTICE_MAX, TEXT_UTF16);

	return rc ? rc
		  : sink_service_json(json_pack("{s:s%, s:s%}", "callback_query_id", ack->token.p,
					      ack->token.n, "text", cut.p, cut.n),
			    arena, out, e);
}

static const struct sink_ack_source telegram_acks = {
	.whole = true,
	.pace_ms = CLOCK_SECOND,
	.ask = telegram_ask,
	.hear = telegram_hear,
	.reply = telegram_reply,
};

static bool telegram_has_acks(const void *settings)
{
	(void)settings;
	return true;
}

const struct sink_type sink_telegram = {
	.conf = {"telegram", telegram_keys, sizeof(struct telegram), telegram_check, .people = true,
		.chat = true, .mention = true, .acks = telegram_has_acks},
	.render = telegram_render,
	.judge = telegram_judge,
	.acks = &telegram_acks,
	.grows = true,
	.pace_ms = 3 * CLOCK_SECOND, /* twenty a minute in a group */
	.window = 1,
	.max_bytes = (size_t)8 * TEXT_MAX,
};
