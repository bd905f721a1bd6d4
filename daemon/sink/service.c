/* SPDX-License-Identifier: MIT */
#include "sinks.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "conf/form.h"

int sink_service_path(
	const char *path, struct arena *arena, struct sink_request *out, struct err *e)
{
	struct str base = out->url;

	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	out->url = str_of(arena_printf(arena, "%.*s%s", STR_ARG(base), path));
	return out->url.p ? 0 : err_nomem(e);
}

int sink_service_request(const char *server, const char *path, size_t n, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	out->transport = SINK_HTTP;
	out->url = str_of(server);
	out->headers = arena_array(arena, n + 1, sizeof(*out->headers));
	if (!out->headers)
		return err_nomem(e);
	out->headers[out->n_headers++] = STR("Content-Type: application/json");
	return sink_service_path(path, arena, out, e);
}

int sink_service_add_query(
	struct sink_request *out, struct str query, struct arena *arena, struct err *e)
{
	bool has = memchr(out->url.p, '?', out->url.n) != NULL;

	out->url = str_of(arena_printf(
		arena, "%.*s%c%.*s", STR_ARG(out->url), has ? '&' : '?', STR_ARG(query)));
	return out->url.p ? 0 : err_nomem(e);
}

int sink_service_add_path(
	struct sink_request *out, struct str path, struct arena *arena, struct err *e)
{
	const char *query = memchr(out->url.p, '?', out->url.n);
	size_t n = query ? (size_t)(query - out->url.p) : out->url.n;
	struct str rest = str_slice(out->url.p + n, out->url.n - n);

	while (n && out->url.p[n - 1] == '/')
		n--;
	out->url = str_of(arena_printf(
		arena, "%.*s%.*s%.*s", (int)n, out->url.p, STR_ARG(path), STR_ARG(rest)));
	return out->url.p ? 0 : err_nomem(e);
}

int sink_service_token(
	const struct sink_context *ctx, const char *credential, struct str *out, struct err *e)
{
	*out = str_trim(sink_secret(ctx, credential));
	return conf_form_token(*out)
		       ? 0
		       : err_set(e, ERR_CONF, "notify %s: credential \"%s\" does not hold a token",
				 ctx->notify->name, credential);
}

int sink_service_header(const char *name, struct str value, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	struct str header = str_of(arena_printf(arena, "%s%.*s", name, STR_ARG(value)));

	if (!header.p)
		return err_nomem(e);
	out->headers[out->n_headers++] = header;
	return 0;
}

int sink_service_login(const struct sink_context *ctx, const char *user, const char *credential,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	struct buf login, encoded;
	int rc;

	buf_init(&login, 4096);
	buf_init(&encoded, 8192);
	buf_printf(&login, "%s:", user);
	buf_adds(&login, sink_secret(ctx, credential));
	digest_base64(&encoded, buf_z(&login), login.len);
	rc = buf_failed(&login) || buf_failed(&encoded)
		     ? err_nomem(e)
		     : sink_service_header(
			       "Authorization: Basic ", buf_str(&encoded), arena, out, e);
	buf_wipe(&login);
	buf_wipe(&encoded);
	return rc;
}

int sink_service_json(json_t *body, struct arena *arena, struct sink_request *out, struct err *e)
{
	char *dumped = body ? json_dumps(body, JSON_COMPACT) : NULL;

	out->body = dumped ? arena_str(arena, str_of(dumped)) : STR_NONE;
	free(dumped);
	json_decref(body);
	return out->body.p ? 0 : err_nomem(e);
}

json_t *sink_service_string(struct str s, size_t max)
{
	struct buf clean;
	json_t *string = NULL;
	struct str cut;

	s = utf8_cut(s, max);
	buf_init(&clean, 8 * s.n + 16);
	sink_text_put(&clean, s);
	cut = text_cut(buf_str(&clean), max);
	if (!buf_failed(&clean))
		string = json_stringn(cut.p, cut.n);
	buf_release(&clean);
	return string;
}

void sink_service_put_form(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (ascii_is_alnum(s.p[i]) || (c && strchr("-._~", c)))
			buf_addc(out, s.p[i]);
		else
			buf_printf(out, "%%%02X", c);
	}
}

void sink_service_put_field(struct buf *form, const char *name, struct str value)
{
	buf_printf(form, "%s%s=", form->len ? "&" : "", name);
	sink_service_put_form(form, value);
}

/* A percent sign that begins no escape is one itself; some services refuse it as it is. */
static void service_put_percents(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		bool stray = s.p[i] == '%' && (i + 2 >= s.n || ascii_hex_value(s.p[i + 1]) < 0 ||
						      ascii_hex_value(s.p[i + 2]) < 0);

		buf_addz(out, stray ? "%25" : (char[2]){s.p[i], '\0'});
	}
}

int sink_service_link(
	struct str link, size_t max, struct arena *arena, struct str *out, struct err *e)
{
	struct buf encoded, url;
	int rc = 0;

	*out = STR_NONE;
	if (link.n == 0 || link.n > max)
		return 0;
	buf_init(&encoded, 3 * link.n + 1);
	buf_init(&url, 9 * link.n + 1);
	conf_form_encode_url(link, &encoded);
	service_put_percents(buf_str(&encoded), &url);
	if (buf_failed(&encoded) || buf_failed(&url)) {
		rc = err_nomem(e);
	} else if (url.len <= max && conf_form_url(buf_str(&url)) == CONF_URL_GOOD) {
		*out = arena_str(arena, buf_str(&url));
		rc = out->p ? 0 : err_nomem(e);
	}
	buf_release(&encoded);
	buf_release(&url);
	return rc;
}
