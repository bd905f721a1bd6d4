/* SPDX-License-Identifier: MIT */
#include "feeds_page.h"

#include "feed_table.h"
#include "trouble_list.h"

#define PAGE_FEEDS_MAX 200

static int feeds_read_choice(
	struct web_call *c, const struct web_wall *w, struct feed_choice *o, struct err *e)
{
	struct str state = web_call_parameter(c, "state");
	int64_t skip;
	int rc = web_call_number(c, "skip", &skip, e);

	*o = (struct feed_choice){.wall = w,
		.state = -1,
		.text = web_call_parameter(c, "q"),
		.skip = (size_t)skip,
		.max = PAGE_FEEDS_MAX};
	if (rc || !str_present(state))
		return rc;
	for (int i = 0; document_feed_words[i]; i++)
		if (str_is(state, document_feed_words[i]))
			o->state = i;
	return o->state >= 0
		       ? 0
		       : err_set(e, ERR_CONF, "there is no state \"%.40s\" of a feed", state.p);
}

static void feeds_put_form(struct html *h, const struct feed_choice *o)
{
	html_markup(h, "<form class=\"filters\">\n<label>Name, title, address or group<input "
		       "type=\"search\" name=\"q\" size=\"24\" id=\"filter\"");
	html_attribute(h, "value", str_present(o->text) ? o->text : STR(""));
	html_markup(h, "></label>\n<label>State<select name=\"state\"><option "
		       "value=\"\">any</option>");
	for (int i = 0; document_feed_words[i]; i++)
		html_printf(h, "<option value=\"%s\"%s>%s</option>", document_feed_words[i],
			o->state == i ? " selected" : "",
			web_wall_sign((enum document_feed_state)i)->word);
	html_markup(h, "</select></label>\n<button>Show</button>\n</form>\n");
}

static void feeds_put_turn(
	struct html *h, const struct feed_choice *o, size_t skip, const char *text)
{
	char number[24];
	struct buf url;

	buf_init(&url, 16384);
	html_query(&url, "q", o->text);
	html_query(&url, "state", str_of(o->state >= 0 ? document_feed_words[o->state] : NULL));
	snprintf(number, sizeof(number), "%zu", skip);
	html_query(&url, "skip", str_of(skip ? number : NULL));
	html_markup(h, "<a");
	html_href_query(h, buf_str(&url));
	html_printf(h, ">%s</a>\n", text);
	buf_release(&url);
}

static void feeds_put_turns(struct html *h, const struct feed_choice *o, size_t n)
{
	size_t end = o->skip + o->max < n ? o->skip + o->max : n;

	if (n <= o->max && !o->skip)
		return;
	html_markup(h, "<p class=\"bar\">");
	if (o->skip)
		feeds_put_turn(h, o, o->skip > o->max ? o->skip - o->max : 0, "Previous");
	html_printf(h, "<span>%zu to %zu of %zu</span>\n", o->skip < n ? o->skip + 1 : n, end, n);
	if (end < n)
		feeds_put_turn(h, o, end, "Next");
	html_markup(h, "</p>\n");
}

static void feeds_put_summary(struct html *h, const struct web_wall *w)
{
	html_markup(h, "<p class=\"sum\" id=\"sum\" data-live=\"sum\">");
	if (w->n)
		web_wall_put_sentence(h, w);
	else
		html_markup(h, "No feed is configured: <code>nightdesk feeds import "
			       "FILE.opml</code> or <code>nightdesk discover URL</code>");
	html_markup(h, ".</p>\n<canvas id=\"wall\" aria-hidden=\"true\" hidden></canvas>\n");
}

int web_feeds_page_read(struct web_call *c, struct store *store, struct err *e)
{
	struct html h = page_html(c);
	struct web_wall wall;
	struct feed_choice o;
	size_t n = 0;
	int rc = web_wall_read(c, store, &wall, e);

	if (!rc)
		rc = feeds_read_choice(c, &wall, &o, e);
	if (rc)
		return rc;
	page_begin(&h, c, PAGE_FEEDS, STR("Feeds"));
	html_markup(&h, "<h1>Feeds</h1>\n");
	feeds_put_summary(&h, &wall);
	feeds_put_form(&h, &o);
	html_markup(&h, "<div data-live=\"feeds\">\n");
	rc = feed_table_put(&h, c, store, &o, &n, e);
	if (!n && wall.n)
		html_markup(&h, "<p>No feed fits that. <a href=\"?\">All feeds</a></p>\n");
	feeds_put_turns(&h, &o, n);
	html_markup(&h, "</div>\n");
	page_end(&h, c);
	return rc;
}
