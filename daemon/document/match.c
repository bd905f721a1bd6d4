/* SPDX-License-Identifier: MIT */
#include "document/match.h"

#include "value.h"

json_t *document_match(const char *file, struct str item, struct str watch,
	const struct watch_view *v, const struct watch_match *m, struct str why)
{
	json_t *o = json_object();

	document_set_text(o, "file", str_of(file));
	document_set_text(o, "item", str_present(item) ? item : STR(""));
	document_set_text(o, "watch", watch);
	document_set_bool(o, "match", m != NULL);
	if (m)
		document_set_hits(o, v, m->hits, m->n_hits);
	else
		document_set_reasons(o, why);
	return o;
}

json_t *document_story(const char *file, struct str item, const struct story_verdict *v,
	struct str of, struct str story, struct str why)
{
	json_t *o = json_object();

	document_set_text(o, "file", str_of(file));
	document_set_text(o, "id", item);
	document_set_text(o, "copy_of", v->match.relation == STORY_COPY ? of : STR_NONE);
	document_set_text(o, "variant_of", v->match.relation == STORY_VARIANT ? of : STR_NONE);
	document_set_text(o, "story", story);
	document_set_text(o, "origin", v->origin);
	document_set_text(o, "agency", v->agency);
	document_set_text(o, "why", why.n ? why : STR_NONE);
	return o;
}

json_t *document_item(const struct store_item_row *row)
{
	json_t *o = json_object(), *item = json_object();

	document_set_int(o, "number", row->id);
	document_set_text(o, "feed", row->feed);
	document_set_stamp(o, "first_seen", row->first_seen);
	document_set_text(item, "id", row->item.id);
	document_set_text(item, "title", row->item.title);
	document_set_text(item, "link", row->item.link);
	document_set_text(item, "author", row->item.author.text);
	document_set_stamp(item, "published", feed_item_date(&row->item));
	document_set_text(item, "language", row->item.language);
	json_object_set_new(o, "item", item);
	return o;
}

json_t *document_whole_item(const struct store_item_row *row)
{
	json_t *o = document_item(row), *item = json_object_get(o, "item"), *list = json_array();

	document_set_stamp(item, "updated", row->item.updated);
	for (size_t i = 0; i < row->item.n_categories; i++)
		json_array_append_new(
			list, json_stringn(row->item.categories[i].p, row->item.categories[i].n));
	json_object_set_new(item, "categories", list);
	document_set_text(item, "summary", row->item.summary);
	document_set_text(item, "content", row->item.content);
	return o;
}

json_t *document_found(const struct archive_found *f)
{
	const struct watch_view v = {.title = f->row.item.title, .body = f->body};
	json_t *o = document_item(&f->row);

	document_set_hits(o, &v, f->hits, f->n_hits);
	return o;
}

/* --- back-tests --- */

json_t *document_backtest_change(const struct backtest_alert *a)
{
	json_t *o = document_item(a->row);

	document_set_hits(o, a->view, a->hits, a->n_hits);
	document_set_text(o, "change", a->change == BACKTEST_GAINED ? STR("gained") : STR("lost"));
	if (a->folded)
		document_set_bool(o, "folded", true);
	document_set_text(o, "watch", str_of(a->watch->name));
	return o;
}

static void match_set_count(void *o, const char *name, uint64_t n)
{
	document_set_int(o, name, (int64_t)n);
}

json_t *document_backtest_watch(
	const struct backtest_summary *s, const struct backtest_watch *w, bool compared)
{
	json_t *o = json_object(), *days = json_object(), *feeds = json_object();
	json_t *samples = json_array();
	uint64_t others;

	document_set_text(o, "watch", str_of(w->name));
	document_set_int(o, "alerts", (int64_t)w->alerts);
	if (compared) {
		document_set_int(o, "kept", (int64_t)w->kept);
		document_set_int(o, "gained", (int64_t)w->gained);
		document_set_int(o, "lost", (int64_t)w->lost);
	}
	document_set_int(o, "folded", (int64_t)w->folded);
	document_set_int(o, "overruns", (int64_t)w->overruns);
	backtest_each_period(w, BACKTEST_DAY, match_set_count, days);
	backtest_each_feed(s, w, 0, match_set_count, feeds, &others);
	for (size_t k = 0; k < w->n_samples; k++) {
		const struct backtest_sample *sample = backtest_sample(w, k);
		json_t *one = document_item(&sample->row);

		document_set_hits(one, &sample->view, sample->hits, sample->n_hits);
		json_array_append_new(samples, one);
	}
	json_object_set_new(o, "days", days);
	json_object_set_new(o, "feeds", feeds);
	json_object_set_new(o, "samples", samples);
	return o;
}

json_t *document_backtest(const struct backtest_result *r, double seconds)
{
	json_t *o = json_object();

	document_set_int(o, "items", (int64_t)r->items);
	document_set_int(o, "looked_at", (int64_t)r->examined);
	document_set_int(o, "of_unknown_feeds", (int64_t)r->unknown_feeds);
	document_set_int(o, "overruns", (int64_t)r->overruns);
	document_set_bool(o, "narrowed", r->narrowed);
	json_object_set_new(o, "seconds", json_real(seconds));
	json_object_set_new(o, "items_per_second", json_real((double)r->items / seconds));
	document_set_stamp(o, "first", r->first);
	document_set_stamp(o, "last", r->last);
	return o;
}
