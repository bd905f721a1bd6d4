/* SPDX-License-Identifier: MIT */
/* What an alert says of its story, and what its receivers are sent when it grows. */
#include "fold.h"

#include "sink/sink.h"
#include "store/held.h"
#include "store/outbox.h"
#include "store/threads.h"
#include "desk/stories.h"

/* Outlets at which the message of an alert is changed; each once for a story and a receiver. */
static const int64_t fold_steps[] = {2, 5, 10};
#define FOLD_STEPS   (sizeof(fold_steps) / sizeof(fold_steps[0]))
#define FOLD_WHY_MAX ((size_t)2000)
#define FOLD_REPORTS ((size_t)200) /* of which origins and outlets are listed */

/* --- the story --- */

static bool fold_list_has(const struct str *v, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i], s))
			return true;
	return false;
}

static void fold_add_name(struct str *v, size_t *n, struct str s)
{
	if (*n < ALERT_STORY_MAX && !fold_list_has(v, *n, s))
		v[(*n)++] = s;
}

/* own: the outlet of the alert. */
static int fold_read_reports(
	const struct ingest *t, struct str own, struct alert_story *out, struct err *e)
{
	struct arena *arena = t->desk->item_arena;
	struct str *origins = arena_array(arena, ALERT_STORY_MAX, sizeof(*origins));
	struct str *also = arena_array(arena, ALERT_STORY_MAX, sizeof(*also));
	struct store_report *v;
	size_t n;
	int rc;

	if (!origins || !also)
		return err_nomem(e);
	rc = store_story_reports(t->desk->store, t->story.story, FOLD_REPORTS, arena, &v, &n, e);
	for (size_t i = 0; !rc && i < n; i++) {
		fold_add_name(origins, &out->n_origins, v[i].origin);
		if (!str_eq(v[i].source, own))
			fold_add_name(also, &out->n_also, v[i].source);
	}
	out->origins = origins;
	out->also = also;
	if (!rc && n)
		out->span = t->now - v[0].at;
	return rc;
}

/* Fills *out for an alert of that outlet, of the story of the item at work. */
static int fold_fill(const struct ingest *t, struct str own, struct alert_story *out, struct err *e)
{
	const char *id = arena_printf(t->desk->item_arena, "%lld", (long long)t->story.story);

	*out = (struct alert_story){.id = str_of(id),
		.reports = (size_t)t->story.reports,
		.outlets = (size_t)t->story.outlets,
		.sources = (size_t)t->story.origins};
	return id ? fold_read_reports(t, own, out, e) : err_nomem(e);
}

static int fold_keep_why(
	const struct store_story *v, struct arena *arena, struct str *out, struct err *e)
{
	struct buf why;

	buf_init(&why, FOLD_WHY_MAX);
	desk_story_put_why(v, &why);
	*out = arena_str(arena, buf_str(&why));
	buf_release(&why);
	return out->p ? 0 : err_nomem(e);
}

int fold_describe(const struct ingest *t, const struct conf_watch *w, struct str id,
	const struct alert_story **out, struct err *e)
{
	struct arena *arena = t->desk->item_arena;
	const struct store_story *v = &t->story;
	struct alert_story *s;
	int rc;

	*out = NULL;
	if (!v->item || (v->reports < 2 && !str_present(v->agency)))
		return 0;
	s = arena_zalloc(arena, sizeof(*s));
	if (!s)
		return err_nomem(e);
	rc = fold_fill(t, v->source, s, e);
	if (!rc)
		rc = store_story_first_alert(
			t->desk->store, v->story, str_of(w->name), arena, &s->first, e);
	if (!rc && !str_present(s->first))
		s->first = arena_str(arena, id);
	if (!str_eq(v->agency, v->source))
		s->via = v->agency;
	if (!rc && v->of)
		rc = fold_keep_why(v, arena, &s->why, e);
	*out = s;
	return rc;
}

/* --- growth --- */

/* How many of the steps that many outlets have passed. */
static size_t fold_step_of(int64_t outlets)
{
	size_t k = 0;

	while (k < FOLD_STEPS && fold_steps[k] <= outlets)
		k++;
	return k;
}

/* Whether its message can change, or be answered, now. */
static int fold_shows_growth(const struct ingest *t, const struct conf_notify *n,
	const struct alert *a, const struct store_thread_delivery *d, bool *shows, struct err *e)
{
	const struct store_pace pace = {
		.notify = str_of(n->name), .n = n->at_most.n, .within = n->at_most.within};
	int64_t free_at = STAMP_NONE, grown = 0;
	int rc = 0;

	*shows = false;
	if (!sink_type_of(n)->grows || n->duplicates_alert || d->in_message ||
		(d->state != STORE_DELIVERED && d->state != STORE_PENDING))
		return 0;
	if (a->priority > n->quiet_passes && route_quiet_end(&n->quiet, t->now) > t->now)
		return 0;
	if (pace.n)
		rc = store_pace_free(t->desk->store, &pace, t->now, &free_at, e);
	if (!rc && free_at <= t->now)
		rc = store_story_grown(t->desk->store, t->story.story, d->notify, &grown, e);
	*shows = free_at <= t->now && grown < (int64_t)FOLD_STEPS;
	return rc;
}

/* Plans for the receivers of the alert itself; what is known of it says the rest later. */
static int fold_plan_growth(const struct ingest *t, int64_t row, const struct alert *a,
	struct ingest_plans *out, struct err *e)
{
	struct store_thread_delivery *v;
	size_t n;
	int rc = store_thread_deliveries(t->desk->store, row, t->desk->item_arena, &v, &n, e);

	out->n = 0;
	for (size_t i = 0; !rc && i < n && out->n < ROUTE_MAX; i++) {
		const struct conf_notify *notify = conf_find_notify(t->conf, v[i].notify);
		bool shows = false;

		if (notify && (i == 0 || !str_eq(v[i].notify, v[i - 1].notify)))
			rc = fold_shows_growth(t, notify, a, &v[i], &shows, e);
		if (shows)
			out->v[out->n++] = (struct store_plan){
				.notify = v[i].notify, .state = STORE_PENDING, .due_at = t->now};
	}
	return rc;
}

static int fold_tell_growth(
	const struct ingest *t, int64_t row, const struct alert *a, struct err *e)
{
	struct alert_earlier of = {a->id, a->title, a->created};
	struct alert notice = *a;
	struct ingest_plans plans;
	struct store_raise raise = {.alert = &notice,
		.item = t->story.item,
		.edition = (uint64_t)row,
		.tie = row,
		.plans = plans.v};
	int64_t raised;
	struct buf id;
	int rc = fold_plan_growth(t, row, a, &plans, e);

	if (rc || !plans.n)
		return rc;
	raise.n_plans = plans.n;
	buf_init(&id, 64);
	alert_put_story_id(a->id, a->story->outlets, &id);
	notice.kind = ALERT_STORY;
	notice.id = buf_str(&id);
	notice.created = t->now;
	notice.of = &of;
	notice.n_changes = 0;
	rc = buf_failed(&id) ? err_nomem(e) : store_alert_raise(t->desk->store, &raise, &raised, e);
	buf_release(&id);
	return rc;
}

static int fold_grow_one(const struct ingest *t, int64_t row, bool silenced, struct err *e)
{
	struct arena *arena = t->desk->item_arena;
	struct alert_story *s = arena_zalloc(arena, sizeof(*s));
	struct str own;
	struct alert a;
	int64_t tie, told;
	int rc = s ? store_story_told(t->desk->store, row, &told, e) : err_nomem(e);

	if (!rc)
		rc = store_alert_get(t->desk->store, row, arena, &a, &tie, e);
	if (rc)
		return rc;
	own = a.source;
	rc = fold_fill(t, own, s, e);
	s->first = a.story ? a.story->first : a.id;
	if (a.story) {
		s->via = a.story->via;
		s->why = a.story->why;
	}
	a.story = s;
	if (!rc)
		rc = store_alert_grow(t->desk->store, row, &a, e);
	if (rc || silenced || fold_step_of(told) >= fold_step_of(t->story.outlets))
		return rc;
	return fold_tell_growth(t, row, &a, e);
}

int fold_grow(const struct ingest *t, const struct fold *f, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; !rc && t->story.new_outlet && i < f->n_alerts; i++)
		rc = fold_grow_one(t, f->alerts[i].row, f->silenced, e);
	return rc;
}
