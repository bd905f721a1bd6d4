/* SPDX-License-Identifier: MIT */
/*
 * The words of an alert that several sinks share, and one builder per service. Private to the room.
 */
#ifndef SINK_TEXT_H
#define SINK_TEXT_H

#include "base/buf.h"
#include "sink/sink.h"

/* "BBC World (bbc) · published 2022-02-14 18:20 UTC"; foreign text as it is. */
void sink_text_origin(const struct alert *a, struct buf *out);
/* The alert for a plain text reader, lines ended by \n, matched words between asterisks. */
void sink_text_plain(const struct alert *a, struct buf *out);
/* Moves a finished buffer into the arena and releases it. -ERR_NOMEM where either failed. */
int sink_text_keep(struct buf *b, struct arena *arena, struct str *out, struct err *e);

/* The first line of what a server said, cut, after ": "; "" where it said nothing. For people. */
const char *sink_text_said(struct str said, char out[160]);
/* What became of a mail that some recipients were refused for; false: not the case. */
bool sink_smtp_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);

/* One per service: fills *out as sink_render promises. */
int sink_webhook(const struct sink_context *, const struct notice *, struct arena *,
	struct sink_request *, struct err *);
int sink_slack(const struct sink_context *, const struct notice *, struct arena *,
	struct sink_request *, struct err *);
int sink_smtp(const struct sink_context *, const struct notice *, struct arena *,
	struct sink_request *, struct err *);
int sink_syslog(const struct sink_context *, const struct notice *, struct arena *,
	struct sink_request *, struct err *);
int sink_stdout(const struct sink_context *, const struct notice *, struct arena *,
	struct sink_request *, struct err *);

/* The URL of the block: url, or the secret of url-credential. Must be http or https. */
int sink_target_url(
	const struct sink_context *ctx, struct arena *arena, struct str *out, struct err *e);

#endif
