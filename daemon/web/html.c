/* SPDX-License-Identifier: MIT */
#include "html.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "text/cut.h"

#define LANGUAGE_MAX 35

static const char *const html_months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* --- text --- */

void html_escape(struct buf *out, struct str s)
{
	struct buf clean;

	if (!str_present(s))
		return;
	buf_init(&clean, s.n * 8 + 16);
	utf8_escape(&clean, s, s.n, false);
	buf_add_markup(out, buf_str(&clean));
	buf_pass_lack(out, &clean);
	buf_release(&clean);
}

void html_markup(struct html *h, const char *literal)
{
	buf_addz(h->out, literal);
}

void html_printf(struct html *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(h->out, fmt, ap);
	va_end(ap);
}

static size_t html_run(struct str s, size_t from)
{
	size_t at = from;

	while (at < s.n && s.p[at] != '\n' && s.p[at] != '\t' && s.p[at] != '\r')
		at++;
	return at;
}

void html_text(struct html *h, struct str s)
{
	for (size_t at = 0; at < s.n;) {
		size_t end = html_run(s, at);

		html_escape(h->out, str_slice(s.p + at, end - at));
		if (end < s.n)
			buf_addc(h->out, ' ');
		at = end + 1;
	}
}

void html_text_cut(struct html *h, struct str s, size_t max)
{
	struct str shown = utf8_valid(s) ? text_cut(s, max) : utf8_cut(s, max);

	html_text(h, shown);
	if (shown.n < s.n)
		html_markup(h, "…");
}

void html_paragraphs(struct html *h, struct str s)
{
	bool open = false, broken = false;

	for (size_t at = 0; at < s.n;) {
		const char *p = memchr(s.p + at, '\n', s.n - at);
		size_t end = p ? (size_t)(p - s.p) : s.n;
		struct str line = str_trim(str_slice(s.p + at, end - at));

		at = end + 1;
		if (line.n == 0) {
			html_markup(h, open ? "</p>\n" : "");
			open = broken = false;
			continue;
		}
		html_markup(h, !open ? "<p>" : broken ? "<br>\n" : "");
		html_text(h, line);
		open = broken = true;
	}
	html_markup(h, open ? "</p>\n" : "");
}

void html_attribute(struct html *h, const char *name, struct str value)
{
	html_printf(h, " %s=\"", name);
	html_text(h, value);
	html_markup(h, "\"");
}

static bool html_is_language(struct str s)
{
	if (s.n < 2 || s.n > LANGUAGE_MAX || !ascii_is_alpha(s.p[0]) || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

void html_foreign(struct html *h, struct str language)
{
	html_markup(h, " dir=\"auto\"");
	if (html_is_language(language))
		html_attribute(h, "lang", language);
}

void html_name(struct html *h, struct str s)
{
	html_markup(h, "<bdi>");
	html_text(h, s);
	html_markup(h, "</bdi>");
}

/* --- links --- */

/* RFC 3986 §2.3: everything else is encoded. */
static void html_put_component(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_addc(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void html_href(struct html *h, const char *path, struct str name)
{
	html_printf(h, " href=\"%s%s", h->root, path);
	html_put_component(h->out, name);
	/* An empty reference is the page itself. */
	if (!*h->root && !*path && !name.n)
		html_markup(h, "./");
	html_markup(h, "\"");
}

void html_href_below(struct html *h, const char *path, struct str name, const char *below)
{
	html_printf(h, " href=\"%s%s", h->root, path);
	html_put_component(h->out, name);
	html_printf(h, "%s\"", below);
}

void html_query(struct buf *url, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_printf(url, "%c%s=", url->len ? '&' : '?', name);
	html_put_component(url, value);
}

void html_href_query(struct html *h, struct str query)
{
	html_attribute(h, "href", query.n ? query : STR("?"));
}

bool html_is_web_link(struct str url)
{
	return str_starts_nocase(url, STR("http://")) || str_starts_nocase(url, STR("https://"));
}

bool html_open_link(struct html *h, struct str url)
{
	if (!html_is_web_link(url))
		return false;
	html_markup(h, "<a");
	html_attribute(h, "href", url);
	html_markup(h, " rel=\"noopener noreferrer\">");
	return true;
}

/* --- times and numbers --- */

/* "4 min", in the largest unit that it fills. */
static void html_put_age(struct html *h, int64_t ms)
{
	if (ms < CLOCK_MINUTE)
		html_printf(h, "%lld s", (long long)(ms / CLOCK_SECOND));
	else if (ms < CLOCK_HOUR)
		html_printf(h, "%lld min", (long long)(ms / CLOCK_MINUTE));
	else if (ms < 2 * CLOCK_DAY)
		html_printf(h, "%lld h", (long long)(ms / CLOCK_HOUR));
	else
		html_printf(h, "%lld days", (long long)(ms / CLOCK_DAY));
}

void html_duration(struct html *h, int64_t ms)
{
	html_put_age(h, ms < 0 ? 0 : ms);
}

static struct civil html_civil(const struct html *h, int64_t ms)
{
	return clock_to_civil(ms + (int64_t)zone_offset(h->zone, ms) * CLOCK_SECOND);
}

static void html_open_time(struct html *h, int64_t ms, bool ago)
{
	char text[STAMP_TEXT_MAX];
	struct civil at = html_civil(h, ms), now = html_civil(h, h->now);

	html_printf(h, "<time datetime=\"%s\"%s", clock_rfc3339(ms, false, text),
		ago ? " data-ago" : "");
	html_printf(h, " title=\"%s\">", zone_text(h->zone, ms, text));
	if (at.year != now.year)
		html_printf(h, "%d %s %d ", at.day, html_months[at.month - 1], at.year);
	else if (at.month != now.month || at.day != now.day)
		html_printf(h, "%d %s ", at.day, html_months[at.month - 1]);
	html_printf(h, "%02d:%02d", at.hour, at.minute);
}

void html_time(struct html *h, int64_t ms)
{
	if (ms == STAMP_NONE) {
		html_markup(h, "never");
		return;
	}
	html_open_time(h, ms, false);
	html_markup(h, "</time>");
}

void html_time_ago(struct html *h, int64_t ms)
{
	if (ms == STAMP_NONE) {
		html_markup(h, "never");
		return;
	}
	html_open_time(h, ms, true);
	html_markup(h, " · <span class=\"ago\">");
	if (ms > h->now)
		html_markup(h, "in ");
	html_put_age(h, ms > h->now ? ms - h->now : h->now - ms);
	html_markup(h, ms > h->now ? "</span></time>" : " ago</span></time>");
}

void html_count(struct html *h, int64_t n)
{
	if (n >= 1000) {
		html_count(h, n / 1000);
		html_printf(h, ",%03lld", (long long)(n % 1000));
	} else {
		html_printf(h, "%lld", (long long)n);
	}
}
