/* SPDX-License-Identifier: MIT */
/*
 * One log line per alert: to the local socket in the format of syslog(3), or RFC 5424 over UDP
 * (RFC 5426) or TCP with octet counting (RFC 6587 §3.4.1).
 */
#include <stdlib.h>
#include <string.h>

#include "alert/json.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "conf/form.h"
#include "sinks.h"
#include "text/cut.h"

#define LINE_MAX_BYTES ((size_t)2000) /* RFC 5424 §6.1: receivers should accept 2048 */
#define DIGEST_MAX     ((size_t)1000)
#define CHANGED_MAX    ((size_t)600)
#define SNIPPET_MAX    (ALERT_SNIPPET_MAX + 2 * sizeof("… "))
#define TROUBLE_MAX    ((size_t)1200)
#define TEXT_MAX       ((size_t)64 * 1024)
#define FRAME_MAX      ((size_t)20 * 1024)
#define PARAM_MAX      ((size_t)100) /* bytes of one value of structured data */
#define LOCAL_SOCKET   "/dev/log"
/* RFC 5424 §7: a name of our own, with the enterprise number of RFC 5612, which has no owner. */
#define SD_ID	       "nightdesk@32473"

struct syslog {
	const char *server;
	int facility; /* index into facility_words */
	const char *tag;
	const char *template;
};

static const char *const facility_words[] = {"kern", "user", "mail", "daemon", "auth", "syslog",
	"lpr", "news", "uucp", "cron", "authpriv", "ftp", "local0", "local1", "local2", "local3",
	"local4", "local5", "local6", "local7", NULL};

static const struct conf_key_row syslog_keys[] = {
	{CONF_KEY("server", SERVER, syslog, server), .told = "local",
		.help = "local, /a/socket, udp://, tcp:// or tls://host:port"},
	{CONF_KEY("facility", ENUM, syslog, facility), .fallback = "news", .words = facility_words,
		.help = "the syslog facility"},
	{CONF_KEY("tag", TAG, syslog, tag), .fallback = "nightdesk",
		.help = "the program name in syslog lines"},
	SINK_TEMPLATE_KEY(syslog, TEXT),
	{0},
};

/* RFC 5424 table 1: the first twelve words are in its order; local0 is 16. */
static int syslog_facility_code(int word)
{
	return word < 12 ? word : word - 12 + 16;
}

static bool syslog_is_local(const char *server)
{
	return !server || server[0] == '/' || strcmp(server, "local") == 0;
}

static const char *const syslog_schemes[] = {"udp://", "tcp://", "tls://", NULL};

static void syslog_check(struct conf_check *c, const void *settings)
{
	const struct syslog *s = settings;

	(void)sink_template_check(c, "template", s->template);
	if (!syslog_is_local(s->server))
		conf_check_server(c, "server", s->server, syslog_schemes,
			"write local, a socket's path, udp://host:514, tcp://host:601 or "
			"tls://host:6514");
}

int sink_syslog_severity(enum alert_priority p)
{
	switch (p) {
	case ALERT_FLASH: return 2;
	case ALERT_URGENT: return 4;
	case ALERT_NORMAL: break;
	case ALERT_LOW: return 6;
	}
	return 5;
}

static void syslog_put_pair(struct buf *out, const char *key, struct str value, size_t max)
{
	if (value.n == 0)
		return;
	buf_printf(out, " %s=", key);
	utf8_escape(out, value, text_cut(value, max).n, true);
}

/* changed="title: old → new; categories: old → new" */
static void syslog_put_changes(const struct alert *a, struct buf *out)
{
	struct buf text;

	if (a->n_changes == 0)
		return;
	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < a->n_changes; i++) {
		if (i)
			buf_addz(&text, "; ");
		sink_text_change(&a->changes[i], &text);
	}
	syslog_put_pair(out, "changed", buf_str(&text), CHANGED_MAX);
	buf_pass_lack(out, &text);
	buf_release(&text);
}

/* The first alerts of a digest, as far as the line goes. */
static void syslog_put_digest(const struct alert_digest *d, struct buf *out)
{
	struct buf text;

	buf_printf(out, " why=%s alerts=%zu", alert_why_words[d->why], d->n + d->left_out);
	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < d->n && text.len < DIGEST_MAX; i++)
		buf_printf(&text, "%s%.*s", i ? "; " : "", STR_ARG(d->alerts[i].title));
	syslog_put_pair(out, "titles", buf_str(&text), DIGEST_MAX);
	buf_pass_lack(out, &text);
	buf_release(&text);
}

static void syslog_put_line(const struct alert *a, struct buf *out)
{
	static const struct watch_marks no_marks = {"", "", NULL, NULL};
	struct buf text;

	buf_init(&text, 4096);
	buf_addz(&text, alert_headline_mark(a));
	alert_headline(a, 200 - text.len, &text);
	buf_printf(out, "id=%.*s priority=%s", STR_ARG(a->id), alert_priority_words[a->priority]);
	if (a->escalated)
		buf_printf(out, " escalated=%lld", (long long)(a->escalated / CLOCK_SECOND));
	if (alert_is_trouble(a))
		syslog_put_pair(out, a->kind == ALERT_TROUBLE_BEGAN ? "trouble" : "ended",
			a->trouble->kind, 100);
	else
		syslog_put_pair(out, "watch", a->watch, 100);
	syslog_put_pair(out, "feed", a->feed, 100);
	syslog_put_pair(out, "source", a->source, 100);
	syslog_put_pair(out, "title", buf_str(&text), 200);
	if (a->of)
		syslog_put_pair(out, "of", a->of->id, 100);
	syslog_put_pair(out, "cause", a->cause, 200);
	syslog_put_pair(out, "by", a->by, 100);
	syslog_put_pair(out, "link", a->link, 400);
	syslog_put_changes(a, out);
	if (a->kind == ALERT_DIGEST) {
		syslog_put_digest(a->digest, out);
		buf_pass_lack(out, &text);
		buf_release(&text);
		return;
	}
	buf_pass_lack(out, &text);
	buf_clear(&text);
	if (alert_is_notice(a))
		sink_text_lines(a->body, "; ", buf_adds, &text);
	else
		alert_snippet(a, ALERT_SNIPPET_MAX, &no_marks, &text);
	syslog_put_pair(
		out, "text", buf_str(&text), alert_is_notice(a) ? TROUBLE_MAX : SNIPPET_MAX);
	buf_pass_lack(out, &text);
	buf_release(&text);
}

static void syslog_put_text(const char *template, const struct alert *a, struct buf *out)
{
	static const struct sink_escape escape = {sink_text_put, NULL};

	if (template)
		sink_template_write(template, a, NULL, &escape, out);
	else
		syslog_put_line(a, out);
	if (out->len > LINE_MAX_BYTES)
		buf_truncate(out, text_cut(buf_str(out), LINE_MAX_BYTES).n);
}

static const char *syslog_tag(const struct sink_context *ctx)
{
	const struct syslog *s = ctx->notify->settings;

	return s->tag ? s->tag : "nightdesk";
}

/* RFC 3164 §4.1.2: "Feb 14 18:20:00", here in UTC; local receivers use their own time. */
static void syslog_put_local_head(const struct sink_context *ctx, int pri, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];
	struct civil c = clock_to_civil(ctx->now);

	clock_rfc5322(ctx->now, true, stamp); /* "Mon, 14 Feb 2022 18:20:00 GMT" */
	buf_printf(out, "<%d>%.3s %2d %.8s %s[%ld]: ", pri, stamp + 8, c.day, stamp + 17,
		syslog_tag(ctx), ctx->pid);
}

/* RFC 5424 §6.3.3: a backslash before " \ and ]. */
static void syslog_put_param(struct buf *out, const char *name, struct str value)
{
	struct buf clean;

	if (value.n == 0)
		return;
	buf_init(&clean, 8 * PARAM_MAX + 16);
	utf8_escape(&clean, value, PARAM_MAX, false);
	buf_printf(out, " %s=\"", name);
	for (size_t i = 0; i < clean.len; i++) {
		if (strchr("\"\\]", clean.data[i]))
			buf_addc(out, '\\');
		buf_addc(out, clean.data[i]);
	}
	buf_addc(out, '"');
	out->failed = out->failed || clean.failed;
	buf_release(&clean);
}

/* What programs filter by. The text has it too, since many receivers drop structured data. */
static void syslog_put_structured(const struct alert *a, struct buf *out)
{
	buf_addz(out, "[origin software=\"nightdesk\"][" SD_ID);
	syslog_put_param(out, "id", a->id);
	syslog_put_param(out, "type", str_of(alert_json_type(a)));
	syslog_put_param(out, "priority", str_of(alert_priority_words[a->priority]));
	if (alert_is_trouble(a))
		syslog_put_param(out, "trouble", a->trouble->kind);
	else
		syslog_put_param(out, "watch", a->watch);
	syslog_put_param(out, "feed", a->feed);
	syslog_put_param(out, "source", a->source);
	buf_addz(out, "] ");
}

static void syslog_put_5424_head(
	const struct sink_context *ctx, const struct alert *a, int pri, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	clock_rfc3339(ctx->now, true, stamp);
	buf_printf(out, "<%d>1 %s %s %s %ld alert ", pri, stamp,
		ctx->hostname && *ctx->hostname ? ctx->hostname : "-", syslog_tag(ctx), ctx->pid);
	syslog_put_structured(a, out);
}

/* Sets the socket and its address. Returns -1 if server is not of the right form. */
static int syslog_find_server(const char *server, struct sink_request *out)
{
	static const struct {
		enum sink_socket socket;
		unsigned port; /* default */
	} sockets[] = {{SINK_UDP, 514}, {SINK_TCP, 601}, {SINK_TLS, 6514}};
	int i;

	if (syslog_is_local(server)) {
		out->socket = SINK_UNIX_DGRAM;
		out->host = server && server[0] == '/' ? str_of(server) : STR(LOCAL_SOCKET);
		return 0;
	}
	i = conf_form_server(str_of(server), syslog_schemes, &out->host, &out->port);
	if (i < 0)
		return -1;
	out->socket = sockets[i].socket;
	if (!out->port)
		out->port = sockets[i].port;
	return 0;
}

static int syslog_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct syslog *s = ctx->notify->settings;
	int pri = syslog_facility_code(s->facility) * 8 + sink_syslog_severity(m->alerts->priority);
	struct buf line, frame;

	out->transport = SINK_SOCKET;
	if (syslog_find_server(s->server, out) != 0)
		return err_set(e, ERR_CONF,
			"notify %s: server is \"local\", or udp://, tcp:// or tls:// and host:port",
			ctx->notify->name);
	buf_init(&line, (size_t)16 * 1024);
	if (out->socket == SINK_UNIX_DGRAM)
		syslog_put_local_head(ctx, pri, &line);
	else
		syslog_put_5424_head(ctx, m->alerts, pri, &line);
	syslog_put_text(s->template, m->alerts, &line);
	if (out->socket == SINK_UNIX_DGRAM || out->socket == SINK_UDP)
		return sink_text_keep(&line, arena, &out->body, e);
	buf_init(&frame, FRAME_MAX);
	buf_printf(&frame, "%zu ", line.len);
	buf_adds(&frame, buf_str(&line));
	frame.failed = frame.failed || line.failed;
	buf_release(&line);
	return sink_text_keep(&frame, arena, &out->body, e);
}

const struct sink_type sink_syslog = {
	.conf = {"syslog", syslog_keys, sizeof(struct syslog), syslog_check, .utc = true},
	.render = syslog_render,
	.judge = sink_write_judge,
	.window = SINK_WINDOW,
	.max_bytes = FRAME_MAX,
};
