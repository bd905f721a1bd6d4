/* SPDX-License-Identifier: MIT */
/*
 * Slack: an incoming webhook, or a token and chat.postMessage, whose messages can be answered in a
 * thread and changed. The message is a rich_text block, whose text is never read as markup; a
 * template is text in Slack's markup, of which only & < > can be escaped: each < of an item's text
 * becomes an entity there, so that it cannot mention users or contain links.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "chat.h"

#define TEXT_MAX ((size_t)32 * 1024)
#define LIST_MAX                                                                                   \
	12000 /* bytes of the elements of a block: about 13,000 characters are accepted            \
	       */

struct slack {
	struct sink_target target;
	const char *token_credential, *channel, *server, *template;
};

static const struct conf_key_row slack_keys[] = {
	SINK_TARGET_KEYS(slack, target),
	{CONF_KEY("token-credential", CREDENTIAL, slack, token_credential),
		.holds = CONF_HOLDS_TOKEN, .told = "none",
		.help = "name of the credential that holds the token of a bot, in place of an "
			"address"},
	{CONF_KEY("channel", TEXT, slack, channel), .told = "none", .max = 100,
		.help = "the channel, with a token: its id, or its name"},
	{CONF_KEY("server", SERVER, slack, server), .fallback = "https://slack.com",
		.help = "where the Web API of Slack is"},
	SINK_TEMPLATE_KEY(slack, PROSE),
	{0},
};

/* --- mentions --- */

/* What a mention is in a rich_text block. */
static const struct slack_mention {
	const char *open, *type, *key;
} slack_mentions[] = {
	{"<@", "user", "user_id"},
	{"<!subteam^", "usergroup", "usergroup_id"},
	{"<!", "broadcast", "range"},
};

static bool slack_is_id(const struct slack_mention *m, struct str id)
{
	if (strcmp(m->key, "range") == 0)
		return str_is(id, "here") || str_is(id, "channel") || str_is(id, "everyone");
	for (size_t i = 0; i < id.n; i++)
		if (!ascii_is_alnum(id.p[i]))
			return false;
	return id.n > 0;
}

/* Takes the next mention from *rest; its id is in *id. NULL: there is none. */
static const struct slack_mention *slack_next_mention(struct str *rest, struct str *id)
{
	struct str s = str_trim(*rest);
	const char *end = s.n ? memchr(s.p, '>', s.n) : NULL;

	for (size_t i = 0; end && i < sizeof(slack_mentions) / sizeof(slack_mentions[0]); i++) {
		struct str open = str_of(slack_mentions[i].open);

		if (!str_starts(s, open))
			continue;
		*id = str_slice(s.p + open.n, (size_t)(end - s.p) - open.n);
		if (!slack_is_id(&slack_mentions[i], *id))
			return NULL;
		*rest = str_slice(end + 1, s.n - (size_t)(end + 1 - s.p));
		return &slack_mentions[i];
	}
	return NULL;
}

static void slack_put_mention(struct buf *out, struct str mention)
{
	const struct slack_mention *one;
	struct str id;

	while ((one = slack_next_mention(&mention, &id))) {
		chat_put_comma(out);
		buf_printf(out,
			"{\"type\":\"%s\",\"%s\":\"%.*s\"},{\"type\":\"text\",\"text\":\" \"}",
			one->type, one->key, STR_ARG(id));
	}
}

static bool slack_is_mention(struct str mention)
{
	struct str id;

	while (str_trim(mention).n && slack_next_mention(&mention, &id))
		;
	return str_trim(mention).n == 0;
}

static void slack_check(struct conf_check *c, const void *settings)
{
	static const char *const schemes[] = {"https://", "http://", NULL};
	const struct slack *s = settings;

	if (!conf_check_given(c, "token-credential"))
		sink_target_check(c, settings);
	else if (conf_check_given(c, "url") || conf_check_given(c, "url-credential"))
		conf_check_error(c, "leave one of them", "has both an address and a token");
	else if (!s->channel)
		conf_check_error(c, "write channel = \"C…\"", "needs channel, with a token");
	conf_check_server(c, "server", s->server, schemes, "write https://host");
	(void)sink_template_check(c, "template", s->template);
	chat_check_mentions(
		c, slack_is_mention, "write <@U…>, <!subteam^S…>, <!here> or <!channel>");
}

/* --- a template --- */

static void slack_put_text(struct buf *out, struct str s)
{
	struct buf clean;

	buf_init(&clean, s.n * 8 + 16);
	utf8_escape(&clean, s, s.n, false);
	for (size_t i = 0; i < clean.len; i++) {
		char c = clean.data[i];

		if (c == '&')
			buf_addz(out, "&amp;");
		else if (c == '<')
			buf_addz(out, "&lt;");
		else if (c == '>')
			buf_addz(out, "&gt;");
		else
			buf_addc(out, c);
	}
	buf_pass_lack(out, &clean);
	buf_release(&clean);
}

static void slack_put_url(struct buf *out, struct str url)
{
	struct buf encoded;

	buf_init(&encoded, TEXT_MAX);
	(void)chat_put_url(&encoded, url);
	slack_put_text(out, buf_str(&encoded));
	buf_pass_lack(out, &encoded);
	buf_release(&encoded);
}

/* --- a block --- */

static void slack_put_run(struct buf *out, enum chat_face face, struct str text)
{
	chat_put_comma(out);
	buf_addz(out, "{\"type\":\"text\",\"text\":");
	chat_put_json(out, text);
	buf_addz(out, face == CHAT_PLAIN ? "}" : ",\"style\":{\"bold\":true}}");
}

static void slack_put_link(struct buf *out, struct str url, struct str text)
{
	chat_put_comma(out);
	buf_addz(out, "{\"type\":\"link\",\"url\":");
	chat_put_json(out, url);
	buf_addz(out, ",\"text\":");
	chat_put_json(out, text);
	buf_addc(out, '}');
}

#define SECTION	 "{\"type\":\"rich_text_section\",\"elements\":["
#define LINE_END ",{\"type\":\"text\",\"text\":\"\\n\"}]}"

static const struct chat_format slack_format = {
	.escape = {slack_put_text, slack_put_url},
	.run = slack_put_run,
	.link = slack_put_link,
	.mention = slack_put_mention,
	.blocks = {[CHAT_HEAD] = {SECTION, NULL, LINE_END},
		[CHAT_LINE] = {SECTION, NULL, LINE_END},
		[CHAT_QUOTE] = {"{\"type\":\"rich_text_quote\",\"elements\":[", NULL, "]}"},
		[CHAT_ITEM] =
			{"{\"type\":\"rich_text_list\",\"style\":\"bullet\",\"elements\":[" SECTION,
				NULL, "]}]}"},
		[CHAT_SMALL] = {SECTION, NULL, LINE_END}},
	.list = true,
	.unit = TEXT_BYTES,
	.max = LIST_MAX,
	.receipt_words = 2,
	.receipt_marks = ".",
	.prompt = SINK_ACK_PROMPT,
	.replies = true,
	.edits = true,
};

/* --- the request --- */

/*
 * Adds where the message belongs, with a token. The receipt is the id of the channel and the time
 * of the message, which is its name.
 */
static int slack_place(const struct slack *s, const struct notice *m, json_t *body)
{
	struct str channel, ts;
	int bad = 0;

	if (!s->token_credential)
		return 0;
	chat_split_receipt(m->receipt, &channel, &ts);
	if (chat_is_edit(&slack_format, m)) {
		bad |= json_object_set_new(body, "channel", json_stringn(channel.p, channel.n));
		return bad | json_object_set_new(body, "ts", json_stringn(ts.p, ts.n));
	}
	bad |= json_object_set_new(body, "channel", json_string(s->channel));
	if (chat_is_reply(&slack_format, m)) {
		bad |= json_object_set_new(body, "thread_ts", json_stringn(ts.p, ts.n));
		/* In the channel too: people who do not open the thread must see it. */
		bad |= json_object_set_new(body, "reply_broadcast",
			json_boolean(m->alerts->kind != ALERT_ACKNOWLEDGED));
	}
	return bad;
}

/* text: the message by a template; else the elements of a block. */
static json_t *slack_body(const struct slack *s, const struct notice *m, struct buf *text)
{
	json_t *body = NULL, *elements;
	struct buf preview;

	if (s->template) {
		body = json_pack("{s:s%}", "text", buf_z(text), text->len);
	} else {
		buf_addc(text, ']');
		elements = buf_failed(text) ? NULL : json_loadb(text->data, text->len, 0, NULL);
		buf_init(&preview, TEXT_MAX);
		chat_put_preview(m->alerts, &preview);
		buf_clear(text);
		slack_put_text(text, buf_str(&preview));
		if (elements && !buf_failed(&preview) && !buf_failed(text))
			body = json_pack("{s:s%, s:[{s:s, s:O}]}", "text", buf_z(text), text->len,
				"blocks", "type", "rich_text", "elements", elements);
		json_decref(elements);
		buf_release(&preview);
	}
	if (body && !slack_place(s, m, body) &&
		(chat_is_edit(&slack_format, m) ||
			(!json_object_set_new(body, "unfurl_links", json_false()) &&
				!json_object_set_new(body, "unfurl_media", json_false()))))
		return body;
	json_decref(body);
	return NULL;
}

static int slack_address(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct slack *s = ctx->notify->settings;
	bool edit = chat_is_edit(&slack_format, m);
	struct str token;
	int rc;

	if (!s->token_credential)
		return sink_target_request(ctx, &s->target, 0, arena, out, e);
	if ((rc = sink_service_token(ctx, s->token_credential, &token, e)) ||
		(rc = sink_service_request(s->server,
			 edit ? "/api/chat.update" : "/api/chat.postMessage", 1, arena, out, e)))
		return rc;
	out->headers[0] = STR("Content-Type: application/json; charset=utf-8");
	return sink_service_header("Authorization: Bearer ", token, arena, out, e);
}

static int slack_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct slack *s = ctx->notify->settings;
	struct notice own = *m;
	struct buf text;
	int rc;

	if (!s->token_credential) {
		own.receipt = STR_NONE; /* a webhook only posts */
		own.asks = false;
	}
	rc = slack_address(ctx, &own, arena, out, e);
	if (rc)
		return rc;
	buf_init(&text, TEXT_MAX);
	if (!s->template)
		buf_addc(&text, '[');
	chat_put_message(&slack_format, ctx->notify, s->template, &own, &text);
	rc = sink_service_json(
		buf_failed(&text) ? NULL : slack_body(s, &own, &text), arena, out, e);
	buf_release(&text);
	return rc;
}

/* --- the answer --- */

/*
 * A webhook answers with a word, the API with 200 and a word in JSON. The operator can fix in Slack
 * what is not about the message.
 */
static const struct sink_answer_row slack_rows[] = {
	{200, 599, "is_archived", SINK_GONE, false},
	{200, 200, "ratelimited", SINK_WAIT, false},
	{200, 200, "rate_limited", SINK_WAIT, false},
	{200, 599, "invalid_payload", SINK_BAD, false},
	{200, 599, "invalid_blocks", SINK_BAD, false},
	{200, 599, "invalid_attachments", SINK_BAD, false},
	{200, 599, "too_many_attachments", SINK_BAD, false},
	{200, 599, "msg_too_long", SINK_BAD, false},
	{200, 599, "msg_blocks_too_long", SINK_BAD, false},
	{200, 599, "no_text", SINK_BAD, false},
	{200, 599, "missing_text_or_fallback", SINK_BAD, false},
	/* The message that this one changes or answers. */
	{200, 200, "message_not_found", SINK_UNTIED, false},
	{200, 200, "cant_update_message", SINK_UNTIED, false},
	{200, 200, "edit_window_closed", SINK_UNTIED, false},
	{200, 200, "thread_not_found", SINK_UNTIED, false},
	{200, 200, "cannot_reply_to_message", SINK_UNTIED, false},
	{200, 499, "user_not_found", SINK_TROUBLE, true},
	{200, 499, "channel_not_found", SINK_TROUBLE, true},
	{200, 499, "not_in_channel", SINK_TROUBLE, true},
	{200, 499, "restricted_action", SINK_TROUBLE, true},
	{200, 499, "invalid_auth", SINK_TROUBLE, true},
	{200, 499, "not_authed", SINK_TROUBLE, true},
	{200, 499, "account_inactive", SINK_TROUBLE, true},
	{200, 499, "token_", SINK_TROUBLE, true}, /* token_revoked, token_expired */
	{200, 499, "missing_scope", SINK_TROUBLE, true},
	{200, 499, "no_permission", SINK_TROUBLE, true},
	{400, 499, "action_prohibited", SINK_TROUBLE, true},
	{400, 499, "posting_to_", SINK_TROUBLE, true},
	{400, 499, "no_service", SINK_TROUBLE, true}, /* the webhook was removed */
	{400, 499, "no_active_hooks", SINK_TROUBLE, true},
	{400, 499, "no_team", SINK_TROUBLE, true},
	{400, 499, "team_disabled", SINK_TROUBLE, true},
	{400, 499, "invalid_token", SINK_TROUBLE, true},
	{0},
};

static const struct sink_answers slack_answers = {.rows = slack_rows,
	.error = "error",
	.wait = "retry_after",
	.wait_unit = CLOCK_SECOND,
	.receipt = "channel ts",
	.plain = "ok"};

static void slack_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_answers_judge(&slack_answers, a, arena, out);
}

/* --- acknowledgements: reactions, whose people are ids --- */

/* A method that reads takes a form. */
static int slack_ask_method(const struct sink_context *ctx, const char *path, struct buf *form,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct slack *s = ctx->notify->settings;
	struct str token;
	int rc = sink_service_token(ctx, s->token_credential, &token, e);

	if (rc == 0)
		rc = sink_service_request(s->server, path, 1, arena, out, e);
	if (rc == 0) {
		out->headers[0] = STR("Content-Type: application/x-www-form-urlencoded");
		rc = sink_service_header("Authorization: Bearer ", token, arena, out, e);
	}
	if (rc == 0)
		rc = sink_text_keep(form, arena, &out->body, e);
	else
		buf_release(form);
	return rc;
}

static int slack_ask(const struct sink_context *ctx, const struct sink_ack_question *q,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	struct str channel, ts;
	struct buf form;

	chat_split_receipt(q->receipt, &channel, &ts);
	buf_init(&form, 4096);
	sink_service_put_field(&form, "channel", channel);
	sink_service_put_field(&form, "timestamp", ts);
	sink_service_put_field(&form, "full", STR("true"));
	return slack_ask_method(ctx, "/api/reactions.get", &form, arena, out, e);
}

static struct str slack_text(const json_t *v)
{
	return str_slice(json_string_value(v), json_string_length(v));
}

static bool slack_is_person(struct str id)
{
	return id.n <= 32 && slack_is_id(&slack_mentions[0], id);
}

static void slack_hear(const struct sink_ack_question *q, const struct sink_answer *a,
	struct arena *arena, struct sink_acks *out, struct sink_verdict *v)
{
	json_t *root = sink_answers_load(a);
	const json_t *message = json_object_get(root, "message"), *reaction;
	size_t i;

	slack_judge(a, arena, v);
	if (v->kind == SINK_DELIVERED)
		json_array_foreach (json_object_get(message, "reactions"), i, reaction) {
			struct str person =
				slack_text(json_array_get(json_object_get(reaction, "users"), 0));

			if (out->n || !slack_is_person(person) ||
				!sink_ack_emoji_name(slack_text(json_object_get(reaction, "name"))))
				continue;
			out->v[0].who = arena_str(arena, person);
			out->v[0].receipt = q->receipt;
			out->n = str_present(out->v[0].who);
		}
	json_decref(root);
}

static int slack_ask_name(const struct sink_context *ctx, struct str who, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	struct buf form;

	buf_init(&form, 256);
	sink_service_put_field(&form, "user", who);
	return slack_ask_method(ctx, "/api/users.info", &form, arena, out, e);
}

static struct str slack_hear_name(const struct sink_answer *a, struct arena *arena)
{
	json_t *root = sink_answers_load(a);
	const json_t *user = json_object_get(root, "user");
	const json_t *profile = json_object_get(user, "profile");
	const json_t *names[] = {json_object_get(profile, "real_name"),
		json_object_get(profile, "display_name"), json_object_get(user, "name")};
	struct str name = STR_NONE;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !str_present(name); i++)
		name = sink_ack_name(slack_text(names[i]), arena);
	json_decref(root);
	return name;
}

static const struct sink_ack_source slack_acks = {
	.pace_ms = 1500, /* fifty a minute */
	.ask = slack_ask,
	.hear = slack_hear,
	.ask_name = slack_ask_name,
	.hear_name = slack_hear_name,
};

static bool slack_has_acks(const void *settings)
{
	const struct slack *s = settings;

	return s->token_credential != NULL;
}

const struct sink_type sink_slack = {
	.conf = {"slack", slack_keys, sizeof(struct slack), slack_check, .people = true,
		.chat = true, .mention = true, .acks = slack_has_acks},
	.render = slack_render,
	.judge = slack_judge,
	.acks = &slack_acks,
	.grows = true,
	.pace_ms = CLOCK_SECOND, /* documented rate limit */
	.window = 1,
	.max_bytes = TEXT_MAX,
};
