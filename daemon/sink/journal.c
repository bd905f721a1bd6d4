/* SPDX-License-Identifier: MIT */
/*
 * The journal of systemd in its native protocol: the headline as the message, and what a program
 * filters by in fields of their own, such as NIGHTDESK_WATCH=embassy.
 */
#include <string.h>

#include "base/utf8.h"
#include "sinks.h"

#define SOCKET_PATH  "/run/systemd/journal/socket"
#define ENTRY_MAX    ((size_t)64 * 1024)
#define JOURNAL_LINE ((size_t)4096)

/* systemd.journal-fields(7): 128 bits that are the same for all messages of one kind. */
#define ALERT_MESSAGE_ID   "d7c8dc29e0cb420191fe520176291d66"
#define TROUBLE_MESSAGE_ID "3a4864d9873b4cbeb6053a86893ab02e"

struct journal {
	const char *template;
};

static const struct conf_key_row journal_keys[] = {SINK_TEMPLATE_KEY(journal, TEXT), {0}};

static void journal_check(struct conf_check *c, const void *settings)
{
	const struct journal *j = settings;

	(void)sink_template_check(c, "template", j->template);
}

/* NAME=value, or for several lines NAME, the length in 64 bits little-endian, and the value. */
static void journal_put(struct buf *out, const char *name, struct str value)
{
	unsigned char length[8];

	if (value.n == 0)
		return;
	buf_addz(out, name);
	if (!memchr(value.p, '\n', value.n)) {
		buf_addc(out, '=');
	} else {
		for (size_t i = 0; i < sizeof(length); i++)
			length[i] = (unsigned char)((uint64_t)value.n >> (8 * i));
		buf_addc(out, '\n');
		buf_add(out, length, sizeof(length));
	}
	buf_adds(out, value);
	buf_addc(out, '\n');
}

/* "URGENT Embassy relocation: The embassy moves (The Wire)" */
static void journal_put_headline(const struct alert *a, struct buf *out)
{
	struct buf line;

	buf_init(&line, JOURNAL_LINE);
	sink_text_priority(a, &line);
	buf_addc(&line, ' ');
	buf_adds(&line, utf8_cut(a->watch_title, 200));
	buf_addz(&line, ": ");
	buf_addz(&line, alert_headline_mark(a));
	alert_headline_short(a, &line);
	if (str_present(a->feed_title))
		buf_printf(&line, " (%.*s)", STR_ARG(utf8_cut(a->feed_title, 200)));
	sink_text_put(out, buf_str(&line));
	buf_pass_lack(out, &line);
	buf_release(&line);
}

static void journal_put_message(const struct alert *a, const char *template, struct buf *out)
{
	static const struct sink_escape escape = {sink_text_put, NULL};
	struct buf text;

	buf_init(&text, 4 * JOURNAL_LINE);
	if (template)
		sink_template_write(template, a, NULL, &escape, &text);
	else
		journal_put_headline(a, &text);
	journal_put(out, "MESSAGE", buf_str(&text));
	out->failed = out->failed || buf_failed(&text);
	buf_release(&text);
}

static void journal_put_text(const struct alert *a, struct buf *out)
{
	static const struct watch_marks no_marks = {"", "", NULL, NULL};
	struct buf text;

	buf_init(&text, JOURNAL_LINE);
	if (alert_is_notice(a))
		buf_adds(&text, utf8_cut(a->body, JOURNAL_LINE));
	else if (a->kind != ALERT_DIGEST)
		alert_snippet(a, ALERT_SNIPPET_MAX, &no_marks, &text);
	if (text.len)
		journal_put(out, "NIGHTDESK_TEXT", buf_str(&text));
	buf_pass_lack(out, &text);
	buf_release(&text);
}

static int journal_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct journal *j = ctx->notify->settings;
	const struct alert *a = m->alerts;
	struct str document;
	struct buf entry;
	int rc = sink_document(m, ALERT_JSON_MAX, arena, &document, e);

	if (rc)
		return rc;
	out->transport = SINK_SOCKET;
	out->socket = SINK_UNIX_DGRAM;
	out->host = STR(SOCKET_PATH);
	out->memfd = true;
	buf_init(&entry, ENTRY_MAX);
	journal_put_message(a, j->template, &entry);
	buf_printf(&entry, "PRIORITY=%d\nSYSLOG_IDENTIFIER=nightdesk\nMESSAGE_ID=%s\n",
		sink_syslog_severity(a->priority),
		alert_is_trouble(a) ? TROUBLE_MESSAGE_ID : ALERT_MESSAGE_ID);
	journal_put(&entry, "NIGHTDESK_ID", a->id);
	journal_put(&entry, "NIGHTDESK_TYPE", str_of(alert_json_type(a)));
	journal_put(&entry, "NIGHTDESK_PRIORITY", str_of(alert_priority_words[a->priority]));
	if (alert_is_trouble(a))
		journal_put(&entry, "NIGHTDESK_TROUBLE", a->trouble->kind);
	else
		journal_put(&entry, "NIGHTDESK_WATCH", a->watch);
	journal_put(&entry, "NIGHTDESK_FEED", a->feed);
	journal_put(&entry, "NIGHTDESK_SOURCE", a->source);
	journal_put(&entry, "NIGHTDESK_TITLE", a->title);
	journal_put(&entry, "NIGHTDESK_LINK", a->link);
	journal_put(&entry, "NIGHTDESK_OF", a->of ? a->of->id : STR_NONE);
	journal_put(&entry, "NIGHTDESK_CAUSE", a->cause);
	journal_put(&entry, "NIGHTDESK_BY", a->by);
	if (a->escalated)
		buf_printf(&entry, "NIGHTDESK_ESCALATED=%lld\n",
			(long long)(a->escalated / CLOCK_SECOND));
	journal_put_text(a, &entry);
	journal_put(&entry, "NIGHTDESK_DOCUMENT", document);
	return sink_text_keep(&entry, arena, &out->body, e);
}

const struct sink_type sink_journal = {
	.conf = {"journal", journal_keys, sizeof(struct journal), journal_check, .utc = true},
	.render = journal_render,
	.judge = sink_write_judge,
	.window = 8,
	.max_bytes = ENTRY_MAX,
	.sends_json = true,
	.grows = true,
};
