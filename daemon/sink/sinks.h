/* SPDX-License-Identifier: MIT */
/* The list of sinks, and what several of them share. */
#ifndef SINK_SINKS_H
#define SINK_SINKS_H

#include "alert/json.h"
#include "base/buf.h"
#include "sink/sink.h"
#include "text/cut.h"

/* NAME is defined as sink_NAME in NAME.c. */
#define SINK_LIST(SINK)                                                                            \
	SINK(webhook)                                                                              \
	SINK(slack)                                                                                \
	SINK(telegram)                                                                             \
	SINK(matrix)                                                                               \
	SINK(discord)                                                                              \
	SINK(mattermost)                                                                           \
	SINK(teams)                                                                                \
	SINK(googlechat)                                                                           \
	SINK(zulip)                                                                                \
	SINK(ntfy)                                                                                 \
	SINK(gotify)                                                                               \
	SINK(pagerduty)                                                                            \
	SINK(pushover)                                                                             \
	SINK(alertmanager)                                                                         \
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

/* --- service.c: requests to services that are a server with a login --- */

/*
 * Makes *out an HTTP request of JSON to the path of a server, with room for n more headers. The
 * headers are appended by the functions below.
 */
int sink_service_request(const char *server, const char *path, size_t n, struct arena *arena,
	struct sink_request *out, struct err *e);
/* Appends a path to the address of a request. */
int sink_service_path(
	const char *path, struct arena *arena, struct sink_request *out, struct err *e);
/* Adds "name=value&…", percent-encoded already, to the query of its address. */
int sink_service_add_query(
	struct sink_request *out, struct str query, struct arena *arena, struct err *e);
/* Adds to the path of its address, before the query. */
int sink_service_add_path(
	struct sink_request *out, struct str path, struct arena *arena, struct err *e);
/* Sets *out to the value of a credential. -ERR_CONF: it is not one word of visible characters. */
int sink_service_token(
	const struct sink_context *ctx, const char *credential, struct str *out, struct err *e);
/* Appends a header, such as "Authorization: Bearer " and a token. */
int sink_service_header(const char *name, struct str value, struct arena *arena,
	struct sink_request *out, struct err *e);
/* Appends the header of a name and the password in that credential (RFC 7617). */
int sink_service_login(const struct sink_context *ctx, const char *user, const char *credential,
	struct arena *arena, struct sink_request *out, struct err *e);
/* Appends a value of a form (application/x-www-form-urlencoded). */
void sink_service_put_form(struct buf *out, struct str s);
/* Appends a field of a form: "name=value", after "&" if it is not the first. */
void sink_service_put_field(struct buf *form, const char *name, struct str value);
/* Returns a name for people as a string of at most max bytes, a new reference. NULL: no memory. */
json_t *sink_service_string(struct str s, size_t max);
/* Makes JSON the body, and drops the reference. NULL: memory ran out. */
int sink_service_json(json_t *body, struct arena *arena, struct sink_request *out, struct err *e);
/*
 * Sets *out to the link in the form in which it may be opened by a click: an http or https URL of
 * at most max bytes, percent-encoded. Absent if it is none, or has a name or password in it.
 */
int sink_service_link(
	struct str link, size_t max, struct arena *arena, struct str *out, struct err *e);

/* --- short.c: a title and a text for small screens, without any markup --- */

struct sink_short {
	size_t max; /* units of the text */
	enum text_unit unit;
	bool links; /* of the alerts of a digest */
	const struct zone *zone;
	const char *template; /* NULL: the text of the type */
};

/* How loud a notification of it is: what was acknowledged rings nobody. */
enum alert_priority sink_short_priority(const struct alert *a);
/* Appends "URGENT Edited: Norland relocates its embassy", at most max units and one line. */
void sink_short_title(const struct alert *a, size_t max, enum text_unit unit, struct buf *out);
/*
 * Appends who says it and how old it is, what it says, and why; or the template. What it says is
 * cut to fit; of a digest, whole alerts at its end are left out, and counted.
 */
void sink_short_text(const struct alert *a, const struct sink_short *form, struct buf *out);

/* --- text.c: the text of an alert, escaped for a terminal --- */

/* Appends text with control characters escaped. */
void sink_text_put(struct buf *out, struct str s);
/*
 * Returns what the operator wants a message with that alert to mention, NULL: nothing. Only news
 * ring people: not what is over, acknowledged or reported each day.
 */
const char *sink_text_mention(const struct conf_notify *n, const struct alert *a);
/* Appends "URGENT", or "URGENT (not acknowledged for 10 min)". */
void sink_text_priority(const struct alert *a, struct buf *out);
/*
 * Appends "2 min old", or "dated 2 d ahead": the age of the item when it alerted; nothing if that
 * is unknown.
 */
void sink_text_age(const struct alert *a, struct buf *out);
/* Appends "BBC World, 2 min old". */
void sink_text_who(const struct alert *a, struct buf *out);
/*
 * The same of alert i of a digest, after its title: " · BBC World, 2 min old"; without the feed if
 * the digest is of one. Nothing if it is unknown.
 */
void sink_text_short_who(const struct alert *a, size_t i, struct buf *out);
/* Appends what alert_put_story() does, after `before`; nothing if that is nothing. */
void sink_text_story_line(const struct alert *a, const char *before, struct buf *out);
/*
 * Appends whose text it has, unless sink_text_cause() says it, and who else reports it; nothing if
 * both are unknown.
 */
void sink_text_story(const struct alert *a, const char *between, struct buf *out);
/* Appends "published 2022-02-14 18:20 UTC by bbc", as far as it is known. */
void sink_text_published(const struct alert *a, const struct zone *zone, struct buf *out);
/* Appends "Embassy relocation · matched: embass*, relocat*". */
void sink_text_why(const struct alert *a, struct buf *out);
/* Whether the body says more than the headline: without a title, that is the beginning of it. */
bool sink_text_has_passage(const struct alert *a);
/* Appends the passage of the body: the title is in the headline already. Nothing without a body. */
void sink_text_passage(const struct alert *a, const struct watch_marks *marks, struct buf *out);
/*
 * Appends what the item says, in lines: the changes of an edit and the passage with each hit
 * [[marked]], the alerts of a digest, or the text of a trouble.
 */
void sink_text_content(const struct alert *a, struct buf *out);
/* Appends the line "published 2022-02-14 18:20 UTC by bbc · alert al_…". */
void sink_text_last(const struct alert *a, const struct zone *zone, struct buf *out);
/* Returns " · edited" or " · digest", for after the priority; "" for other alerts. */
const char *sink_text_kind(const struct alert *a);
/* "CORRECTED: ": what a subject begins with, after the priority; "" for an alert. */
const char *sink_text_subject_word(const struct alert *a);
/*
 * Appends by whom it was acknowledged, or why it was corrected or withdrawn, and the title of its
 * alert, if it is not shown otherwise; nothing for others.
 */
void sink_text_cause(const struct alert *a, struct buf *out);
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
/* Appends the whole alert, the most important in the first line; lines end with \n. */
void sink_text_plain(const struct alert *a, const struct zone *zone, struct buf *out);
/* Copies a buffer into the arena and releases it. Returns 0, or -ERR_NOMEM if either failed. */
int sink_text_keep(struct buf *b, struct arena *arena, struct str *out, struct err *e);

/* --- template.c: messages in the operator's words --- */

/* How the values of placeholders are appended, so that they cannot be anything but text. */
struct sink_escape {
	void (*text)(struct buf *out, struct str s);
	void (*link)(struct buf *out, struct str s); /* NULL: as text */
};

/* The key row of a settings struct with a template; type: PROSE, or TEXT for one line. */
#define SINK_TEMPLATE_KEY(settings, type)                                                          \
	{                                                                                          \
		CONF_KEY("template", type, settings, template),                                    \
			.told = "the text of the type", .max = 2000,                               \
			.help = "a text of your own, with placeholders such as {title}"            \
	}

/* Reports the first placeholder of the key's text that does not exist. Returns whether all do. */
bool sink_template_check(struct conf_check *c, const char *key, const char *text);
/*
 * Appends text with its placeholders filled in, with shorter values if out would overflow; the
 * headline where nothing would be in it. zone: of times; NULL: RFC 3339 in UTC.
 */
void sink_template_write(const char *text, const struct alert *a, const struct zone *zone,
	const struct sink_escape *escape, struct buf *out);

/* The same with at most max bytes of each value. */
void sink_template_fill(const char *text, const struct alert *a, const struct zone *zone,
	const struct sink_escape *escape, size_t max, struct buf *out);

/*
 * Sets *out to the JSON document of a notice, which is m's or in arena. 0, -ERR_NOMEM, or
 * -ERR_LIMIT: it is longer than max.
 */
int sink_document(
	const struct notice *m, size_t max, struct arena *arena, struct str *out, struct err *e);
/* The same as a line with its end, of at most SINK_LINE_MAX bytes; in arena. */
int sink_document_line(const struct notice *m, struct arena *arena, struct str *out, struct err *e);
#define SINK_LINE_MAX (ALERT_JSON_MAX + 1)

/* Messages in flight at once to services that machines read, and that keep no order. */
#define SINK_WINDOW 8

/* --- syslog.c --- */

/* Returns the severity of RFC 5424 table 2 that an alert of that priority has. */
int sink_syslog_severity(enum alert_priority p);

/* --- verdict.c: judging answers --- */

/* What an answer means: the first row that fits. A table ends with a row whose `to` is 0. */
struct sink_answer_row {
	long from, to;	  /* status */
	const char *says; /* found in the beginning of the answer in any case; NULL: any answer */
	enum sink_verdict_kind kind;
	bool denied; /* as in struct sink_verdict */
};
/* Returns NULL if none fits. */
const struct sink_answer_row *sink_verdict_find(
	const struct sink_answer_row *rows, long status, struct str said);
bool sink_verdict_says(struct str said, const char *words);

/*
 * What is where in the answers of a service, which are JSON. A path is the names of members joined
 * by full stops.
 */
struct sink_answers {
	const struct sink_answer_row *rows; /* `says` is found in error; NULL: none */
	const char *error;   /* paths of what is wrong; where a 2xx has the first, it refuses */
	const char *wait;    /* the time to wait, a number; NULL: only the header has it */
	int64_t wait_unit;   /* of that number, in ms */
	int64_t limit_wait;  /* ms: of a 429 that does not say how long; 0: unknown */
	const char *receipt; /* paths of what the message is called; NULL: nothing */
	const char *plain;   /* a 2xx that is no JSON; NULL: with a receipt, there is none */
};
/*
 * Parses an answer; NULL: it is no JSON, or memory ran out. Our secrets in it were replaced by
 * asterisks, which may be a number, such as the first part of a token; they count as 0.
 */
json_t *sink_answers_load(const struct sink_answer *a);
/* Sets the receipt to the values of its paths, with a space between them. */
void sink_answers_judge(const struct sink_answers *s, const struct sink_answer *a,
	struct arena *arena, struct sink_verdict *out);
/* --- ack.c: what people are asked, and what they answer --- */

#define SINK_ACK_PROMPT "React with ✅ if you have it."
/* A name for people from an answer: one line, at most SINK_ACK_BY_MAX bytes; in arena, or absent.
 */
struct str sink_ack_name(struct str name, struct arena *arena);
/* Does an emoji say "I have it"? By itself, in any colour of skin. */
bool sink_ack_emoji(struct str s);
/* The same by its name, as in ":white_check_mark:". */
bool sink_ack_emoji_name(struct str name);

/* The values at paths in an answer, with a space between them, in arena; absent: there is none. */
struct str sink_answers_value(const struct sink_answer *a, const char *path, struct arena *arena);
/* HTTP: by the rows of the service (NULL: none), then by those of all; Retry-After is obeyed. */
void sink_http_judge_by(const struct sink_answer_row *own, const struct sink_answer *a,
	struct arena *arena, struct sink_verdict *out);
void sink_http_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);
void sink_smtp_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);
/* For transports without an answer: delivered when written, else by the class of the error. */
void sink_write_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);

/* Sets the answer of a verdict to a text in its arena; NULL: memory ran out. */
void sink_verdict_say(struct sink_verdict *v, const char *text);
/* Returns ": " and the first line of a server's reply, truncated; "" if the reply is empty. */
const char *sink_verdict_quote(struct arena *arena, struct str said);

#endif
