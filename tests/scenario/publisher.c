/* SPDX-License-Identifier: MIT */
/* Publishers that post by the virtual clock: the body of their feed is made when it is asked for.
 */
#include "scenario/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define PUBLISHED_MAX 200
#define MONDAY	      (3 * CLOCK_DAY)

struct publisher {
	int64_t every;
	int from, to; /* hours, UTC */
	bool weekdays, silent, validators, stuck;
	int64_t next; /* time of the next item */
	size_t shown; /* items in the feed */
	int64_t dates[PUBLISHED_MAX];
	size_t n;   /* items so far */
	size_t tag; /* of its ETag */
};

static bool publisher_works(const struct publisher *p, int64_t t)
{
	int64_t hour = t / CLOCK_HOUR % 24, day = (t + MONDAY) / CLOCK_DAY % 7;

	return !p->silent && hour >= p->from && hour < p->to && (!p->weekdays || day < 5);
}

static void publisher_live(struct publisher *p, int64_t now)
{
	for (; p->next <= now; p->next += p->every)
		if (publisher_works(p, p->next))
			p->dates[p->n++ % PUBLISHED_MAX] = p->next;
}

void publisher_write(struct reply *r)
{
	struct publisher *p = r->publisher;
	char date[STAMP_TEXT_MAX];
	struct buf lines;

	publisher_live(p, clock_wall());
	p->tag = p->stuck ? p->tag : p->n;
	r->conditional = p->validators;
	buf_init(&lines, 65536);
	for (size_t i = p->n; i > 0 && p->n - i < p->shown; i--)
		buf_printf(&lines, "%zu | Item %zu of %s | Text | | %s\n", i, i, r->url,
			clock_rfc3339(p->dates[(i - 1) % PUBLISHED_MAX], false, date));
	free(r->etag);
	if (asprintf(&r->etag, "\"%zu\"", p->tag) < 0)
		r->etag = NULL;
	free(r->body);
	r->body = body_write("rss", buf_z(&lines));
	r->body_len = strlen(r->body);
	buf_release(&lines);
}

static struct reply *publisher_find(struct world *w, const char *url)
{
	struct reply *r;

	TAILQ_FOREACH (r, &w->replies, link)
		if (r->publisher && strcmp(r->url, url) == 0)
			return r;
	return NULL;
}

void publisher_do(struct world *w, const struct line *l, FILE *in)
{
	struct reply *r = publisher_find(w, l->word[1]);
	bool silent = strcmp(l->word[2], "silent") == 0;
	struct publisher *p;

	(void)in;
	if (r) {
		publisher_live(r->publisher, clock_wall());
		r->publisher->silent = silent;
		r->publisher->stuck = strcmp(l->word[2], "stuck") == 0;
		return;
	}
	r = calloc(1, sizeof(*r));
	p = calloc(1, sizeof(*p));
	r->url = strdup(l->word[1]);
	r->status = 200;
	r->left = -1;
	r->delay = 50;
	r->retry_after = r->max_age = -1;
	r->publisher = p;
	p->every = line_ms(l->word[2]);
	p->next = clock_wall();
	p->to = 24;
	p->shown = line_value(l, "items") ? strtoul(line_value(l, "items"), NULL, 10) : 30;
	if (p->shown > PUBLISHED_MAX)
		world_fail(w, "at most %d items", PUBLISHED_MAX);
	p->weekdays = line_has(l, "weekdays");
	p->validators = !line_has(l, "no-etag");
	if (line_value(l, "hours") &&
		sscanf(line_value(l, "hours"), "%d-%d", &p->from, &p->to) != 2)
		world_fail(w, "hours are LOW-HIGH");
	if (p->every <= 0)
		world_fail(w, "a publisher posts every so often");
	TAILQ_INSERT_TAIL(&w->replies, r, link);
}
