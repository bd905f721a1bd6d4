/* SPDX-License-Identifier: MIT */
/* Matches an item with the watches and stores the alerts. */
#include "ingest.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "change.h"
#include "feed/link.h"
#include "same_item.h"
#include "sources.h"
#include "store/escalations.h"
#include "store/threads.h"
#include "story/key.h"
#include "followup.h"

/* Bytes of context before the first hit if the start of a long body has none. */
#define LEAD_IN (ALERT_BODY_MAX / 8)

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

static size_t match_window_start(struct str body, const struct watch_match *m)
{
	for (size_t k = 0; k < m->n_hits; k++) {
		size_t at = m->hits[k].offset;

		if (m->hits[k].field != QUERY_BODY)
			continue;
		if (at + m->hits[k].length <= ALERT_BODY_MAX)
			return 0;
		at = at > LEAD_IN ? at - LEAD_IN : 0;
		while (at < body.n && ((unsigned char)body.p[at] & 0xc0) == 0x80)
			at++;
		return at;
	}
	return 0;
}

static bool match_move_hit(struct watch_hit *h, size_t start, size_t length)
{
	if (h->field != QUERY_BODY)
		return true;
	if (h->offset < start || h->offset - start > length ||
		h->length > length - (h->offset - start))
		return false;
	h->offset -= start;
	return true;
}

static void match_cut_body(struct match_run *m, const struct watch_match *found, struct alert *a)
{
	struct str body = m->view.body;
	size_t start = body.n > ALERT_BODY_MAX ? match_window_start(body, found) : 0;

	if (str_present(body))
		a->body = utf8_cut(str_slice(body.p + start, body.n - start), ALERT_BODY_MAX);
	a->hits = m->hits;
	for (size_t k = 0; k < found->n_hits && a->n_hits < ALERT_HITS_MAX; k++) {
		m->hits[a->n_hits] = found->hits[k];
		a->n_hits += match_move_hit(&m->hits[a->n_hits], start, a->body.n);
	}
}

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
	match_cut_body(m, found, out);
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

static int match_raise_alert(struct match_run *m, const struct watch_match *found, bool again)
{
	struct ingest *t = m->t;
	const struct conf_watch *w = &t->conf->watches[found->watch];
	struct ingest_plans plans;
	uint8_t key[16];
	struct alert a;
	struct buf id;
	struct store_raise r = {
		.alert = &a,
		.item = m->state->id,
		.edition = again ? match_edition_of(m->item) : 0,
		.tie = m->thread,
		.plans = plans.v,
	};
	int64_t row = 0;
	int rc;

	if (!m->state->link_shared)
		r.story_key = story_key(str_of(t->cf->source), m->item);
	if (again)
		r.story_key = story_key_edition(r.story_key, r.edition);
	match_edition_key(m->state->key, r.edition, key);
	buf_init(&id, 64);
	alert_put_id(str_of(w->name), str_of(t->cf->name), key, &id);
	match_make_alert(m, found, buf_str(&id), &a);
	rc = buf_failed(&id) || !a.link.p != !m->item->link.p
		     ? err_nomem(m->e)
		     : ingest_plan_deliveries(t, w, &a, &plans, m->e);
	r.n_plans = plans.n;
	if (!rc)
		rc = store_alert_raise(t->desk->store, &r, &row, m->e);
	if (!rc && !row)
		rc = match_note_repeat(m, &r);
	if (!rc)
		rc = sources_note_alert(
			t, &(struct sources_match){w, found, m->state}, &a, row, m->e);
	if (!rc && row && plans.escalates_at != STAMP_NONE)
		rc = store_escalation_add(
			t->desk->store, row, plans.escalates_at, plans.all_held, m->e);
	if (!rc && row)
		rc = ingest_count_sent(t, w, &plans, row, m->e);
	if (!rc && row)
		rc = same_item_note(t, &m->same, a.priority,
			&(struct same_item_plans){plans.v, plans.n}, row, m->e);
	if (!rc && row && r.tie)
		rc = followup_replace_held(t, r.tie, &plans, m->e);
	if (!rc && row && !m->kept)
		rc = flood_note_alert(t, found->watch, m->item, row, a.id, m->e);
	t->result->alerts += row != 0;
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
