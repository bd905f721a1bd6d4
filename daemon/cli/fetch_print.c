/* SPDX-License-Identifier: MIT */
/* What `nightdesk fetch` tells, to people and to programs. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "command.h"
#include "feed_json.h"
#include "fetch.h"
#include "document/value.h"

#define PROBLEMS_SHOWN 5
#define BEGINNING_MAX  ((size_t)200)

static const char *const days[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* --- for people ------------------------------------------------------------------------------- */

static void put_line(const char *name, struct str s)
{
	if (!str_present(s))
		return;
	printf("%-14s ", name);
	utf8_print(stdout, s);
	putchar('\n');
}

/* The largest unit that shows it exactly enough: "90 s", "5 min", "1 h 30 min", "2 d". */
static void put_duration(int64_t ms)
{
	int64_t s = ms / CLOCK_SECOND;

	if (s < 120)
		printf("%" PRId64 " s", s);
	else if (s < 2 * 3600)
		printf("%" PRId64 " min", (s + 30) / 60);
	else if (s < 48 * 3600)
		printf("%" PRId64 " h", (s + 1800) / 3600);
	else
		printf("%" PRId64 " d", (s + 43200) / 86400);
}

static void put_hop(const struct asked_hop *h)
{
	utf8_print(stdout, str_of(h->url));
	fputs("\n  ", stdout);
	if (h->status)
		printf("answered %ld", h->status);
	else
		fputs("no answer", stdout);
	if (h->location) {
		fputs(", Location: ", stdout);
		utf8_print(stdout, str_of(h->location));
	}
	printf(" (%" PRId64 " ms, %" PRIu64 " bytes)\n", h->ms, h->wire_bytes);
}

static void put_headers(const struct asked *a)
{
	put_line("Content-Type", str_of(a->content_type));
	put_line("ETag", str_of(a->etag));
	put_line("Last-Modified", str_of(a->last_modified));
	put_line("Cache-Control", str_of(a->cache_control));
	if (a->retry_after >= 0) {
		printf("%-14s ", "Retry-After");
		put_duration(a->retry_after);
		putchar('\n');
	}
}

static void put_feed(const struct feed_batch *b)
{
	printf("%-14s %s", "feed", cli_feed_format(b->feed.format));
	if (str_present(b->feed.format_version)) {
		putchar(' ');
		utf8_print(stdout, b->feed.format_version);
	}
	fputs(", ", stdout);
	utf8_print(stdout, b->feed.encoding);
	printf(", %zu item%s%s\n", b->n_items, b->n_items == 1 ? "" : "s",
		b->complete ? "" : ", broken or cut off");
	put_line("title", b->feed.title);
	for (size_t i = 0; i < b->n_problems && i < PROBLEMS_SHOWN; i++) {
		printf("%-14s ", "problem");
		if (b->problems[i].line)
			printf("line %" PRIu32 ": ", b->problems[i].line);
		utf8_print(stdout, b->problems[i].text);
		putchar('\n');
	}
	if (b->n_problems > PROBLEMS_SHOWN)
		printf("%-14s and %zu more; nightdesk parse shows them\n", "",
			b->n_problems - PROBLEMS_SHOWN);
}

/* Of a body that is no feed: what a person needs to see what it is. Absent: there is no body. */
static struct str beginning(const struct asked *a)
{
	struct str s = str_trim(a->body);

	if (a->error.cls != ERR_NONE || s.n == 0)
		return STR_NONE;
	return s.n > BEGINNING_MAX ? utf8_cut(s, BEGINNING_MAX) : s;
}

static void put_wish(const char *name, int64_t ms)
{
	if (ms <= 0)
		return;
	printf("%-14s ", "it asks for");
	put_duration(ms);
	printf(" (%s)\n", name);
}

static void put_wishes(const struct schedule_poll *s)
{
	put_wish("Cache-Control", s->max_age);
	put_wish("ttl or update period of the feed", s->ttl);
	if (s->skip_hours) {
		printf("%-14s not at the hours (UTC)", "it asks for");
		for (unsigned h = 0; h < 24; h++)
			if (s->skip_hours >> h & 1)
				printf(" %u", h);
		putchar('\n');
	}
	if (s->skip_days) {
		printf("%-14s not on", "it asks for");
		for (unsigned d = 0; d < 7; d++)
			if (s->skip_days >> d & 1)
				printf(" %s", days[d]);
		putchar('\n');
	}
}

static void put_next(const struct fetched *f)
{
	const struct schedule_poll *s = &f->poll;

	put_wishes(s);
	if (s->failed) {
		if (f->floor <= 0)
			return;
		printf("%-14s not before ", "next poll");
		put_duration(f->floor);
		puts(" are over");
		return;
	}
	printf("%-14s would be polled every ", "next poll");
	put_duration(f->floor > s->every ? f->floor : s->every);
	if (f->floor > s->every)
		fputs(", because it asks for that; configured: ", stdout);
	if (f->floor > s->every)
		put_duration(s->every);
	else if (s->force)
		fputs(", whatever it asks for (force)", stdout);
	putchar('\n');
}

void fetch_print(const struct fetched *f)
{
	const struct asked *a = f->asked;

	for (unsigned i = 0; i < a->n; i++)
		put_hop(&a->hops[i]);
	put_headers(a);
	if (f->feed)
		put_line("configured as", str_of(f->feed->name));
	if (a->error.cls == ERR_NONE)
		printf("%-14s %zu bytes\n", "body", a->body.n);
	if (f->batch)
		put_feed(f->batch);
	else
		put_line("begins with", beginning(a));
	put_next(f);
	if (a->error.cls != ERR_NONE)
		cli_complain("%s", a->error.text);
	else if (!f->batch)
		cli_complain("%s", f->refusal.text);
}

/* --- for programs ----------------------------------------------------------------------------- */

static void put_seconds(json_t *to, const char *key, int64_t ms)
{
	if (ms > 0)
		json_object_set_new(to, key, json_integer(ms / CLOCK_SECOND));
}

static json_t *hops_json(const struct asked *a)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < a->n; i++) {
		const struct asked_hop *h = &a->hops[i];
		json_t *o = json_object();

		document_set_text(o, "url", str_of(h->url));
		if (h->status)
			json_object_set_new(o, "status", json_integer(h->status));
		document_set_text(o, "location", str_of(h->location));
		json_object_set_new(o, "ms", json_integer(h->ms));
		json_object_set_new(o, "wire_bytes", json_integer((json_int_t)h->wire_bytes));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *headers_json(const struct asked *a)
{
	json_t *o = json_object();

	document_set_text(o, "content-type", str_of(a->content_type));
	document_set_text(o, "etag", str_of(a->etag));
	document_set_text(o, "last-modified", str_of(a->last_modified));
	document_set_text(o, "cache-control", str_of(a->cache_control));
	return o;
}

static json_t *feed_json(const struct feed_batch *b)
{
	json_t *o = json_object(), *problems = json_array();

	document_set_text(o, "format", str_of(cli_feed_format(b->feed.format)));
	document_set_text(o, "format_version", b->feed.format_version);
	document_set_text(o, "encoding", b->feed.encoding);
	document_set_text(o, "title", b->feed.title);
	json_object_set_new(o, "items", json_integer((json_int_t)b->n_items));
	json_object_set_new(o, "well_formed", json_boolean(b->well_formed));
	json_object_set_new(o, "complete", json_boolean(b->complete));
	for (size_t i = 0; i < b->n_problems; i++) {
		json_t *p = json_object();

		json_object_set_new(p, "line", json_integer(b->problems[i].line));
		document_set_text(p, "text", b->problems[i].text);
		json_array_append_new(problems, p);
	}
	json_object_set_new(o, "problems", problems);
	return o;
}

static json_t *bits_json(uint32_t bits, const char *const *names)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < 24; i++)
		if (bits >> i & 1)
			json_array_append_new(
				list, names ? json_string(names[i]) : json_integer(i));
	return list;
}

static json_t *next_json(const struct fetched *f)
{
	const struct schedule_poll *s = &f->poll;
	json_t *o = json_object();

	put_seconds(o, "configured_s", s->every);
	if (!s->failed)
		put_seconds(o, "every_s", f->floor > s->every ? f->floor : s->every);
	put_seconds(o, "max_age_s", s->max_age);
	put_seconds(o, "ttl_s", s->ttl);
	put_seconds(o, "retry_after_s", s->retry_after);
	if (s->skip_hours)
		json_object_set_new(o, "skip_hours", bits_json(s->skip_hours, NULL));
	if (s->skip_days)
		json_object_set_new(o, "skip_days", bits_json(s->skip_days, days));
	return o;
}

void fetch_print_json(const struct fetched *f)
{
	const struct asked *a = f->asked;
	const struct err *e = a->error.cls != ERR_NONE ? &a->error : &f->refusal;
	json_t *o = json_object();

	json_object_set_new(o, "hops", hops_json(a));
	if (a->status)
		json_object_set_new(o, "status", json_integer(a->status));
	json_object_set_new(o, "headers", headers_json(a));
	if (f->feed)
		document_set_text(o, "configured_as", str_of(f->feed->name));
	if (a->error.cls == ERR_NONE)
		json_object_set_new(o, "bytes", json_integer((json_int_t)a->body.n));
	if (f->batch)
		json_object_set_new(o, "feed", feed_json(f->batch));
	else
		document_set_text(o, "begins_with", beginning(a));
	if (e->cls != ERR_NONE) {
		json_t *error = json_object();

		document_set_text(error, "class", str_of(err_class_name(e->cls)));
		document_set_text(error, "text", str_of(e->text));
		json_object_set_new(o, "error", error);
	}
	json_object_set_new(o, "next", next_json(f));
	document_print(o, stdout);
}
