/* SPDX-License-Identifier: MIT */
#include "alert_card.h"

#include "store/activity.h"

#define PASSAGE_MAX  320
#define PASSAGE_ROOM ((size_t)64 * 1024)
#define CARD_MAX     ((size_t)256 * 1024)

bool card_is_shown(const struct alert *a)
{
	if (a->test)
		return false;
	switch (a->kind) {
	case ALERT_CREATED:
	case ALERT_UPDATED:
	case ALERT_CORRECTED:
	case ALERT_WITHDRAWN: return true;
	case ALERT_DIGEST:
	case ALERT_TROUBLE_BEGAN:
	case ALERT_TROUBLE_ENDED:
	case ALERT_REPORT:
	case ALERT_STORY:
	case ALERT_ACKNOWLEDGED: break;
	}
	return false;
}

const struct page_sign *card_delivery_sign(enum store_delivery_state s)
{
	static const struct page_sign signs[] = {
		[STORE_PENDING] = {"◷", "waiting", "warn"},
		[STORE_DELIVERED] = {"✓", "delivered", "good"},
		[STORE_HELD] = {"‖", "held", "quiet"},
		[STORE_DEAD] = {"✕", "refused", "bad"},
		[STORE_FOLDED] = {"↳", "folded", "quiet"},
		[STORE_SILENCED] = {"∅", "silenced", "quiet"},
		[STORE_EXPIRED] = {"⊗", "expired", "bad"},
		[STORE_ORPHANED] = {"?", "orphaned", "bad"},
		[STORE_STOPPED] = {"■", "stopped", "bad"},
	};

	return &signs[s];
}

/* --- one article --- */

void card_put_headline(struct html *h, const struct alert *a)
{
	struct buf line;

	buf_init(&line, 4096);
	html_markup(h, alert_headline_mark(a));
	alert_headline_short(a, &line);
	html_text(h, buf_str(&line));
	buf_pass_lack(h->out, &line);
	buf_release(&line);
}

void card_put_passage(struct html *h, const struct alert *a, size_t max)
{
	static const struct watch_marks marks = {"<mark>", "</mark>", html_escape, "<br>\n"};
	struct buf b;

	buf_init(&b, PASSAGE_ROOM);
	alert_snippet(a, max, &marks, &b);
	if (b.len) {
		html_markup(h, "<p class=\"passage\"");
		html_foreign(h, a->language);
		html_markup(h, ">");
		buf_adds(h->out, buf_str(&b));
		html_markup(h, "</p>\n");
	}
	buf_pass_lack(h->out, &b);
	buf_release(&b);
}

void card_put_story(struct html *h, const struct alert *a)
{
	struct buf line;

	buf_init(&line, 16384);
	alert_put_story(a->story, &line);
	if (a->story && str_present(a->story->why)) {
		html_markup(h, "<p class=\"meta\" dir=\"auto\">");
		html_text(h, a->story->why);
		html_markup(h, "</p>\n");
	}
	if (line.len) {
		html_markup(h, "<p class=\"meta\" dir=\"auto\">");
		html_text(h, buf_str(&line));
		html_markup(h, "</p>\n");
	}
	buf_pass_lack(h->out, &line);
	buf_release(&line);
}

static const char *card_class(const struct alert *a)
{
	if (a->kind == ALERT_CORRECTED || a->kind == ALERT_WITHDRAWN)
		return "note";
	return alert_priority_words[a->priority];
}

static void card_put_title(struct html *h, const struct alert *a)
{
	html_markup(h, "<h3");
	html_foreign(h, a->language);
	html_markup(h, ">");
	if (!html_open_link(h, a->link)) {
		html_markup(h, "<a");
		html_href(h, "alerts/", a->id);
		html_markup(h, ">");
	}
	card_put_headline(h, a);
	html_markup(h, "</a></h3>\n");
}

static void card_put_source(struct html *h, const struct alert *a)
{
	if (!str_present(a->feed))
		return;
	html_markup(h, " · <a");
	html_href(h, "feeds/", a->feed);
	html_markup(h, ">");
	html_name(h, str_present(a->feed_title) ? a->feed_title : a->feed);
	html_markup(h, "</a>");
}

static void card_put_watch(struct html *h, const struct alert *a)
{
	html_markup(h, "<a");
	html_href(h, "watches/", a->watch);
	html_markup(h, ">");
	html_name(h, str_present(a->watch_title) ? a->watch_title : a->watch);
	html_markup(h, "</a>");
}

/* What is not as it should be with its deliveries, and who has taken it. */
static void card_put_state(struct html *h, const struct store_alert_row *row)
{
	static const enum store_delivery_state shown[] = {
		STORE_PENDING, STORE_HELD, STORE_DEAD, STORE_EXPIRED, STORE_SILENCED};

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		if (!row->deliveries[shown[i]])
			continue;
		html_markup(h, " · ");
		page_put_number_sign(h, card_delivery_sign(shown[i]), row->deliveries[shown[i]]);
	}
	if (str_present(row->acked_by)) {
		html_markup(h, " · taken by ");
		html_name(h, row->acked_by);
	} else if (row->escalates_at != STAMP_NONE && row->escalates_at > h->now) {
		html_markup(h, " · escalates in ");
		html_duration(h, row->escalates_at - h->now);
	}
}

static void card_open(struct html *h, const struct store_alert_row *row)
{
	const struct alert *a = &row->alert;

	html_printf(h, "<article class=\"%s\"", card_class(a));
	html_attribute(h, "id", a->id);
	html_printf(h, " data-row=\"%lld\">\n", (long long)row->row);
	card_put_title(h, a);
	card_put_passage(h, a, PASSAGE_MAX);
	card_put_story(h, a);
	html_markup(h, "<p class=\"meta\">");
	page_put_sign(h, page_priority_sign(a->priority));
	if (a->kind == ALERT_UPDATED)
		html_markup(h, " · edited");
	card_put_source(h, a);
	html_markup(h, " · ");
	html_time_ago(h, a->created);
	card_put_state(h, row);
	html_markup(h, " · <a");
	html_href(h, "alerts/", a->id);
	html_markup(h, ">Details</a> · ");
}

/* --- the list --- */

int card_list_init(struct card_list *l, struct html *h, size_t max, struct err *e)
{
	*l = (struct card_list){.h = h, .max = max};
	buf_init(&l->open, CARD_MAX);
	buf_init(&l->watches, CARD_MAX);
	l->arena = arena_new(CARD_MAX);
	return l->arena ? 0 : err_nomem(e);
}

static struct str card_item_of(const struct alert *a)
{
	return str_present(a->item_id) ? a->item_id : a->link;
}

static bool card_joins_last(const struct card_list *l, const struct alert *a)
{
	struct str item = card_item_of(a);

	return l->open.len && str_present(l->last.item) && str_present(item) &&
	       l->last.kind == a->kind && str_eq(l->last.item, item) &&
	       str_eq(l->last.feed, a->feed);
}

/* The article is that of this alert from now on. */
static void card_begin(struct card_list *l, const struct store_alert_row *row)
{
	struct html h = *l->h;

	buf_clear(&l->open);
	h.out = &l->open;
	card_open(&h, row);
	l->rank = row->alert.priority;
}

static void card_remember(struct card_list *l, const struct alert *a)
{
	arena_clear(l->arena);
	l->last.feed = arena_str(l->arena, a->feed);
	l->last.item = arena_str(l->arena, card_item_of(a));
	l->last.kind = a->kind;
}

static void card_add_watch(struct card_list *l, const struct alert *a)
{
	struct html h = *l->h;

	h.out = &l->watches;
	html_markup(&h, l->watches.len ? ", " : "");
	card_put_watch(&h, a);
}

static void card_finish(struct card_list *l)
{
	struct buf *out = l->h->out;

	if (!l->open.len)
		return;
	buf_adds(out, buf_str(&l->open));
	buf_adds(out, buf_str(&l->watches));
	html_markup(l->h, "</p>\n</article>\n");
	buf_pass_lack(out, &l->open);
	buf_pass_lack(out, &l->watches);
	buf_clear(&l->open);
	buf_clear(&l->watches);
}

int card_list_add(void *list, const struct store_alert_row *row)
{
	struct card_list *l = list;
	const struct alert *a = &row->alert;
	bool taken = card_is_shown(a) && (!str_present(l->feed) || str_eq(l->feed, a->feed));
	bool joins = taken && card_joins_last(l, a);

	if (++l->examined > CARD_ROWS_MAX || (taken && !joins && l->n == l->max)) {
		l->more = true;
		return CARD_FULL;
	}
	l->oldest = row->row;
	if (!taken)
		return 0;
	if (!joins) {
		card_finish(l);
		card_begin(l, row);
		card_remember(l, a);
		l->n++;
	} else if (a->priority < l->rank) {
		card_begin(l, row);
	}
	card_add_watch(l, a);
	return 0;
}

int card_list_walk(struct card_list *l, struct store *store, struct store_alert_filter *f,
	store_alert_fn *fn, void *ctx, struct err *e)
{
	int64_t oldest = 1;
	int rc = 0;

	if (str_present(f->watch))
		rc = store_activity_oldest(store, f->watch, f->before, CARD_ROWS_MAX, &oldest, e);
	f->after = oldest - 1;
	if (!rc && oldest)
		rc = store_alert_each(store, f, fn, ctx, e);
	l->late = rc == -(int)ERR_TEMP;
	return rc == CARD_FULL || l->late ? 0 : rc;
}

void card_list_end(struct card_list *l)
{
	card_finish(l);
	if (l->late)
		html_markup(l->h, "<p>There may be older ones: looking for them took too "
				  "long.</p>\n");
	buf_release(&l->open);
	buf_release(&l->watches);
	arena_free(l->arena);
}
