/* SPDX-License-Identifier: MIT */
#include "desk/explain.h"

#include "base/ascii.h"
#include "change.h"
#include "desk/desk.h"
#include "feed/identity.h"
#include "feed/link.h"
#include "query/query.h"
#include "store/store.h"
#include "store/stories.h"
#include "store/waits.h"

#define HITS_MAX       ((size_t)64)
#define DELIVERIES_MAX ((size_t)32)
#define WHY_MAX	       ((size_t)64 * 1024)

struct explain_run {
	struct store *store;
	const struct conf *conf;
	struct arena *arena;
	struct desk_explanation *out;
	struct watch_scratch *scratch;
	struct store_revision *revisions; /* newest first; out->n_edits entries */
	uint32_t *earlier;		  /* for each watch, see struct desk_verdict */
	uint32_t edit;			  /* bit of the edit whose earlier text is matched */
	struct str *origins;		  /* of its story, as far as it is known now */
	size_t n_origins;
	const struct conf_watch *only;
	int rc;
	struct err *e;
};

static int explain_fail_alloc(const struct arena *a, struct err *e)
{
	if (!arena_overflowed(a))
		return err_nomem(e);
	return err_set(e, ERR_LIMIT, "there is more to say about this item than fits");
}

/* --- which item ------------------------------------------------------------------------------- */

/* Returns 7 for "#7", 0 for other names. */
static int64_t explain_parse_row(struct str name)
{
	int64_t row = 0;

	if (name.n < 2 || name.n > 19 || name.p[0] != '#')
		return 0;
	for (size_t i = 1; i < name.n; i++) {
		if (!ascii_is_digit(name.p[i]))
			return 0;
		row = row * 10 + (name.p[i] - '0');
	}
	return row;
}

int desk_find_items(struct store *s, const struct conf *c, struct str name, int64_t *rows,
	size_t max, size_t *n, struct err *e)
{
	const struct conf_list *strip = &c->daemon.strip_parameters;
	struct store_name called = {
		.text = name, .link_key = feed_link_key(name, strip->v, strip->n)};
	struct feed_item item = {.id = name};
	int64_t row = explain_parse_row(name);

	if (row && max > 0) {
		rows[0] = row;
		*n = 1;
		return 0;
	}
	feed_identity_fill(&item, NULL, 0);
	memcpy(called.key, item.key, sizeof(called.key));
	return store_items_find(s, &called, rows, max, n, e);
}

/* --- the item, its feed and its edits --------------------------------------------------------- */

static int explain_read_item(struct explain_run *x, int64_t row)
{
	struct desk_explanation *out = x->out;
	bool found;
	int rc = store_item_get(x->store, row, x->arena, &out->item, &found, x->e);

	if (rc)
		return rc;
	if (!found)
		return err_set(x->e, ERR_INPUT, "there is no item #%lld", (long long)row);
	rc = store_story_get(x->store, row, x->arena, &out->story, &found, x->e);
	if (rc)
		return rc;
	if (!found)
		out->story.item = 0;
	out->conf_feed = conf_find_feed(x->conf, out->item.feed);
	rc = store_feed_get(x->store, out->item.feed, x->arena, &out->feed, x->e);
	if (rc)
		return rc;
	out->first_run =
		out->item.arrival == STORE_FIRST_QUIET || out->item.arrival == STORE_FIRST_MATCHED;
	if (out->item.arrival == STORE_ARRIVAL_UNKNOWN) {
		rc = store_item_is_first(x->store, row, &out->first_run, x->e);
		out->first_run_guessed = out->first_run;
	}
	return rc;
}

static int explain_read_edits(struct explain_run *x)
{
	const struct store_item_row *row = &x->out->item;
	const struct store_revision *v;
	size_t n;
	int rc = store_item_revisions(x->store, row, x->arena, &x->revisions, &n, x->e);

	if (rc)
		return rc;
	v = x->revisions;
	x->out->edits = arena_array(x->arena, n, sizeof(*x->out->edits));
	if (!x->out->edits)
		return explain_fail_alloc(x->arena, x->e);
	for (size_t k = 0; k < n; k++) {
		struct desk_edit *edit = &x->out->edits[k];

		edit->at = v[k].until;
		if (desk_find_changes(&v[k].item, k ? &v[k - 1].item : &row->item, x->arena,
			    edit->changes, &edit->n_changes))
			return explain_fail_alloc(x->arena, x->e);
	}
	x->out->n_edits = n;
	return 0;
}

/* --- alerts and deliveries -------------------------------------------------------------------- */

static int explain_on_alert(void *ctx, const struct store_alert_row *row)
{
	struct explain_run *x = ctx;
	struct desk_alert *a = &x->out->alerts[x->out->n_alerts++];

	a->id = arena_str(x->arena, row->alert.id);
	a->watch = arena_str(x->arena, row->alert.watch);
	a->created = row->alert.created;
	a->kind = row->alert.kind;
	a->cause = arena_str(x->arena, row->alert.cause);
	if (str_present(row->alert.cause) && !a->cause.p)
		return explain_fail_alloc(x->arena, x->e);
	return a->id.p && a->watch.p ? 0 : explain_fail_alloc(x->arena, x->e);
}

struct explain_deliveries {
	struct explain_run *x;
	struct desk_alert *alert;
};

static int explain_on_delivery(void *ctx, const struct store_due *row)
{
	struct explain_deliveries *t = ctx;
	struct arena *a = t->x->arena;
	struct store_delivery *d = &t->alert->deliveries[t->alert->n_deliveries++];

	*d = row->d;
	d->alert_id = t->alert->id;
	d->notify = arena_str(a, row->d.notify);
	d->answer = arena_str(a, row->d.answer);
	d->digest = arena_str(a, row->d.digest);
	if (arena_overflowed(a) || !d->notify.p)
		return explain_fail_alloc(a, t->x->e);
	return 0;
}

static int explain_read_alerts(struct explain_run *x)
{
	const struct store_alert_filter f = {.watch = str_of(x->only ? x->only->name : NULL),
		.since = STAMP_NONE,
		.item = x->out->item.id,
		.limit = DESK_ALERTS_MAX};
	int rc;

	x->out->alerts = arena_array(x->arena, DESK_ALERTS_MAX, sizeof(*x->out->alerts));
	if (!x->out->alerts)
		return explain_fail_alloc(x->arena, x->e);
	rc = store_alert_each(x->store, &f, explain_on_alert, x, x->e);
	for (size_t k = 0; k < x->out->n_alerts && !rc; k++) {
		struct explain_deliveries t = {x, &x->out->alerts[k]};
		const struct store_delivery_filter of = {
			.alert_id = t.alert->id, .state = -1, .limit = DELIVERIES_MAX};

		t.alert->deliveries =
			arena_array(x->arena, DELIVERIES_MAX, sizeof(*t.alert->deliveries));
		if (!t.alert->deliveries)
			return explain_fail_alloc(x->arena, x->e);
		rc = store_delivery_each(x->store, &of, explain_on_delivery, &t, x->e);
	}
	return rc;
}

static int explain_read_quiet(struct explain_run *x)
{
	struct desk_explanation *out = x->out;
	size_t n;
	int rc = store_quiet_list(x->store, out->item.id, x->arena, &out->quiet, &n, x->e);

	for (size_t k = 0; k < n && !rc; k++)
		if (!x->only || str_is(out->quiet[k].watch, x->only->name))
			out->quiet[out->n_quiet++] = out->quiet[k];
	return rc;
}

/* --- watches ---------------------------------------------------------------------------------- */

static bool explain_list_has(struct str name, const struct conf_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(name, list->v[i]))
			return true;
	return false;
}

static bool explain_is_outside(const struct conf_watch *w, const struct watch_view *v)
{
	if (w->feeds.n + w->groups.n == 0 || explain_list_has(v->feed, &w->feeds))
		return false;
	for (size_t i = 0; i < v->n_groups; i++)
		if (explain_list_has(v->groups[i], &w->groups))
			return false;
	return true;
}

/*
 * Items that were not matched when they arrived do not alert, but an edit of them does if the
 * earlier text did not match.
 */
static bool explain_is_quiet(const struct explain_run *x, const struct desk_verdict *v)
{
	const struct desk_explanation *out = x->out;
	uint64_t matched = (uint64_t)v->earlier << 1 | 1; /* bit k: without the newest k edits */

	if ((!out->first_run || out->item.arrival == STORE_FIRST_MATCHED) &&
		out->item.arrival != STORE_RESURFACED)
		return false;
	for (size_t k = 0; k < out->n_edits; k++)
		if ((matched >> k & 3) == 1)
			return false;
	return true;
}

/* DESK_NOT_RECORDED: the reason is not that another item alerted. */
static enum desk_alert_state explain_quiet_state(enum store_quiet_reason reason)
{
	switch (reason) {
	case STORE_QUIET_STORY: return DESK_SAME_STORY;
	case STORE_QUIET_COPY: return DESK_SAME_TEXT;
	case STORE_QUIET_ONCE: return DESK_ONCE;
	case STORE_QUIET_EDIT:
	case STORE_QUIET_VERSION:
	case STORE_QUIET_NOTICE:
	case STORE_QUIET_WAITS: break;
	}
	return DESK_NOT_RECORDED;
}

/* Finds the alert of the verdict, or the reason why there is none. */
static void explain_find_alert(struct explain_run *x, struct desk_verdict *v)
{
	const struct desk_explanation *out = x->out;

	for (size_t k = 0; k < out->n_alerts; k++)
		if (out->alerts[k].kind <= ALERT_UPDATED &&
			str_is(out->alerts[k].watch, v->watch->name)) {
			v->alert_id = out->alerts[k].id;
			v->alert_state = DESK_ALERTED;
			return;
		}
	/* What it was first reported as may be the correction of another. */
	for (size_t k = 0; k < out->n_alerts; k++)
		if (out->alerts[k].kind == ALERT_CORRECTED &&
			str_is(out->alerts[k].watch, v->watch->name)) {
			v->alert_id = out->alerts[k].id;
			v->alert_state = DESK_ALERTED;
			return;
		}
	v->alert_state = DESK_NOT_RECORDED;
	if (explain_is_quiet(x, v))
		v->alert_state = out->first_run ? DESK_FIRST_RUN : DESK_RESURFACED;
	for (size_t k = 0; k < out->n_quiet; k++) {
		enum desk_alert_state state = explain_quiet_state(out->quiet[k].reason);

		if (state == DESK_NOT_RECORDED || !str_is(out->quiet[k].watch, v->watch->name))
			continue;
		v->alert_id = out->quiet[k].alert;
		v->alert_state = state;
	}
}

static int explain_keep_hits(
	struct explain_run *x, const struct watch_match *m, struct desk_verdict *v)
{
	size_t n = m->n_hits < HITS_MAX ? m->n_hits : HITS_MAX;

	v->hits = arena_array(x->arena, n, sizeof(*v->hits));
	if (!v->hits)
		return explain_fail_alloc(x->arena, x->e);
	for (; v->n_hits < n; v->n_hits++) {
		struct watch_hit *h = &v->hits[v->n_hits];

		*h = m->hits[v->n_hits];
		h->text = arena_str(x->arena, h->text);
		h->term = arena_str(x->arena, h->term);
		if (!h->text.p || !h->term.p)
			return explain_fail_alloc(x->arena, x->e);
	}
	return 0;
}

static void explain_on_match(void *ctx, const struct watch_match *m)
{
	struct explain_run *x = ctx;
	const struct conf_watch *w = &x->conf->watches[m->watch];
	struct desk_verdict *v = &x->out->verdicts[x->out->n_verdicts];

	if (x->rc || (x->only && w != x->only))
		return;
	*v = (struct desk_verdict){.watch = w, .matches = true, .earlier = x->earlier[m->watch]};
	x->rc = explain_keep_hits(x, m, v);
	if (!x->rc)
		explain_find_alert(x, v);
	x->out->n_verdicts++;
}

static int explain_add_failure(struct explain_run *x, size_t watch)
{
	struct desk_verdict *v = &x->out->verdicts[x->out->n_verdicts];
	struct buf why;
	int rc;

	*v = (struct desk_verdict){.watch = &x->conf->watches[watch], .earlier = x->earlier[watch]};
	v->outside = explain_is_outside(v->watch, &x->out->view);
	buf_init(&why, WHY_MAX);
	rc = watch_explain(x->conf->set, x->scratch, &x->out->view, watch, &why, x->e);
	if (rc == 0) {
		v->why = arena_str(x->arena, buf_str(&why));
		v->excluded = watch_excluded(x->conf->set, x->scratch, watch);
		rc = v->why.p ? 0 : explain_fail_alloc(x->arena, x->e);
		x->out->n_verdicts++;
	}
	buf_release(&why);
	return rc < 0 ? rc : 0;
}

static int explain_failures(struct explain_run *x)
{
	const struct desk_verdict *next = x->out->verdicts, *end = next + x->out->n_matching;
	size_t explained = 0;
	int rc = 0;

	for (size_t i = 0; i < x->conf->n_watches && !rc; i++) {
		const struct conf_watch *w = &x->conf->watches[i];

		/* The verdicts of those that match are in the order of the watches. */
		if (next < end && next->watch == w) {
			next++;
			continue;
		}
		if (x->only && w != x->only)
			continue;
		if (explained < DESK_REASONS_MAX || x->earlier[i]) {
			explained++;
			rc = explain_add_failure(x, i);
		} else
			x->out->n_unexplained++;
	}
	return rc;
}

/* Who else has it by now, for sources>=. */
static int explain_read_origins(struct explain_run *x)
{
	struct store_story story;
	bool found;
	int rc;

	if (!watch_set_counts_sources(x->conf->set))
		return 0;
	rc = store_story_get(x->store, x->out->item.id, x->arena, &story, &found, x->e);
	if (rc || !found)
		return rc;
	return store_story_origins(x->store, story.story, QUERY_SOURCES_MAX, x->arena, &x->origins,
		&x->n_origins, x->e);
}

static int explain_make_view(
	struct explain_run *x, const struct feed_item *item, int64_t now, struct watch_view *view)
{
	const struct desk_explanation *out = x->out;
	int rc = desk_view(
		out->conf_feed, item, STR_NONE, out->item.first_seen, now, x->arena, view);

	/* feed: matches even if the feed was removed from the configuration. */
	view->feed = out->item.feed;
	view->sources = (uint32_t)x->n_origins;
	view->origins = x->origins;
	view->n_origins = x->n_origins;
	return rc ? explain_fail_alloc(x->arena, x->e) : 0;
}

static void explain_on_earlier_match(void *ctx, const struct watch_match *m)
{
	struct explain_run *x = ctx;

	x->earlier[m->watch] |= x->edit;
}

/* Matches the text before each edit. */
static int explain_match_revisions(struct explain_run *x)
{
	const struct desk_explanation *out = x->out;
	int rc = 0;

	for (size_t k = 0; k < out->n_edits && !rc; k++) {
		bool was_edited = k + 1 < out->n_edits;
		struct watch_view view;

		x->edit = UINT32_C(1) << k;
		rc = explain_make_view(x, &x->revisions[k].item,
			was_edited ? out->edits[k + 1].at : out->item.first_seen, &view);
		if (!rc)
			rc = watch_set_match_only(
				x->conf->set, x->scratch, &view, explain_on_earlier_match, x, x->e);
	}
	return rc;
}

static int explain_watches(struct explain_run *x)
{
	struct desk_explanation *out = x->out;
	int64_t now = out->n_edits ? out->edits[0].at : out->item.first_seen;
	int rc = explain_read_origins(x);

	if (!rc)
		rc = explain_make_view(x, &out->item.item, now, &out->view);
	if (rc)
		return rc;
	out->verdicts = arena_array(x->arena, x->conf->n_watches, sizeof(*out->verdicts));
	x->earlier = arena_zalloc(x->arena, x->conf->n_watches * sizeof(*x->earlier));
	x->scratch = watch_scratch_new(x->conf->set);
	if (!out->verdicts || !x->earlier || !x->scratch)
		rc = explain_fail_alloc(x->arena, x->e);
	if (!rc)
		rc = explain_match_revisions(x);
	if (!rc)
		rc = watch_set_match(
			x->conf->set, x->scratch, &out->view, explain_on_match, x, x->e);
	if (!rc)
		rc = x->rc;
	out->n_matching = out->n_verdicts;
	if (!rc)
		rc = explain_failures(x);
	watch_scratch_free(x->scratch);
	return rc;
}

/* As people see it, now that it was compared. */
static int explain_show_link(struct explain_run *x)
{
	const struct conf_list *strip = &x->conf->daemon.strip_parameters;
	struct str *link = &x->out->item.item.link;
	bool had = str_present(*link);

	*link = feed_link_shown(x->arena, *link, strip->v, strip->n);
	return had && !str_present(*link) ? err_nomem(x->e) : 0;
}

int desk_explain(struct store *s, const struct conf *c, int64_t row, const struct conf_watch *watch,
	struct arena *arena, struct desk_explanation *out, struct err *e)
{
	struct explain_run x = {
		.store = s, .conf = c, .arena = arena, .out = out, .only = watch, .e = e};
	int rc;

	*out = (struct desk_explanation){0};
	rc = explain_read_item(&x, row);
	if (!rc)
		rc = explain_read_edits(&x);
	if (!rc)
		rc = explain_read_alerts(&x);
	if (!rc)
		rc = explain_read_quiet(&x);
	if (!rc && c->n_watches)
		rc = explain_watches(&x);
	return rc ? rc : explain_show_link(&x);
}
