/* SPDX-License-Identifier: MIT */
#include "reply.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "page.h"

#define TAG_BYTES 24
#define PAGE_MAX  ((size_t)64 * 1024)

static void reply_make_tag(struct str body, char out[TAG_BYTES])
{
	snprintf(out, TAG_BYTES, "\"%016llx\"", (unsigned long long)digest_fast64(body, 0));
}

/* RFC 9110 §13.1.2: a list of tags, of which weak ones count too, or "*". */
static bool reply_has_tag(struct str list, const char *tag)
{
	return str_present(list) && (str_is(list, "*") || str_find(list, str_of(tag)) >= 0);
}

void web_reply_send(struct httpd_call *call, const struct web_reply *r)
{
	const struct httpd_field fields[] = {{"Content-Security-Policy", WEB_POLICY},
		{"Referrer-Policy", "no-referrer"}, {"Retry-After", "1"}};
	char tag[TAG_BYTES];
	struct httpd_reply h = {.status = r->status,
		.content_type = r->type,
		.body = r->body,
		.headers = fields,
		.n_headers = sizeof(fields) / sizeof(*fields) - (r->status != 503)};

	if (r->tagged) {
		reply_make_tag(r->body, tag);
		h.etag = tag;
		if (reply_has_tag(r->if_none_match, tag)) {
			h.status = 304;
			h.body = STR("");
		}
	}
	httpd_answer(call, &h);
}

void web_reply_text(struct httpd_call *call, int status, struct str text)
{
	web_reply_send(call, &(struct web_reply){.status = status, .type = WEB_TEXT, .body = text});
}

int web_reply_status(enum err_class cls)
{
	switch (cls) {
	case ERR_NONE: return 200;
	case ERR_PERM: return 404;
	case ERR_CONF: return 400;
	case ERR_TEMP:
	case ERR_LIMIT:
	case ERR_NOMEM: return 503;
	case ERR_ACCESS:
	case ERR_INPUT:
	case ERR_IO:
	case ERR_BUG: return 500;
	}
	return 500;
}

static void reply_send_json(struct httpd_call *call, int status, const char *text)
{
	json_t *o = json_pack("{ss}", "error", text);
	char *body = o ? json_dumps(o, JSON_COMPACT) : NULL;

	web_reply_send(call, &(struct web_reply){.status = status,
				     .type = WEB_JSON,
				     .body = body ? str_of(body) : STR("{}")});
	free(body);
	json_decref(o);
}

static void reply_send_line(struct httpd_call *call, int status, const char *text)
{
	char line[ERR_TEXT_MAX + 1];

	snprintf(line, sizeof(line), "%s\n", text);
	web_reply_text(call, status, str_of(line));
}

static void reply_send_page(struct httpd_call *call, const char *path, int status, const char *text)
{
	struct buf body;

	buf_init(&body, PAGE_MAX);
	page_put_failure(&body, path, status, text);
	web_reply_send(call,
		&(struct web_reply){.status = status, .type = WEB_HTML, .body = buf_str(&body)});
	buf_release(&body);
}

void web_reply_failure(
	struct httpd_call *call, enum web_kind kind, const char *path, int status, const char *text)
{
	switch (kind) {
	case WEB_FOR_PROGRAMS: reply_send_line(call, status, text); break;
	case WEB_FOR_PEOPLE: reply_send_page(call, path, status, text); break;
	case WEB_FOR_API: reply_send_json(call, status, text); break;
	}
}
