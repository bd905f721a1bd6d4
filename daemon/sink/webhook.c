/* SPDX-License-Identifier: MIT */
/*
 * Standard Webhooks 1.0.0: the alert as signed JSON. webhook-id is the id of the alert on every
 * attempt, so that a receiver can drop a repeat.
 */
#include <string.h>

#include "alert/json.h"
#include "base/clock.h"
#include "base/digest.h"
#include "conf/form.h"
#include "sinks.h"

#define BODY_MAX ((size_t)256 * 1024)
#define KEYS_MAX 2 /* signing keys: two during a rotation */

struct webhook {
	struct sink_target target;
	struct conf_list secret_credentials;
	struct conf_list headers; /* "Name: value" */
};

static const struct conf_key_row webhook_keys[] = {
	SINK_TARGET_KEYS(webhook, target),
	{CONF_KEY("secret-credential", CREDENTIALS, webhook, secret_credentials), .told = "none",
		.max = KEYS_MAX, .holds = CONF_HOLDS_SIGNING_KEY,
		.help = "names of the credentials that sign: one, or two during a rotation"},
	{CONF_KEY("headers", HEADERS, webhook, headers), .told = "none", .max = 32,
		.help = "further request headers, each \"Name: value\""},
	{0},
};

/* Appends " v1,BASE64", the signature with one key. */
static int webhook_sign(const struct sink_context *ctx, struct str secret, struct str content,
	struct buf *header, struct err *e)
{
	uint8_t mac[SHA256_SIZE];
	struct buf key;
	int rc = 0;

	buf_init(&key, 1024);
	if (!conf_form_signing_key(secret, &key)) {
		rc = buf_failed(&key)
			     ? err_nomem(e)
			     : err_set(e, ERR_CONF,
				       "notify %s: a signing key is whsec_ and then base64 of 24 "
				       "to 64 bytes",
				       ctx->notify->name);
	} else {
		digest_hmac_sha256(buf_str(&key), content, mac);
		buf_addz(header, header->len ? " v1," : "v1,");
		digest_base64(header, mac, sizeof(mac));
	}
	buf_wipe(&key);
	return rc;
}

static int webhook_put_signatures(const struct sink_context *ctx, const struct notice *m,
	struct str body, struct buf *header, struct err *e)
{
	const struct webhook *w = ctx->notify->settings;
	struct buf content;
	int rc = 0;

	if (w->secret_credentials.n == 0)
		return 0;
	buf_init(&content, BODY_MAX + 256);
	buf_printf(&content, "%.*s.%lld.", STR_ARG(m->id), (long long)(ctx->now / CLOCK_SECOND));
	buf_adds(&content, body);
	if (buf_failed(&content))
		rc = err_nomem(e);
	for (size_t i = 0; rc == 0 && i < w->secret_credentials.n; i++)
		rc = webhook_sign(ctx, sink_secret(ctx, w->secret_credentials.v[i].p),
			buf_str(&content), header, e);
	buf_release(&content);
	return rc;
}

static int webhook_add_headers(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *r, struct err *e)
{
	const struct conf_list *own = &((const struct webhook *)ctx->notify->settings)->headers;
	struct str *next = r->headers + r->n_headers;
	struct buf sig;
	int rc;

	buf_init(&sig, 1024);
	rc = webhook_put_signatures(ctx, m, r->body, &sig, e);
	*next++ = str_of(arena_printf(arena, "webhook-id: %.*s", STR_ARG(m->id)));
	*next++ = str_of(arena_printf(
		arena, "webhook-timestamp: %lld", (long long)(ctx->now / CLOCK_SECOND)));
	if (sig.len)
		*next++ = str_of(arena_printf(arena, "webhook-signature: %s", buf_z(&sig)));
	for (size_t i = 0; i < own->n; i++)
		*next++ = own->v[i];
	buf_release(&sig);
	r->n_headers = (size_t)(next - r->headers);
	for (size_t i = 0; rc == 0 && i < r->n_headers; i++)
		if (!r->headers[i].p)
			rc = err_nomem(e);
	return rc;
}

static int webhook_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct webhook *w = ctx->notify->settings;
	struct buf body;
	int rc = sink_target_request(ctx, &w->target, w->headers.n + 3, arena, out, e);

	if (rc)
		return rc;
	buf_init(&body, BODY_MAX);
	if (alert_json_write(m->alerts, &body) != 0) {
		buf_release(&body);
		return err_nomem(e);
	}
	rc = sink_text_keep(&body, arena, &out->body, e);
	return rc ? rc : webhook_add_headers(ctx, m, arena, out, e);
}

const struct sink_type sink_webhook = {
	.conf = {"webhook", webhook_keys, sizeof(struct webhook), sink_target_check, .utc = true},
	.render = webhook_render,
	.judge = sink_http_judge,
	.window = 1,
	.max_bytes = BODY_MAX,
};
