/* SPDX-License-Identifier: MIT */
/* The list of sinks, and what several of them share. */
#ifndef SINK_SINKS_H
#define SINK_SINKS_H

#include "base/buf.h"
#include "sink/sink.h"

/* NAME is defined as sink_NAME in NAME.c. */
#define SINK_LIST(SINK)                                                                            \
	SINK(webhook)                                                                              \
	SINK(slack)                                                                                \
	SINK(smtp)                                                                                 \
	SINK(syslog)                                                                               \
	SINK(journal)                                                                              \
	SINK(exec)                                                                                 \
	SINK(file)                                                                                 \
	SINK(stdout)

#define SINK_DECLARE(name) extern const struct sink_type sink_##name;
SINK_LIST(SINK_DECLARE)

/* --- target.c: the address of an HTTP service, a URL in the configuration or in a credential ---
 */

/* Returns the value of the credential with that name; absent if it was not read. */
struct str sink_secret(const struct sink_context *ctx, const char *credential);

struct sink_target {
	const char *url, *url_credential;
};

/* Key rows for a settings struct with a struct sink_target as that member. */
#define SINK_TARGET_KEYS(settings, member)                                                         \
	{CONF_KEY("url", TARGET, settings, member.url), .told = "none",                            \
		.help = "the address that alerts are posted to"},                                  \
	{                                                                                          \
		CONF_KEY("url-credential", CREDENTIAL, settings, member.url_credential),           \
			.told = "none", .holds = CONF_HOLDS_URL,                                   \
			.help = "name of the credential that holds the address, where it is a "    \
				"secret"                                                           \
	}

/* The check of a type: reports a block without exactly one of the two keys. */
void sink_target_check(struct conf_check *c, const void *settings);
/*
 * Makes *out an HTTP request of JSON to the target, with room for n more headers. -ERR_CONF if the
 * credential does not contain an http or https URL.
 */
int sink_target_request(const struct sink_context *ctx, const struct sink_target *t, size_t n,
	struct arena *arena, struct sink_request *out, struct err *e);

/* --- text.c: the text of an alert --- */

/* Appends "BBC World (bbc) · published 2022-02-14 18:20 UTC", escaped for a terminal. */
void sink_text_origin(const struct alert *a, const struct zone *zone, struct buf *out);
/* Returns " · edited" or " · digest", for after the name of the watch; "" for other alerts. */
const char *sink_text_kind(enum alert_kind kind);
/*
 * Appends "title: old → new", one line without its end, escaped for a terminal; of categories, only
 * those that were removed and added.
 */
void sink_text_change(const struct alert_change *c, struct buf *out);
/* Whether alert i of a digest of several watches is the first one of its watch. */
bool sink_text_new_watch(const struct alert *a, size_t i);
/* Appends each line that is not empty with put, with that text between two of them. */
void sink_text_lines(struct str text, const char *between,
	void (*put)(struct buf *out, struct str line), struct buf *out);
/* Appends the alert as plain text: lines end with \n, hits are between asterisks. */
void sink_text_plain(const struct alert *a, const struct zone *zone, struct buf *out);
/* Copies a buffer into the arena and releases it. Returns 0, or -ERR_NOMEM if either failed. */
int sink_text_keep(struct buf *b, struct arena *arena, struct str *out, struct err *e);

/* --- syslog.c --- */

/* Returns the severity of RFC 5424 table 2 that an alert of that priority has. */
int sink_syslog_severity(enum alert_priority p);

/* --- verdict.c: judging answers --- */

/* HTTP: 2xx is success; Retry-After is used with 429 and 503. */
void sink_http_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);
/* For transports without an answer: delivered when written, else by the class of the error. */
void sink_write_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);

/* Sets the answer of a verdict to a text in its arena; NULL: memory ran out. */
void sink_verdict_say(struct sink_verdict *v, const char *text);
/* Returns ": " and the first line of a server's reply, truncated; "" if the reply is empty. */
const char *sink_verdict_quote(struct arena *arena, struct str said);

#endif
