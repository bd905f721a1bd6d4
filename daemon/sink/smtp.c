/* SPDX-License-Identifier: MIT */
/*
 * One mail per alert. Text of feeds is added to the header only as RFC 2047 encoded words, and the
 * body is base64, so no line of it can be a command, a header or a single dot. The Message-ID is
 * made from the id of the alert, so mail systems can drop a repeat.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "sinks.h"

#define SUBJECT_MAX ((size_t)150)
#define FIRST_WORD  ((size_t)39) /* 52 of base64: 73 with "Subject: =?utf-8?B?" and "?=" */
#define WORD_BYTES  ((size_t)45) /* 60 of base64, 73 with the space before */
#define LINE_BYTES  ((size_t)57) /* 76 of base64 */
#define MESSAGE_MAX ((size_t)128 * 1024)

struct smtp {
	const char *server, *from;
	struct conf_list to;
	const char *user, *password_credential;
	int starttls; /* enum smtp_starttls */
};

enum smtp_starttls { SMTP_TLS_BY_DEFAULT = -1, SMTP_TLS_OFFERED, SMTP_TLS_REQUIRED, SMTP_TLS_OFF };
static const char *const tls_words[] = {"opportunistic", "required", "off", NULL};

static const struct conf_key_row smtp_keys[] = {
	{CONF_KEY("server", SERVER, smtp, server), .told = "none",
		.help = "smtp://host:587 or smtps://host"},
	{CONF_KEY("starttls", ENUM, smtp, starttls),
		.told = "required with a user, else opportunistic", .words = tls_words,
		.help = "whether the connection must be encrypted"},
	{CONF_KEY("user", TEXT, smtp, user), .told = "none", .max = 200,
		.help = "user name at the mail server"},
	{CONF_KEY("password-credential", CREDENTIAL, smtp, password_credential), .told = "none",
		.help = "name of the credential that holds the password"},
	{CONF_KEY("from", MAIL, smtp, from), .told = "none",
		.help = "the address that mail comes from"},
	{CONF_KEY("to", MAILS, smtp, to), .told = "none", .max = 100,
		.help = "the addresses that mail goes to"},
	{0},
};

static void smtp_check(struct conf_check *c, const void *settings)
{
	static const char *const schemes[] = {"smtp://", "smtps://", NULL};
	const struct smtp *s = settings;

	if (!conf_check_given(c, "server"))
		conf_check_error(c, NULL, "needs server, such as \"smtp://mail.example.org:587\"");
	if (!conf_check_given(c, "from"))
		conf_check_error(c, NULL, "needs from");
	if (!conf_check_given(c, "to"))
		conf_check_error(c, NULL, "needs to");
	if (!s->user != !s->password_credential)
		conf_check_error(c, NULL, "needs user and password-credential, both or neither");
	conf_check_server(
		c, "server", s->server, schemes, "write smtp://host:587 or smtps://host:465");
	if (s->starttls == SMTP_TLS_OFF && s->user && s->server &&
		str_starts(str_of(s->server), STR("smtp://")))
		conf_check_error_at(c, "starttls", "leave starttls out, or use smtps://",
			"the password would go over the network unencrypted");
}

static bool smtp_is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	/* Text that looks like an encoded word must be encoded. */
	return str_find(s, STR("=?")) < 0;
}

/* RFC 2047 §2: words of at most 75 characters, lines of at most 76, no code point truncated. */
static void smtp_put_subject(struct buf *out, struct str s)
{
	size_t most = FIRST_WORD;

	buf_addz(out, "Subject: ");
	if (smtp_is_plain(s) && s.n <= 65) {
		buf_adds(out, s);
		buf_addz(out, "\r\n");
		return;
	}
	while (s.n) {
		struct str word = utf8_cut(s, most);

		buf_addz(out, "=?utf-8?B?");
		digest_base64(out, word.p, word.n);
		buf_addz(out, "?=\r\n");
		s = str_slice(s.p + word.n, s.n - word.n);
		most = WORD_BYTES;
		if (s.n)
			buf_addc(out, ' ');
	}
}

static void smtp_write_subject(const struct alert *a, struct buf *out)
{
	struct buf line, clean;

	buf_init(&line, SUBJECT_MAX * 8);
	buf_init(&clean, SUBJECT_MAX * 16);
	buf_addc(&line, '[');
	buf_adds(&line, utf8_cut(a->watch_title, 60));
	buf_addz(&line, "] ");
	alert_headline(
		a, SUBJECT_MAX - (line.len < SUBJECT_MAX / 2 ? line.len : SUBJECT_MAX / 2), &line);
	utf8_escape(&clean, buf_str(&line), SUBJECT_MAX * 2, false);
	smtp_put_subject(out, buf_str(&clean));
	buf_release(&line);
	buf_release(&clean);
}

static void smtp_put_recipients(const struct conf_list *to, struct buf *out)
{
	buf_addz(out, "To: ");
	for (size_t i = 0; i < to->n; i++) {
		buf_addz(out, i ? ",\r\n <" : "<");
		buf_adds(out, to->v[i]);
		buf_addc(out, '>');
	}
	buf_addz(out, "\r\n");
}

static void smtp_put_headers(const struct sink_context *ctx, const struct alert *a, struct buf *out)
{
	const struct smtp *n = ctx->notify->settings;
	char stamp[STAMP_TEXT_MAX];

	buf_printf(out, "From: nightdesk <%s>\r\n", n->from);
	smtp_put_recipients(&n->to, out);
	smtp_write_subject(a, out);
	buf_printf(out, "Date: %s\r\n", clock_rfc5322(a->created, false, stamp));
	buf_printf(out, "Message-ID: <%.*s%s>\r\n", STR_ARG(a->id), strrchr(n->from, '@'));
	if (a->priority <= ALERT_URGENT)
		buf_addz(out, "Importance: high\r\n");
	buf_addz(out, "Auto-Submitted: auto-generated\r\n" /* RFC 3834 §5 */
		      "MIME-Version: 1.0\r\n"
		      "Content-Type: text/plain; charset=utf-8\r\n"
		      "Content-Transfer-Encoding: base64\r\n"
		      "\r\n");
}

static void smtp_put_body(const struct alert *a, const struct zone *zone, struct buf *out)
{
	struct buf plain;

	buf_init(&plain, MESSAGE_MAX / 2);
	sink_text_plain(a, zone, &plain);
	for (size_t i = 0; i < plain.len; i += LINE_BYTES) {
		size_t n = plain.len - i < LINE_BYTES ? plain.len - i : LINE_BYTES;

		digest_base64(out, plain.data + i, n);
		buf_addz(out, "\r\n");
	}
	if (buf_failed(&plain))
		out->failed = true;
	buf_release(&plain);
}

/* words are separated by spaces. */
static bool smtp_is_among(struct str words, struct str word)
{
	const char *p = words.p, *end = words.p + words.n;

	for (; p && (p = memmem(p, (size_t)(end - p), word.p, word.n)); p++)
		if ((p == words.p || p[-1] == ' ') && (p + word.n == end || p[word.n] == ' '))
			return true;
	return false;
}

static int smtp_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct smtp *n = ctx->notify->settings;
	struct buf message;

	out->transport = SINK_SMTP;
	out->url = str_of(n->server);
	out->from = str_of(n->from);
	out->to = arena_array(arena, n->to.n, sizeof(*out->to));
	if (!out->to)
		return err_nomem(e);
	for (size_t i = 0; i < n->to.n; i++)
		if (!smtp_is_among(ctx->served, n->to.v[i]))
			out->to[out->n_to++] = n->to.v[i];
	out->needless = out->n_to == 0;
	out->starttls_required =
		n->starttls == SMTP_TLS_REQUIRED || (n->starttls == SMTP_TLS_BY_DEFAULT && n->user);
	out->starttls_off = n->starttls == SMTP_TLS_OFF;
	/* RFC 7435: where plain text would do, encryption without authentication does too. */
	out->any_certificate = !out->starttls_required && !n->user &&
			       str_starts(str_of(n->server), STR("smtp://"));
	if (n->user) {
		out->user = str_of(n->user);
		out->password = arena_str(arena, sink_secret(ctx, n->password_credential));
	}
	buf_init(&message, MESSAGE_MAX);
	smtp_put_headers(ctx, m->alerts, &message);
	smtp_put_body(m->alerts, ctx->notify->zone, &message);
	return sink_text_keep(&message, arena, &out->body, e);
}

const struct sink_type sink_smtp = {
	.conf = {"smtp", smtp_keys, sizeof(struct smtp), smtp_check, .people = true},
	.render = smtp_render,
	.judge = sink_smtp_judge,
	.window = 1,
	.max_bytes = MESSAGE_MAX,
};
