/* SPDX-License-Identifier: MIT */
/*
 * Standard Webhooks 1.0.0: the alert as JSON, signed. webhook-id is the alert's id on every
 * attempt, so that a receiver can drop a repeat.
 */
#include <string.h>

#include "alert/json.h"
#include "base/clock.h"
#include "base/digest.h"
#include "text.h"

#define BODY_MAX ((size_t)256 * 1024)
#define KEY_MIN	 24 /* bytes; "Signature scheme" of the standard */
#define KEY_MAX	 64

/* " v1,BASE64" for one key. */
static int sign(const struct sink_context *ctx, struct str secret, struct str content,
	struct buf *header, struct err *e)
{
	struct str encoded = str_trim(secret);
	uint8_t mac[SHA256_SIZE];
	struct buf key;
	int rc = 0;

	buf_init(&key, 1024);
	if (str_starts(encoded, STR("whsec_")))
		encoded = str_slice(encoded.p + 6, encoded.n - 6);
	if (encoded.n > 512 || digest_unbase64(&key, encoded) != 0 || key.len < KEY_MIN ||
		key.len > KEY_MAX) {
		rc = err_set(e, ERR_CONF,
			"notify %s: a signing key is whsec_ and then base64 of %d to %d bytes",
			ctx->notify->name, KEY_MIN, KEY_MAX);
	} else {
		digest_hmac_sha256(buf_str(&key), content, mac);
		buf_addz(header, header->len ? " v1," : "v1,");
		digest_base64(header, mac, sizeof(mac));
	}
	if (key.data)
		explicit_bzero(key.data, key.cap);
	buf_release(&key);
	return rc;
}

static int signatures(const struct sink_context *ctx, const struct notice *m, struct str body,
	struct buf *header, struct err *e)
{
	struct buf content;
	int rc = 0;

	if (ctx->secrets->n_signing == 0)
		return 0;
	buf_init(&content, BODY_MAX + 256);
	buf_printf(&content, "%.*s.%lld.", STR_ARG(m->id), (long long)(ctx->now / CLOCK_SECOND));
	buf_adds(&content, body);
	if (buf_failed(&content))
		rc = err_nomem(e);
	for (size_t i = 0; rc == 0 && i < ctx->secrets->n_signing; i++)
		rc = sign(ctx, ctx->secrets->signing[i], buf_str(&content), header, e);
	buf_release(&content);
	return rc;
}

static int add_header(struct sink_request *r, struct str header, struct err *e)
{
	if (!header.p)
		return err_nomem(e);
	r->headers[r->n_headers++] = header;
	return 0;
}

static int headers(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *r, struct err *e)
{
	const struct conf_list *own = &ctx->notify->headers;
	struct buf sig;
	int rc;

	r->headers = arena_array(arena, own->n + 4, sizeof(*r->headers));
	if (!r->headers)
		return err_nomem(e);
	buf_init(&sig, 1024);
	rc = signatures(ctx, m, r->body, &sig, e);
	if (rc == 0)
		rc = add_header(r, STR("Content-Type: application/json"), e);
	if (rc == 0)
		rc = add_header(
			r, str_of(arena_printf(arena, "webhook-id: %.*s", STR_ARG(m->id))), e);
	if (rc == 0)
		rc = add_header(r,
			str_of(arena_printf(arena, "webhook-timestamp: %lld",
				(long long)(ctx->now / CLOCK_SECOND))),
			e);
	if (rc == 0 && sig.len)
		rc = add_header(
			r, str_of(arena_printf(arena, "webhook-signature: %s", buf_z(&sig))), e);
	for (size_t i = 0; rc == 0 && i < own->n; i++)
		rc = add_header(r, own->v[i], e);
	buf_release(&sig);
	return rc;
}

int sink_webhook(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	struct buf body;
	int rc = sink_target_url(ctx, arena, &out->url, e);

	if (rc)
		return rc;
	out->transport = SINK_HTTP;
	buf_init(&body, BODY_MAX);
	if (alert_json_write(m->alerts, &body) != 0) {
		buf_release(&body);
		return err_nomem(e);
	}
	rc = sink_text_keep(&body, arena, &out->body, e);
	return rc ? rc : headers(ctx, m, arena, out, e);
}
