/* SPDX-License-Identifier: MIT */
#include "referents.h"

#include "ingest.h"
#include "store/threads.h"
#include "story/headline.h"

#define REFERENTS_MAX  1000
#define REFERENTS_AGE  (7 * CLOCK_DAY)
/* New items of one poll that are looked at: bounds the work that crafted ones cause. */
#define LOOKED_MAX     50
/* Words that are a headline, and not one by chance. */
#define WORDS_MIN      4
#define TEXT_MAX       ((size_t)4096)
#define TEXT_WORDS     512
/* Common words in percent; a withdrawal repeats the headline, a correction may change it. */
#define SAME_WITHDRAWN 90
#define SAME_CORRECTED 75
#define SAME_WITH_MORE 60 /* a correction that has all words of the headline, and more */

struct referent {
	int64_t item;
	struct headline headline; /* without the marks of agencies */
	struct str slug;
};

struct referent_words {
	uint64_t rest[HEADLINE_WORDS_MAX];
	uint64_t text[TEXT_WORDS];
};

static int referents_add(struct ingest *t, const struct store_alerted *a, struct err *e)
{
	struct desk *d = t->desk;
	struct referents *r = &t->referents;
	uint64_t *words = arena_array(d->feed_arena, HEADLINE_WORDS_MAX, sizeof(*words));

	if (!words)
		return err_nomem(e);
	r->v[r->n++] = (struct referent){
		.item = a->item,
		.headline = {words,
			headline_words(&d->words, correction_headline(d->corrections, a->title),
				words, HEADLINE_WORDS_MAX)},
		.slug = headline_slug(a->link),
	};
	return 0;
}

static int referents_read(struct ingest *t, struct err *e)
{
	struct referents *r = &t->referents;
	struct store_alerted *v;
	size_t n;
	int rc;

	if (r->read)
		return 0;
	rc = store_alerted_items(t->desk->store, t->feed.id, t->now - REFERENTS_AGE, REFERENTS_MAX,
		t->desk->feed_arena, &v, &n, e);
	if (rc)
		return rc;
	r->v = arena_array(t->desk->feed_arena, n, sizeof(*r->v));
	if (!r->v)
		return err_nomem(e);
	for (size_t i = 0; !rc && i < n; i++)
		rc = referents_add(t, &v[i], e);
	r->read = true;
	return rc;
}

static bool referents_has_more(struct headline rest, struct headline was)
{
	return headline_common(rest, was) == was.n && headline_overlap(rest, was) >= SAME_WITH_MORE;
}

/* How sure it is that the item is about this one, in percent; 0: not enough. */
static unsigned referents_score(const struct referent *r, struct headline rest,
	struct headline text, struct str slug, const struct correction *c)
{
	unsigned same = headline_overlap(rest, r->headline);
	unsigned least =
		c->kind == CORRECTION_WITHDRAWN || c->bare ? SAME_WITHDRAWN : SAME_CORRECTED;

	if (same == 100)
		return 100;
	if (r->headline.n >= WORDS_MIN && rest.n >= WORDS_MIN &&
		(same >= least || headline_is_in(rest, r->headline) ||
			(least == SAME_CORRECTED && referents_has_more(rest, r->headline))))
		return same > least ? same : least;
	if (!c->bare && r->headline.n >= WORDS_MIN && headline_is_in(text, r->headline))
		return least;
	return !c->bare && headline_same_slug(r->slug, slug) ? least : 0;
}

static struct str referents_text(const struct feed_item *item)
{
	struct str s = str_present(item->content) ? item->content : item->summary;

	return str_slice(s.p, s.n < TEXT_MAX ? s.n : TEXT_MAX);
}

int referents_find(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	const struct correction *c, int64_t *row, struct err *e)
{
	struct text_words *w = &t->desk->words;
	struct referent_words words;
	struct headline rest = {words.rest, 0}, text = {words.text, 0};
	struct str slug = headline_slug(item->link);
	unsigned best = 0;
	int rc;

	*row = 0;
	if (t->referents.looked++ >= LOOKED_MAX)
		return 0;
	rc = referents_read(t, e);
	if (rc || t->referents.n == 0)
		return rc;
	rest.n = headline_words(w, correction_headline(t->desk->corrections, c->rest), words.rest,
		HEADLINE_WORDS_MAX);
	text.n = headline_words(w, referents_text(item), words.text, TEXT_WORDS);
	for (size_t i = 0; i < t->referents.n; i++) {
		const struct referent *r = &t->referents.v[i];
		unsigned score = referents_score(r, rest, text, slug, c);

		if (state->link_owner == r->item && !c->bare)
			score = 100;
		if (score > best && r->item != state->id) {
			best = score;
			*row = r->item;
		}
	}
	return 0;
}
