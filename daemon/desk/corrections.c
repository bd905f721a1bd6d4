/* SPDX-License-Identifier: MIT */
#include "corrections.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "store/threads.h"
#include "story/correction.h"
#include "story/headline.h"

#define WORD_MAX    ((size_t)80)
#define COMMENT_MAX ((size_t)200)
/* Common words of the headline before and after, where no mark shows where it begins. */
#define BARE_SAME   50

/* *in_title: else at the beginning of the text. */
static int corrections_find_word(struct ingest *t, const struct feed_item *item,
	struct correction *c, bool *in_title, struct err *e)
{
	const struct str texts[] = {item->title, item->content, item->summary};
	size_t n = sizeof(texts) / sizeof(texts[0]), i = 0;

	*c = (struct correction){.kind = CORRECTION_NONE};
	for (; i < n && c->kind == CORRECTION_NONE; i++)
		if (correction_find(t->desk->corrections, texts[i], c))
			return err_nomem(e);
	*in_title = i == 1;
	return 0;
}

static enum alert_kind corrections_kind(const struct correction *c)
{
	return c->kind == CORRECTION_WITHDRAWN ? ALERT_WITHDRAWN : ALERT_CORRECTED;
}

static bool corrections_same_headline(struct ingest *t, struct str rest, struct str was)
{
	struct desk *d = t->desk;
	uint64_t a[HEADLINE_WORDS_MAX], b[HEADLINE_WORDS_MAX];
	struct headline x = {a, headline_words(&d->words, correction_headline(d->corrections, rest),
					a, HEADLINE_WORDS_MAX)};
	struct headline y = {b, headline_words(&d->words, correction_headline(d->corrections, was),
					b, HEADLINE_WORDS_MAX)};

	return headline_overlap(x, y) >= BARE_SAME;
}

/* An item that begins with such a word. */
struct corrections_item {
	struct ingest *t;
	const struct feed_item *item;
	const struct store_item *state;
	struct correction word;
	bool in_title;
	struct followup_told *told;
	struct err *e;
};

/* before: the cause up to the word. */
static int corrections_raise(
	const struct corrections_item *x, const char *before, struct followup_news *news)
{
	const char *cause = arena_printf(x->t->desk->item_arena, "%s \"%.*s\"", before,
		STR_ARG(utf8_cut(x->word.word, WORD_MAX)));

	news->kind = corrections_kind(&x->word);
	news->is = x->item;
	news->cause = str_of(cause);
	return cause ? followup_raise(x->t, news, x->told, x->e) : err_nomem(x->e);
}

static int corrections_look_at_edit(
	const struct corrections_item *x, const struct store_item_row *old)
{
	struct followup_news news = {.item = x->state->id, .was = &old->item};
	struct correction before;
	bool in;
	int rc = corrections_find_word(x->t, &old->item, &before, &in, x->e);

	if (rc || before.kind == x->word.kind)
		return rc;
	if (x->word.bare &&
		(!x->in_title || !corrections_same_headline(x->t, x->word.rest, old->item.title)))
		return 0;
	return corrections_raise(
		x, x->in_title ? "its title now begins with" : "its text now begins with", &news);
}

static int corrections_look_at_new(const struct corrections_item *x)
{
	struct followup_news news = {.item = 0};
	struct store_item_row was;
	bool found = false;
	int rc = referents_find(x->t, x->item, x->state, &x->word, &news.item, x->e);

	if (rc || !news.item)
		return rc;
	rc = store_item_get(
		x->t->desk->store, news.item, x->t->desk->item_arena, &was, &found, x->e);
	if (rc)
		return rc;
	news.was = found ? &was.item : NULL;
	return corrections_raise(x, "a new item of its feed begins with", &news);
}

int corrections_look(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	const struct store_item_row *old, struct followup_told *told, struct err *e)
{
	struct corrections_item x = {.t = t, .item = item, .state = state, .told = told, .e = e};
	int rc;

	if (t->first)
		return 0;
	rc = corrections_find_word(t, item, &x.word, &x.in_title, e);
	t->says = x.word.kind;
	if (rc || x.word.kind == CORRECTION_NONE)
		return rc;
	return old ? corrections_look_at_edit(&x, old) : corrections_look_at_new(&x);
}

/* --- deleted entries --- */

static int64_t corrections_changed(const struct feed_item *i)
{
	return i->updated != STAMP_NONE ? i->updated : i->published;
}

/* The entry is there too, and not older than its deletion (RFC 6721). */
static bool corrections_is_live(const struct ingest *t, const struct feed_deletion *d)
{
	const struct feed_batch *b = t->poll->batch;
	uint8_t key[16];

	feed_identity_id_key(d->ref, key);
	for (size_t k = 0; k < b->n_items; k++) {
		const struct feed_item *i = &b->items[k];
		int64_t changed = corrections_changed(i);

		if (memcmp(i->key, key, sizeof(key)) == 0)
			return d->when == STAMP_NONE || changed == STAMP_NONE || changed >= d->when;
	}
	return false;
}

static struct str corrections_deletion_cause(struct ingest *t, const struct feed_deletion *d)
{
	struct str by = utf8_cut(d->by, WORD_MAX), comment = utf8_cut(d->comment, COMMENT_MAX);

	return str_of(arena_printf(t->desk->item_arena, "its feed lists it as deleted%s%.*s%s%.*s",
		by.n ? " by " : "", STR_ARG(by), comment.n ? ": " : "", STR_ARG(comment)));
}

static int corrections_look_at_deletion(
	struct ingest *t, const struct feed_deletion *d, struct err *e)
{
	bool keyed = t->feed.identity == FEED_IDENTITY_AUTO || t->feed.identity == FEED_IDENTITY_ID;
	struct followup_news news = {.kind = ALERT_WITHDRAWN};
	struct followup_told told = {.n = 0};
	struct store_item_row row;
	bool found;
	struct store_thread *threads;
	size_t n = 0;
	int rc = store_item_of_id(t->desk->store, t->feed.id, d->ref, keyed, &news.item, e);

	arena_clear(t->desk->item_arena);
	if (!rc && news.item)
		rc = store_threads(t->desk->store, news.item, t->desk->item_arena, &threads, &n, e);
	if (rc || !n)
		return rc;
	rc = store_item_get(t->desk->store, news.item, t->desk->item_arena, &row, &found, e);
	if (rc || !found || corrections_is_live(t, d))
		return rc;
	/* It was published again after it was deleted. */
	if (d->when != STAMP_NONE && corrections_changed(&row.item) != STAMP_NONE &&
		corrections_changed(&row.item) > d->when)
		return 0;
	news.cause = corrections_deletion_cause(t, d);
	return news.cause.p ? followup_raise(t, &news, &told, e) : err_nomem(e);
}

int corrections_look_at_deleted(struct ingest *t, struct err *e)
{
	const struct feed_batch *b = t->poll->batch;
	int rc = 0;

	if (t->first || !t->feed.id)
		return 0;
	for (size_t k = 0; !rc && k < b->n_deleted; k++)
		rc = corrections_look_at_deletion(t, &b->deleted[k], e);
	return rc;
}
