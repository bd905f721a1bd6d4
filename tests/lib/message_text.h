/* SPDX-License-Identifier: MIT */
/* The requests of sinks, decoded to text that people can review. */
#ifndef LIB_MESSAGE_TEXT_H
#define LIB_MESSAGE_TEXT_H

#include "alert/alert.h"
#include "base/buf.h"
#include "sink/request.h"

/* Each appends one message, whose last line ends with \n; the test fails if it is malformed. */
void message_text_put_bytes(const struct sink_request *r, const struct alert *a, struct buf *out);
/* JSON in lines. */
void message_text_put_json(const struct sink_request *r, const struct alert *a, struct buf *out);
/*
 * The texts that people read, line by line, and the other members as JSON; of a form, the fields.
 */
void message_text_put_chat(const struct sink_request *r, const struct alert *a, struct buf *out);
/* The header with its encoded words, and the parts without their transfer encoding. */
void message_text_put_mail(const struct sink_request *r, const struct alert *a, struct buf *out);
/* The fields, with "(document)" for the one that has the JSON of the alert. */
void message_text_put_journal(const struct sink_request *r, const struct alert *a, struct buf *out);

#endif
