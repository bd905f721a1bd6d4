/* SPDX-License-Identifier: MIT */
/*
 * Zulip: a bot posts to a topic of a channel. Its Markdown knows no backslash; what could be markup
 * or mention is written as a reference of HTML, &#42; for *, which it shows as the character. A
 * reaction acknowledges.
 */
#include <jansson.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "chat.h"

#define CONTENT_MAX 10000 /* characters */
#define TOPIC_MAX   60

struct zulip {
	const char *server, *user, *token_credential, *channel, *topic, *template;
};

static const struct conf_key_row zulip_keys[] = {
	{CONF_KEY("server", SERVER, zulip, server), .required = true,
		.help = "the address of the organisation, https://example.zulipchat.com"},
	{CONF_KEY("user", MAIL, zulip, user), .required = true,
		.help = "the mail address of the bot"},
	{CONF_KEY("token-credential", CREDENTIAL, zulip, token_credential),
		.holds = CONF_HOLDS_TOKEN, .required = true,
		.help = "name of the credential that holds the API key of the bot"},
	{CONF_KEY("channel", TEXT, zulip, channel), .required = true, .max = 60,
		.help = "the channel"},
	{CONF_KEY("topic", TEXT, zulip, topic), .told = "the title of the watch", .max = 60,
		.help = "the topic that messages are in"},
	SINK_TEMPLATE_KEY(zulip, PROSE),
	{0},
};

static bool zulip_is_mention(struct str mention)
{
	return str_starts(mention, STR("@*"));
}

static void zulip_check(struct conf_check *c, const void *settings)
{
	static const char *const schemes[] = {"https://", "http://", NULL};
	const struct zulip *z = settings;

	conf_check_server(c, "server", z->server, schemes, "write https://host");
	(void)sink_template_check(c, "template", z->template);
	chat_check_mentions(c, zulip_is_mention, "write @**Name**, @*group* or @**all**");
}

/* --- the message --- */

/* Could it be markup: at the beginning of a line too, where it is a list, a heading or a rule? */
static bool zulip_is_markup(struct str text, size_t at)
{
	char c = text.p[at];

	if (strchr("*_~`[]<>&$#@|\\:", c))
		return true;
	if (strchr("-+=", c))
		return at == 0 || text.p[at - 1] == ' ';
	if (at == 0 || (c != '.' && c != ')'))
		return false;
	/* "1." begins a list; "a.example" would be found to be an address. */
	return ascii_is_digit(text.p[at - 1]) ||
	       (c == '.' && at + 1 < text.n && ascii_is_alpha(text.p[at + 1]));
}

static void zulip_put_text(struct buf *out, struct str text)
{
	struct buf clean;

	buf_init(&clean, text.n * 8 + 16);
	chat_put_clean(&clean, text, false);
	for (size_t i = 0; i < clean.len; i++) {
		if (zulip_is_markup(buf_str(&clean), i))
			buf_printf(out, "&#%d;", clean.data[i]);
		else
			buf_addc(out, clean.data[i]);
	}
	buf_pass_lack(out, &clean);
	buf_release(&clean);
}

/* The text of a link is shown as it is written, so what could end it is replaced. */
static void zulip_put_link(struct buf *out, struct str url, struct str text)
{
	zulip_put_text(out, text);
	buf_printf(out, " [link](%.*s)", STR_ARG(url));
}

static const struct chat_format zulip_format = {
	.escape = {zulip_put_text, chat_put_template_url},
	.faces = {[CHAT_STRONG] = {"**", "**"}, [CHAT_HIT] = {"**", "**"}},
	.link = zulip_put_link,
	.blocks = {[CHAT_HEAD] = {"", "", "\n"},
		[CHAT_LINE] = {"", "", "\n"},
		[CHAT_QUOTE] = {"> ", "\n> ", "\n\n"},
		[CHAT_ITEM] = {"• ", "", "\n"},
		[CHAT_SMALL] = {"", "", "\n"}},
	.unit = TEXT_CODE_POINTS,
	.max = CONTENT_MAX,
	.receipt_words = 1,
	.receipt_marks = "",
	.prompt = SINK_ACK_PROMPT,
	.edits = true,
};

static void zulip_put_form(
	const struct zulip *z, const struct notice *m, const struct buf *text, struct buf *form)
{
	struct str topic = str_of(z->topic);
	struct buf clean;

	if (!chat_is_edit(&zulip_format, m)) {
		buf_init(&clean, 8192);
		chat_put_clean(&clean, z->topic ? topic : m->alerts->watch_title, false);
		topic = text_cut_by(buf_str(&clean), TOPIC_MAX, TEXT_CODE_POINTS);
		sink_service_put_field(form, "type", STR("stream"));
		sink_service_put_field(form, "to", str_of(z->channel));
		sink_service_put_field(form, "topic", topic.n ? topic : STR("nightdesk"));
		buf_pass_lack(form, &clean);
		buf_release(&clean);
	}
	sink_service_put_field(form, "content", buf_str(text));
}

static int zulip_request(const struct sink_context *ctx, const char *path, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct zulip *z = ctx->notify->settings;
	struct str token;
	int rc = sink_service_token(ctx, z->token_credential, &token, e);

	if (rc == 0)
		rc = sink_service_request(z->server, path, 1, arena, out, e);
	if (rc)
		return rc;
	out->headers[0] = STR("Content-Type: application/x-www-form-urlencoded");
	return sink_service_login(ctx, z->user, z->token_credential, arena, out, e);
}

static int zulip_address(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	bool edit = chat_is_edit(&zulip_format, m);
	char path[64];

	out->method = edit ? "PATCH" : NULL;
	snprintf(path, sizeof(path), "/api/v1/messages%s%.*s", edit ? "/" : "",
		edit ? (int)m->receipt.n : 0, edit ? m->receipt.p : "");
	return zulip_request(ctx, path, arena, out, e);
}

static int zulip_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct zulip *z = ctx->notify->settings;
	struct buf text, form;
	int rc = zulip_address(ctx, m, arena, out, e);

	if (rc)
		return rc;
	buf_init(&text, (size_t)4 * CONTENT_MAX);
	buf_init(&form, (size_t)16 * CONTENT_MAX);
	chat_put_message(&zulip_format, ctx->notify, z->template, m, &text);
	zulip_put_form(z, m, &text, &form);
	buf_pass_lack(&form, &text);
	buf_release(&text);
	return sink_text_keep(&form, arena, &out->body, e);
}

static const struct sink_answer_row zulip_rows[] = {
	{400, 400, "STREAM_DOES_NOT_EXIST", SINK_TROUBLE, true},
	{400, 403, "API key", SINK_TROUBLE, true},
	{400, 400, "edit this message", SINK_UNTIED, false},
	{400, 400, "editing this message", SINK_UNTIED, false}, /* it is too old */
	{400, 400, "invalid message", SINK_UNTIED, false},
	{400, 403, "deactivated", SINK_TROUBLE, true},
	{400, 400, "permission", SINK_TROUBLE, true},
	{400, 400, "not authorized", SINK_TROUBLE, true},
	{400, 400, "send to this", SINK_TROUBLE, true}, /* who may post in the channel */
	{400, 400, "this subdomain", SINK_TROUBLE, true},
	{0},
};

static const struct sink_answers zulip_answers = {
	.rows = zulip_rows,
	.error = "code msg",
	.wait = "retry-after",
	.wait_unit = CLOCK_SECOND,
	.receipt = "id",
};

/* An edit is answered without an id. */
static void zulip_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_answers_judge(&zulip_answers, a, arena, out);
}

/* --- acknowledgements --- */

static int zulip_ask(const struct sink_context *ctx, const struct sink_ack_question *q,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	char path[128];

	out->method = "GET";
	snprintf(path, sizeof(path), "/api/v1/messages/%.*s?apply_markdown=false",
		STR_ARG(utf8_cut(q->receipt, 20)));
	return zulip_request(ctx, path, arena, out, e);
}

/* Is the emoji of a reaction, "1f44d-1f3fd" in hexadecimal, one that acknowledges? */
static bool zulip_is_yes(const json_t *reaction)
{
	const char *type = json_string_value(json_object_get(reaction, "reaction_type"));
	const char *code = json_string_value(json_object_get(reaction, "emoji_code"));
	struct buf emoji;
	char *end;
	bool yes;

	if (!type || strcmp(type, "unicode_emoji") != 0 || !code || strlen(code) > 64)
		return false;
	buf_init(&emoji, 64);
	do {
		utf8_append(&emoji, (uint32_t)(strtoul(code, &end, 16) & 0x1FFFFF));
		code = end + 1;
	} while (*end == '-');
	yes = *end == '\0' && sink_ack_emoji(buf_str(&emoji));
	buf_release(&emoji);
	return yes;
}

static void zulip_hear(const struct sink_ack_question *q, const struct sink_answer *a,
	struct arena *arena, struct sink_acks *out, struct sink_verdict *v)
{
	json_t *root = sink_answers_load(a);
	const json_t *message = json_object_get(root, "message"), *reaction;
	size_t i;

	zulip_judge(a, arena, v);
	if (v->kind == SINK_DELIVERED)
		json_array_foreach (json_object_get(message, "reactions"), i, reaction) {
			const json_t *person = json_object_get(reaction, "user_id");

			if (out->n || json_integer_value(person) <= 0 || !zulip_is_yes(reaction))
				continue;
			out->v[0].who = str_of(
				arena_printf(arena, "%lld", (long long)json_integer_value(person)));
			out->v[0].receipt = q->receipt;
			out->n = str_present(out->v[0].who);
		}
	json_decref(root);
}

static int zulip_ask_name(const struct sink_context *ctx, struct str who, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	char path[64];

	out->method = "GET";
	snprintf(path, sizeof(path), "/api/v1/users/%.*s", STR_ARG(who));
	return zulip_request(ctx, path, arena, out, e);
}

static struct str zulip_hear_name(const struct sink_answer *a, struct arena *arena)
{
	json_t *root = sink_answers_load(a);
	const json_t *name = json_object_get(json_object_get(root, "user"), "full_name");
	struct str kept =
		sink_ack_name(str_slice(json_string_value(name), json_string_length(name)), arena);

	json_decref(root);
	return kept;
}

static const struct sink_ack_source zulip_acks = {
	.pace_ms = CLOCK_SECOND,
	.ask = zulip_ask,
	.hear = zulip_hear,
	.ask_name = zulip_ask_name,
	.hear_name = zulip_hear_name,
};

static bool zulip_has_acks(const void *settings)
{
	(void)settings;
	return true;
}

const struct sink_type sink_zulip = {
	.conf = {"zulip", zulip_keys, sizeof(struct zulip), zulip_check, .people = true,
		.chat = true, .mention = true, .acks = zulip_has_acks},
	.render = zulip_render,
	.judge = zulip_judge,
	.acks = &zulip_acks,
	.grows = true,
	.pace_ms = CLOCK_SECOND,
	.window = 1,
	.max_bytes = (size_t)16 * CONTENT_MAX,
};
