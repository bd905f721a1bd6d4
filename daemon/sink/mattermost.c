/* SPDX-License-Identifier: MIT */
/*
 * Mattermost: an incoming webhook, which only posts, or the token of a bot and the REST API, whose
 * messages can be answered in a thread, changed, and acknowledged by a reaction. Nothing of an
 * item's text is Markdown, and a joiner after each @ keeps names in it from being found.
 */
#include <jansson.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "chat.h"

#define TEXT_MAX 16000 /* of 16,383 characters; longer text becomes several messages */
#define ID_SIZE	 26    /* of a channel, a post or a user */

struct mattermost {
	struct sink_target target;
	const char *token_credential, *server, *channel, *template;
};

static const struct conf_key_row mattermost_keys[] = {
	SINK_TARGET_KEYS(mattermost, target),
	{CONF_KEY("token-credential", CREDENTIAL, mattermost, token_credential),
		.holds = CONF_HOLDS_TOKEN, .told = "none",
		.help = "name of the credential that holds the token of a bot, in place of an "
			"address"},
	{CONF_KEY("server", SERVER, mattermost, server), .told = "none",
		.help = "the server, with a token: https://chat.example.org"},
	{CONF_KEY("channel", TEXT, mattermost, channel), .told = "that of the webhook", .max = 64,
		.help = "with a token its id; else another channel than that of the webhook, by "
			"its "
			"name in addresses, or @name for a person"},
	SINK_TEMPLATE_KEY(mattermost, PROSE),
	{0},
};

static bool mattermost_is_mention(struct str mention)
{
	return str_starts(mention, STR("@"));
}

static bool mattermost_is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]))
			return false;
	return s.n == ID_SIZE;
}

static void mattermost_check(struct conf_check *c, const void *settings)
{
	static const char *const schemes[] = {"https://", "http://", NULL};
	const struct mattermost *s = settings;

	if (!conf_check_given(c, "token-credential"))
		sink_target_check(c, settings);
	else if (conf_check_given(c, "url") || conf_check_given(c, "url-credential"))
		conf_check_error(c, "leave one of them", "has both an address and a token");
	else if (!s->server || !s->channel)
		conf_check_error(c, "write server = \"https://…\" and channel = \"…\"",
			"needs server and channel, with a token");
	else if (!mattermost_is_id(str_of(s->channel)))
		conf_check_error_at(c, "channel",
			"write its id, 26 letters and digits, from its menu, View Info",
			"channel: this is no id of a channel");
	if (s->server)
		conf_check_server(c, "server", s->server, schemes, "write https://host");
	(void)sink_template_check(c, "template", s->template);
	chat_check_mentions(c, mattermost_is_mention, "write @name, @group, @here or @channel");
}

static bool mattermost_is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* Does an entity of HTML begin there, "&lt;" or "&#60;"? */
static bool mattermost_is_entity(struct str s, size_t at)
{
	size_t end = at + 1;

	end += end < s.n && s.p[end] == '#';
	while (end < s.n && mattermost_is_word(s.p[end]))
		end++;
	return end < s.n && s.p[end] == ';';
}

/*
 * A backslash does not hide all characters there; an entity hides any. Brackets: those of a link
 * end at the wrong one otherwise. A dollar sign ends a formula if no word follows.
 */
static void mattermost_put_text(struct buf *out, struct str text)
{
	struct buf marked;
	struct str s;

	buf_init(&marked, text.n * 12 + 16);
	chat_put_markdown(&marked, text);
	s = buf_str(&marked);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\\' && i + 1 < s.n && strchr("`*{}()#+-.!_>|~", s.p[i + 1]))
			buf_add(out, s.p + i++, 2);
		else if (c == '\\' && i + 1 < s.n)
			buf_printf(out, "&#%d;", s.p[++i]);
		else if ((c == '$' && (i + 1 == s.n || !mattermost_is_word(s.p[i + 1]))) ||
			 (c == '&' && mattermost_is_entity(s, i)))
			buf_printf(out, "&#%d;", c);
		else
			buf_addc(out, c);
	}
	buf_pass_lack(out, &marked);
	buf_release(&marked);
}

static void mattermost_put_link(struct buf *out, struct str url, struct str text)
{
	buf_addc(out, '[');
	mattermost_put_text(out, text);
	buf_printf(out, "](<%.*s>)", STR_ARG(url));
}

static const struct chat_format mattermost_format = {
	.escape = {mattermost_put_text, chat_put_template_url},
	.faces = {[CHAT_STRONG] = {"**", "**"}, [CHAT_HIT] = {"**", "**"}},
	.link = mattermost_put_link,
	.blocks = {[CHAT_HEAD] = {"", "", "\n"},
		[CHAT_LINE] = {"", "", "\n"},
		/* A line after a quotation would be part of it. */
		[CHAT_QUOTE] = {"> ", "\n> ", "\n\n"},
		[CHAT_ITEM] = {"• ", "", "\n"},
		[CHAT_SMALL] = {"", "", "\n"}},
	.unit = TEXT_CODE_POINTS,
	.max = TEXT_MAX,
	.receipt_words = 1,
	.receipt_marks = "",
	.prompt = SINK_ACK_PROMPT,
	.replies = true,
	.edits = true,
};

/* The label of a message; NULL: it has none. Older servers pass it over.
 */
static const char *mattermost_priority(const struct alert *a)
{
	switch (sink_short_priority(a)) {
	case ALERT_FLASH: return "urgent";
	case ALERT_URGENT: return "important";
	case ALERT_NORMAL:
	case ALERT_LOW: break;
	}
	return NULL;
}

/* Of a webhook. */
static json_t *mattermost_body(
	const struct mattermost *s, const struct notice *m, const struct buf *text)
{
	const char *priority = mattermost_priority(m->alerts);
	json_t *body = json_pack("{s:s%}", "text", text->data ? text->data : "", text->len);
	int bad = 0;

	if (s->channel)
		bad |= json_object_set_new(body, "channel", json_string(s->channel));
	if (priority)
		bad |= json_object_set_new(
			body, "priority", json_pack("{s:s}", "priority", priority));
	if (!bad)
		return body;
	json_decref(body);
	return NULL;
}

/* Of the API, which refuses labels where they are switched off. */
static json_t *mattermost_post(
	const struct mattermost *s, const struct notice *m, const struct buf *text)
{
	json_t *body = json_pack("{s:s%}", "message", text->data ? text->data : "", text->len);
	int bad = 0;

	if (!chat_is_edit(&mattermost_format, m))
		bad |= json_object_set_new(body, "channel_id", json_string(s->channel));
	if (chat_is_reply(&mattermost_format, m))
		bad |= json_object_set_new(
			body, "root_id", json_stringn(m->receipt.p, m->receipt.n));
	if (!bad)
		return body;
	json_decref(body);
	return NULL;
}

/* A request to the API, at "/api/v4/posts/ID/reactions"; id: absent, or as it is in answers. */
struct mattermost_place {
	const char *before, *after;
	struct str id;
};

static int mattermost_request(const struct sink_context *ctx, const struct mattermost_place *place,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct mattermost *s = ctx->notify->settings;
	struct str token;
	char path[128];
	int rc = sink_service_token(ctx, s->token_credential, &token, e);

	if (rc)
		return rc;
	if (str_present(place->id) && !mattermost_is_id(place->id))
		return err_set(e, ERR_INPUT, "the server named a post in an unknown form");
	snprintf(path, sizeof(path), "/api/v4/%s%.*s%s", place->before, STR_ARG(place->id),
		place->after);
	rc = sink_service_request(s->server, path, 1, arena, out, e);
	return rc ? rc : sink_service_header("Authorization: Bearer ", token, arena, out, e);
}

static int mattermost_address(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct mattermost *s = ctx->notify->settings;
	struct mattermost_place place = {.before = "posts", .after = ""};

	if (!s->token_credential)
		return sink_target_request(ctx, &s->target, 0, arena, out, e);
	if (chat_is_edit(&mattermost_format, m)) {
		place = (struct mattermost_place){"posts/", "/patch", m->receipt};
		out->method = "PUT";
	}
	return mattermost_request(ctx, &place, arena, out, e);
}

static int mattermost_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct mattermost *s = ctx->notify->settings;
	struct notice own = *m;
	struct buf text;
	json_t *body = NULL;
	int rc;

	if (!s->token_credential) {
		own.receipt = STR_NONE;
		own.asks = false;
	}
	rc = mattermost_address(ctx, &own, arena, out, e);
	if (rc)
		return rc;
	buf_init(&text, (size_t)4 * TEXT_MAX);
	chat_put_message(&mattermost_format, ctx->notify, s->template, &own, &text);
	if (!buf_failed(&text))
		body = s->token_credential ? mattermost_post(s, &own, &text)
					   : mattermost_body(s, &own, &text);
	buf_release(&text);
	return sink_service_json(body, arena, out, e);
}

/* The texts of errors are in the language of the server, their ids are not. */
static const struct sink_answer_row mattermost_rows[] = {
	{400, 599, "incoming_webhook.invalid", SINK_TROUBLE, true},
	{400, 599, "incoming_webhook.disabled", SINK_TROUBLE, true},
	{400, 599, "incoming_webhook.channel", SINK_TROUBLE, true},
	{400, 599, "incoming_webhook.user", SINK_TROUBLE, true},
	{400, 599, "incoming_webhook.permissions", SINK_TROUBLE, true},
	/* The message that this one answers or changes. */
	{400, 404, "root_id", SINK_UNTIED, false},
	{400, 400, "permissions_time_limit", SINK_UNTIED, false},
	{404, 404, "post.get", SINK_UNTIED, false},
	{0},
};

/* A post has a message and an id too. */
static const struct sink_answers mattermost_answers = {.rows = mattermost_rows,
	.error = "detailed_error message id",
	.receipt = "id",
	.plain = "ok"};

static void mattermost_judge(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_answers_judge(&mattermost_answers, a, arena, out);
}

/* --- acknowledgements --- */

static int mattermost_ask(const struct sink_context *ctx, const struct sink_ack_question *q,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct mattermost_place place = {"posts/", "/reactions", q->receipt};

	out->method = "GET";
	return mattermost_request(ctx, &place, arena, out, e);
}

static struct str mattermost_text(const json_t *of, const char *name)
{
	const json_t *v = json_object_get(of, name);

	return str_slice(json_string_value(v), json_string_length(v));
}

static void mattermost_hear(const struct sink_ack_question *q, const struct sink_answer *a,
	struct arena *arena, struct sink_acks *out, struct sink_verdict *v)
{
	json_t *root = sink_answers_load(a);
	const json_t *reaction;
	json_int_t earliest = 0;
	size_t i;

	if (a->status == 200 && str_is(str_trim(a->body), "null"))
		return; /* there is none */
	mattermost_judge(a, arena, v);
	if (v->kind == SINK_DELIVERED)
		json_array_foreach (root, i, reaction) {
			struct str person = mattermost_text(reaction, "user_id");
			json_int_t at = json_integer_value(json_object_get(reaction, "create_at"));

			if (!mattermost_is_id(person) || (out->n && at >= earliest) ||
				!sink_ack_emoji_name(mattermost_text(reaction, "emoji_name")))
				continue;
			earliest = at;
			out->v[0].who = arena_str(arena, person);
			out->v[0].receipt = q->receipt;
			out->n = str_present(out->v[0].who);
		}
	json_decref(root);
}

static int mattermost_ask_name(const struct sink_context *ctx, struct str who, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct mattermost_place place = {"users/", "", who};

	out->method = "GET";
	return mattermost_request(ctx, &place, arena, out, e);
}

/* "Anna Duty (@anna)", or "anna" */
static struct str mattermost_hear_name(const struct sink_answer *a, struct arena *arena)
{
	json_t *root = sink_answers_load(a);
	struct str first = mattermost_text(root, "first_name"),
		   last = mattermost_text(root, "last_name"),
		   user = mattermost_text(root, "username"), name;
	const char *all = NULL;

	if (first.n + last.n && first.n + last.n + user.n + 5 <= SINK_ACK_BY_MAX)
		all = arena_printf(arena, "%.*s%s%.*s (@%.*s)", STR_ARG(first),
			first.n && last.n ? " " : "", STR_ARG(last), STR_ARG(user));
	name = sink_ack_name(all ? str_of(all) : user, arena);
	json_decref(root);
	return name;
}

static const struct sink_ack_source mattermost_acks = {
	.pace_ms = CLOCK_SECOND,
	.ask = mattermost_ask,
	.hear = mattermost_hear,
	.ask_name = mattermost_ask_name,
	.hear_name = mattermost_hear_name,
};

static bool mattermost_has_acks(const void *settings)
{
	const struct mattermost *s = settings;

	return s->token_credential != NULL;
}

const struct sink_type sink_mattermost = {
	.conf = {"mattermost", mattermost_keys, sizeof(struct mattermost), mattermost_check,
		.people = true, .chat = true, .mention = true, .acks = mattermost_has_acks},
	.render = mattermost_render,
	.judge = mattermost_judge,
	.acks = &mattermost_acks,
	.grows = true,
	.pace_ms = CLOCK_SECOND,
	.window = 1,
	.max_bytes = (size_t)5 * TEXT_MAX,
};
