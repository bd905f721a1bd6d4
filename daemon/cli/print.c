/* SPDX-License-Identifier: MIT */
#include "print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "document/batch.h"
#include "document/delivery.h"

#define HEADLINE_MAX 100
#define SNIPPET_MAX  240
#define SNIPPET_ROOM 8192

static struct zone *print_zone; /* set before the first stamp; NULL: UTC */

void print_set_zone(const char *name)
{
	zone_free(print_zone);
	print_zone = zone_new(name);
}

const char *print_local_text(const char *rfc3339, char out[STAMP_TEXT_MAX])
{
	struct civil c = {0};

	if (sscanf(rfc3339, "%d-%d-%dT%d:%d:%d", &c.year, &c.month, &c.day, &c.hour, &c.minute,
		    &c.second) == 6)
		return zone_text(print_zone, clock_from_civil(&c), out);
	return rfc3339;
}

const char *print_stamp_text(int64_t ms, char out[STAMP_TEXT_MAX])
{
	return ms == STAMP_NONE ? "never" : zone_text(print_zone, ms, out);
}

void print_stamp(int64_t ms)
{
	char text[STAMP_TEXT_MAX];

	fputs(print_stamp_text(ms, text), stdout);
}

void print_text(const char *before, struct str s, const char *after)
{
	if (!str_present(s))
		return;
	fputs(before, stdout);
	utf8_print(stdout, s);
	fputs(after, stdout);
}

void print_url(const char *before, struct str url, const char *after)
{
	struct buf shown;

	buf_init(&shown, 4 * url.n + 16);
	redact_show_url(&shown, url);
	if (url.p)
		print_text(before, buf_str(&shown), after);
	buf_release(&shown);
}

void print_count(long long n)
{
	if (n >= 1000) {
		print_count(n / 1000);
		printf(",%03lld", n % 1000);
		return;
	}
	printf("%lld", n);
}

void print_line(const char *name, int width, struct str value)
{
	if (!str_present(value))
		return;
	printf("%-*s ", width, name);
	print_text("", value, "\n");
}

const char *print_duration_text(int64_t ms, char out[PRINT_DURATION_MAX])
{
	int64_t s = ms / CLOCK_SECOND;

	if (s < 120)
		snprintf(out, PRINT_DURATION_MAX, "%" PRId64 " s", s);
	else if (s < 2 * 3600)
		snprintf(out, PRINT_DURATION_MAX, "%" PRId64 " min", (s + 30) / 60);
	else if (s < 48 * 3600)
		snprintf(out, PRINT_DURATION_MAX, "%" PRId64 " h", (s + 1800) / 3600);
	else
		snprintf(out, PRINT_DURATION_MAX, "%" PRId64 " d", (s + 43200) / 86400);
	return out;
}

void print_duration(int64_t ms)
{
	char text[PRINT_DURATION_MAX];

	fputs(print_duration_text(ms, text), stdout);
}

void print_stamp_line(const char *name, int width, int64_t ms)
{
	printf("%-*s ", width, name);
	print_stamp(ms);
	putchar('\n');
}

void print_headline(const struct alert *a, size_t max)
{
	struct buf b;

	buf_init(&b, max + 16);
	alert_headline(a, max, &b);
	utf8_print(stdout, buf_str(&b));
	buf_release(&b);
}

void print_item(const struct store_item_row *row, struct str body)
{
	const struct alert a = {.title = row->item.title, .body = body, .link = row->item.link};

	print_stamp(row->first_seen);
	print_text("  ", row->feed, "  ");
	print_headline(&a, HEADLINE_MAX);
}

void print_hit(const struct watch_hit *h)
{
	printf("%s: ", query_field_name(h->field));
	utf8_print(stdout, h->text);
	print_text("   (", h->term, ")\n");
}

void print_batch(const struct feed_batch *b)
{
	fputs(document_format_name(b->feed.format), stdout);
	print_text(" ", b->feed.format_version, "");
	print_text(", ", b->feed.encoding, "");
	printf(", %zu item%s%s\n", b->n_items, str_plural((long long)b->n_items),
		b->complete ? "" : ", broken or cut off");
}

void print_problem(const struct feed_problem *p)
{
	if (p->line)
		printf("line %u: ", p->line);
	print_text("", p->text, "\n");
}

static void print_values(const struct str *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_text(i ? ", " : "", v[i], "");
	puts(n ? "" : "(none)");
}

void print_change(const struct alert_change *c)
{
	printf("  %-10s was: ", alert_part_words[c->part]);
	print_values(c->was, c->n_was);
	printf("  %-10s is:  ", "");
	print_values(c->is, c->n_is);
}

void print_delivery(const struct store_delivery *d)
{
	bool tried = d->attempts || str_present(d->answer);
	char after[PRINT_DURATION_MAX];

	utf8_print(stdout, d->notify);
	printf(": %s", document_delivery_states[d->state]);
	if (d->state == STORE_HELD)
		fputs(" until ", stdout);
	else if (d->state == STORE_PENDING && tried)
		fputs(", again at ", stdout);
	else if (d->done_at != STAMP_NONE)
		fputs(" at ", stdout);
	if (d->state == STORE_HELD || (d->state == STORE_PENDING && tried))
		print_stamp(d->next_at);
	else if (d->done_at != STAMP_NONE)
		print_stamp(d->done_at);
	if (d->attempts)
		printf(", %u attempt%s", d->attempts, str_plural(d->attempts));
	print_text(", last answer: ", d->answer, "");
	print_text(", in digest ", d->digest, "");
	if (d->escalated)
		printf(", escalated after %s", print_duration_text(d->escalated, after));
	printf(" (delivery %lld)\n", (long long)d->id);
}

static void print_escape(struct buf *out, struct str s)
{
	utf8_escape(out, s, s.n, false);
}

void print_snippet(const struct cli *cli, const struct watch_view *v, const struct watch_hit *hits,
	size_t n_hits)
{
	const struct watch_marks marks = {
		cli->color ? "\033[1m" : "[", cli->color ? "\033[0m" : "]", print_escape, NULL};
	struct buf b;

	buf_init(&b, SNIPPET_ROOM);
	watch_snippet(v, hits, n_hits, SNIPPET_MAX, &marks, &b);
	fwrite(buf_z(&b), 1, b.len, stdout);
	buf_release(&b);
}
