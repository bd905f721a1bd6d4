/* SPDX-License-Identifier: MIT */
#include "sitemap_plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "feed/link.h"

#define RECENT	    (2 * CLOCK_DAY)
#define FIELDS	    7
#define UNDATED_MAX (SITEMAP_READ_MAX / 2)

/* --- choice --- */

/* The domain that all sitemaps must have, and those that were chosen. */
struct plan_choice {
	const struct feed_batch *index;
	struct str url;
	char domain[FEED_HOST_MAX];
	bool secure; /* only those with https */
	struct sitemap *out;
	size_t n;
};

static bool plan_is_allowed(const struct plan_choice *c, struct str url)
{
	char domain[FEED_HOST_MAX];

	if (c->secure && !str_starts_nocase(url, STR("https:")))
		return false;
	if (url.n > SITEMAP_URL_MAX || memchr(url.p, '\t', url.n) || str_eq(url, c->url) ||
		!feed_link_registrable(url, domain) || strcmp(domain, c->domain) != 0)
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->out[i].url, url))
			return false;
	return true;
}

static void plan_add(struct plan_choice *c, const struct feed_child *child)
{
	if (c->n < SITEMAP_READ_MAX && plan_is_allowed(c, child->url))
		c->out[c->n++] = (struct sitemap){.url = child->url,
			.updated = child->updated,
			.was = STAMP_NONE,
			.fresh_until = STAMP_NONE};
}

/* From both ends in turn, up to that many in all. */
static void plan_add_undated(struct plan_choice *c, size_t max)
{
	size_t from = 0, to = c->index->n_children, start = c->n;

	for (bool first = true; from < to && c->n - start < max; first = !first) {
		const struct feed_child *child =
			first ? &c->index->children[from++] : &c->index->children[--to];

		if (child->updated == STAMP_NONE)
			plan_add(c, child);
	}
}

static int plan_compare(const void *a, const void *b)
{
	const struct feed_child *const *x = a, *const *y = b;

	if ((*x)->updated != (*y)->updated)
		return (*x)->updated > (*y)->updated ? -1 : 1;
	return *x < *y ? -1 : *x > *y;
}

size_t sitemap_plan_choose(const struct feed_batch *index, struct str url, bool insecure,
	struct sitemap out[SITEMAP_READ_MAX])
{
	const struct feed_child *dated[FEED_CHILDREN_MAX];
	struct plan_choice c = {.index = index,
		.url = url,
		.secure = !insecure && str_starts_nocase(url, STR("https:")),
		.out = out};
	size_t n = 0;

	if (!feed_link_registrable(url, c.domain))
		return 0;
	for (size_t i = 0; i < index->n_children && n < FEED_CHILDREN_MAX; i++)
		if (index->children[i].updated != STAMP_NONE)
			dated[n++] = &index->children[i];
	qsort(dated, n, sizeof(*dated), plan_compare);
	plan_add_undated(&c, UNDATED_MAX);
	for (size_t i = 0; i < n; i++)
		plan_add(&c, dated[i]);
	plan_add_undated(&c, SITEMAP_READ_MAX);
	return c.n;
}

/* --- text: a line for each, of values separated by tabs --- */

static struct str plan_next(struct str *rest, char end)
{
	const char *at = rest->n ? memchr(rest->p, end, rest->n) : NULL;
	size_t n = at ? (size_t)(at - rest->p) : rest->n;
	struct str value = str_slice(rest->p, n);

	n += at != NULL;
	*rest = str_slice(rest->p + n, rest->n - n);
	return value;
}

static int64_t plan_stamp(struct str s)
{
	char text[24];

	if (s.n == 0 || s.n >= sizeof(text))
		return STAMP_NONE;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return strtoll(text, NULL, 10);
}

size_t sitemap_plan_read(struct str text, struct sitemap out[SITEMAP_READ_MAX])
{
	size_t n = 0;

	while (text.n > 0 && n < SITEMAP_READ_MAX) {
		struct str line = plan_next(&text, '\n'), field[FIELDS];

		for (int i = 0; i < FIELDS; i++)
			field[i] = plan_next(&line, '\t');
		if (field[0].n == 0)
			continue;
		out[n++] = (struct sitemap){.url = field[0],
			.updated = plan_stamp(field[1]),
			.read = memchr(field[2].p, 'r', field[2].n) != NULL,
			.failed = memchr(field[2].p, 'f', field[2].n) != NULL,
			.was = plan_stamp(field[3]),
			.fresh_until = plan_stamp(field[4]),
			.etag = field[5].n ? field[5] : STR_NONE,
			.last_modified = field[6].n ? field[6] : STR_NONE};
	}
	return n;
}

static void plan_write_stamp(struct buf *out, int64_t stamp)
{
	buf_addc(out, '\t');
	if (stamp != STAMP_NONE)
		buf_printf(out, "%" PRId64, stamp);
}

int sitemap_plan_write(const struct sitemap *v, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, v[i].url);
		plan_write_stamp(out, v[i].updated);
		buf_printf(out, "\t%s%s", v[i].read ? "r" : "", v[i].failed ? "f" : "");
		plan_write_stamp(out, v[i].was);
		plan_write_stamp(out, v[i].fresh_until);
		buf_addc(out, '\t');
		buf_adds(out, v[i].etag);
		buf_addc(out, '\t');
		buf_adds(out, v[i].last_modified);
		buf_addc(out, '\n');
	}
	return buf_failed(out) ? -(int)ERR_NOMEM : 0;
}

/* --- what is due --- */

void sitemap_plan_remember(struct sitemap *v, size_t n, const struct sitemap *known, size_t n_known)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n_known; k++) {
			int64_t updated = v[i].updated;

			if (!str_eq(v[i].url, known[k].url))
				continue;
			v[i] = known[k];
			v[i].updated = updated;
		}
}

static bool plan_may_have_changed(const struct sitemap *m, int64_t now)
{
	return !m->read || m->failed || m->updated == STAMP_NONE || m->updated != m->was ||
	       now - m->updated < RECENT;
}

size_t sitemap_plan_mark(struct sitemap *v, size_t n, const struct sitemap_terms *t)
{
	size_t due = 0;

	for (size_t i = 0; i < n; i++) {
		struct sitemap *m = &v[i];
		/* A time further away than a header may ask for: the wall clock was set back. */
		bool fresh = m->fresh_until != STAMP_NONE && m->fresh_until > t->now &&
			     m->fresh_until - t->now <= CLOCK_DAY;

		if (!t->conditional)
			m->etag = m->last_modified = STR_NONE;
		m->due = (!t->conditional || plan_may_have_changed(m, t->now)) &&
			 (!fresh || t->force);
		due += m->due;
	}
	return due;
}
