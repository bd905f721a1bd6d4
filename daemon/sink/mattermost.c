/* SPDX-License-Identifier: MIT */
/*
 * Incoming webhooks of Mattermost, with Markdown. Nothing of an item's text is markup, and a joiner
 * after each @ keeps names in it from being found. A webhook only posts.
 */
#include <jansson.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "chat.h"

#define TEXT_MAX 16000 /* of 16,383 characters; longer text becomes several messages */

struct mattermost {
	struct sink_target target;
	const char *channel, *template;
};

static const struct conf_key_row mattermost_keys[] = {
	SINK_TARGET_KEYS(mattermost, target),
	{CONF_KEY("channel", TEXT, mattermost, channel), .told = "that of the webhook", .max = 64,
		.help = "another channel, by its name in addresses, or @name for a person"},
	SINK_TEMPLATE_KEY(mattermost, PROSE),
	{0},
};

static bool mattermost_is_mention(struct str mention)
{
	return str_starts(mention, STR("@"));
}

static void mattermost_check(struct conf_check *c, const void *settings)
{
	const struct mattermost *s = settings;

	sink_target_check(c, settings);
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

static int mattermost_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct mattermost *s = ctx->notify->settings;
	struct buf text;
	int rc = sink_target_request(ctx, &s->target, 0, arena, out, e);

	if (rc)
		return rc;
	buf_init(&text, (size_t)4 * TEXT_MAX);
	chat_put_message(&mattermost_format, ctx->notify, s->template, m, &text);
	rc = sink_service_json(
		buf_failed(&text) ? NULL : mattermost_body(s, m, &text), arena, out, e);
	buf_release(&text);
	return rc;
}

/* The texts of errors are in the language of the server, their ids are not. */
static const struct sink_answer_row mattermost_rows[] = {
	{400, 599, "incoming_webhook.invalid", SINK_TROUBLE, true},
	{400, 599, "incoming_webhook.disabled", SINK_TROUBLE, true},
	{400, 599, "incoming_webhook.channel", SINK_TROUBLE, true},
	{400, 599, "incoming_webhook.user", SINK_TROUBLE, true},
	{400, 599, "incoming_webhook.permissions", SINK_TROUBLE, true},
	{0},
};

static const struct sink_answers mattermost_answers = {
	.rows = mattermost_rows, .error = "message id", .plain = "ok"};

static void mattermost_judge(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_answers_judge(&mattermost_answers, a, arena, out);
}

const struct sink_type sink_mattermost = {
	.conf = {"mattermost", mattermost_keys, sizeof(struct mattermost), mattermost_check,
		.people = true, .chat = true, .mention = true},
	.render = mattermost_render,
	.judge = mattermost_judge,
	.pace_ms = CLOCK_SECOND,
	.window = 1,
	.max_bytes = (size_t)5 * TEXT_MAX,
};
