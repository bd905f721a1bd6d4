/* SPDX-License-Identifier: MIT */
/*
 * One mail per alert. Text of feeds reaches the header only as RFC 2047 encoded words, and the body
 * is base64, so no line of it can be a command, a header or a lone dot. The Message-ID is the
 * alert's: a repeat is recognised by every mail system.
 */
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "text.h"

#define SUBJECT_MAX ((size_t)150)
#define FIRST_WORD  ((size_t)39) /* 52 of base64: 73 with "Subject: =?utf-8?B?" and "?=" */
#define WORD_BYTES  ((size_t)45) /* 60 of base64, 73 with the space before */
#define LINE_BYTES  ((size_t)57) /* 76 of base64 */
#define MESSAGE_MAX ((size_t)128 * 1024)
#define SERVED_MAX  ((size_t)64 * 1024)
#define ANSWER_MAX  ((size_t)4096)
#define NAMED_MAX   8 /* refused recipients that an answer names */

static bool is_plain_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	/* What looks like an encoded word must be encoded itself. */
	return str_find(s, STR("=?")) < 0;
}

/* RFC 2047 §2: no word over 75 characters, no line over 76, no code point cut. */
static void put_subject(struct buf *out, struct str s)
{
	size_t most = FIRST_WORD;

	buf_addz(out, "Subject: ");
	if (is_plain_ascii(s) && s.n <= 65) {
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

static void subject(const struct alert *a, struct buf *out)
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
	put_subject(out, buf_str(&clean));
	buf_release(&line);
	buf_release(&clean);
}

static void put_recipients(const struct conf_list *to, struct buf *out)
{
	buf_addz(out, "To: ");
	for (size_t i = 0; i < to->n; i++) {
		buf_addz(out, i ? ",\r\n <" : "<");
		buf_adds(out, to->v[i]);
		buf_addc(out, '>');
	}
	buf_addz(out, "\r\n");
}

static struct str domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at && at[1] ? str_of(at + 1) : STR("localhost");
}

static void put_headers(const struct sink_context *ctx, const struct alert *a, struct buf *out)
{
	const struct conf_notify *n = ctx->notify;
	struct str domain = domain_of(n->from);
	char stamp[STAMP_TEXT_MAX];

	buf_printf(out, "From: nightdesk <%s>\r\n", n->from);
	put_recipients(&n->to, out);
	subject(a, out);
	buf_printf(out, "Date: %s\r\n", clock_rfc5322(a->created, false, stamp));
	buf_printf(out, "Message-ID: <%.*s@%.*s>\r\n", STR_ARG(a->id), STR_ARG(domain));
	if (a->priority <= ALERT_URGENT)
		buf_addz(out, "Importance: high\r\n");
	buf_addz(out, "Auto-Submitted: auto-generated\r\n" /* RFC 3834 §5 */
		      "MIME-Version: 1.0\r\n"
		      "Content-Type: text/plain; charset=utf-8\r\n"
		      "Content-Transfer-Encoding: base64\r\n"
		      "\r\n");
}

static void put_body(const struct alert *a, struct buf *out)
{
	struct buf plain;

	buf_init(&plain, MESSAGE_MAX / 2);
	sink_text_plain(a, &plain);
	for (size_t i = 0; i < plain.len; i += LINE_BYTES) {
		size_t n = plain.len - i < LINE_BYTES ? plain.len - i : LINE_BYTES;

		digest_base64(out, plain.data + i, n);
		buf_addz(out, "\r\n");
	}
	if (buf_failed(&plain))
		out->failed = true;
	buf_release(&plain);
}

static bool is_among(struct str words, struct str word)
{
	const char *end;

	for (; words.n; words = str_slice(end, words.n - (size_t)(end - words.p))) {
		words = str_slice(words.p + (*words.p == ' '), words.n - (*words.p == ' '));
		end = memchr(words.p, ' ', words.n);
		if (!end)
			end = words.p + words.n;
		if (str_eq(str_slice(words.p, (size_t)(end - words.p)), word))
			return true;
	}
	return false;
}

static int address_to(const struct sink_context *ctx, struct arena *arena, struct sink_request *out)
{
	const struct conf_list *to = &ctx->notify->to;

	out->to = arena_array(arena, to->n, sizeof(*out->to));
	if (!out->to)
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < to->n; i++)
		if (!is_among(ctx->served, to->v[i]))
			out->to[out->n_to++] = to->v[i];
	return 0;
}

int sink_smtp(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct conf_notify *n = ctx->notify;
	struct buf message;

	out->transport = SINK_SMTP;
	out->url = str_of(n->server);
	out->from = str_of(n->from);
	if (address_to(ctx, arena, out))
		return err_nomem(e);
	out->starttls_required = n->starttls_required;
	out->starttls_off = n->starttls_off;
	if (n->user) {
		out->user = str_of(n->user);
		out->password = arena_str(arena, ctx->secrets->password);
	}
	buf_init(&message, MESSAGE_MAX);
	put_headers(ctx, m->alerts, &message);
	put_body(m->alerts, &message);
	return sink_text_keep(&message, arena, &out->body, e);
}

/* --- what the server said to each recipient, RFC 5321 §4.2.1 --- */

static bool is_taken(const struct sink_recipient *r)
{
	return r->status >= 200 && r->status < 300;
}

static bool is_refused(const struct sink_recipient *r)
{
	return r->status != 0 && !is_taken(r);
}

static void put_refused(struct buf *out, const struct sink_recipient *r)
{
	char said[160];

	buf_printf(out, "%s %ld for ", out->len ? ";" : "SMTP", r->status);
	buf_adds(out, r->address);
	buf_addz(out, sink_text_said(r->said, said));
}

static void tell(struct buf *text, struct buf *served, const struct sink_answer *a, bool sent)
{
	size_t refused = 0, taken = 0;

	for (size_t i = 0; i < a->n_recipients; i++) {
		const struct sink_recipient *r = &a->recipients[i];

		if (is_refused(r) && refused++ < NAMED_MAX) {
			put_refused(text, r);
		} else if (is_taken(r) && sent) {
			if (taken++)
				buf_addc(served, ' ');
			buf_adds(served, r->address);
		}
	}
	if (refused > NAMED_MAX)
		buf_printf(text, "; and %zu more", refused - NAMED_MAX);
	if (taken)
		buf_addz(text, "; delivered to all others");
}

bool sink_smtp_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	bool sent = a->status >= 200 && a->status < 300;
	size_t taken = 0, refused = 0, later = 0;
	struct buf text, served;

	for (size_t i = 0; i < a->n_recipients; i++) {
		taken += is_taken(&a->recipients[i]);
		refused += is_refused(&a->recipients[i]);
		later += is_refused(&a->recipients[i]) && a->recipients[i].status < 500;
	}
	/* What went wrong after some were taken is said of the mail, not of them. */
	if (refused == 0 || a->status == 0 || (taken && !sent))
		return false;
	buf_init(&text, ANSWER_MAX);
	buf_init(&served, SERVED_MAX);
	tell(&text, &served, a, sent);
	out->kind = later ? SINK_TEMPORARY : SINK_PERMANENT;
	out->answer = arena_str(arena, buf_str(&text));
	if (served.len)
		out->served = arena_str(arena, buf_str(&served));
	if (!out->answer.p)
		out->answer = STR("no answer kept: out of memory");
	buf_release(&text);
	buf_release(&served);
	return true;
}
