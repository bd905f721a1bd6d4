/* SPDX-License-Identifier: MIT */
/*
 * Slack incoming webhook, text form. Only & < > of its markup can be escaped; a link is <url|text>.
 * Each < of an item's text becomes an entity, so that the text cannot mention users or contain
 * links; * _ ~ and ` in it may be rendered as emphasis.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "sinks.h"

#define TEXT_MAX ((size_t)32 * 1024)

struct slack {
	struct sink_target target;
	const char *template;
};

static const struct conf_key_row slack_keys[] = {
	SINK_TARGET_KEYS(slack, target),
	SINK_TEMPLATE_KEY(slack, PROSE),
	{0},
};

static void slack_check(struct conf_check *c, const void *settings)
{
	const struct slack *s = settings;

	sink_target_check(c, settings);
	(void)sink_template_check(c, "template", s->template);
}

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

/* What may not be shown: control characters, line separators, directions; or would end <…|. */
static bool slack_must_encode(uint32_t cp)
{
	return cp <= ' ' || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == '|' || cp == '<' || cp == '>';
}

/* Appends a URL for <…|; such characters, and invalid bytes, are percent-encoded. */
static void slack_put_url(struct buf *out, struct str url)
{
	while (url.n) {
		uint32_t cp = 0;
		size_t n = utf8_decode(url.p, url.n, &cp);
		bool encode = n == 0 || slack_must_encode(cp);

		n = n ? n : 1;
		for (size_t i = 0; encode && i < n; i++)
			buf_printf(out, "%%%02X", (unsigned char)url.p[i]);
		if (cp == '&')
			buf_addz(out, "&amp;");
		else if (!encode)
			buf_add(out, url.p, n);
		url = str_slice(url.p + n, url.n - n);
	}
}

/* <link|title> */
static void slack_put_headline(struct str link, struct str title, struct buf *out)
{
	if (str_present(link)) {
		buf_addc(out, '<');
		slack_put_url(out, link);
		buf_addc(out, '|');
	}
	slack_put_text(out, title);
	if (str_present(link))
		buf_addc(out, '>');
}

/* "*Embassy relocation* · urgent" */
static void slack_put_watch(const struct alert *a, struct buf *out)
{
	buf_addc(out, '*');
	slack_put_text(out, a->watch_title);
	buf_printf(out, "* · %s\n", alert_priority_words[a->priority]);
}

static void slack_put_digest(const struct alert *a, struct buf *out)
{
	const struct alert_digest *d = a->digest;

	buf_printf(out, "%s\n", alert_why_texts[d->why]);
	for (size_t i = 0; i < d->n; i++) {
		if (sink_text_new_watch(a, i))
			slack_put_watch(&d->alerts[i], out);
		buf_addz(out, "• ");
		slack_put_headline(d->alerts[i].link, d->alerts[i].title, out);
		buf_addc(out, '\n');
	}
	if (d->left_out)
		buf_printf(out, "and %zu more: nightdesk alerts list\n", d->left_out);
}

static void slack_put_trouble(const struct alert *a, struct buf *out)
{
	sink_text_lines(a->body, "\n", slack_put_text, out);
	buf_addc(out, '\n');
}

static void slack_put_match(const struct alert *a, struct buf *out)
{
	static const struct watch_marks marks = {"*", "*", slack_put_text, "\n> "};
	struct buf line;

	buf_init(&line, 16 * 1024);
	for (size_t i = 0; i < a->n_changes; i++) {
		buf_pass_lack(out, &line);
		buf_clear(&line);
		sink_text_change(&a->changes[i], &line);
		slack_put_text(out, buf_str(&line));
		buf_addc(out, '\n');
	}
	buf_pass_lack(out, &line);
	buf_release(&line);
	if (!sink_text_has_passage(a))
		return;
	buf_addz(out, "> ");
	sink_text_passage(a, &marks, out);
	buf_addc(out, '\n');
}

/* *URGENT* <link|headline> · The Wire, 2 min old */
static void slack_put_first_line(const struct alert *a, struct buf *out)
{
	struct buf line;

	buf_addc(out, '*');
	sink_text_priority(a, out);
	buf_printf(out, "*%s ", sink_text_kind(a->kind));
	buf_init(&line, 4096);
	alert_headline_short(a, &line);
	slack_put_headline(a->link, buf_str(&line), out);
	buf_pass_lack(out, &line);
	buf_clear(&line);
	sink_text_who(a, &line);
	if (line.len)
		buf_addz(out, " · ");
	slack_put_text(out, buf_str(&line));
	buf_pass_lack(out, &line);
	buf_release(&line);
	buf_addc(out, '\n');
}

static void slack_compose(const struct alert *a, const struct conf_notify *n, struct buf *out)
{
	const char *mention = sink_text_mention(n, a);
	struct buf line;

	if (mention)
		buf_printf(out, "%s ", mention);
	slack_put_first_line(a, out);
	if (a->kind == ALERT_DIGEST)
		slack_put_digest(a, out);
	else if (alert_is_notice(a))
		slack_put_trouble(a, out);
	else
		slack_put_match(a, out);
	buf_init(&line, 4096);
	if (!alert_is_notice(a) && str_present(a->watch_title)) {
		sink_text_why(a, &line);
		buf_addc(&line, '\n');
	}
	/* Slack has no idempotency key; readers recognise a repeat by the id. */
	sink_text_last(a, n->zone, &line);
	sink_text_lines(buf_str(&line), "\n", slack_put_text, out);
	buf_addc(out, '\n');
	buf_pass_lack(out, &line);
	buf_release(&line);
}

static int slack_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	static const struct sink_escape escape = {slack_put_text, slack_put_url};
	const struct slack *s = ctx->notify->settings;
	struct buf text;
	json_t *message = NULL;
	char *dumped = NULL;
	int rc = sink_target_request(ctx, &s->target, 0, arena, out, e);

	if (rc)
		return rc;
	buf_init(&text, TEXT_MAX);
	if (s->template)
		sink_template_write(s->template, m->alerts, ctx->notify->zone, &escape, &text);
	else
		slack_compose(m->alerts, ctx->notify, &text);
	if (!buf_failed(&text))
		message = json_pack("{s:s%, s:b, s:b, s:i}", "text", buf_z(&text), text.len,
			"unfurl_links", 0, "unfurl_media", 0, "link_names", 0);
	if (message)
		dumped = json_dumps(message, JSON_COMPACT);
	out->body = dumped ? arena_str(arena, str_of(dumped)) : STR_NONE;
	free(dumped);
	json_decref(message);
	buf_release(&text);
	return out->body.p ? 0 : err_nomem(e);
}

/* Slack answers with a word. The operator can fix in Slack what is not about the message. */
static const struct sink_answer_row slack_rows[] = {
	{400, 599, "channel_is_archived", SINK_GONE, false},
	{400, 599, "invalid_payload", SINK_BAD, false},
	{400, 599, "invalid_blocks", SINK_BAD, false},
	{400, 599, "invalid_attachments", SINK_BAD, false},
	{400, 599, "too_many_attachments", SINK_BAD, false},
	{400, 599, "msg_too_long", SINK_BAD, false},
	{400, 599, "no_text", SINK_BAD, false},
	{400, 599, "missing_text_or_fallback", SINK_BAD, false},
	{400, 499, "user_not_found", SINK_TROUBLE, true},
	{400, 499, "channel_not_found", SINK_TROUBLE, true},
	{400, 499, "action_prohibited", SINK_TROUBLE, true},
	{400, 499, "posting_to_", SINK_TROUBLE, true},
	{400, 499, "no_service", SINK_TROUBLE, true}, /* the webhook was removed */
	{400, 499, "no_active_hooks", SINK_TROUBLE, true},
	{400, 499, "no_team", SINK_TROUBLE, true},
	{400, 499, "team_disabled", SINK_TROUBLE, true},
	{400, 499, "invalid_token", SINK_TROUBLE, true},
	{0},
};

static void slack_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_http_judge_by(slack_rows, a, arena, out);
}

const struct sink_type sink_slack = {
	.conf = {"slack", slack_keys, sizeof(struct slack), slack_check, .people = true,
		.chat = true, .mention = true},
	.render = slack_render,
	.judge = slack_judge,
	.pace_ms = CLOCK_SECOND, /* documented rate limit */
	.window = 1,
	.max_bytes = TEXT_MAX,
};
