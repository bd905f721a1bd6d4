/* SPDX-License-Identifier: MIT */
#include "mail.h"

#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "mail_encode.h"
#include "text/cut.h"

#define SUBJECT_MAX    ((size_t)150)
#define NAME_MAX_BYTES ((size_t)80)
#define TEXT_MAX       ((size_t)64 * 1024)

static void mail_put_clean(const char *field, const struct buf *text, struct buf *out)
{
	struct buf clean;

	buf_init(&clean, text->len * 8 + 16);
	utf8_escape(&clean, buf_str(text), 2 * SUBJECT_MAX, false);
	mail_put_field(field, buf_str(&clean), out);
	out->failed = out->failed || buf_failed(&clean);
	buf_release(&clean);
}

/* "URGENT Norland relocates its embassy"; most alerts are normal, which has no word. */
static void mail_put_subject(const struct alert *a, struct buf *out)
{
	struct buf line;

	buf_init(&line, SUBJECT_MAX * 4);
	if (a->priority != ALERT_NORMAL || a->escalated) {
		sink_text_priority(a, &line);
		buf_addc(&line, ' ');
	}
	buf_addz(&line, sink_text_subject_word(a));
	alert_headline(a, SUBJECT_MAX - line.len, &line);
	mail_put_clean("Subject", &line, out);
	buf_pass_lack(out, &line);
	buf_release(&line);
}

/* "nightdesk: Embassy relocation": in the list of mails it shows which watch matched. */
static void mail_put_from(const struct mail *m, struct buf *out)
{
	struct buf line, clean, watches;

	buf_init(&line, 4 * NAME_MAX_BYTES);
	buf_init(&clean, 32 * NAME_MAX_BYTES);
	buf_init(&watches, 4096 + m->alert->n_also * 1024);
	buf_addz(&line, "nightdesk");
	if (!alert_is_notice(m->alert) && str_present(m->alert->watch_title)) {
		buf_addz(&line, ": ");
		alert_put_watches(m->alert, &watches);
		buf_adds(&line, text_cut(buf_str(&watches), NAME_MAX_BYTES));
	}
	buf_pass_lack(out, &watches);
	buf_release(&watches);
	utf8_escape(&clean, buf_str(&line), 2 * NAME_MAX_BYTES, false);
	mail_put_mailbox("From", buf_str(&clean), m->from, out);
	buf_pass_lack(out, &line);
	buf_pass_lack(out, &clean);
	buf_release(&line);
	buf_release(&clean);
}

static void mail_put_recipients(const struct conf_list *to, struct buf *out)
{
	buf_addz(out, "To: ");
	for (size_t i = 0; i < to->n; i++) {
		buf_addz(out, i ? ",\r\n <" : "<");
		buf_adds(out, to->v[i]);
		buf_addc(out, '>');
	}
	buf_addz(out, "\r\n");
}

/* RFC 2919: one list for each watch, by which mail programs sort. Other letters as in a URL. */
static void mail_put_list_id(const struct mail *m, struct buf *out)
{
	struct str name = m->alert->kind == ALERT_REPORT ? STR("report")
			  : alert_is_trouble(m->alert)	 ? STR("trouble")
			  : m->alert->watch.n > 0	 ? m->alert->watch
							 : STR("digest");

	buf_addz(out, "List-Id: <");
	for (size_t i = 0; i < name.n && i < 100; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (ascii_is_alnum(c) || c == '-' || c == '_' || c == '.')
			buf_addc(out, (char)c);
		else
			buf_printf(out, "x%02x", c);
	}
	buf_printf(out, ".nightdesk.%s>\r\n", strrchr(m->from, '@') + 1);
}

static const char *mail_importance(enum alert_priority p)
{
	switch (p) {
	case ALERT_FLASH:
	case ALERT_URGENT: return "high";
	case ALERT_NORMAL: break;
	case ALERT_LOW: return "low";
	}
	return NULL;
}

/* It is made of the id of an alert alone, so the mail about an earlier one needs no record. */
static void mail_put_message_id(
	const char *field, struct str id, const struct mail *m, struct buf *out)
{
	buf_printf(out, "%s: <%.*s%s>\r\n", field, STR_ARG(id), strrchr(m->from, '@'));
}

static void mail_put_header(const struct mail *m, struct buf *out)
{
	const struct alert *a = m->alert;
	const char *importance = mail_importance(a->priority);
	char stamp[STAMP_TEXT_MAX];

	mail_put_from(m, out);
	mail_put_recipients(m->to, out);
	mail_put_subject(a, out);
	buf_printf(out, "Date: %s\r\n", clock_rfc5322(a->created, false, stamp));
	mail_put_message_id("Message-ID", a->id, m, out);
	if (a->of) {
		mail_put_message_id("In-Reply-To", a->of->id, m, out);
		mail_put_message_id("References", a->of->id, m, out);
	}
	if (importance)
		buf_printf(out, "Importance: %s\r\n", importance);
	mail_put_list_id(m, out);
	if (!alert_is_notice(a) && a->watch.n)
		mail_put_field("X-Nightdesk-Watch", a->watch, out);
	buf_printf(out, "X-Nightdesk-Priority: %s\r\n", alert_priority_words[a->priority]);
	buf_addz(out, "Auto-Submitted: auto-generated\r\n" /* RFC 3834 §5 */
		      "MIME-Version: 1.0\r\n");
}

/* No part contains "=_", see mail_put_part(). */
static void mail_put_boundary(
	const struct alert *a, const char *before, const char *after, struct buf *out)
{
	buf_printf(out, "%s=_%.*s%s", before, STR_ARG(a->id), after);
}

void mail_compose(const struct mail *m, struct buf *out)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	mail_put_header(m, out);
	mail_put_boundary(m->alert, "Content-Type: multipart/alternative;\r\n boundary=\"",
		"\"\r\n\r\n", out);
	mail_put_boundary(m->alert, "--", "\r\n", out);
	mail_put_plain(m, &text);
	mail_put_part("text/plain", buf_str(&text), out);
	out->failed = out->failed || buf_failed(&text);
	buf_clear(&text);
	mail_put_boundary(m->alert, "--", "\r\n", out);
	mail_put_html(m, &text);
	mail_put_part("text/html", buf_str(&text), out);
	out->failed = out->failed || buf_failed(&text);
	mail_put_boundary(m->alert, "--", "--\r\n", out);
	buf_release(&text);
}
