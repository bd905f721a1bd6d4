/* SPDX-License-Identifier: MIT */
/* The answers of this room: what every one has in its headers, and how a failure looks. */
#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include "base/err.h"
#include "io/httpd.h"

#define WEB_TEXT "text/plain; charset=utf-8"
#define WEB_HTML "text/html; charset=utf-8"
#define WEB_JSON "application/json"

/* Of every answer: a page uses what is from here, and nothing else. */
#define WEB_POLICY                                                                                 \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "        \
	"require-trusted-types-for 'script'; trusted-types 'none'"

/* For whom an answer is; it decides the form of a failure. */
enum web_kind {
	WEB_FOR_PROGRAMS, /* a line of text */
	WEB_FOR_PEOPLE,	  /* a page */
	WEB_FOR_API,	  /* {"error": TEXT} */
};

struct web_reply {
	int status;
	const char *type;
	struct str body;
	/*
	 * With an entity tag, made from the body. if_none_match: that header of the request, which
	 * turns the answer into a 304 if it has the tag; absent: none.
	 */
	bool tagged;
	struct str if_none_match;
};
/* Ends the call. A 503 asks to try again in a second. */
void web_reply_send(struct httpd_call *call, const struct web_reply *r);
void web_reply_text(struct httpd_call *call, int status, struct str text);
/* The status for an error of that class: 404, 400, 503, 500. */
int web_reply_status(enum err_class cls);
/* path: of the request. text: what happened, and what to do. */
void web_reply_failure(struct httpd_call *call, enum web_kind kind, const char *path, int status,
	const char *text);

#endif
