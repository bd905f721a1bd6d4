/* SPDX-License-Identifier: MIT */
/*
 * Gotify: a message with a title, as plain text. Its server has no limit of size; a phone gets a
 * notification from it, which is read in a few lines.
 */
#include <jansson.h>

#include "sinks.h"

#define TITLE_MAX ((size_t)250)
#define TEXT_MAX  ((size_t)8000)
#define CLICK_MAX ((size_t)2000)
#define BODY_MAX  ((size_t)32 * 1024)

struct gotify {
	const char *server, *token_credential, *template;
};

static const struct conf_key_row gotify_keys[] = {
	{CONF_KEY("server", URL, gotify, server), .required = true,
		.help = "the address of the Gotify server"},
	{CONF_KEY("token-credential", CREDENTIAL, gotify, token_credential),
		.holds = CONF_HOLDS_TOKEN, .required = true,
		.help = "name of the credential that holds the token of the application"},
	SINK_TEMPLATE_KEY(gotify, PROSE),
	{0},
};

static void gotify_check(struct conf_check *c, const void *settings)
{
	const struct gotify *g = settings;

	(void)sink_template_check(c, "template", g->template);
}

/* Of 0 to 10. The app makes a sound from 4 on, and interrupts from 8 on. */
static int gotify_priority(enum alert_priority p)
{
	switch (p) {
	case ALERT_FLASH: return 10;
	case ALERT_URGENT: return 8;
	case ALERT_NORMAL: return 5;
	case ALERT_LOW: return 2;
	}
	return 5;
}

/* extras: what a click opens, and that the text is no Markdown. */
static json_t *gotify_extras(struct str click)
{
	if (!click.n)
		return json_pack("{s:{s:s}}", "client::display", "contentType", "text/plain");
	return json_pack("{s:{s:s}, s:{s:{s:s%}}}", "client::display", "contentType", "text/plain",
		"client::notification", "click", "url", click.p, click.n);
}

static json_t *gotify_message(
	const struct sink_context *ctx, const struct alert *a, struct str click)
{
	const struct gotify *g = ctx->notify->settings;
	const struct sink_short form = {TEXT_MAX, TEXT_BYTES, true, ctx->notify->zone, g->template};
	struct buf title, text;
	json_t *message = NULL;

	buf_init(&title, TITLE_MAX + 16);
	buf_init(&text, TEXT_MAX + 16);
	sink_short_title(a, TITLE_MAX, TEXT_BYTES, &title);
	sink_short_text(a, &form, &text);
	if (!buf_failed(&title) && !buf_failed(&text))
		message = json_pack("{s:s%, s:s%, s:i, s:o}", "title", buf_z(&title), title.len,
			"message", buf_z(&text), text.len, "priority",
			gotify_priority(sink_short_priority(a)), "extras", gotify_extras(click));
	buf_release(&title);
	buf_release(&text);
	return message;
}

static int gotify_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct gotify *g = ctx->notify->settings;
	struct str token, click;
	int rc = sink_service_token(ctx, g->token_credential, &token, e);

	if (rc == 0)
		rc = sink_service_request(g->server, "/message", 1, arena, out, e);
	if (rc == 0)
		rc = sink_service_header("X-Gotify-Key: ", token, arena, out, e);
	if (rc == 0)
		rc = sink_service_link(m->alerts->link, CLICK_MAX, arena, &click, e);
	return rc ? rc : sink_service_json(gotify_message(ctx, m->alerts, click), arena, out, e);
}

/* {"error": "Bad Request", "errorCode": 400, "errorDescription": "Field 'message' is required"} */
static const struct sink_answer_row gotify_rows[] = {{0}};

static void gotify_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	static const struct sink_answers answers = {
		.rows = gotify_rows, .error = "errorDescription", .receipt = "id"};

	sink_answers_judge(&answers, a, arena, out);
}

const struct sink_type sink_gotify = {
	.conf = {"gotify", gotify_keys, sizeof(struct gotify), gotify_check, .people = true,
		.chat = true},
	.render = gotify_render,
	.judge = gotify_judge,
	.window = 1,
	.max_bytes = BODY_MAX,
};
