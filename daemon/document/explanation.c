/* SPDX-License-Identifier: MIT */
#include "desk/stories.h"
#include "document/match.h"

#include "document/delivery.h"
#include "value.h"

#define WHY_MAX ((size_t)4096)

static json_t *explanation_item(const struct desk_explanation *x)
{
	const struct feed_item *i = &x->item.item;
	json_t *o = json_object();

	json_object_set_new(o, "number", json_integer(x->item.id));
	document_set_text(o, "id", i->id);
	document_set_text(o, "title", i->title);
	document_set_text(o, "link", i->link);
	document_set_text(o, "author", i->author.text);
	document_set_stamp(o, "published", i->published);
	document_set_stamp(o, "updated", i->updated);
	document_set_stamp(o, "first_seen", x->item.first_seen);
	document_set_text(o, "feed", x->item.feed);
	json_object_set_new(o, "configured", json_boolean(x->conf_feed != NULL));
	json_object_set_new(o, "first_run", json_boolean(x->first_run));
	if (x->first_run_guessed)
		json_object_set_new(o, "first_run_guessed", json_true());
	if (x->item.arrival == STORE_RESURFACED)
		json_object_set_new(o, "resurfaced", json_true());
	return o;
}

/* A text, or a list of categories. Absent: it had none. */
static void explanation_set_values(
	json_t *o, const char *key, enum alert_part part, const struct str *v, size_t n)
{
	json_t *list;

	if (part != ALERT_CATEGORIES) {
		document_set_text(o, key, n ? *v : STR_NONE);
		return;
	}
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_stringn_nocheck(v[i].p, v[i].n));
	json_object_set_new(o, key, list);
}

static void explanation_set_change(json_t *o, const struct alert_change *c)
{
	static const char *const was_keys[ALERT_PARTS] = {
		"was_title", "was_text", "was_author", "was_categories", "was_priority"};

	explanation_set_values(o, was_keys[c->part], c->part, c->was, c->n_was);
	explanation_set_values(o, alert_part_words[c->part], c->part, c->is, c->n_is);
}

static json_t *explanation_edits(const struct desk_explanation *x)
{
	json_t *list = json_array();

	for (size_t i = x->n_edits; i > 0; i--) {
		const struct desk_edit *e = &x->edits[i - 1];
		json_t *o = json_object();

		document_set_stamp(o, "at", e->at);
		for (size_t k = 0; k < e->n_changes; k++)
			explanation_set_change(o, &e->changes[k]);
		json_array_append_new(list, o);
	}
	return list;
}

static const char *explanation_no_alert(enum desk_alert_state s)
{
	switch (s) {
	case DESK_ALERTED: return NULL;
	case DESK_FIRST_RUN: return "first-run";
	case DESK_RESURFACED: return "resurfaced";
	case DESK_SAME_STORY: return "same-story";
	case DESK_ONCE: return "once";
	case DESK_SAME_TEXT: return "same-text";
	case DESK_NOT_RECORDED: return "not-recorded";
	}
	return NULL;
}

static const char *explanation_quiet_reason(enum store_quiet_reason reason)
{
	switch (reason) {
	case STORE_QUIET_STORY: return "same-story";
	case STORE_QUIET_EDIT: return "edit";
	case STORE_QUIET_VERSION: return "same-version";
	case STORE_QUIET_NOTICE: return "notice";
	case STORE_QUIET_WAITS: return "waits";
	case STORE_QUIET_ONCE: return "once";
	case STORE_QUIET_COPY: return "same-text";
	}
	return NULL;
}

/* The matches of the watch that raised no alert. */
static void explanation_set_quiet(
	json_t *verdict, const struct desk_explanation *x, const struct desk_verdict *v)
{
	json_t *list = json_array();

	for (size_t k = 0; k < x->n_quiet; k++) {
		const struct store_quiet *q = &x->quiet[k];
		json_t *o;

		if (!str_is(q->watch, v->watch->name))
			continue;
		o = json_object();
		document_set_stamp(o, "at", q->at);
		document_set_text(o, "why", str_of(explanation_quiet_reason(q->reason)));
		document_set_text(o, "alert", q->alert);
		document_set_text(o, "link", q->link);
		json_array_append_new(list, o);
	}
	if (json_array_size(list))
		json_object_set(verdict, "quiet", list);
	json_decref(list);
}

static json_t *explanation_earlier(const struct desk_explanation *x, const struct desk_verdict *v)
{
	json_t *list = json_array();

	for (size_t k = x->n_edits; k-- > 0;) {
		json_t *o = json_object();

		document_set_stamp(o, "until", x->edits[k].at);
		json_object_set_new(o, "match", json_boolean(v->earlier >> k & 1));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *explanation_verdict(const struct desk_explanation *x, const struct desk_verdict *v)
{
	json_t *o = json_object();

	document_set_text(o, "watch", str_of(v->watch->name));
	json_object_set_new(o, "match", json_boolean(v->matches));
	if (x->n_edits)
		json_object_set_new(o, "earlier", explanation_earlier(x, v));
	explanation_set_quiet(o, x, v);
	if (!v->matches) {
		if (v->outside)
			document_set_text(o, "stopped_by", STR("feeds"));
		else if (v->excluded)
			document_set_text(o, "stopped_by", STR("exclude"));
		document_set_reasons(o, v->why);
		return o;
	}
	document_set_hits(o, &x->view, v->hits, v->n_hits);
	document_set_text(o, "alert", v->alert_id);
	document_set_text(o, "silent", str_of(explanation_no_alert(v->alert_state)));
	return o;
}

static json_t *explanation_alert(const struct desk_alert *a)
{
	json_t *o = json_object(), *list = json_array();

	document_set_text(o, "id", a->id);
	document_set_text(o, "watch", a->watch);
	document_set_stamp(o, "created", a->created);
	if (a->kind == ALERT_CORRECTED || a->kind == ALERT_WITHDRAWN)
		document_set_text(o, "notice",
			a->kind == ALERT_CORRECTED ? STR("corrected") : STR("withdrawn"));
	document_set_text(o, "cause", a->cause);
	for (size_t i = 0; i < a->n_deliveries; i++)
		json_array_append_new(list, document_delivery(&a->deliveries[i]));
	json_object_set_new(o, "deliveries", list);
	return o;
}

static json_t *explanation_number(int64_t row)
{
	return json_sprintf("#%lld", (long long)row);
}

/* As it was found when the item arrived. */
static json_t *explanation_story(const struct store_story *v)
{
	static const char *const relations[] = {"new", "copy", "variant"};
	json_t *o = json_object(), *list = json_array();
	struct buf why;

	document_set_text(o, "relation", str_of(relations[v->relation % 3]));
	json_object_set_new(o, "story", explanation_number(v->story));
	if (v->of) {
		json_object_set_new(o, "of", explanation_number(v->of));
		json_object_set_new(o, "share", json_real(v->share / 100.));
		document_set_int(o, "words_in_a_row", v->run);
	}
	for (size_t i = 0; i < v->n_changes; i++)
		json_array_append_new(
			list, json_pack("[s#, s#]", v->changes[i].old.p, (int)v->changes[i].old.n,
				      v->changes[i].fresh.p, (int)v->changes[i].fresh.n));
	if (v->n_changes)
		json_object_set(o, "differs", list);
	json_decref(list);
	document_set_text(o, "source", v->source);
	document_set_text(o, "origin", v->origin);
	document_set_text(o, "via", v->agency);
	document_set_int(o, "reports", v->reports);
	document_set_int(o, "outlets", v->outlets);
	document_set_int(o, "sources_at_least", v->origins);
	buf_init(&why, WHY_MAX);
	desk_story_put_why(v, &why);
	if (why.len)
		document_set_text(o, "why", buf_str(&why));
	buf_release(&why);
	return o;
}

json_t *document_explanation(const struct desk_explanation *x)
{
	json_t *o = json_object(), *verdicts = json_array(), *alerts = json_array();

	json_object_set_new(o, "item", explanation_item(x));
	if (x->story.item)
		json_object_set_new(o, "story", explanation_story(&x->story));
	json_object_set_new(o, "edits", explanation_edits(x));
	for (size_t i = 0; i < x->n_verdicts; i++)
		json_array_append_new(verdicts, explanation_verdict(x, &x->verdicts[i]));
	json_object_set_new(o, "watches", verdicts);
	json_object_set_new(o, "unexplained", json_integer((json_int_t)x->n_unexplained));
	for (size_t i = x->n_alerts; i > 0; i--)
		json_array_append_new(alerts, explanation_alert(&x->alerts[i - 1]));
	json_object_set_new(o, "alerts", alerts);
	return o;
}
