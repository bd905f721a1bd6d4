/* SPDX-License-Identifier: MIT */
#include "fetch_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "document/batch.h"
#include "print.h"
#include "report.h"

#define PROBLEMS_SHOWN 5
#define WIDTH	       14
#define EXPIRY_WARNING (14 * CLOCK_DAY)
#define PACKING_WORTH  ((size_t)4096) /* smaller bodies need not be packed */

static void fetch_print_name(const char *name)
{
	printf("%-*s ", WIDTH, name);
}

/* --- the connection --- */

static void fetch_print_phase(const char *name, int64_t from_us, int64_t to_us, bool *first)
{
	int64_t us = to_us - (from_us > 0 ? from_us : 0);

	if (to_us < 0)
		return;
	printf("%s%s %" PRId64 ".%" PRId64 " ms", *first ? "" : ", ", name, us / 1000,
		us % 1000 / 100);
	*first = false;
}

static void fetch_print_phases(const struct fetch_details *d)
{
	int64_t ready = d->tls_us > d->connect_us ? d->tls_us : d->connect_us;
	bool first = true;

	if (d->connect_us < 0 && d->name_us < 0)
		return;
	printf("  %-*s ", WIDTH - 2, "time");
	fetch_print_phase("name", 0, d->name_us, &first);
	fetch_print_phase("connection", d->name_us, d->connect_us, &first);
	fetch_print_phase("TLS", d->connect_us, d->tls_us, &first);
	fetch_print_phase("first byte", ready, d->first_us, &first);
	if (d->first_us >= 0)
		fetch_print_phase("body", d->first_us, d->total_us, &first);
	putchar('\n');
}

static void fetch_print_certificate(const struct fetch_details *d)
{
	int64_t left = d->valid_until - clock_wall();

	if (!d->subject[0])
		return;
	printf("  %-*s ", WIDTH - 2, "certificate");
	utf8_print(stdout, fetch_details_text(d->subject));
	print_text("; by ", fetch_details_text(d->issuer), "");
	if (d->valid_until != STAMP_NONE) {
		fputs("; valid until ", stdout);
		print_stamp(d->valid_until);
	}
	if (d->valid_until != STAMP_NONE && left > 0 && left < EXPIRY_WARNING) {
		fputs(": in ", stdout);
		print_duration(left);
		fputs(" every poll fails, unless the site renews it", stdout);
	}
	putchar('\n');
}

/* Nothing is known of TLS if the connection is that of the request before, or if TLS failed. */
static void fetch_print_connection(const struct document_hop *h)
{
	const struct fetch_details *d = &h->details;

	if (!d->address[0])
		return;
	printf("  %-*s ", WIDTH - 2, "server");
	utf8_print(stdout, fetch_details_text(d->address));
	printf(" port %u", d->port);
	print_text(", HTTP/", fetch_details_text(d->http), "");
	print_text(", ", fetch_details_text(d->tls), "");
	puts(d->tls[0] || str_starts(str_of(h->url), STR("https:")) ? "" : ", not encrypted");
	fetch_print_certificate(d);
}

static void fetch_print_hop(const struct document_hop *h)
{
	print_url("", str_of(h->url), "\n  ");
	if (h->status)
		printf("answered %ld", h->status);
	else
		fputs("no answer", stdout);
	print_url(", Location: ", str_of(h->location), "");
	printf(" (%" PRId64 " ms, %" PRIu64 " bytes)\n", h->ms, h->wire_bytes);
	fetch_print_phases(&h->details);
	fetch_print_connection(h);
}

/* --- the answer --- */

static void fetch_print_headers(const struct document_answer *a)
{
	const struct fetch_details *d = &a->hops[a->n - 1].details;

	print_line("Content-Type", WIDTH, str_of(a->content_type));
	print_line("ETag", WIDTH, str_of(a->etag));
	print_line("Last-Modified", WIDTH, str_of(a->last_modified));
	print_line("Cache-Control", WIDTH, str_of(a->cache_control));
	print_line("Expires", WIDTH, fetch_details_text(d->expires));
	print_line("Age", WIDTH, fetch_details_text(d->age));
	print_line("Vary", WIDTH, str_of(a->vary));
	print_line("Server", WIDTH, fetch_details_text(d->server));
	if (a->retry_after >= 0) {
		fetch_print_name("Retry-After");
		print_duration(a->retry_after);
		putchar('\n');
	}
}

static void fetch_print_size(const struct document_answer *a)
{
	const struct fetch_details *d = &a->hops[a->n - 1].details;

	fetch_print_name("body");
	printf("%zu bytes", a->body.n);
	if (d->encoding[0] && d->body_bytes > 0) {
		print_text(", packed (", fetch_details_text(d->encoding), "");
		printf("): %" PRIu64 " were transferred\n", d->body_bytes);
	} else if (d->body_bytes > 0 && d->body_bytes < a->body.n) {
		printf(", packed without a header that says so: %" PRIu64 " were transferred\n",
			d->body_bytes);
	} else if (a->body.n >= PACKING_WORTH) {
		puts(", not packed, although gzip is asked for");
	} else {
		putchar('\n');
	}
}

/* What the next poll costs if nothing is new. */
static void fetch_print_validators(const struct document_answer *a)
{
	fetch_print_name("unchanged");
	if (a->etag || a->last_modified)
		printf("%s%s%s: the next poll asks with %s, and the answer to what did not change "
		       "can be 304, without a body\n",
			a->etag ? "ETag" : "", a->etag && a->last_modified ? " and " : "",
			a->last_modified ? "Last-Modified" : "",
			a->etag && a->last_modified ? "them" : "it");
	else
		puts("no ETag, no Last-Modified: each poll transfers the whole body");
}

static void fetch_print_feed(const struct document_fetch *f)
{
	const struct feed_batch *b = f->batch;

	fetch_print_name("feed");
	print_batch(b);
	print_line("title", WIDTH, b->feed.title);
	if (b->n_children)
		printf("%-*s %zu in this index, of which the newest are read\n", WIDTH, "sitemaps",
			b->n_children);
	if (b->feed.format == FEED_SITEMAP && !(f->feed && f->feed->sitemap))
		printf("%-*s type = \"sitemap\" in its feed block reads it\n", WIDTH, "");
	if (b->feed.hub.p)
		print_url("hub            ", b->feed.hub, "\n");
	for (size_t i = 0; i < b->n_problems && i < PROBLEMS_SHOWN; i++) {
		fetch_print_name("problem");
		print_problem(&b->problems[i]);
	}
	if (b->n_problems > PROBLEMS_SHOWN)
		printf("%-*s and %zu more; nightdesk parse shows them\n", WIDTH, "",
			b->n_problems - PROBLEMS_SHOWN);
}

/* --- the next poll --- */

static void fetch_print_wish(const char *name, int64_t ms)
{
	if (ms <= 0)
		return;
	fetch_print_name("it asks for");
	print_duration(ms);
	printf(" (%s)\n", name);
}

static void fetch_print_wishes(const struct schedule_poll *s)
{
	fetch_print_wish("Cache-Control or Expires, less Age", s->max_age);
	fetch_print_wish(s->every_default ? "ttl of the feed, which counts up to an hour"
					  : "ttl of the feed; its own every goes before it",
		s->ttl);
	if (s->skip_hours) {
		printf("%-*s not at the hours (UTC)", WIDTH, "it asks for");
		for (unsigned h = 0; h < 24; h++)
			if (s->skip_hours >> h & 1)
				printf(" %u", h);
		putchar('\n');
	}
	if (s->skip_days) {
		printf("%-*s not on", WIDTH, "it asks for");
		for (unsigned d = 0; d < 7; d++)
			if (s->skip_days >> d & 1)
				printf(" %s", document_weekdays[d]);
		putchar('\n');
	}
}

static void fetch_print_failed(const struct document_fetch *f)
{
	fetch_print_name("next poll");
	if (f->poll.retry_after > 0) {
		fputs("not before ", stdout);
		print_duration(f->plan.interval);
		puts(" are over (Retry-After, or a pause after a failure)");
		return;
	}
	fputs("would be in ", stdout);
	print_duration(f->plan.interval);
	puts(", then after a longer pause with each failure");
}

static void fetch_print_next(const struct document_fetch *f)
{
	const struct document_interval i = document_fetch_interval(f);

	fetch_print_wishes(&f->poll);
	if (f->poll.failed) {
		fetch_print_failed(f);
		return;
	}
	fetch_print_name("next poll");
	fputs("would be polled every ", stdout);
	print_duration(i.ms);
	printf(": %s", i.text);
	if (i.ms != f->poll.every) {
		fputs("; configured: ", stdout);
		print_duration(f->poll.every);
	}
	putchar('\n');
	if (f->skipped > 0) {
		printf("%-*s the next in ", WIDTH, "");
		print_duration(f->skipped);
		puts(", because of the hours or days that it skips");
	}
}

void fetch_print(const struct document_fetch *f)
{
	const struct document_answer *a = f->answer;
	const char *advice = document_fetch_advice(a);

	for (unsigned i = 0; i < a->n; i++)
		fetch_print_hop(&a->hops[i]);
	fetch_print_headers(a);
	if (f->feed)
		print_line("configured as", WIDTH, str_of(f->feed->name));
	if (a->error.cls == ERR_NONE)
		fetch_print_size(a);
	if (f->batch && a->cut.cls != ERR_NONE)
		print_line("cut", WIDTH, str_of(a->cut.text));
	if (f->batch)
		fetch_print_feed(f);
	else
		print_line("begins with", WIDTH, f->beginning);
	if (f->batch)
		fetch_print_validators(a);
	fetch_print_next(f);
	fflush(stdout);
	if (a->error.cls != ERR_NONE)
		report_error("%s", a->error.text);
	else if (!f->batch)
		report_error("%s", f->refusal.text);
	if (advice)
		report_error("%s", advice);
}
