/* SPDX-License-Identifier: MIT */
/*
 * Webhooks of Discord. allowed_mentions says whom a message may ring, which is only what the
 * operator mentions. With wait=true the answer has the id of the message, which can be changed; a
 * webhook cannot reply.
 */
#include <jansson.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "chat.h"

#define CONTENT_MAX	       2000
/* Flags of a message. */
#define SUPPRESS_EMBEDS	       (1 << 2)	 /* no previews of links */
#define SUPPRESS_NOTIFICATIONS (1 << 12) /* no sound */

struct discord {
	struct sink_target target;
	const char *thread, *template;
};

static const struct conf_key_row discord_keys[] = {
	SINK_TARGET_KEYS(discord, target),
	{CONF_KEY("thread", TEXT, discord, thread), .told = "none", .max = 20,
		.help = "the id of a thread of the webhook's channel"},
	SINK_TEMPLATE_KEY(discord, PROSE),
	{0},
};

/* --- mentions --- */

static bool discord_is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

/*
 * Takes the next word of a mention from *rest: <@1>, <@&1>, @everyone or @here. Returns the member
 * of allowed_mentions that it belongs to; *id is absent for the latter two. NULL: *rest begins with
 * none.
 */
static const char *discord_next_mention(struct str *rest, struct str *id)
{
	struct str s = str_trim(*rest), word;
	const char *space = s.n ? memchr(s.p, ' ', s.n) : NULL;
	bool all, role;

	word = str_slice(s.p, space ? (size_t)(space - s.p) : s.n);
	all = str_is(word, "@everyone") || str_is(word, "@here");
	role = str_starts(word, STR("<@&"));
	*id = STR_NONE;
	if (!all && word.n > 4 && str_starts(word, STR("<@")) && word.p[word.n - 1] == '>')
		*id = str_slice(word.p + (role ? 3 : 2), word.n - (role ? 4 : 3));
	if (!all && !discord_is_id(*id))
		return NULL;
	*rest = str_slice(s.p + word.n, s.n - word.n);
	return all ? "parse" : role ? "roles" : "users";
}

/* {"parse": [], "users": ["1"]} */
static json_t *discord_allow(const char *mention)
{
	json_t *allowed = json_pack("{s:[]}", "parse");
	struct str rest = str_of(mention), id;
	const char *member;
	int bad = 0;

	while ((member = discord_next_mention(&rest, &id))) {
		json_t *list = json_object_get(allowed, member);

		if (!list && !json_object_set_new(allowed, member, json_array()))
			list = json_object_get(allowed, member);
		if (str_present(id))
			bad |= json_array_append_new(list, json_stringn(id.p, id.n));
		else if (!json_array_size(list))
			bad |= json_array_append_new(list, json_string("everyone"));
	}
	if (!bad)
		return allowed;
	json_decref(allowed);
	return NULL;
}

static bool discord_is_mention(struct str mention)
{
	struct str id;

	while (str_trim(mention).n && discord_next_mention(&mention, &id))
		;
	return str_trim(mention).n == 0;
}

static void discord_check(struct conf_check *c, const void *settings)
{
	const struct discord *d = settings;

	sink_target_check(c, settings);
	(void)sink_template_check(c, "template", d->template);
	if (d->thread && !discord_is_id(str_of(d->thread)))
		conf_check_error_at(c, "thread", "write its number", "thread: this is no id");
	chat_check_mentions(c, discord_is_mention,
		"write <@1234> for a person, <@&1234> for a role, @here or @everyone");
}

/* --- the message --- */

/*
 * In the text of a link Discord reads a bracket even after a backslash: one that is not closed, or
 * that another opens inside, ends the link.
 */
static bool discord_pairs_brackets(struct str text)
{
	bool open = false;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '[' && text.p[i] != ']')
			continue;
		if (open != (text.p[i] == ']'))
			return false;
		open = !open;
	}
	return !open;
}

static void discord_put_link_text(struct buf *out, struct str text)
{
	size_t from = 0;

	if (discord_pairs_brackets(text)) {
		chat_put_markdown(out, text);
		return;
	}
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '[' && text.p[i] != ']')
			continue;
		chat_put_markdown(out, str_slice(text.p + from, i - from));
		chat_put_markdown(out, text.p[i] == '[' ? STR("(") : STR(")"));
		from = i + 1;
	}
	chat_put_markdown(out, str_slice(text.p + from, text.n - from));
}

static void discord_put_link(struct buf *out, struct str url, struct str text)
{
	buf_addc(out, '[');
	discord_put_link_text(out, text);
	buf_printf(out, "](<%.*s>)", STR_ARG(url));
}

static const struct chat_format discord_format = {
	.escape = {chat_put_markdown, chat_put_template_url},
	.faces = {[CHAT_STRONG] = {"**", "**"}, [CHAT_HIT] = {"**", "**"}},
	.link = discord_put_link,
	.blocks = {[CHAT_HEAD] = {"", "", "\n"},
		[CHAT_LINE] = {"", "", "\n"},
		[CHAT_QUOTE] = {"> ", "\n> ", "\n"},
		[CHAT_ITEM] = {"• ", "", "\n"},
		[CHAT_SMALL] = {"", "", "\n"}},
	.unit = TEXT_UTF16,
	.max = CONTENT_MAX,
	.receipt_words = 1,
	.receipt_marks = "",
	.edits = true,
};

static json_t *discord_body(
	const struct sink_context *ctx, const struct notice *m, struct buf *text)
{
	const struct alert *a = m->alerts;
	bool edit = chat_is_edit(&discord_format, m);
	bool silent = sink_short_priority(a) == ALERT_LOW;
	const char *mention = edit ? NULL : sink_text_mention(ctx->notify, a);
	json_t *body = json_pack("{s:s%, s:o}", "content", buf_z(text), text->len,
		"allowed_mentions", discord_allow(mention));
	int flags = SUPPRESS_EMBEDS | (silent && !edit ? SUPPRESS_NOTIFICATIONS : 0);

	if (body && !json_object_set_new(body, "flags", json_integer(flags)))
		return body;
	json_decref(body);
	return NULL;
}

static int discord_address(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct discord *d = ctx->notify->settings;
	bool edit = chat_is_edit(&discord_format, m);
	char path[64];
	int rc = sink_target_request(ctx, &d->target, 0, arena, out, e);

	if (rc == 0 && edit) {
		out->method = "PATCH";
		snprintf(path, sizeof(path), "/messages/%.*s", (int)m->receipt.n, m->receipt.p);
		rc = sink_service_add_path(out, str_of(path), arena, e);
	}
	if (rc == 0 && !edit)
		rc = sink_service_add_query(out, STR("wait=true"), arena, e);
	if (rc == 0 && d->thread) {
		snprintf(path, sizeof(path), "thread_id=%s", d->thread);
		rc = sink_service_add_query(out, str_of(path), arena, e);
	}
	return rc;
}

static int discord_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct discord *d = ctx->notify->settings;
	struct buf text;
	int rc = discord_address(ctx, m, arena, out, e);

	if (rc)
		return rc;
	buf_init(&text, (size_t)8 * CONTENT_MAX);
	chat_put_message(&discord_format, ctx->notify, d->template, m, &text);
	rc = sink_service_json(
		buf_failed(&text) ? NULL : discord_body(ctx, m, &text), arena, out, e);
	buf_release(&text);
	return rc;
}

static const struct sink_answer_row discord_rows[] = {
	{404, 404, "Unknown Webhook", SINK_GONE, false}, /* who goes on with it is banned */
	{404, 404, "Unknown Message", SINK_UNTIED, false},
	{400, 400, "forum", SINK_TROUBLE, true}, /* such a channel wants a thread */
	{400, 400, "Thread is archived", SINK_TROUBLE, true},
	{0},
};

static const struct sink_answers discord_answers = {
	.rows = discord_rows,
	.error = "message",
	.wait = "retry_after",
	.wait_unit = CLOCK_SECOND,
	.receipt = "id",
};

static void discord_judge(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_answers_judge(&discord_answers, a, arena, out);
}

const struct sink_type sink_discord = {
	.conf = {"discord", discord_keys, sizeof(struct discord), discord_check, .people = true,
		.chat = true, .mention = true},
	.render = discord_render,
	.judge = discord_judge,
	.grows = true,
	.pace_ms = 2 * CLOCK_SECOND, /* thirty a minute in a channel */
	.window = 1,
	.max_bytes = (size_t)10 * CONTENT_MAX,
};
