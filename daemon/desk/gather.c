/* SPDX-License-Identifier: MIT */
#include "gather.h"

#include "base/clock.h"
#include "base/zone.h"

int gather_init(struct gather *d, enum alert_why why, struct arena *arena, struct err *e)
{
	*d = (struct gather){.arena = arena, .list.why = why, .oldest = STAMP_NONE};
	d->shorts = arena_array(arena, ALERT_DIGEST_MAX, sizeof(*d->shorts));
	d->list.alerts = d->shorts;
	return d->shorts ? 0 : err_nomem(e);
}

/* Absent if the alert has none, or if memory ran out, which sets *lost. */
static struct str gather_keep(struct gather *d, struct str s, bool *lost)
{
	struct str kept = str_present(s) ? arena_str(d->arena, s) : STR_NONE;

	*lost |= str_present(s) && !kept.p;
	return kept;
}

static struct str gather_headline(struct gather *d, const struct alert *a, bool *lost)
{
	struct buf line;
	struct str kept;

	buf_init(&line, 4 * ALERT_DIGEST_TITLE_MAX);
	buf_addz(&line, alert_headline_mark(a));
	alert_headline(a, ALERT_DIGEST_TITLE_MAX - line.len, &line);
	kept = gather_keep(d, buf_str(&line), lost);
	*lost |= buf_failed(&line);
	buf_release(&line);
	return kept;
}

#define GATHER_ALSO ((size_t)3) /* outlets that a short form names */

/* Who else reports it, in short. */
static const struct alert_story *gather_keep_story(
	struct gather *d, const struct alert_story *s, bool *lost)
{
	struct alert_story *out;
	struct str *also;

	if (!s)
		return NULL;
	out = arena_zalloc(d->arena, sizeof(*out));
	also = arena_array(d->arena, GATHER_ALSO, sizeof(*also));
	if (!out || !also) {
		*lost = true;
		return NULL;
	}
	out->id = gather_keep(d, s->id, lost);
	out->reports = s->reports;
	out->outlets = s->outlets;
	out->sources = s->sources;
	out->span = s->span;
	out->via = gather_keep(d, s->via, lost);
	out->also = also;
	for (; out->n_also < s->n_also && out->n_also < GATHER_ALSO; out->n_also++)
		also[out->n_also] = gather_keep(d, s->also[out->n_also], lost);
	return out;
}

static int gather_put_short(struct gather *d, const struct alert *a, struct err *e)
{
	struct alert *out = &d->shorts[d->list.n];
	bool lost = false;

	*out = (struct alert){
		.id = gather_keep(d, a->id, &lost),
		.watch = gather_keep(d, a->watch, &lost),
		.watch_title = gather_keep(d, a->watch_title, &lost),
		.priority = a->priority,
		.title = gather_headline(d, a, &lost),
		.link = a->link.n <= ALERT_DIGEST_LINK_MAX ? gather_keep(d, a->link, &lost)
							   : STR_NONE,
		.published = a->published,
		.feed = gather_keep(d, a->feed, &lost),
		.feed_title = gather_keep(d, a->feed_title, &lost),
		.fetched = STAMP_NONE,
		.story = gather_keep_story(d, a->story, &lost),
	};
	if (lost)
		return err_nomem(e);
	d->bytes += alert_digest_bytes(out);
	if (d->bytes <= ALERT_DIGEST_BYTES)
		d->list.n++;
	else
		d->bytes = SIZE_MAX / 2; /* the later ones are left out too */
	return 0;
}

/* The first one is always kept: its texts are much shorter than ALERT_DIGEST_BYTES. */
static int gather_note_common(struct gather *d, const struct alert *a, struct err *e)
{
	struct alert *head = &d->head;
	bool lost = false;

	if (d->n == 0) {
		*head = d->shorts[0];
		head->story = NULL;
	}
	if (d->n == 0 || !str_eq(a->watch, d->last_watch)) {
		d->last_watch = gather_keep(d, a->watch, &lost);
		d->watches++;
	}
	if (a->priority < head->priority)
		head->priority = a->priority;
	if (d->watches > 1)
		head->watch = STR("");
	if (!str_eq(a->feed, head->feed))
		head->feed = head->feed_title = STR_NONE;
	return lost ? err_nomem(e) : 0;
}

int gather_add(struct gather *d, const struct alert *a, struct err *e)
{
	int rc = 0;

	if (d->list.n < ALERT_DIGEST_MAX && d->bytes <= ALERT_DIGEST_BYTES)
		rc = gather_put_short(d, a, e);
	if (!rc)
		rc = gather_note_common(d, a, e);
	if (rc)
		return rc;
	if (d->oldest == STAMP_NONE || a->created < d->oldest)
		d->oldest = a->created;
	d->n++;
	d->list.left_out = d->n - d->list.n;
	return 0;
}

static void gather_put_title(const struct gather *d, const struct zone *zone, struct buf *out)
{
	const char *s = d->n == 1 ? "" : "s";
	char stamp[STAMP_TEXT_MAX];

	switch (d->list.why) {
	case ALERT_WHY_FLOOD: buf_printf(out, "%zu more alert%s at once", d->n, s); break;
	case ALERT_WHY_LIMIT: buf_printf(out, "%zu more alert%s", d->n, s); break;
	case ALERT_WHY_QUIET: buf_printf(out, "%zu alert%s in quiet hours", d->n, s); break;
	case ALERT_WHY_AWAY:
		buf_printf(out, "while this receiver was away: %zu alert%s, oldest %s", d->n, s,
			zone_minute_text(zone, d->oldest, stamp));
		break;
	case ALERT_WHY_ESCALATED:
		buf_printf(out, "%zu alert%s that nobody has acknowledged", d->n, s);
		break;
	case ALERT_WHY_DIGEST:
	case ALERT_WHYS: buf_printf(out, "%zu alert%s", d->n, s); break;
	}
}

static struct str gather_take(const struct gather *d, struct buf *b, struct err *e, int *rc)
{
	struct str kept = buf_failed(b) ? STR_NONE : arena_str(d->arena, buf_str(b));

	if (!kept.p)
		*rc = err_nomem(e);
	buf_clear(b);
	return kept;
}

int gather_finish(const struct gather *d, struct str receiver, const struct zone *zone, int64_t now,
	struct alert *out, struct err *e)
{
	struct buf b;
	int rc = 0;

	*out = d->head;
	out->kind = ALERT_DIGEST;
	out->created = now;
	out->link = STR_NONE;
	out->published = STAMP_NONE;
	out->fetched = now;
	out->digest = &d->list;
	buf_init(&b, 512);
	alert_put_digest_id(d->head.id, receiver, d->n, &b);
	out->id = gather_take(d, &b, e, &rc);
	gather_put_title(d, zone, &b);
	out->title = gather_take(d, &b, e, &rc);
	if (d->watches > 1) {
		buf_printf(&b, "%zu watches", d->watches);
		out->watch_title = gather_take(d, &b, e, &rc);
	}
	buf_release(&b);
	return rc;
}
