/* SPDX-License-Identifier: MIT */
#include "poll_sitemap.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "feed/join.h"

#define MEMORY_MIN  ((size_t)1 << 20) /* for a batch; with less the rest is not read */
#define TEXT_MAX    ((size_t)64 << 10)
#define ABSENT_REST CLOCK_HOUR /* after 404 or 410: not in each poll of the index */

const char *poll_sitemap_etag(const struct poll_visit *v)
{
	return v->map ? v->map->v[v->map->at].etag.p : v->feed->etag;
}

const char *poll_sitemap_last_modified(const struct poll_visit *v)
{
	return v->map ? v->map->v[v->map->at].last_modified.p : v->feed->last_modified;
}

/* The batch of v becomes one of the parts. */
static void sitemap_keep_batch(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;
	size_t used = v->batch ? arena_used(v->batch->arena) : 0;

	if (!v->batch)
		return;
	m->memory -= used < m->memory ? used : m->memory;
	m->parts[m->n_parts++] = v->batch;
	v->batch = NULL;
	v->poll.batch = NULL;
}

/* --- one after the other --- */

/* Texts in the arena of the visit: NUL-terminated, and there until its end. */
static bool sitemap_copy_texts(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;

	for (size_t i = 0; i < m->n; i++) {
		struct sitemap *one = &m->v[i];
		struct str *texts[] = {&one->url, &one->etag, &one->last_modified};

		for (size_t k = 0; k < 3; k++) {
			struct str copy = arena_str(v->arena, *texts[k]);

			if (str_present(*texts[k]) && !str_present(copy))
				return false;
			*texts[k] = copy;
		}
	}
	return true;
}

/* The next request is for the sitemap `at`. */
static bool sitemap_ask(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;
	struct redact secrets = v->hops.secrets;

	v->hops.secrets = (struct redact){0};
	if (m->index.n == 0)
		m->index = v->hops;
	else
		feed_request_wipe(&v->hops, v->cf);
	v->hops.secrets = secrets;
	if (feed_request_restart(&v->hops, v->arena, m->v[m->at].url.p) != 0)
		return false;
	v->hop_pause = 0;
	v->wall = NULL;
	v->max_age = -1;
	v->poll.conditional = m->v[m->at].etag.p || m->v[m->at].last_modified.p;
	v->poll.etag = v->poll.last_modified = v->poll.error = STR_NONE;
	v->poll.not_modified = v->poll.cut = v->poll.gone = v->poll.absent = false;
	return true;
}

/* The text that is stored; absent if memory is out, and then the old one stays. */
static struct str sitemap_make_text(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;
	struct str text = STR_NONE;
	struct buf out;

	buf_init(&out, TEXT_MAX);
	if (sitemap_plan_write(m->v, m->n, &out) == 0)
		text = arena_str(v->arena, buf_str(&out));
	buf_release(&out);
	return text;
}

/* All parts as one batch, the first of which becomes that of the poll. */
static bool sitemap_join(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;
	bool whole = !v->poll.conditional && m->failed == 0 && m->read == m->n;

	if (feed_batch_join(m->parts[0], m->parts + 1, m->n_parts - 1, feed_limits_default.items,
		    &v->error) != 0)
		return false;
	v->batch = m->parts[0];
	m->parts[0] = NULL;
	v->batch->partial |= !whole;
	v->poll.batch = v->batch;
	v->poll.outcome = DESK_NEW_BODY;
	return true;
}

/* The index was not read: it keeps what is stored of its body. Copies, see poll_feed_update(). */
static void sitemap_keep_validators(struct poll_visit *v)
{
	const struct poll_feed *f = v->feed;

	if (!str_present(v->poll.etag) && !str_present(v->poll.last_modified)) {
		v->poll.etag = arena_str(v->arena, str_of(f->etag));
		v->poll.last_modified = arena_str(v->arena, str_of(f->last_modified));
	}
	v->poll.body_hash = f->body_hash;
}

/* All that were asked failed; or none was, and all failed when they were. */
static bool sitemap_none_is_fine(const struct poll_sitemap *m)
{
	if (m->n == 0 || m->read + m->unchanged > 0)
		return false;
	if (m->failed > 0)
		return true;
	for (size_t i = 0; i < m->n; i++)
		if (!m->v[i].failed)
			return false;
	return true;
}

static enum poll_step sitemap_end(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;
	struct redact secrets = v->hops.secrets;
	int64_t fetched = v->poll.fetched;

	if (m->index.n > 0) {
		v->hops.secrets = (struct redact){0};
		feed_request_wipe(&v->hops, v->cf);
		v->hops = m->index;
		v->hops.secrets = secrets;
		m->index = (struct feed_request){0};
	}
	v->status = m->status;
	v->max_age = m->max_age;
	m->poll.documents = v->poll.documents;
	m->poll.n_documents = v->poll.n_documents;
	v->poll = m->poll;
	v->poll.index = true;
	v->poll.fetched = fetched;
	if (v->poll.outcome == DESK_UNCHANGED)
		sitemap_keep_validators(v);
	v->poll.sitemaps = sitemap_make_text(v);
	if (sitemap_none_is_fine(m))
		return poll_visit_fail(v, "none of its sitemaps can be read%s%s",
			m->error[0] ? ": " : "", m->error);
	if (m->n_parts > 0 && !sitemap_join(v))
		return poll_visit_fail(v, "%s", v->error.text);
	return POLL_DECIDED;
}

static enum poll_step sitemap_next(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;

	while (m->at < m->n && !m->v[m->at].due)
		m->at++;
	/* A pause that was asked for holds for all of them: they have one domain. */
	if (m->at == m->n || v->retry_after > 0 || m->memory < MEMORY_MIN)
		return sitemap_end(v);
	return sitemap_ask(v) ? POLL_REDIRECTED : poll_visit_lack(v, "out of memory");
}

/* --- the index --- */

/* Chooses the sitemaps; without the index, those of the last time. */
static size_t sitemap_choose(struct poll_visit *v, struct poll_sitemap *m)
{
	const struct conf_feed *cf = v->cf;
	struct sitemap known[SITEMAP_READ_MAX];
	size_t n_known = sitemap_plan_read(str_of(v->feed->sitemaps), known);
	struct sitemap_terms terms = {
		.now = clock_wall(), .conditional = v->poll.conditional, .force = cf->force};

	if (v->batch) {
		m->n = sitemap_plan_choose(v->batch, str_of(v->hops.urls[v->hops.n - 1]),
			feed_request_may_downgrade(cf), m->v);
		sitemap_plan_remember(m->v, m->n, known, n_known);
	} else {
		memcpy(m->v, known, n_known * sizeof(*known));
		m->n = n_known;
	}
	return sitemap_plan_mark(m->v, m->n, &terms);
}

static enum poll_step sitemap_begin(struct poll_visit *v)
{
	struct poll_sitemap *m = calloc(1, sizeof(*m));

	if (!m)
		return poll_visit_lack(v, "out of memory");
	v->map = m;
	if (sitemap_choose(v, m) > 0 && !sitemap_copy_texts(v))
		return poll_visit_lack(v, "out of memory");
	if (v->batch && m->n == 0)
		return poll_visit_fail(v, "none of the sitemaps in this index may be read: they "
					  "must be on its site, and "
					  "https if it is");
	v->verifies = false; /* the address of the index brought something */
	m->poll = v->poll;
	m->poll.batch = NULL;
	m->status = v->status;
	m->max_age = v->max_age;
	m->memory = feed_limits_default.arena_bytes;
	sitemap_keep_batch(v);
	return sitemap_next(v);
}

/* --- the end of one --- */

static void sitemap_note_failure(struct poll_visit *v, struct str why)
{
	struct poll_sitemap *m = v->map;
	struct sitemap *one = &m->v[m->at];

	one->failed = true;
	one->fresh_until = v->poll.absent ? clock_wall() + ABSENT_REST : STAMP_NONE;
	if (m->failed++ == 0)
		snprintf(m->error, sizeof(m->error), "%.*s", STR_ARG(why));
}

static void sitemap_note_success(struct poll_visit *v)
{
	struct sitemap *one = &v->map->v[v->map->at];
	bool body = v->poll.outcome == DESK_NEW_BODY;

	one->read = true;
	one->failed = false;
	one->was = one->updated;
	one->fresh_until = v->max_age > 0 ? clock_wall() + v->max_age : STAMP_NONE;
	if (body || str_present(v->poll.etag) || str_present(v->poll.last_modified)) {
		one->etag = v->poll.etag;
		one->last_modified = v->poll.last_modified;
	}
	if (!body) {
		v->map->unchanged++;
		return;
	}
	/* As with a feed: what breaks off is asked for again, whole. */
	if (!v->batch->complete || v->poll.cut) {
		one->etag = one->last_modified = STR_NONE;
		one->failed = true;
		v->batch->partial = true;
		v->batch->complete = true;
	}
	v->map->read++;
	sitemap_keep_batch(v);
}

static enum poll_step sitemap_take(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;

	if (v->poll.outcome == DESK_FAILED) {
		sitemap_note_failure(v, v->poll.error);
	} else if (v->batch && v->batch->n_children > 0) {
		sitemap_note_failure(v, STR("a sitemap of the index is an index itself"));
		feed_batch_free(v->batch);
		v->batch = NULL;
	} else {
		sitemap_note_success(v);
	}
	m->at++;
	return sitemap_next(v);
}

enum poll_step poll_sitemap_decided(struct poll_visit *v)
{
	bool index = v->batch ? v->batch->n_children > 0 && v->batch->complete && !v->poll.cut
			      : v->poll.outcome == DESK_UNCHANGED && v->feed->sitemaps;

	if (v->map)
		return sitemap_take(v);
	if (v->batch && !index && v->feed->sitemaps)
		v->poll.sitemaps = STR(""); /* it was an index */
	return index ? sitemap_begin(v) : POLL_DECIDED;
}
