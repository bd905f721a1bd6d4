/* SPDX-License-Identifier: MIT */
#include "trouble_list.h"

#include <stdio.h>

#define DETAIL_MAX ((size_t)600)

static struct str trouble_text(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
				 : STR_NONE;
}

static int64_t trouble_stamp(const json_t *o, const char *key)
{
	struct civil c = {0};
	const char *text = json_string_value(json_object_get(o, key));

	if (!text || sscanf(text, "%d-%d-%dT%d:%d:%d", &c.year, &c.month, &c.day, &c.hour,
			     &c.minute, &c.second) != 6)
		return STAMP_NONE;
	return clock_from_civil(&c);
}

static enum trouble_place trouble_place_of(struct str kind)
{
	static const char *const receivers[] = {"receiver-", "acks-", "canary-", "heartbeat-"};

	for (size_t i = 0; i < sizeof(receivers) / sizeof(*receivers); i++)
		if (str_starts(kind, str_of(receivers[i])))
			return TROUBLE_AT_RECEIVERS;
	return TROUBLE_AT_FEEDS;
}

static void trouble_put_part(struct html *h, const json_t *part, struct str kind)
{
	struct str subject = trouble_text(part, "subject");
	struct str detail = trouble_text(part, "detail");

	html_markup(h, "<li>");
	if (str_present(subject) && str_starts(kind, STR("feed-"))) {
		html_markup(h, "<a");
		html_href(h, "feeds/", subject);
		html_markup(h, ">");
		html_name(h, subject);
		html_markup(h, "</a>, ");
	} else if (str_present(subject)) {
		html_name(h, subject);
		html_markup(h, ", ");
	}
	html_markup(h, "since ");
	html_time_ago(h, trouble_stamp(part, "since"));
	if (str_present(detail)) {
		html_markup(h, ": ");
		html_text_cut(h, detail, DETAIL_MAX);
	}
	html_markup(h, "</li>\n");
}

static void trouble_put_kind(struct html *h, const json_t *t, struct str kind)
{
	const json_t *list = json_object_get(t, "troubles"), *part;
	json_int_t left_out = json_integer_value(json_object_get(t, "left_out"));
	bool person = json_is_true(json_object_get(t, "person"));
	size_t i;

	html_printf(h, "<article class=\"trouble%s\">\n<h3>", person ? " person" : "");
	html_printf(h,
		"<span class=\"%s\"><span class=\"sign\" aria-hidden=\"true\">%s</span></span> ",
		person ? "bad" : "warn", person ? "✕" : "!");
	html_text_cut(h, trouble_text(t, "title"), DETAIL_MAX);
	html_markup(h, "</h3>\n<ul>\n");
	json_array_foreach (list, i, part) {
		trouble_put_part(h, part, kind);
	}
	if (left_out > 0)
		html_printf(h, "<li>and %lld more</li>\n", (long long)left_out);
	html_markup(h, "</ul>\n<p class=\"meta\">");
	html_markup(h, person ? "To do: " : "No action is needed: ");
	html_text(h, trouble_text(t, "advice"));
	html_markup(h, ".</p>\n</article>\n");
}

size_t trouble_list_put(struct html *h, const json_t *status, enum trouble_place place)
{
	const json_t *list = json_object_get(status, "troubles"), *t;
	size_t i, n = 0;

	json_array_foreach (list, i, t) {
		struct str kind = trouble_text(t, "kind");

		if (trouble_place_of(kind) != place)
			continue;
		trouble_put_kind(h, t, kind);
		n++;
	}
	return n;
}
