/* SPDX-License-Identifier: MIT */
#include "event_look.h"

#include "base/digest.h"
#include "document/wall.h"
#include "event_text.h"

#define TEXT_MAX ((size_t)4 * 1024 * 1024)
#define WALL_MAX ((size_t)4 * 1024 * 1024)

void event_look_init(struct event_look *l)
{
	*l = (struct event_look){.newest = -1};
	buf_init(&l->text, TEXT_MAX);
	buf_init(&l->wall, WALL_MAX);
}

void event_look_release(struct event_look *l)
{
	buf_release(&l->text);
	buf_release(&l->wall);
}

static void look_add(struct event_look *l, const struct store_alert_row *row, bool fresh)
{
	if (l->n_parts >= sizeof(l->parts) / sizeof(*l->parts))
		return;
	event_text_add_alert(&l->text, row, fresh);
	l->parts[l->n_parts++] = (struct event_look_part){row->row, fresh, l->text.len};
}

/* --- new alerts --- */

static int look_take_new(void *ctx, const struct store_alert_row *row)
{
	struct event_look *l = ctx;

	look_add(l, row, true);
	l->newest = row->row;
	return 0;
}

static int look_for_new(struct event_look *l, struct store *s, struct err *e)
{
	const struct store_alert_filter f = {.since = STAMP_NONE,
		.acks = true,
		.ascending = true,
		.after = l->newest,
		.limit = EVENT_LOOK_NEW_MAX};
	int64_t last;
	int rc = store_alert_last(s, &last, e);

	if (rc)
		return rc;
	/* At first all alerts are old. Later there are fewer only if rows were deleted. */
	if (l->newest < 0 || l->newest > last) {
		l->newest = last;
		return 0;
	}
	rc = store_alert_each(s, &f, look_take_new, l, e);
	l->more = l->n_parts == EVENT_LOOK_NEW_MAX;
	if (!l->more)
		l->newest = last; /* rows of other kinds may follow the last alert */
	return rc;
}

/* --- changes --- */

static uint64_t look_hash(const struct store_alert_row *row)
{
	uint64_t hash =
		digest_fast64(str_slice((const char *)row->deliveries, sizeof(row->deliveries)), 0);

	hash = digest_fast64(row->acked_by, hash);
	return digest_fast64(
		str_slice((const char *)&row->escalates_at, sizeof(row->escalates_at)), hash);
}

struct look_recent_walk {
	struct event_look *look;
	struct event_look_recent now[EVENT_LOOK_RECENT];
	size_t n;
};

static bool look_has_changed(const struct event_look *l, const struct event_look_recent *r)
{
	for (size_t i = 0; i < l->n_recent; i++)
		if (l->recent[i].row == r->row)
			return l->recent[i].hash != r->hash;
	return false;
}

static int look_take_recent(void *ctx, const struct store_alert_row *row)
{
	struct look_recent_walk *w = ctx;
	const struct event_look_recent r = {row->row, look_hash(row)};

	if (row->row > w->look->newest)
		return 0; /* of the next look */
	if (look_has_changed(w->look, &r))
		look_add(w->look, row, false);
	w->now[w->n++] = r;
	return 0;
}

static int look_for_changes(struct event_look *l, struct store *s, struct err *e)
{
	const struct store_alert_filter f = {
		.since = STAMP_NONE, .acks = true, .limit = EVENT_LOOK_RECENT};
	struct look_recent_walk w = {.look = l};
	int rc = store_alert_each(s, &f, look_take_recent, &w, e);

	if (rc)
		return rc;
	memcpy(l->recent, w.now, w.n * sizeof(*w.now));
	l->n_recent = w.n;
	return 0;
}

/* --- a look --- */

static int look_for_alerts(struct event_look *l, struct store *s, struct err *e)
{
	int64_t version, newest = l->newest;
	int rc = store_data_version(s, &version, e);

	if (rc || (version == l->version && l->newest >= 0))
		return rc;
	rc = store_begin_read(s, e);
	if (!rc)
		rc = look_for_new(l, s, e);
	if (!rc)
		rc = look_for_changes(l, s, e);
	rc = store_end(s, rc, e);
	if (!rc && buf_failed(&l->text))
		rc = err_nomem(e);
	if (rc) {
		l->newest = newest;
		l->n_parts = 0;
	} else {
		l->version = l->more ? 0 : version;
	}
	return rc;
}

int event_look_run(struct event_look *l, struct store *s, struct err *e)
{
	int64_t start = clock_mono();
	int rc;

	buf_clear(&l->text);
	buf_clear(&l->wall);
	l->n_parts = 0;
	l->more = false;
	rc = look_for_alerts(l, s, e);
	if (rc == 0 && l->read_wall) {
		rc = document_wall_read(l->conf, s, clock_wall(), &l->wall, e);
		l->wall_ms = clock_mono() - start;
	}
	return rc;
}
