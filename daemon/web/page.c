/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <string.h>

#include "assets.h"
#include "base/ascii.h"

#define DEPTH_MAX 16

/* A name in the path is one level: "/alerts/al_1" is one below the top. */
static const char *page_root(const char *path)
{
	static const char up[] = "../../../../../../../../../../../../../../../../";
	size_t depth = 0;

	for (const char *p = path + 1; *path && *p && depth < DEPTH_MAX; p++)
		depth += *p == '/';
	return up + sizeof(up) - 1 - depth * strlen("../");
}

struct html page_html(struct web_call *c)
{
	return (struct html){
		.out = &c->body, .root = page_root(c->path.p), .zone = c->zone, .now = c->now};
}

/* --- frame --- */

static void page_put_head(struct html *h, struct str title)
{
	html_markup(h, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		       "<title>");
	html_text_cut(h, title, 120);
	html_markup(h, str_present(title) ? " · nightdesk" : "nightdesk");
	html_printf(h,
		"</title>\n<meta name=\"viewport\" content=\"width=device-width, "
		"initial-scale=1\">\n<link rel=\"stylesheet\" href=\"%sassets/page.css\">\n"
		"<link rel=\"icon\" href=\"%sassets/icon.svg\" type=\"image/svg+xml\">\n",
		h->root, h->root);
	html_printf(h,
		"<link rel=\"alternate\" type=\"application/atom+xml\" title=\"Alerts\" "
		"href=\"%salerts.atom\">\n",
		h->root);
	if (web_assets_find(STR("page.js")))
		html_printf(h, "<script src=\"%sassets/page.js\" defer></script>\n", h->root);
	html_markup(h, "</head>\n");
}

static void page_put_place(struct html *h, const char *path, const char *text, bool current)
{
	html_markup(h, "<a");
	html_href(h, path, STR_NONE);
	html_printf(h, "%s>%s</a>\n", current ? " aria-current=\"page\"" : "", text);
}

static void page_put_masthead(struct html *h, enum page_place place)
{
	html_markup(h, "<a class=\"skip\" href=\"#main\">Skip to the news</a>\n"
		       "<header class=\"top\">\n<a class=\"name\"");
	html_href(h, "", STR_NONE);
	html_markup(h, ">nightdesk</a>\n<nav aria-label=\"Pages\">\n");
	page_put_place(h, "", "Now", place == PAGE_NOW);
	page_put_place(h, "alerts", "Alerts", place == PAGE_ALERTS);
	page_put_place(h, "watches", "Watches", place == PAGE_WATCHES);
	page_put_place(h, "feeds", "Feeds", place == PAGE_FEEDS);
	page_put_place(h, "search", "Archive", place == PAGE_SEARCH);
	html_printf(h,
		"</nav>\n<form role=\"search\" aria-label=\"Archive\" action=\"%ssearch\"><input "
		"type=\"search\" "
		"name=\"q\" aria-label=\"Search the archive\" placeholder=\"Search the archive\">"
		"</form>\n",
		h->root);
	html_markup(h, "<p id=\"live\" role=\"status\">As of ");
	html_time(h, h->now);
	html_printf(h, "<span class=\"quiet\" id=\"zone\" data-offset=\"%d\"> · times are ",
		zone_offset(h->zone, h->now));
}

static void page_put_zone(struct html *h, const struct web_call *c)
{
	char text[STAMP_TEXT_MAX];
	const char *offset = strrchr(zone_minute_text(h->zone, h->now, text), ' ');

	if (c->conf && c->conf->daemon.timezone) {
		html_text(h, str_of(c->conf->daemon.timezone));
		html_markup(h, " ");
	}
	html_printf(h, "%s</span></p>\n</header>\n", offset ? offset + 1 : "");
}

bool page_is_wall(const struct web_call *c)
{
	struct buf v;
	bool yes;

	buf_init(&v, 16);
	yes = httpd_parameter(c->query, "wall", &v) && str_is(buf_str(&v), "1");
	buf_release(&v);
	return yes;
}

void page_begin(struct html *h, const struct web_call *c, enum page_place place, struct str title)
{
	page_put_head(h, title);
	html_printf(h, "<body%s data-root=\"%s\">\n", page_is_wall(c) ? " class=\"wall\"" : "",
		h->root);
	page_put_masthead(h, place);
	page_put_zone(h, c);
	html_markup(h, "<main id=\"main\" tabindex=\"-1\">\n");
}

void page_end(struct html *h, const struct web_call *c)
{
	(void)c;
	html_markup(h, "</main>\n<footer>\n<p>nightdesk " NIGHTDESK_VERSION
		       " · read-only: alerts are acknowledged and silenced with "
		       "<code>nightdesk alerts ack</code> and <code>nightdesk silence</code>. ");
	html_printf(h,
		"<a href=\"%s?wall=1\">Wall view</a> · <a href=\"%smetrics\">Metrics</a> · "
		"<a href=\"%sapi/v1/status\">Status as JSON</a></p>\n</footer>\n</body>\n"
		"</html>\n",
		h->root, h->root, h->root);
}

/* --- signs --- */

static void page_open_sign(struct html *h, const struct page_sign *s)
{
	html_printf(h, "<span class=\"%s\"><span class=\"sign\" aria-hidden=\"true\">%s</span> ",
		s->class, s->sign);
}

void page_put_sign(struct html *h, const struct page_sign *s)
{
	page_open_sign(h, s);
	html_printf(h, "%s</span>", s->word);
}

void page_put_number_sign(struct html *h, const struct page_sign *s, int64_t n)
{
	page_open_sign(h, s);
	html_count(h, n);
	html_printf(h, " %s</span>", s->word);
}

const struct page_sign *page_priority_sign(enum alert_priority p)
{
	static const struct page_sign signs[] = {
		[ALERT_FLASH] = {"◆", "flash", "bad"},
		[ALERT_URGENT] = {"▲", "urgent", "warn"},
		[ALERT_NORMAL] = {"●", "normal", "quiet"},
		[ALERT_LOW] = {"○", "low", "quiet"},
	};

	return &signs[p];
}

/* --- failures --- */

static const char *page_failure_title(int status)
{
	switch (status) {
	case 400: return "That cannot be read";
	case 404: return "Not here";
	case 503: return "Not now";
	default: break;
	}
	return "That went wrong";
}

static const char *page_failure_advice(int status)
{
	switch (status) {
	case 400: return "Correct the address, or begin from one of the pages above.";
	case 404:
		return "Items and alerts leave the database after the time that <code>retention"
		       "</code> says; feeds and watches are those of the configuration in force.";
	case 503: return "Reload this page in a moment; nothing is lost.";
	default: break;
	}
	return "The log of nightdesk says more: <code>journalctl -u nightdesk</code>.";
}

void page_put_failure(struct buf *out, const char *path, int status, const char *text)
{
	struct web_call c = {.path = str_of(path), .query = STR_NONE};
	struct html h = {.out = out, .root = page_root(path), .now = clock_wall()};
	const char *title = page_failure_title(status);

	page_begin(&h, &c, PAGE_ELSEWHERE, str_of(title));
	html_printf(&h, "<h1>%s</h1>\n<p>", title);
	if (ascii_is_lower(*text))
		html_printf(&h, "%c", ascii_upper(*text++));
	html_text(&h, str_of(text));
	html_printf(&h, "%s</p>\n<p>%s</p>\n", str_ends(str_of(text), STR("?")) ? "" : ".",
		page_failure_advice(status));
	page_end(&h, &c);
}
