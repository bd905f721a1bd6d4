/* SPDX-License-Identifier: MIT */
#include "sinks.h"

#include <string.h>

void sink_target_check(struct conf_check *c, const void *settings)
{
	bool url = conf_check_given(c, "url"), credential = conf_check_given(c, "url-credential");

	(void)settings;
	if (url && credential)
		conf_check_error(c, "leave one of them", "has both url and url-credential");
	else if (!url && !credential)
		conf_check_error(c, NULL, "needs url or url-credential");
}

struct str sink_secret(const struct sink_context *ctx, const char *credential)
{
	for (size_t i = 0; credential && i < ctx->secrets->n; i++)
		if (strcmp(ctx->secrets->v[i].credential, credential) == 0)
			return ctx->secrets->v[i].value;
	return STR_NONE;
}

int sink_target_request(const struct sink_context *ctx, const struct sink_target *t, size_t n,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	struct str url = t->url ? str_of(t->url) : str_trim(sink_secret(ctx, t->url_credential));

	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f)
			url.n = 0;
	if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
		return err_set(e, ERR_CONF,
			"notify %s: credential \"%s\" does not hold an http or https URL",
			ctx->notify->name, t->url_credential ? t->url_credential : "url");
	out->transport = SINK_HTTP;
	out->url = arena_str(arena, url);
	out->headers = arena_array(arena, n + 1, sizeof(*out->headers));
	if (!out->url.p || !out->headers)
		return err_nomem(e);
	out->headers[out->n_headers++] = STR("Content-Type: application/json");
	return 0;
}
