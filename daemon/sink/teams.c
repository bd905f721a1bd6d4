/* SPDX-License-Identifier: MIT */
/*
 * Microsoft Teams: an Adaptive Card for a workflow that posts to a channel. The text is in
 * RichTextBlocks, where nothing is markup.
 */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "chat.h"

#define CARD_MAX 18000 /* bytes; about 21 KB are accepted, 28 documented */

struct teams {
	struct sink_target target;
};

static const struct conf_key_row teams_keys[] = {
	SINK_TARGET_KEYS(teams, target),
	{0},
};

/* --- mentions --- */

/* Takes the next "Name <id>" from *rest, which a comma ends. False: there is none. */
static bool teams_next_mention(struct str *rest, struct str *name, struct str *id)
{
	const char *open, *close;
	struct str s = str_trim(*rest);

	if (s.n && s.p[0] == ',')
		s = str_trim(str_slice(s.p + 1, s.n - 1));
	open = s.n ? memchr(s.p, '<', s.n) : NULL;
	close = s.n ? memchr(s.p, '>', s.n) : NULL;
	if (!open || !close || close < open + 2 || open == s.p)
		return false;
	*name = str_trim(str_slice(s.p, (size_t)(open - s.p)));
	*id = str_slice(open + 1, (size_t)(close - open) - 1);
	*rest = str_trim(str_slice(close + 1, s.n - (size_t)(close + 1 - s.p)));
	return true;
}

static bool teams_is_mention(struct str mention)
{
	struct str name, id;

	while (mention.n && teams_next_mention(&mention, &name, &id))
		;
	return mention.n == 0;
}

static void teams_check(struct conf_check *c, const void *settings)
{
	sink_target_check(c, settings);
	chat_check_mentions(c, teams_is_mention, "write Name <name@example.org>");
}

/* Appends a block with the names; only those that the card lists as entities ring. */
static void teams_put_mention(struct buf *out, struct str mention)
{
	struct str name, id;
	struct buf text;

	buf_init(&text, 4096);
	while (teams_next_mention(&mention, &name, &id))
		buf_printf(&text, "<at>%.*s</at> ", STR_ARG(name));
	buf_addz(out, "{\"type\":\"TextBlock\",\"wrap\":true,\"text\":");
	chat_put_json(out, str_trim(buf_str(&text)));
	buf_addc(out, '}');
	buf_pass_lack(out, &text);
	buf_release(&text);
}

static json_t *teams_entities(const char *mention)
{
	json_t *entities = json_array();
	struct str rest = str_of(mention), name, id;
	int bad = 0;

	while (rest.n && teams_next_mention(&rest, &name, &id)) {
		struct buf at;

		buf_init(&at, 1024);
		buf_printf(&at, "<at>%.*s</at>", STR_ARG(name));
		bad |= json_array_append_new(
			entities, json_pack("{s:s, s:s%, s:{s:s%, s:s%}}", "type", "mention",
					  "text", buf_z(&at), at.len, "mentioned", "id", id.p, id.n,
					  "name", name.p, name.n));
		buf_release(&at);
	}
	if (!bad)
		return entities;
	json_decref(entities);
	return NULL;
}

/* --- the card --- */

static void teams_put_text(struct buf *out, struct str text, enum chat_face face)
{
	struct buf broken;

	buf_init(&broken, 4 * text.n + 16);
	for (size_t i = 0; i < text.n; i++) {
		buf_addc(&broken, text.p[i]);
		if (str_starts_nocase(str_slice(text.p + i, text.n - i), STR("<at>")))
			buf_addz(&broken, CHAT_JOINER); /* a tag of mentions no more */
	}
	chat_put_comma(out);
	buf_addz(out, "{\"type\":\"TextRun\",\"text\":");
	chat_put_json(out, buf_str(&broken));
	if (face != CHAT_PLAIN)
		buf_addz(out, ",\"weight\":\"Bolder\"");
	buf_pass_lack(out, &broken);
	buf_release(&broken);
}

static void teams_put_run(struct buf *out, enum chat_face face, struct str text)
{
	teams_put_text(out, text, face);
	buf_addc(out, '}');
}

static void teams_put_link(struct buf *out, struct str url, struct str text)
{
	teams_put_text(out, text, CHAT_PLAIN);
	buf_addz(out,
		",\"color\":\"Accent\",\"selectAction\":{\"type\":\"Action.OpenUrl\",\"url\":");
	chat_put_json(out, url);
	buf_addz(out, "}}");
}

#define RICH "{\"type\":\"RichTextBlock\",\"inlines\":["

static const struct chat_format teams_format = {
	.run = teams_put_run,
	.link = teams_put_link,
	.mention_apart = true,
	.blocks = {[CHAT_HEAD] = {RICH, NULL, "]}"},
		[CHAT_LINE] = {RICH, NULL, "]}"},
		[CHAT_QUOTE] = {"{\"type\":\"Container\",\"style\":\"emphasis\",\"items\":[" RICH,
			"]}," RICH, "]}]}"},
		[CHAT_ITEM] = {RICH "{\"type\":\"TextRun\",\"text\":\"• \"}", NULL, "]}"},
		[CHAT_SMALL] = {RICH, NULL, "],\"spacing\":\"Small\"}"}},
	.list = true,
	.unit = TEXT_BYTES,
	.max = CARD_MAX,
};

/* body: the list of the card's elements */
static json_t *teams_card(struct buf *body, const char *mention)
{
	json_t *elements;

	buf_addc(body, ']');
	elements = buf_failed(body) ? NULL : json_loadb(body->data, body->len, 0, NULL);
	if (!elements)
		return NULL;
	return json_pack("{s:s, s:[{s:s, s:n, s:{s:s, s:s, s:s, s:{s:s, s:o}, s:o}}]}", "type",
		"message", "attachments", "contentType", "application/vnd.microsoft.card.adaptive",
		"contentUrl", "content", "$schema",
		"http://adaptivecards.io/schemas/adaptive-card.json", "type", "AdaptiveCard",
		"version", "1.2", "msteams", "width", "full", "entities", teams_entities(mention),
		"body", elements);
}

static int teams_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct teams *s = ctx->notify->settings;
	const char *mention = sink_text_mention(ctx->notify, m->alerts);
	struct buf body;
	int rc = sink_target_request(ctx, &s->target, 0, arena, out, e);

	if (rc)
		return rc;
	buf_init(&body, (size_t)3 * CARD_MAX);
	buf_addc(&body, '[');
	if (mention)
		teams_put_mention(&body, str_of(mention));
	chat_put_message(&teams_format, ctx->notify, NULL, m, &body);
	rc = sink_service_json(teams_card(&body, mention), arena, out, e);
	buf_release(&body);
	return rc;
}

/* The old connectors answer 200 to all, with what went wrong as text. */
static const struct sink_answer_row teams_rows[] = {
	{200, 299, "HTTP error 413", SINK_BAD, false},
	{200, 299, "HTTP error 400", SINK_BAD, false},
	{200, 299, "HTTP error", SINK_TROUBLE, false},
	{200, 299, "delivery failed", SINK_TROUBLE, false},
	{200, 299, "<html", SINK_TROUBLE, false},
	{400, 400, "WorkflowTriggerIsNotEnabled", SINK_TROUBLE, true},
	{400, 400, "authorization", SINK_TROUBLE, true},
	{400, 400, "signature", SINK_TROUBLE, true},
	{0},
};

static const struct sink_answers teams_answers = {
	.rows = teams_rows, .error = "error.code error.message"};

static void teams_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	bool text = a->body.n && a->body.p[0] != '{' && a->body.p[0] != '1';

	if (text)
		sink_http_judge_by(teams_rows, a, arena, out);
	else
		sink_answers_judge(&teams_answers, a, arena, out);
}

const struct sink_type sink_teams = {
	.conf = {"teams", teams_keys, sizeof(struct teams), teams_check, .people = true,
		.chat = true, .mention = true},
	.render = teams_render,
	.judge = teams_judge,
	.pace_ms = CLOCK_SECOND,
	.window = 1,
	.max_bytes = (size_t)28 * 1024,
};
