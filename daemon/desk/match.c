/* SPDX-License-Identifier: MIT */
/* Matches an item with the watches and stores the alerts. */
#include "ingest.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "alert_text.h"
#include "change.h"
#include "feed/link.h"
#include "same_item.h"
#include "sources.h"
#include "store/escalations.h"
#include "store/threads.h"
#include "story/key.h"
#include "fold.h"
#include "followup.h"

/* Edition of an item that corrects another one, besides its alert as a new one. */
#define EDITION_CORRECTION UINT64_C(0x6F7468657273)

struct match_run {
	struct ingest *t;
	const struct feed_item *item;
	const struct store_item *state;
	struct watch_view view;
	size_t *before; /* indexes of watches that matched before the edit, ascending */
	size_t n_before, room;
	bool revised;
	int64_t thread; /* first alert of the current watch for the item; 0: none */
	struct alert_change changes[ALERT_PARTS]; /* of the edit */
	size_t n_changes;
	const struct followup_told *told;
	int64_t matching_us;		/* without what is done for its matches */
	const struct ingest_kept *kept; /* NULL: the item came with this poll */
	struct same_item same;
	struct watch_hit hits[ALERT_HITS_MAX]; /* of the current alert */
	int rc;				       /* first error; later matches are ignored */
	struct err *e;
};

/* --- the alert --- */

/* The highest that a block raise gives it, with so many sources as its story has. */
static enum alert_priority match_find_priority(
	const struct match_run *m, const struct conf_watch *w, const struct watch_match *found)
{
	uint32_t have = m->view.sources ? m->view.sources : 1;
	enum alert_priority p = w->priority;

	for (size_t k = 0; k < w->n_raises && k < found->n_raises; k++)
		if (found->raises[k] <= have && w->raises[k].to < p)
			p = w->raises[k].to;
	return p;
}

static void match_make_alert(
	struct match_run *m, const struct watch_match *found, struct str id, struct alert *out)
{
	const struct ingest *t = m->t;
	const struct conf_watch *w = &t->conf->watches[found->watch];
	const struct conf_list *strip = &t->conf->daemon.strip_parameters;

	*out = (struct alert){
		.kind = m->revised ? ALERT_UPDATED : ALERT_CREATED,
		.id = id,
		.created = t->now,
		.watch = str_of(w->name),
		.watch_title = str_of(w->title),
		.priority = match_find_priority(m, w, found),
		.item_id = m->item->id,
		.title = m->item->title,
		.link = feed_link_shown(t->desk->item_arena, m->item->link, strip->v, strip->n),
		.author = m->item->author.text,
		.published = m->view.published,
		.feed = str_of(t->cf->name),
		.feed_title = ingest_feed_title(t),
		.source = str_of(t->cf->source),
		.language = m->view.lang,
		.fetched = t->poll->fetched,
		.changes = m->changes,
		.n_changes = m->n_changes,
	};
	alert_text_cut(&m->view, found, m->hits, out);
}

/* --- conditions --- */

static int match_compare_watches(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

static bool match_had_before(const struct match_run *m, size_t watch)
{
	return m->n_before &&
	       bsearch(&watch, m->before, m->n_before, sizeof(watch), match_compare_watches);
}

/*
 * Sets *wanted: an edit alerts if the item did not match before, or with on-update = "alert". Sets
 * *again if it matched before.
 */
static int match_wants_alert(struct match_run *m, size_t watch, bool *wanted, bool *again)
{
	const struct conf_watch *w = &m->t->conf->watches[watch];
	bool earlier;
	int rc;

	*wanted = true;
	*again = false;
	m->thread = 0;
	if (!m->revised)
		return 0;
	rc = store_thread_find(m->t->desk->store, str_of(w->name), m->state->id, &m->thread, m->e);
	if (rc)
		return rc;
	earlier = m->thread || match_had_before(m, watch);
	*wanted = !earlier || w->on_update_alert;
	*again = earlier;
	return 0;
}

/* Different for each version of an item. */
static uint64_t match_edition_of(const struct feed_item *i)
{
	return i->text_key ^ i->label_key;
}

static void match_edition_key(const uint8_t key[16], uint64_t text_key, uint8_t out[16])
{
	uint8_t text[8];

	memcpy(text, &text_key, sizeof(text));
	memcpy(out, key, 16);
	for (size_t k = 0; k < sizeof(text); k++)
		out[k] ^= text[k];
}

static int match_note_quiet(struct match_run *m, struct store_quiet *q)
{
	q->at = m->t->now;
	return store_quiet_put(m->t->desk->store, m->state->id, q, m->e);
}

/* Records why the alert was not raised. */
static int match_note_repeat(struct match_run *m, const struct store_raise *r)
{
	struct store_quiet q = {.watch = r->alert->watch};
	int rc = store_alert_find_repeat(m->t->desk->store, r, m->t->desk->item_arena, &q, m->e);

	if (q.reason == STORE_QUIET_STORY)
		q.link = m->item->link;
	return rc ? rc : match_note_quiet(m, &q);
}

static int match_note_quiet_edit(struct match_run *m, size_t watch)
{
	struct store_quiet q = {
		.watch = str_of(m->t->conf->watches[watch].name), .reason = STORE_QUIET_EDIT};

	return match_note_quiet(m, &q);
}

/* An alert that is about to be raised. */
struct match_alert {
	const struct conf_watch *w;
	const struct watch_match *found;
	struct alert a;
	struct store_raise r;
	struct ingest_plans plans;
	struct fold fold;
};

/* Stores the alert with these plans, and what follows from it. */
static int match_store_alert(
	struct match_run *m, struct match_alert *x, const struct ingest_plans *plans)
{
	struct ingest *t = m->t;
	int64_t row = 0;
	int rc;

	x->r.plans = plans->v;
	x->r.n_plans = plans->n;
	rc = store_alert_raise(t->desk->store, &x->r, &row, m->e);
	if (!rc && !row)
		rc = match_note_repeat(m, &x->r);
	if (!rc)
		rc = sources_note_alert(
			t, &(struct sources_match){x->w, x->found, m->state}, &x->a, row, m->e);
	if (!rc && row && plans->escalates_at != STAMP_NONE)
		rc = store_escalation_add(
			t->desk->store, row, plans->escalates_at, plans->all_held, m->e);
	if (!rc && row)
		rc = ingest_count_sent(t, x->w, plans, row, m->e);
	if (!rc && row)
		rc = same_item_note(t, &m->same, x->a.priority,
			&(struct same_item_plans){plans->v, plans->n}, row, m->e);
	if (!rc && row && m->thread)
		rc = followup_replace_held(t, m->thread, plans, m->e);
	if (!rc && row && !m->kept)
		rc = flood_note_alert(t, x->found->watch, m->item, row, x->a.id, m->e);
	t->result->alerts += row != 0;
	return rc;
}

/* The copy joins the alert of a text, for the receivers that have it. */
static int match_join_copy(struct match_run *m, const struct match_alert *x)
{
	struct store_quiet q = {
		.watch = x->a.watch, .reason = STORE_QUIET_COPY, .alert = x->fold.of.id};
	int rc;

	m->t->result->folded++;
	rc = match_note_quiet(m, &q);
	return rc ? rc : fold_grow(m->t, &x->fold, m->e);
}

/* Raised under an id of its own, since other receivers may get it as a new alert. */
static int match_raise_correction(struct match_run *m, struct match_alert *x)
{
	struct match_alert own = *x;
	struct buf id;
	int rc;

	buf_init(&id, 64);
	alert_put_about_id(x->a.id, ALERT_CORRECTED, &id);
	own.a.kind = ALERT_CORRECTED;
	own.a.id = buf_str(&id);
	own.a.of = &x->fold.of;
	own.a.cause = own.a.story ? own.a.story->why : STR_NONE;
	own.r.alert = &own.a;
	own.r.edition = EDITION_CORRECTION;
	own.r.story_key = 0;
	own.r.tie = x->fold.row;
	rc = buf_failed(&id) ? err_nomem(m->e) : match_store_alert(m, &own, &x->fold.theirs);
	m->t->result->corrected += rc == 0;
	buf_release(&id);
	return rc;
}

static int match_raise_planned(struct match_run *m, struct match_alert *x)
{
	int rc = 0;

	switch (x->fold.kind) {
	case FOLD_NONE: break;
	case FOLD_COPY: rc = match_join_copy(m, x); break;
	case FOLD_CORRECTION: rc = match_raise_correction(m, x); break;
	}
	if (rc || (x->fold.kind != FOLD_NONE && !x->plans.n))
		return rc;
	return match_store_alert(m, x, &x->plans);
}

static int match_make_raise(struct match_run *m, bool again, struct match_alert *x)
{
	struct ingest *t = m->t;
	int rc;

	x->r = (struct store_raise){.alert = &x->a,
		.item = m->state->id,
		.edition = again ? match_edition_of(m->item) : 0,
		.tie = m->thread,
		.text = m->thread ? 0 : t->story.text};
	if (!m->state->link_shared)
		x->r.story_key = story_key(str_of(t->cf->source), m->item);
	if (again)
		x->r.story_key = story_key_edition(x->r.story_key, x->r.edition);
	rc = ingest_plan_deliveries(t, x->w, &x->a, &x->plans, m->e);
	if (!rc && !m->revised)
		rc = fold_look(t, &x->a, &x->plans, &x->fold, m->e);
	return rc ? rc : fold_describe(t, x->w, x->a.id, &x->a.story, m->e);
}

static int match_raise_alert(struct match_run *m, const struct watch_match *found, bool again)
{
	struct match_alert x = {.w = &m->t->conf->watches[found->watch], .found = found};
	uint8_t key[16];
	struct buf id;
	int rc;

	match_edition_key(m->state->key, again ? match_edition_of(m->item) : 0, key);
	buf_init(&id, 64);
	alert_put_id(str_of(x.w->name), str_of(m->t->cf->name), key, &id);
	match_make_alert(m, found, buf_str(&id), &x.a);
	rc = buf_failed(&id) || !x.a.link.p != !m->item->link.p ? err_nomem(m->e)
								: match_make_raise(m, again, &x);
	if (!rc)
		rc = match_raise_planned(m, &x);
	buf_release(&id);
	return rc;
}

/* The match is reported by a notice about an earlier alert. */
static const struct followup_told_watch *match_find_told(const struct match_run *m, size_t watch)
{
	const struct followup_told_watch *told =
		followup_told_find(m->told, str_of(m->t->conf->watches[watch].name));

	return told && (told->fresh || !m->revised) ? told : NULL;
}

static int match_note_told(struct match_run *m, const struct followup_told_watch *told)
{
	struct store_quiet q = {
		.watch = told->watch, .reason = STORE_QUIET_NOTICE, .alert = told->id};

	return match_note_quiet(m, &q);
}

/* Of the watches that waited, those that match the item still alert. */
static void match_on_kept(struct match_run *m, const struct watch_match *found)
{
	struct str name = str_of(m->t->conf->watches[found->watch].name);

	if (found->sources > m->view.sources)
		return;
	for (size_t k = 0; k < m->kept->n; k++)
		if (str_eq(m->kept->watches[k], name)) {
			m->kept->watches[k] = STR_NONE;
			m->rc = match_raise_alert(m, found, false);
			return;
		}
}

static void match_take(struct match_run *m, const struct watch_match *found)
{
	const struct followup_told_watch *told;
	bool wanted, again;

	if (m->rc || ingest_is_canary(m->t) != (found->watch == m->t->conf->n_watches))
		return;
	if (m->kept) {
		match_on_kept(m, found);
		return;
	}
	m->t->result->matched++;
	told = match_find_told(m, found->watch);
	if (told) {
		m->rc = match_note_told(m, told);
		return;
	}
	m->rc = match_wants_alert(m, found->watch, &wanted, &again);
	if (m->rc)
		return;
	if (wanted && !m->thread) {
		const struct sources_match x = {
			&m->t->conf->watches[found->watch], found, m->state};

		m->rc = sources_judge(m->t, &x, &wanted, m->e);
		if (m->rc || !wanted)
			return;
	}
	m->rc = wanted ? match_raise_alert(m, found, again)
		       : match_note_quiet_edit(m, found->watch);
}

static void match_on_hit(void *ctx, const struct watch_match *found)
{
	struct match_run *m = ctx;
	int64_t start = clock_mono_us();

	match_take(m, found);
	m->matching_us -= clock_mono_us() - start;
}

/* --- the version before the edit --- */

static void match_on_earlier(void *ctx, const struct watch_match *found)
{
	struct match_run *m = ctx;
	size_t *grown = arena_extend(
		m->t->desk->item_arena, m->before, m->n_before, &m->room, sizeof(*grown));

	if (!grown) {
		m->rc = err_nomem(m->e);
		return;
	}
	m->before = grown;
	m->before[m->n_before++] = found->watch;
}

static int match_revision(
	struct ingest *t, const struct store_item_row *old, struct match_run *m, struct err *e)
{
	struct feed_item item = *m->item;
	struct watch_view view;
	int rc;

	m->revised = true;
	item.summary = feed_item_distinct_summary(m->item);
	rc = desk_find_changes(&old->item, &item, t->desk->item_arena, m->changes, &m->n_changes);
	if (!rc)
		rc = desk_view(t->cf, &old->item, STR_NONE, old->first_seen, t->now,
			t->desk->item_arena, &view);
	if (rc)
		return err_set(e, (enum err_class) - rc, "an item is too large to be looked at");
	rc = sources_set_view(t, m->state, &view, e);
	if (rc)
		return rc;
	rc = watch_set_match_only(t->conf->set, t->desk->scratch, &view, match_on_earlier, m, e);
	return rc ? rc : m->rc;
}

/* --- watches over budget --- */

static void match_note_overrun(struct desk_result *r, size_t watch)
{
	for (size_t k = 0; k < r->n_overruns; k++)
		if (r->overruns[k] == watch)
			return;
	if (r->n_overruns < DESK_OVERRUNS_MAX)
		r->overruns[r->n_overruns++] = watch;
}

static void match_note_overruns(struct ingest *t)
{
	const size_t *watches;
	size_t n = watch_scratch_overruns(t->desk->scratch, &watches);

	for (size_t k = 0; k < n; k++)
		match_note_overrun(t->result, watches[k]);
}

static int match_new_item(struct match_run *m, const struct store_item_row *old)
{
	struct ingest *t = m->t;
	int rc = desk_view(t->cf, m->item, t->poll->batch->feed.language,
		old ? old->first_seen : t->now, t->now, t->desk->item_arena, &m->view);

	if (rc)
		return err_set(m->e, (enum err_class) - rc, "an item is too large to be looked at");
	rc = sources_set_view(t, m->state, &m->view, m->e);
	if (rc)
		return rc;
	m->matching_us -= clock_mono_us();
	rc = watch_set_match(t->conf->set, t->desk->scratch, &m->view, match_on_hit, m, m->e);
	m->matching_us += clock_mono_us();
	metrics_observe_us(t->result->item_match_us, m->matching_us);
	if (rc == 0)
		match_note_overruns(t);
	return m->rc ? m->rc : rc;
}

int ingest_match(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	const struct ingest_earlier *earlier, struct err *e)
{
	const struct store_item_row *old = earlier->old;
	struct match_run m = {.t = t, .item = item, .state = state, .told = earlier->told, .e = e};
	int rc = old ? match_revision(t, old, &m, e) : 0;

	/* An item that is too large does not match; the others of its feed go on. */
	if (rc == 0 || rc == -ERR_LIMIT)
		rc = match_new_item(&m, old);
	if (rc == 0)
		rc = same_item_join(t, &m.same, e);
	if (rc == -ERR_LIMIT && m.rc == 0) {
		t->result->unmatched++;
		rc = 0;
	}
	return rc;
}

int ingest_match_kept(struct ingest *t, const struct ingest_kept *kept, struct err *e)
{
	struct match_run m = {
		.t = t, .item = &kept->row->item, .state = kept->state, .kept = kept, .e = e};
	int rc = match_new_item(&m, kept->row);

	return rc ? rc : same_item_join(t, &m.same, e);
}
