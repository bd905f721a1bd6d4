/* SPDX-License-Identifier: MIT */
/*
 * Pushover: a form with the keys of an application and of a user or group. Limits are in code
 * points. A flash alert has emergency priority: the phone rings until somebody acknowledges it
 * there, and the service returns a receipt by which it can be stopped.
 */
#include "base/ascii.h"
#include "base/clock.h"
#include "sinks.h"

#define TITLE_MAX    ((size_t)250)
#define TEXT_MAX     ((size_t)1024)
#define LINK_MAX     ((size_t)512)
#define BODY_MAX     ((size_t)32 * 1024)
#define RECEIPT_MAX  ((size_t)30)
#define RETRY_S	     60
#define EXPIRE_S     (3 * 3600) /* the longest that is allowed */
#define EMERGENCY    2
#define PUSHOVER_URL "https://api.pushover.net"

struct pushover {
	const char *token_credential, *user_credential, *server, *template;
};

static const struct conf_key_row pushover_keys[] = {
	{CONF_KEY("token-credential", CREDENTIAL, pushover, token_credential),
		.holds = CONF_HOLDS_TOKEN, .required = true,
		.help = "name of the credential that holds the token of the application"},
	{CONF_KEY("user-credential", CREDENTIAL, pushover, user_credential),
		.holds = CONF_HOLDS_TOKEN, .required = true,
		.help = "name of the credential that holds the key of the user or group"},
	{CONF_KEY("server", URL, pushover, server), .fallback = PUSHOVER_URL,
		.help = "the address of the service"},
	SINK_TEMPLATE_KEY(pushover, PROSE),
	{0},
};

static void pushover_check(struct conf_check *c, const void *settings)
{
	const struct pushover *p = settings;

	(void)sink_template_check(c, "template", p->template);
}

/* Only news is an emergency, which asks for an acknowledgement: not a correction of it. */
static int pushover_priority(const struct alert *a)
{
	switch (sink_short_priority(a)) {
	case ALERT_FLASH: return a->of ? 1 : EMERGENCY;
	case ALERT_URGENT: return 1;
	case ALERT_NORMAL: return 0;
	case ALERT_LOW: return -1;
	}
	return 0;
}

static void pushover_put_message(
	const struct sink_context *ctx, const struct alert *a, struct str link, struct buf *out)
{
	const struct pushover *p = ctx->notify->settings;
	const struct sink_short form = {
		TEXT_MAX, TEXT_CODE_POINTS, false, ctx->notify->zone, p->template};
	int priority = pushover_priority(a);
	struct buf line;

	buf_init(&line, 4 * TEXT_MAX + 16);
	sink_short_title(a, TITLE_MAX, TEXT_CODE_POINTS, &line);
	sink_service_put_field(out, "title", buf_str(&line));
	buf_pass_lack(out, &line);
	buf_clear(&line);
	sink_short_text(a, &form, &line);
	sink_service_put_field(out, "message", buf_str(&line));
	buf_pass_lack(out, &line);
	buf_release(&line);
	buf_printf(out, "&priority=%d&timestamp=%lld", priority,
		(long long)(a->created / CLOCK_SECOND));
	if (priority == EMERGENCY)
		buf_printf(out, "&retry=%d&expire=%d", RETRY_S, EXPIRE_S);
	if (link.n)
		sink_service_put_field(out, "url", link);
}

/* Makes *out an HTTP request of a form that begins with the token. */
static int pushover_request(const struct sink_context *ctx, const char *path, struct arena *arena,
	struct buf *body, struct sink_request *out, struct err *e)
{
	const struct pushover *p = ctx->notify->settings;
	struct str token;
	int rc = sink_service_token(ctx, p->token_credential, &token, e);

	if (rc == 0)
		rc = sink_service_request(p->server, path, 0, arena, out, e);
	if (rc)
		return rc;
	out->headers[0] = STR("Content-Type: application/x-www-form-urlencoded");
	sink_service_put_field(body, "token", token);
	return 0;
}

/* It becomes part of a path. */
static bool pushover_is_receipt(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]))
			return false;
	return s.n > 0 && s.n <= RECEIPT_MAX;
}

/* The phone stops ringing. */
static int pushover_cancel(const struct sink_context *ctx, struct str receipt, struct arena *arena,
	struct buf *body, struct sink_request *out, struct err *e)
{
	const char *path = arena_printf(arena, "/1/receipts/%.*s/cancel.json", STR_ARG(receipt));

	return path ? pushover_request(ctx, path, arena, body, out, e) : err_nomem(e);
}

static int pushover_tell(const struct sink_context *ctx, const struct alert *a, struct arena *arena,
	struct buf *body, struct sink_request *out, struct err *e)
{
	const struct pushover *p = ctx->notify->settings;
	struct str user, link;
	int rc = pushover_request(ctx, "/1/messages.json", arena, body, out, e);

	if (rc == 0)
		rc = sink_service_token(ctx, p->user_credential, &user, e);
	if (rc == 0)
		rc = sink_service_link(a->link, LINK_MAX, arena, &link, e);
	if (rc)
		return rc;
	sink_service_put_field(body, "user", user);
	pushover_put_message(ctx, a, link, body);
	return 0;
}

static int pushover_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct alert *a = m->alerts;
	struct buf body;
	int rc;

	buf_init(&body, BODY_MAX);
	if (a->kind == ALERT_ACKNOWLEDGED && pushover_is_receipt(m->receipt))
		rc = pushover_cancel(ctx, m->receipt, arena, &body, out, e);
	else
		rc = pushover_tell(ctx, a, arena, &body, out, e);
	if (rc == 0)
		return sink_text_keep(&body, arena, &out->body, e);
	buf_release(&body);
	return rc;
}

/* {"user": "invalid", "errors": ["user identifier is not a valid …"], "status": 0} */
static const struct sink_answer_row pushover_rows[] = {
	{400, 404, "receipt", SINK_DELIVERED, false}, /* nothing is left to stop */
	{400, 499, "token is invalid", SINK_TROUBLE, true},
	{400, 499, "user identifier", SINK_TROUBLE, true},
	{400, 499, "user key", SINK_TROUBLE, true},
	{400, 499, "no active devices", SINK_TROUBLE, true},
	{0},
};

/* 429: the messages of this month are used up. Only an emergency has a receipt. */
static void pushover_judge(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	static const struct sink_answers answers = {.rows = pushover_rows,
		.error = "errors",
		.limit_wait = CLOCK_HOUR,
		.receipt = "request"};
	struct str receipt;

	sink_answers_judge(&answers, a, arena, out);
	receipt = out->kind == SINK_DELIVERED ? sink_answers_value(a, "receipt", arena) : STR_NONE;
	out->receipt = pushover_is_receipt(receipt) ? receipt : STR_NONE;
}

const struct sink_type sink_pushover = {
	.conf = {"pushover", pushover_keys, sizeof(struct pushover), pushover_check, .people = true,
		.chat = true},
	.render = pushover_render,
	.judge = pushover_judge,
	.pace_ms = CLOCK_SECOND,
	.window = 1, /* of two connections that it allows */
	.max_bytes = BODY_MAX,
};
