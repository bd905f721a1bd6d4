/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/embed.h"

EMBED(api_openapi, "daemon/web/openapi.json");

void api_answer_description(
	struct web_site *s, struct httpd_call *call, const struct httpd_request *q, struct str name)
{
	(void)s, (void)name;
	web_reply_send(call,
		&(struct web_reply){
			.status = 200,
			.type = WEB_JSON,
			.body = str_slice(api_openapi, (size_t)(api_openapi_end - api_openapi)),
			.tagged = true,
			.if_none_match = str_of(httpd_header(q, "If-None-Match")),
		});
}
