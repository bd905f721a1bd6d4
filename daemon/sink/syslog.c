/* SPDX-License-Identifier: MIT */
/*
 * One line in a log: to the local socket as syslog(3) writes it, or RFC 5424 over UDP (RFC 5426) or
 * TCP with octet counting (RFC 6587 §3.4.1).
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "text.h"

#define LINE_MAX_BYTES ((size_t)2000) /* RFC 5424 §6.1: every receiver should take 2048 */
#define LOCAL_SOCKET   "/dev/log"

static const struct {
	const char *name;
	int code; /* RFC 5424 table 1 */
} facilities[] = {
	{"user", 1},
	{"mail", 2},
	{"daemon", 3},
	{"auth", 4},
	{"news", 7},
	{"local0", 16},
	{"local1", 17},
	{"local2", 18},
	{"local3", 19},
	{"local4", 20},
	{"local5", 21},
	{"local6", 22},
	{"local7", 23},
};

static int facility_code(const char *name)
{
	for (size_t i = 0; name && i < sizeof(facilities) / sizeof(facilities[0]); i++)
		if (strcmp(facilities[i].name, name) == 0)
			return facilities[i].code;
	return 7;
}

/* RFC 5424 table 2 */
static int severity(enum alert_priority p)
{
	switch (p) {
	case ALERT_FLASH: return 2;
	case ALERT_URGENT: return 4;
	case ALERT_NORMAL: break;
	case ALERT_LOW: return 6;
	}
	return 5;
}

static void put_pair(struct buf *out, const char *key, struct str value, size_t max)
{
	if (!str_present(value))
		return;
	buf_printf(out, " %s=", key);
	utf8_escape(out, value, max, true);
}

static void put_line(const struct alert *a, struct buf *out)
{
	static const struct watch_marks no_marks = {"", "", NULL};
	struct buf text;

	buf_init(&text, 4096);
	alert_headline(a, 200, &text);
	buf_printf(out, "id=%.*s priority=%s", STR_ARG(a->id), alert_priority_name(a->priority));
	put_pair(out, "watch", a->watch, 100);
	put_pair(out, "feed", a->feed, 100);
	put_pair(out, "source", a->source, 100);
	put_pair(out, "title", buf_str(&text), 200);
	put_pair(out, "link", a->link, 400);
	buf_clear(&text);
	alert_snippet(a, ALERT_SNIPPET_MAX, &no_marks, &text);
	put_pair(out, "text", buf_str(&text), ALERT_SNIPPET_MAX);
	buf_release(&text);
	if (out->len > LINE_MAX_BYTES)
		buf_truncate(out, utf8_cut(buf_str(out), LINE_MAX_BYTES).n);
}

/* "Feb 14 18:20:00", in UTC: local receivers put their own stamp. RFC 3164 §4.1.2. */
static void put_local_head(const struct sink_context *ctx, int pri, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];
	struct civil c = clock_to_civil(ctx->now);

	clock_rfc5322(ctx->now, true, stamp); /* "Mon, 14 Feb 2022 18:20:00 GMT" */
	buf_printf(out, "<%d>%.3s %2d %.8s %s[%ld]: ", pri, stamp + 8, c.day, stamp + 17,
		ctx->notify->tag ? ctx->notify->tag : "nightdesk", ctx->pid);
}

static void put_5424_head(const struct sink_context *ctx, int pri, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	clock_rfc3339(ctx->now, true, stamp);
	buf_printf(out, "<%d>1 %s %s %s %ld alert [origin software=\"nightdesk\"] ", pri, stamp,
		ctx->hostname && *ctx->hostname ? ctx->hostname : "-",
		ctx->notify->tag ? ctx->notify->tag : "nightdesk", ctx->pid);
}

static const struct {
	const char *prefix;
	enum sink_socket socket;
	unsigned port; /* where the server names none */
} schemes[] = {
	{"udp://", SINK_UDP, 514},
	{"tcp://", SINK_TCP, 601},
	{"tls://", SINK_TLS, 6514},
};

/* "host", "host:514", "[::1]:514" */
static int split_host(struct str s, struct arena *arena, struct sink_request *out)
{
	const char *colon = s.n ? memrchr(s.p, ':', s.n) : NULL;
	const char *bracket = s.n ? memrchr(s.p, ']', s.n) : NULL;

	if (colon && (!bracket || colon > bracket)) {
		char digits[8] = "";
		size_t n = (size_t)(s.p + s.n - colon - 1);
		char *end;

		if (n == 0 || n >= sizeof(digits))
			return -1;
		memcpy(digits, colon + 1, n);
		out->port = (unsigned)strtoul(digits, &end, 10);
		if (*end || out->port == 0 || out->port > 65535)
			return -1;
		s.n = (size_t)(colon - s.p);
	}
	if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = str_slice(s.p + 1, s.n - 2);
	out->host = arena_str(arena, s);
	return s.n && out->host.p ? 0 : -1;
}

static int find_server(const char *server, struct arena *arena, struct sink_request *out)
{
	struct str s = str_of(server ? server : "local");

	if (str_is(s, "local") || s.p[0] == '/') {
		out->socket = SINK_UNIX_DGRAM;
		out->host = s.p[0] == '/' ? s : STR(LOCAL_SOCKET);
		return 0;
	}
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		struct str prefix = str_of(schemes[i].prefix);

		if (str_starts(s, prefix)) {
			out->socket = schemes[i].socket;
			out->port = schemes[i].port;
			return split_host(str_slice(s.p + prefix.n, s.n - prefix.n), arena, out);
		}
	}
	return -1;
}

int sink_syslog(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	int pri = facility_code(ctx->notify->facility) * 8 + severity(m->alerts->priority);
	struct buf line, frame;

	out->transport = SINK_SOCKET;
	if (find_server(ctx->notify->server, arena, out) != 0)
		return err_set(e, ERR_CONF,
			"notify %s: server is \"local\", or udp://, tcp:// or tls:// and host:port",
			ctx->notify->name);
	buf_init(&line, (size_t)16 * 1024);
	if (out->socket == SINK_UNIX_DGRAM)
		put_local_head(ctx, pri, &line);
	else
		put_5424_head(ctx, pri, &line);
	put_line(m->alerts, &line);
	if (out->socket == SINK_UNIX_DGRAM || out->socket == SINK_UDP)
		return sink_text_keep(&line, arena, &out->body, e);
	buf_init(&frame, (size_t)20 * 1024);
	buf_printf(&frame, "%zu ", line.len);
	buf_adds(&frame, buf_str(&line));
	frame.failed = frame.failed || line.failed;
	buf_release(&line);
	return sink_text_keep(&frame, arena, &out->body, e);
}
