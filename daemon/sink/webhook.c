/* SPDX-License-Identifier: MIT */
/*
 * Standard Webhooks 1.0.0: the alert as signed JSON, or a body of the operator's own. webhook-id is
 * the id of the alert on every attempt, so that a receiver can drop a repeat.
 */
#include <jansson.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/digest.h"
#include "conf/form.h"
#include "sinks.h"

#define BODY_MAX     ((size_t)20000) /* Standard Webhooks: a receiver may refuse more than 20 KB */
#define KEYS_MAX     2		     /* signing keys: two during a rotation */
/* Of a body of the operator's, without what the placeholders add. */
#define OWN_BODY_MAX ((size_t)8000)

struct webhook {
	struct sink_target target;
	struct conf_list secret_credentials;
	struct conf_list headers; /* "Name: value" */
	const char *body;
};

static const struct conf_key_row webhook_keys[] = {
	SINK_TARGET_KEYS(webhook, target),
	{CONF_KEY("secret-credential", CREDENTIALS, webhook, secret_credentials), .told = "none",
		.min = 1, .max = KEYS_MAX, .holds = CONF_HOLDS_SIGNING_KEY,
		.help = "names of the credentials that sign: one, or two during a rotation"},
	{CONF_KEY("headers", HEADERS, webhook, headers), .told = "none", .max = 32,
		.help = "further request headers, each \"Name: value\""},
	{CONF_KEY("body", PROSE, webhook, body), .told = "the document",
		.help = "a body of your own, with placeholders such as {title}"},
	{0},
};

/* --- a body of the operator's --- */

/* What may be between the quotes of a string in JSON. */
static void webhook_put_json(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_addc(out, '\\');
		if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else
			buf_addc(out, s.p[i]);
	}
}

/* In text and in attributes of HTML and XML, with either quotes. */
static void webhook_put_markup(struct buf *out, struct str s)
{
	struct buf text;

	buf_init(&text, 64 * 1024);
	sink_text_put(&text, s);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\'')
			buf_addz(out, "&#39;");
		else
			buf_add_markup(out, str_slice(text.data + i, 1));
	}
	buf_pass_lack(out, &text);
	buf_release(&text);
}

/* By media type, or by its end (RFC 6839); the last row is for all others. */
static const struct webhook_form {
	const char *type;
	struct sink_escape escape;
	bool json;
} webhook_forms[] = {
	{"application/json", {webhook_put_json, NULL}, true},
	{"+json", {webhook_put_json, NULL}, true},
	{"text/json", {webhook_put_json, NULL}, true},
	{"application/x-ndjson", {webhook_put_json, NULL}, true},
	{"application/x-www-form-urlencoded", {sink_service_put_form, NULL}, false},
	{"text/html", {webhook_put_markup, NULL}, false},
	{"text/xml", {webhook_put_markup, NULL}, false},
	{"application/xml", {webhook_put_markup, NULL}, false},
	{"+xml", {webhook_put_markup, NULL}, false},
	{"", {sink_text_put, NULL}, false},
};

/* Returns the Content-Type among the headers of the configuration, or an absent text. */
static struct str webhook_own_type(const struct webhook *w)
{
	static const struct str name = STR("Content-Type:");

	for (size_t i = 0; i < w->headers.n; i++) {
		struct str h = w->headers.v[i];

		if (str_starts_nocase(h, name))
			return str_trim(str_slice(h.p + name.n, h.n - name.n));
	}
	return STR_NONE;
}

static bool webhook_is_type(struct str type, struct str row)
{
	if (row.p[0] != '+')
		return str_eq_nocase(type, row);
	return type.n > row.n && str_eq_nocase(str_slice(type.p + type.n - row.n, row.n), row);
}

static const struct webhook_form *webhook_form_of(const struct webhook *w)
{
	struct str type = webhook_own_type(w);
	const struct webhook_form *form = webhook_forms;
	const char *end = type.n ? memchr(type.p, ';', type.n) : NULL;

	if (!str_present(type))
		return form;
	type = str_trim(end ? str_slice(type.p, (size_t)(end - type.p)) : type);
	while (*form->type && !webhook_is_type(type, str_of(form->type)))
		form++;
	return form;
}

static void webhook_put_body(const struct webhook *w, const struct alert *a, struct buf *out)
{
	sink_template_write(w->body, a, NULL, &webhook_form_of(w)->escape, out);
}

/* Fills in a body and parses it: a placeholder must be inside quotes. */
static void webhook_check_json(struct conf_check *c, const struct webhook *w)
{
	static const struct alert example = {
		.title = STR("x"), .id = STR("x"), .published = STAMP_NONE, .fetched = STAMP_NONE};
	json_error_t why;
	struct buf body;
	json_t *root;

	buf_init(&body, 4 * BODY_MAX);
	webhook_put_body(w, &example, &body);
	root = json_loadb(buf_z(&body), body.len, 0, &why);
	if (!root && !buf_failed(&body))
		conf_check_error_at(c, "body",
			"put quotes around text and placeholders: {\"text\": \"{title}\"}; or name "
			"another Content-Type in headers",
			"body: this is no JSON");
	json_decref(root);
	buf_release(&body);
}

static void webhook_check(struct conf_check *c, const void *settings)
{
	const struct webhook *w = settings;

	sink_target_check(c, settings);
	if (!w->body)
		return;
	if (strlen(w->body) > OWN_BODY_MAX)
		conf_check_error_at(c, "body", NULL, "body: longer than 8000 bytes");
	else if (sink_template_check(c, "body", w->body) && webhook_form_of(w)->json)
		webhook_check_json(c, w);
}

/* --- signatures --- */

/* Appends " v1,BASE64" or " v1a,BASE64", the signature with one key. */
static int webhook_sign(const struct sink_context *ctx, struct str secret, struct str content,
	struct buf *header, struct err *e)
{
	uint8_t signature[ED25519_SIZE];
	enum conf_signing signing;
	struct buf key;
	int rc = 0;

	buf_init(&key, 1024);
	signing = conf_form_signing_key(secret, &key);
	if (header->len && signing)
		buf_addc(header, ' ');
	switch (signing) {
	case CONF_SIGNING_NONE:
		rc = buf_failed(&key) ? err_nomem(e)
				      : err_set(e, ERR_CONF,
						"notify %s: a signing key is " CONF_SIGNING_HELP,
						ctx->notify->name);
		break;
	case CONF_SIGNING_HMAC:
		if (!digest_hmac_sha256(buf_str(&key), content, signature))
			rc = err_nomem(e);
		buf_addz(header, "v1,");
		digest_base64(header, signature, SHA256_SIZE);
		break;
	case CONF_SIGNING_ED25519:
		if (!digest_ed25519_sign((const uint8_t *)key.data, content, signature))
			rc = err_nomem(e);
		buf_addz(header, "v1a,");
		digest_base64(header, signature, ED25519_SIZE);
		break;
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
	const struct webhook *w = ctx->notify->settings;
	const struct conf_list *own = &w->headers;
	struct str *next = r->headers + r->n_headers;
	struct buf sig;
	int rc;

	if (str_present(webhook_own_type(w)))
		next = r->headers; /* in place of ours */
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
	if (w->body) {
		buf_init(&body, BODY_MAX);
		webhook_put_body(w, m->alerts, &body);
		rc = sink_text_keep(&body, arena, &out->body, e);
	} else {
		rc = sink_document(m, BODY_MAX, arena, &out->body, e);
	}
	return rc ? rc : webhook_add_headers(ctx, m, arena, out, e);
}

const struct sink_type sink_webhook = {
	.conf = {"webhook", webhook_keys, sizeof(struct webhook), webhook_check, .utc = true},
	.render = webhook_render,
	.judge = sink_http_judge,
	.window = SINK_WINDOW,
	.max_bytes = BODY_MAX,
	.sends_json = true,
	.grows = true,
};
