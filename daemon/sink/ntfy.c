/* SPDX-License-Identifier: MIT */
/*
 * ntfy: a message published as JSON to a topic. A server takes 4,096 bytes of message (more becomes
 * a file) and twice that of JSON; with the title, the phone's push service takes 4 KB. Each byte of
 * a text may be two in JSON, so that all limits below keep the JSON within 8 KB.
 */
#include <jansson.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "sinks.h"

#define TITLE_MAX ((size_t)250)
#define TEXT_MAX  ((size_t)3000)
#define CLICK_MAX ((size_t)1000)
#define BODY_MAX  ((size_t)8192)
#define TOPIC_MAX 64
/* By default a visitor may send 60 messages at once, and then one in five seconds. */
#define REFILL	  (5 * CLOCK_SECOND)

struct ntfy {
	const char *server, *topic, *token_credential, *user, *password_credential, *template;
};

static const struct conf_key_row ntfy_keys[] = {
	{CONF_KEY("server", URL, ntfy, server), .fallback = "https://ntfy.sh",
		.help = "the address of the ntfy server"},
	{CONF_KEY("topic", TEXT, ntfy, topic), .required = true, .max = TOPIC_MAX,
		.help = "the ntfy topic that messages are published to"},
	{CONF_KEY("token-credential", CREDENTIAL, ntfy, token_credential),
		.holds = CONF_HOLDS_TOKEN, .told = "none",
		.help = "name of the credential that holds the access token"},
	{CONF_KEY("user", TEXT, ntfy, user), .told = "none", .max = 200,
		.help = "user name at the server"},
	{CONF_KEY("password-credential", CREDENTIAL, ntfy, password_credential), .told = "none",
		.help = "name of the credential that holds the password"},
	SINK_TEMPLATE_KEY(ntfy, PROSE),
	{0},
};

static void ntfy_check(struct conf_check *c, const void *settings)
{
	const struct ntfy *n = settings;

	(void)sink_template_check(c, "template", n->template);
	for (const char *p = n->topic; p && *p; p++) {
		if (ascii_is_alnum(*p) || *p == '-' || *p == '_')
			continue;
		conf_check_error_at(c, "topic", "it has letters, digits, - and _ only",
			"topic: this is no topic of ntfy");
		break;
	}
	if (!n->user != !n->password_credential)
		conf_check_error(c, NULL, "needs user and password-credential, both or neither");
	if (n->user && n->token_credential)
		conf_check_error(c, "leave one of them", "has both token-credential and user");
}

/* 5 rings through the silent mode of a phone, 4 rings, 2 makes no sound. */
static int ntfy_priority(enum alert_priority p)
{
	switch (p) {
	case ALERT_FLASH: return 5;
	case ALERT_URGENT: return 4;
	case ALERT_NORMAL: return 3;
	case ALERT_LOW: return 2;
	}
	return 3;
}

static int ntfy_put_login(const struct sink_context *ctx, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct ntfy *n = ctx->notify->settings;
	struct str token;
	int rc;

	if (n->user)
		return sink_service_login(ctx, n->user, n->password_credential, arena, out, e);
	if (!n->token_credential)
		return 0;
	rc = sink_service_token(ctx, n->token_credential, &token, e);
	return rc ? rc : sink_service_header("Authorization: Bearer ", token, arena, out, e);
}

static json_t *ntfy_message(const struct sink_context *ctx, const struct alert *a, struct str click)
{
	const struct ntfy *n = ctx->notify->settings;
	const struct sink_short form = {TEXT_MAX, TEXT_BYTES, true, ctx->notify->zone, n->template};
	struct buf title, text;
	json_t *message = NULL;

	buf_init(&title, TITLE_MAX + 16);
	buf_init(&text, TEXT_MAX + 16);
	sink_short_title(a, TITLE_MAX, TEXT_BYTES, &title);
	sink_short_text(a, &form, &text);
	if (!buf_failed(&title) && !buf_failed(&text))
		message = json_pack("{s:s, s:s%, s:s%, s:i}", "topic", n->topic, "title",
			buf_z(&title), title.len, "message", buf_z(&text), text.len, "priority",
			ntfy_priority(sink_short_priority(a)));
	if (message && click.n &&
		json_object_set_new(message, "click", json_stringn(click.p, click.n))) {
		json_decref(message);
		message = NULL;
	}
	buf_release(&title);
	buf_release(&text);
	return message;
}

static int ntfy_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct ntfy *n = ctx->notify->settings;
	struct str click;
	int rc = sink_service_request(n->server, "/", 1, arena, out, e);

	if (rc == 0)
		rc = ntfy_put_login(ctx, arena, out, e);
	if (rc == 0)
		rc = sink_service_link(m->alerts->link, CLICK_MAX, arena, &click, e);
	return rc ? rc : sink_service_json(ntfy_message(ctx, m->alerts, click), arena, out, e);
}

/* {"code": 42901, "http": 429, "error": "limit reached: too many requests"} */
static const struct sink_answer_row ntfy_rows[] = {
	{400, 400, "topic", SINK_TROUBLE, true},
	{429, 429, "auth failures", SINK_TROUBLE, true},
	{0},
};

static int64_t ntfy_limit_wait(struct str said)
{
	if (sink_verdict_says(said, "auth failures"))
		return 0;
	return sink_verdict_says(said, "daily") ? CLOCK_HOUR : REFILL;
}

static void ntfy_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	const struct sink_answers answers = {.rows = ntfy_rows,
		.error = "error",
		.limit_wait = ntfy_limit_wait(a->body),
		.receipt = "id"};

	sink_answers_judge(&answers, a, arena, out);
}

const struct sink_type sink_ntfy = {
	.conf = {"ntfy", ntfy_keys, sizeof(struct ntfy), ntfy_check, .people = true, .chat = true},
	.render = ntfy_render,
	.judge = ntfy_judge,
	.pace_ms = CLOCK_SECOND,
	.window = 1,
	.max_bytes = BODY_MAX,
};
