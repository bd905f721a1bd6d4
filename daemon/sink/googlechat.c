/* SPDX-License-Identifier: MIT */
/*
 * Webhooks of Google Chat: a card, whose text is HTML and can be escaped, unlike the text of a
 * message. Alerts and what is about them share a thread, by a key that is the id of the alert.
 */
#include <jansson.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "chat.h"

#define HTML_MAX 16000 /* bytes; a message has at most 32,000 with all that belongs to it */
#define TEXT_MAX ((size_t)4096)

struct googlechat {
	struct sink_target target;
	const char *thread;
};

static const struct conf_key_row googlechat_keys[] = {
	SINK_TARGET_KEYS(googlechat, target),
	{CONF_KEY("thread", TEXT, googlechat, thread), .told = "one for each alert", .max = 200,
		.help = "a name of your own for one thread, which all messages are in"},
	{0},
};

static bool googlechat_is_mention(struct str mention)
{
	return str_starts(mention, STR("<users/")) && str_ends(mention, STR(">"));
}

static void googlechat_check(struct conf_check *c, const void *settings)
{
	sink_target_check(c, settings);
	chat_check_mentions(c, googlechat_is_mention,
		"write <users/all>, or <users/1234> with the id of a person");
}

static void googlechat_put_link(struct buf *out, struct str url, struct str text)
{
	buf_addz(out, "<a href=\"");
	buf_add_markup(out, url);
	buf_addz(out, "\">");
	chat_put_html(out, text);
	buf_addz(out, "</a>");
}

static const struct chat_format googlechat_format = {
	.escape = {chat_put_html, chat_put_template_url},
	.faces = {[CHAT_STRONG] = {"<b>", "</b>"}, [CHAT_HIT] = {"<b>", "</b>"}},
	.link = googlechat_put_link,
	.mention_apart = true,
	.blocks = {[CHAT_HEAD] = {"", "", "<br>"},
		[CHAT_LINE] = {"", "", "<br>"},
		[CHAT_QUOTE] = {"", "<br>", "<br>"},
		[CHAT_ITEM] = {"• ", "", "<br>"},
		[CHAT_SMALL] = {"", "", "<br>"}},
	.unit = TEXT_BYTES,
	.max = HTML_MAX,
	.receipt_words = 1,
	.receipt_marks = "_",
	.replies = true,
};

static json_t *googlechat_body(const struct sink_context *ctx, const struct notice *m,
	struct buf *html, struct buf *preview)
{
	const struct googlechat *s = ctx->notify->settings;
	const struct alert *a = m->alerts;
	const char *mention = sink_text_mention(ctx->notify, a);
	struct str thread = s->thread ? str_of(s->thread) : a->of ? a->of->id : m->id;
	json_t *body = json_pack("{s:[{s:s%, s:{s:[{s:[{s:{s:s%}}]}]}}], s:s%, s:{s:s%}}",
		"cardsV2", "cardId", m->id.p, m->id.n, "card", "sections", "widgets",
		"textParagraph", "text", buf_z(html), html->len, "fallbackText", buf_z(preview),
		preview->len, "thread", "threadKey", thread.p, thread.n);

	if (!mention || (body && !json_object_set_new(body, "text", json_string(mention))))
		return body;
	json_decref(body);
	return NULL;
}

static int googlechat_address(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct googlechat *s = ctx->notify->settings;
	struct buf query;
	int rc = sink_target_request(ctx, &s->target, 0, arena, out, e);

	if (rc)
		return rc;
	buf_init(&query, 1024);
	buf_addz(&query, "messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD&requestId=");
	sink_service_put_form(&query, m->id);
	rc = buf_failed(&query) ? err_nomem(e)
				: sink_service_add_query(out, buf_str(&query), arena, e);
	buf_release(&query);
	return rc;
}

static int googlechat_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	struct notice own = *m;
	struct buf html, preview;
	int rc = googlechat_address(ctx, m, arena, out, e);

	if (rc)
		return rc;
	own.receipt = m->alerts->of ? m->alerts->of->id : STR_NONE; /* the key of its thread */
	buf_init(&html, 2 * HTML_MAX);
	buf_init(&preview, TEXT_MAX);
	chat_put_message(&googlechat_format, ctx->notify, NULL, &own, &html);
	chat_put_preview(m->alerts, &preview);
	rc = sink_service_json(buf_failed(&html) || buf_failed(&preview)
				       ? NULL
				       : googlechat_body(ctx, m, &html, &preview),
		arena, out, e);
	buf_release(&html);
	buf_release(&preview);
	return rc;
}

static const struct sink_answers googlechat_answers = {.error = "error.status error.message",
	.limit_wait = CLOCK_MINUTE, /* what is limited is a number in each minute */
	.receipt = "name"};

static void googlechat_judge(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_answers_judge(&googlechat_answers, a, arena, out);
}

const struct sink_type sink_googlechat = {
	.conf = {"googlechat", googlechat_keys, sizeof(struct googlechat), googlechat_check,
		.people = true, .chat = true, .mention = true},
	.render = googlechat_render,
	.judge = googlechat_judge,
	.grows = true,
	.pace_ms = CLOCK_SECOND, /* sixty a minute in a space */
	.window = 1,
	.max_bytes = (size_t)32000,
};
