/* SPDX-License-Identifier: MIT */
/*
 * The mail of an alert: header fields, a text and an HTML alternative. The bytes depend on the
 * alert and the notify block only, so that a repeat is the same mail.
 */
#ifndef SINK_MAIL_H
#define SINK_MAIL_H

#include "sinks.h"

struct mail {
	const struct alert *alert;
	const struct zone *zone;
	const char *from; /* bare addresses */
	const struct conf_list *to;
	const char *template; /* the text in the operator's words; NULL: ours */
};

/* Appends the whole mail in seven-bit lines that end with CRLF. */
void mail_compose(const struct mail *m, struct buf *out);

/* mail_text.c: the two alternatives. Lines end with \n. */
void mail_put_plain(const struct mail *m, struct buf *out);
void mail_put_html(const struct mail *m, struct buf *out);

#endif
