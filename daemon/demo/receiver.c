/* SPDX-License-Identifier: MIT */
#include "receiver.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"

bool receiver_verify(struct str secret, const char *id, const char *timestamp,
	const char *signature, struct str body)
{
	uint8_t mac[SHA256_SIZE];
	struct buf key, content, expected;
	bool ok;

	buf_init(&key, 256);
	buf_init(&content, body.n + 256);
	buf_init(&expected, 128);
	digest_unbase64(&key, str_slice(secret.p + 6, secret.n - 6)); /* after "whsec_" */
	buf_printf(&content, "%s.%s.", id, timestamp);
	buf_adds(&content, body);
	ok = digest_hmac_sha256(buf_str(&key), buf_str(&content), mac);
	buf_addz(&expected, "v1,");
	digest_base64(&expected, mac, sizeof(mac));
	ok = ok && !buf_failed(&content) && str_is(buf_str(&expected), signature);
	buf_release(&key);
	buf_release(&content);
	buf_release(&expected);
	return ok;
}

static const struct {
	const char *html, *plain, *color;
} marks[] = {
	{"<b>", "[[", "\x1b[1;33m"},
	{"</b>", "]]", "\x1b[0m"},
	{"&amp;", "&", "&"},
	{"&lt;", "<", "<"},
	{"&gt;", ">", ">"},
	{"&quot;", "\"", "\""},
};

/* The snippet is HTML with these six tags and entities only. */
static void receiver_print_snippet(const char *html, bool color)
{
	while (*html) {
		size_t run = strcspn(html, "<&"), i;

		utf8_print(stdout, str_slice(html, run));
		html += run;
		for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			if (strncmp(html, marks[i].html, strlen(marks[i].html)) == 0)
				break;
		if (i == sizeof(marks) / sizeof(marks[0]))
			return;
		fputs(color ? marks[i].color : marks[i].plain, stdout);
		html += strlen(marks[i].html);
	}
}

static const char *receiver_text(const json_t *o, const char *key)
{
	const char *z = json_string_value(json_object_get(o, key));

	return z ? z : "";
}

/* What happened to the story, if not that it appeared. */
static const char *receiver_event(const json_t *root)
{
	static const struct {
		const char *type, *text;
	} events[] = {
		{"alert.updated", "EDITED: "},
		{"alert.corrected", "CORRECTED: "},
		{"alert.withdrawn", "WITHDRAWN: "},
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(receiver_text(root, "type"), events[i].type) == 0)
			return events[i].text;
	return "";
}

/* [before, after], for a change of the title. */
static void receiver_print_change(const json_t *data)
{
	const json_t *title = json_object_get(json_object_get(data, "change"), "title");

	if (json_array_size(title) != 2)
		return;
	fputs("\n          before: ", stdout);
	utf8_print(stdout, str_of(json_string_value(json_array_get(title, 0))));
}

bool receiver_print_alert(struct str body, bool color, int64_t started)
{
	json_t *root = json_loadb(body.p, body.n, 0, NULL);
	const json_t *data = json_object_get(root, "data");
	const json_t *item = json_object_get(data, "item");
	const json_t *watch = json_object_get(data, "watch");
	bool ok = json_is_object(item) && json_is_object(watch);

	if (ok) {
		printf("%s+%.1f s  %s%s  %s (%s)\n          ", color ? "\x1b[1m" : "",
			(double)(clock_wall() - started) / (double)CLOCK_SECOND,
			receiver_text(watch, "title"), color ? "\x1b[0m" : "",
			receiver_text(json_object_get(item, "feed"), "title"),
			receiver_text(watch, "priority"));
		fputs(receiver_event(root), stdout);
		utf8_print(stdout, str_of(receiver_text(item, "title")));
		receiver_print_change(data);
		fputs("\n          ", stdout);
		receiver_print_snippet(receiver_text(data, "snippet"), color);
		printf("\n          %s  %s\n\n", receiver_text(item, "link"),
			receiver_text(data, "id"));
		fflush(stdout);
	}
	json_decref(root);
	return ok;
}
