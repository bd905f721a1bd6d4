/* SPDX-License-Identifier: MIT */
/*
 * What a mail says. The subject has the headline, so the text begins with the passage: that is what
 * a list of mails shows of it. The HTML is one column without images, and its only color is the one
 * of marks, so that it can be read in light and dark.
 */
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf/form.h"
#include "mail.h"

#define TEMPLATE_MAX ((size_t)24 * 1024)

static void mail_put_about(const struct mail *m, struct buf *out)
{
	const struct alert *a = m->alert;
	size_t start = out->len;

	size_t end;

	sink_text_who(a, out);
	end = out->len;
	if (end > start)
		buf_addz(out, " · ");
	sink_text_published(a, m->zone, out);
	if (out->len == end + strlen(" · "))
		buf_truncate(out, end);
	if (out->len > start)
		buf_addc(out, '\n');
}

/*
 * "Embassy relocation · matched: embass*", "alert al_…, urgent": in that order, since filters take
 * "urgent", then "notice", for a business proposal.
 */
static void mail_put_why(const struct mail *m, struct buf *out)
{
	if (!alert_is_notice(m->alert) && str_present(m->alert->watch_title)) {
		sink_text_why(m->alert, out);
		buf_addc(out, '\n');
	}
	buf_addz(out, alert_is_notice(m->alert) ? "notice " : "alert ");
	alert_put_ids(m->alert, out);
	buf_printf(out, ", %s\n", alert_priority_words[m->alert->priority]);
}

static void mail_put_value(struct buf *out, struct str s)
{
	sink_text_lines(s, "\n", sink_text_put, out);
}

static void mail_put_template(const struct mail *m, struct buf *out)
{
	static const struct sink_escape escape = {mail_put_value, NULL};

	sink_template_write(m->template, m->alert, m->zone, &escape, out);
	buf_addc(out, '\n');
}

void mail_put_plain(const struct mail *m, struct buf *out)
{
	const struct alert *a = m->alert;

	if (m->template) {
		mail_put_template(m, out);
		return;
	}
	sink_text_content(a, out);
	if (out->len)
		buf_addc(out, '\n');
	if (str_present(a->link)) {
		sink_text_put(out, a->link);
		buf_addz(out, "\n\n");
	}
	mail_put_about(m, out);
	mail_put_why(m, out);
}

/* --- HTML --- */

static void mail_html_text(struct buf *out, struct str s)
{
	struct buf clean;

	buf_init(&clean, s.n * 8 + 16);
	utf8_escape(&clean, s, s.n, false);
	buf_add_markup(out, buf_str(&clean));
	out->failed = out->failed || buf_failed(&clean);
	buf_release(&clean);
}

/*
 * A link whose text is its host: what is read is where it leads. A path of Latin letters in both
 * parts of a mail in Cyrillic makes a mixture that filters take for a disguise.
 */
static void mail_html_link(struct str link, struct buf *out)
{
	struct str host;

	if (!str_starts_nocase(link, STR("http://")) && !str_starts_nocase(link, STR("https://"))) {
		mail_html_text(out, link);
		return;
	}
	buf_addz(out, "<a href=\"");
	mail_html_text(out, link);
	buf_addz(out, "\">");
	host = conf_form_url(link) == CONF_URL_GOOD ? conf_form_url_host(link) : link;
	mail_html_text(out, host);
	buf_addz(out, "</a>");
}

static void mail_html_lines(struct str text, struct buf *out)
{
	sink_text_lines(text, "<br>\n", mail_html_text, out);
}

/* The heading of the alerts of one watch. */
static void mail_html_watch(const struct alert *a, struct buf *out)
{
	buf_addz(out, "<p><b>");
	mail_html_text(out, a->watch_title);
	buf_printf(out, "</b> · %s</p>\n", alert_priority_words[a->priority]);
}

/* " · BBC World, 12 min old" */
static void mail_html_short_who(const struct alert *a, size_t i, struct buf *out)
{
	struct buf line;

	buf_init(&line, 4096);
	sink_text_short_who(a, i, &line);
	buf_add_markup(out, buf_str(&line));
	buf_pass_lack(out, &line);
	buf_release(&line);
}

static void mail_html_digest(const struct alert *a, struct buf *out)
{
	const struct alert_digest *d = a->digest;

	buf_addz(out, "<p>");
	mail_html_text(out, str_of(alert_why_texts[d->why]));
	buf_addz(out, "</p>\n");
	for (size_t i = 0; i < d->n; i++) {
		bool heading = sink_text_new_watch(a, i);

		if (heading && i > 0)
			buf_addz(out, "</ul>\n");
		if (heading)
			mail_html_watch(&d->alerts[i], out);
		if (heading || i == 0)
			buf_addz(out, "<ul style=\"padding-left:1.2em\">\n");
		buf_addz(out, "<li dir=\"auto\">");
		mail_html_text(out, d->alerts[i].title);
		mail_html_short_who(a, i, out);
		if (str_present(d->alerts[i].link)) {
			buf_addz(out, "<br>\n");
			mail_html_link(d->alerts[i].link, out);
		}
		buf_addz(out, "</li>\n");
	}
	buf_addz(out, "</ul>\n");
	if (d->left_out)
		buf_printf(out, "<p>and %zu more: nightdesk alerts list</p>\n", d->left_out);
}

/* Whose text it has, and who else reports it. */
static void mail_html_story(const struct alert *a, struct buf *out)
{
	struct buf line;

	buf_init(&line, 32 * 1024);
	sink_text_story(a, "\n", &line);
	if (line.len) {
		buf_addz(out, "<p dir=\"auto\">");
		mail_html_lines(buf_str(&line), out);
		buf_addz(out, "</p>\n");
	}
	buf_pass_lack(out, &line);
	buf_release(&line);
}

static void mail_html_match(const struct alert *a, struct buf *out)
{
	static const struct watch_marks marks = {
		"<b style=\"background:#ffe08a;color:#000\">", "</b>", mail_html_text, "<br>\n"};
	struct buf line;

	buf_init(&line, 16 * 1024);
	sink_text_cause(a, &line);
	if (line.len) {
		buf_addz(out, "<p dir=\"auto\">");
		mail_html_text(out, buf_str(&line));
		buf_addz(out, "</p>\n");
	}
	for (size_t i = 0; i < a->n_changes; i++) {
		buf_pass_lack(out, &line);
		buf_clear(&line);
		sink_text_change(&a->changes[i], &line);
		buf_addz(out, "<p dir=\"auto\">");
		mail_html_text(out, buf_str(&line));
		buf_addz(out, "</p>\n");
	}
	out->failed = out->failed || buf_failed(&line);
	buf_release(&line);
	if (sink_text_has_passage(a)) {
		buf_addz(out, "<p dir=\"auto\">");
		sink_text_passage(a, &marks, out);
		buf_addz(out, "</p>\n");
	}
	mail_html_story(a, out);
}

/* Its lines, with the empty ones. */
static void mail_html_template(const struct mail *m, struct buf *out)
{
	struct buf text;
	struct str rest;

	buf_init(&text, TEMPLATE_MAX);
	mail_put_template(m, &text);
	rest = buf_str(&text);
	buf_addz(out, "<p dir=\"auto\">");
	while (rest.n) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;

		mail_html_text(out, str_slice(rest.p, n));
		n += end != NULL;
		rest = str_slice(rest.p + n, rest.n - n);
		buf_addz(out, rest.n ? "<br>\n" : "</p>\n");
	}
	buf_pass_lack(out, &text);
	buf_release(&text);
}

static void mail_html_alert(const struct mail *m, struct buf *out)
{
	const struct alert *a = m->alert;
	struct buf line;

	if (a->kind == ALERT_DIGEST) {
		mail_html_digest(a, out);
	} else if (alert_is_notice(a)) {
		buf_addz(out, "<p>");
		mail_html_lines(a->body, out);
		buf_addz(out, "</p>\n");
	} else {
		mail_html_match(a, out);
	}
	if (str_present(a->link)) {
		buf_addz(out, "<p>");
		mail_html_link(a->link, out);
		buf_addz(out, "</p>\n");
	}
	buf_init(&line, 16 * 1024);
	mail_put_about(m, &line);
	mail_put_why(m, &line);
	buf_addz(out, "<p dir=\"auto\">");
	mail_html_lines(buf_str(&line), out);
	buf_addz(out, "</p>\n");
	out->failed = out->failed || buf_failed(&line);
	buf_release(&line);
}

void mail_put_html(const struct mail *m, struct buf *out)
{
	buf_addz(out, "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n</head>\n"
		      "<body style=\"max-width:40em;font-family:sans-serif;line-height:1.4\">\n");
	if (m->template)
		mail_html_template(m, out);
	else
		mail_html_alert(m, out);
	buf_addz(out, "</body>\n</html>\n");
}
