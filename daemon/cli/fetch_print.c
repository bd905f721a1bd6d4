/* SPDX-License-Identifier: MIT */
/* What `nightdesk fetch` prints as text. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "command.h"
#include "document/batch.h"
#include "fetch.h"

#define PROBLEMS_SHOWN 5

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

static void put_hop(const struct document_hop *h)
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

static void put_headers(const struct document_fetch *f)
{
	put_line("Content-Type", str_of(f->content_type));
	put_line("ETag", str_of(f->etag));
	put_line("Last-Modified", str_of(f->last_modified));
	put_line("Cache-Control", str_of(f->cache_control));
	if (f->poll.retry_after >= 0) {
		printf("%-14s ", "Retry-After");
		put_duration(f->poll.retry_after);
		putchar('\n');
	}
}

static void put_feed(const struct feed_batch *b)
{
	printf("%-14s %s", "feed", document_format_name(b->feed.format));
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
				printf(" %s", document_weekdays[d]);
		putchar('\n');
	}
}

static void put_next(const struct document_fetch *f)
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

void fetch_print(const struct document_fetch *f)
{
	for (size_t i = 0; i < f->n_hops; i++)
		put_hop(&f->hops[i]);
	put_headers(f);
	if (f->feed)
		put_line("configured as", str_of(f->feed->name));
	if (f->error->cls == ERR_NONE)
		printf("%-14s %zu bytes\n", "body", f->body.n);
	if (f->batch)
		put_feed(f->batch);
	else
		put_line("begins with", f->beginning);
	put_next(f);
	if (f->error->cls != ERR_NONE)
		cli_complain("%s", f->error->text);
	else if (!f->batch)
		cli_complain("%s", f->refusal->text);
}
