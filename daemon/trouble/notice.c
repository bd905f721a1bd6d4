/* SPDX-License-Identifier: MIT */
#include "trouble/notice.h"

#include "base/clock.h"

#define TITLE_MAX_BYTES ((size_t)1000)
#define BODY_MAX_BYTES	((size_t)12 * 1024)

/* "feeds", "watches" */
static const char *notice_plural_end(struct str noun)
{
	return str_ends(noun, STR("ch")) ? "es" : "s";
}

/* A stale feed is no emergency, although `status` says so of one that a watch names. */
static bool notice_asks_person(const struct trouble_row *row)
{
	return row->person == TROUBLE_PERSON || row->person == TROUBLE_PERSON_FEEDS;
}

void trouble_put_title(const struct trouble_notice *n, struct buf *out)
{
	const struct trouble_row *row = &trouble_rows[n->kind];

	if (!row->noun)
		buf_addz(out, n->ended ? row->over : row->one);
	else if (n->n == 1)
		buf_printf(out, "%s %.*s %s", row->noun, STR_ARG(n->v[0].subject),
			n->ended ? row->over : row->one);
	else
		buf_printf(out, "%zu %s%s %s", n->n, row->noun,
			notice_plural_end(str_of(row->noun)), n->ended ? row->overs : row->many);
}

static void notice_put_body(const struct trouble_notice *n, size_t named, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	for (size_t i = 0; i < named; i++) {
		const struct trouble *t = &n->v[i];

		if (str_present(t->subject))
			buf_printf(out, "%.*s, ", STR_ARG(t->subject));
		buf_printf(out, "since %s", zone_minute_text(n->zone, t->since, stamp));
		if (str_present(t->detail) && !n->ended)
			buf_printf(out, ": %.*s", STR_ARG(t->detail));
		buf_addc(out, '\n');
	}
	if (n->n > named)
		buf_printf(out, "and %zu more\n", n->n - named);
	if (!n->ended)
		buf_printf(out, "What to do: %s.\n", trouble_rows[n->kind].advice);
}

static void notice_put_id(const struct trouble_notice *n, struct buf *out)
{
	char since[STAMP_TEXT_MAX], now[STAMP_TEXT_MAX];
	const struct str parts[] = {
		str_of(trouble_rows[n->kind].name),
		n->ended ? STR("ended") : STR("began"),
		str_present(n->v[0].subject) ? n->v[0].subject : STR(""),
		str_of(clock_rfc3339(n->v[0].since, true, since)),
		str_of(clock_rfc3339(n->now, true, now)),
		n->receiver,
	};

	alert_put_trouble_id(parts, sizeof(parts) / sizeof(parts[0]), out);
}

static const struct alert_trouble *notice_make_parts(
	const struct trouble_notice *n, size_t named, struct arena *arena)
{
	const struct trouble_row *row = &trouble_rows[n->kind];
	struct alert_trouble *t = arena_zalloc(arena, sizeof(*t));
	struct alert_trouble_part *v = arena_array(arena, named, sizeof(*v));

	if (!t || !v)
		return NULL;
	for (size_t i = 0; i < named; i++)
		v[i] = (struct alert_trouble_part){arena_str(arena, n->v[i].subject),
			arena_str(arena, n->v[i].detail), n->v[i].since};
	*t = (struct alert_trouble){
		.kind = str_of(row->name),
		.advice = str_of(row->advice),
		.person = notice_asks_person(row),
		.v = v,
		.n = named,
		.left_out = n->n - named,
	};
	return t;
}

int trouble_notice_make(const struct trouble_notice *n, struct arena *arena, struct alert *out)
{
	size_t named = n->n < TROUBLE_NAMED_MAX ? n->n : TROUBLE_NAMED_MAX;
	struct buf id, title, body;
	bool failed;

	buf_init(&id, 64);
	buf_init(&title, TITLE_MAX_BYTES);
	buf_init(&body, BODY_MAX_BYTES);
	notice_put_id(n, &id);
	trouble_put_title(n, &title);
	notice_put_body(n, named, &body);
	*out = (struct alert){
		.kind = n->ended ? ALERT_TROUBLE_ENDED : ALERT_TROUBLE_BEGAN,
		.id = arena_str(arena, buf_str(&id)),
		.created = n->now,
		.watch = STR("nightdesk"),
		.watch_title = STR("nightdesk"),
		.priority = n->ended || !notice_asks_person(&trouble_rows[n->kind]) ? ALERT_NORMAL
										    : ALERT_URGENT,
		.title = arena_str(arena, buf_str(&title)),
		.body = arena_str(arena, buf_str(&body)),
		.published = STAMP_NONE,
		.feed = STR("nightdesk"),
		.feed_title = str_of(arena_printf(arena, "nightdesk on %s",
			n->hostname && *n->hostname ? n->hostname : "this machine")),
		.fetched = STAMP_NONE,
		.trouble = notice_make_parts(n, named, arena),
	};
	failed = buf_failed(&id) || buf_failed(&title) || buf_failed(&body) || !out->trouble ||
		 !out->id.p || !out->title.p || !out->body.p || !out->feed_title.p;
	buf_release(&id);
	buf_release(&title);
	buf_release(&body);
	return failed ? -(int)ERR_NOMEM : 0;
}
