/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "form_cache.h"
#include "letter_run.h"
#include "segment_state.h"

#define POOL_MAX ((size_t)UINT32_MAX)

/* Kinds after which a character of each kind continues the word: WB5, 8, 9, 10, 13. */
static const uint16_t joins[TEXT_KINDS] = {
	[TEXT_KIND_LETTER] = LETTERS | BIT(NUMERIC),
	[TEXT_KIND_HEBREW] = LETTERS | BIT(NUMERIC),
	[TEXT_KIND_NUMERIC] = LETTERS | BIT(NUMERIC),
	[TEXT_KIND_KATAKANA] = BIT(KATAKANA),
};

const uint16_t text_segment_waits[TEXT_KINDS] = {
	[TEXT_KIND_MID_LETTER] = LETTERS,
	[TEXT_KIND_MID_NUMBER] = BIT(NUMERIC),
	[TEXT_KIND_MID_BOTH] = LETTERS | BIT(NUMERIC),
	[TEXT_KIND_APOSTROPHE] = LETTERS | BIT(NUMERIC),
	[TEXT_KIND_DOUBLE_QUOTE] = BIT(HEBREW),
};

int text_words_grow(struct text_words *w, struct err *e)
{
	size_t room = w->room ? w->room * 2 : 256;
	struct text_word *grown = reallocarray(w->word, room, sizeof(*grown));

	if (!grown)
		return err_nomem(e);
	w->word = grown;
	w->room = room;
	return 0;
}

int text_words_grow_pool(struct text_words *w, size_t n, struct err *e)
{
	size_t room = w->pool_room ? w->pool_room : 1024;
	char *grown;

	if (n > POOL_MAX - TEXT_FORM_PAD - w->pool_length)
		return err_set(e, ERR_LIMIT, "the words of a text take more than 4 GiB");
	while (room < w->pool_length + n + TEXT_FORM_PAD)
		room *= 2;
	if (room == w->pool_room)
		return 0;
	grown = realloc(w->pool, room);
	if (!grown)
		return err_nomem(e);
	w->pool = grown;
	w->pool_room = room;
	return 0;
}

static void segment_cut_pool(struct segment_state *r, size_t length)
{
	r->w->pool_length = length;
}

/* Appends the form of the word by libunistring, through the cache. */
static int segment_whole_form(struct segment_state *r, struct segment_part *word, struct err *e)
{
	struct text_words *w = r->w;
	struct str source = str_slice(r->text + word->begin, word->end - word->begin), form;
	struct buf fresh;
	int rc;

	if (!w->form_cache)
		w->form_cache = text_form_cache_new();
	if (!w->form_cache)
		return err_nomem(e);
	buf_init(&fresh, UINT32_MAX);
	form = text_form_cache_get(w->form_cache, source);
	if (!str_present(form)) {
		text_word_normal(source, &fresh);
		form = buf_str(&fresh);
		if (!buf_failed(&fresh))
			text_form_cache_put(w->form_cache, source, form);
	}
	rc = buf_failed(&fresh) ? err_nomem(e) : text_words_grow_pool(w, form.n, e);
	if (rc == 0) {
		word->form = w->pool_length;
		word->form_length = form.n;
		if (form.n)
			memcpy(w->pool + w->pool_length, form.p, form.n);
		w->pool_length += form.n;
	}
	buf_release(&fresh);
	return rc;
}

/* Length of the form without a final 's, or a final ' after a Hebrew letter (D7 90 to D7 B2). */
static inline size_t segment_drop_ending(const char *form, size_t n)
{
	const unsigned char *end = (const unsigned char *)form + n;

	if (n >= 2 && end[-1] == 's' && end[-2] == '\'')
		return n - 2;
	if (n >= 3 && end[-1] == '\'' && end[-3] == 0xD7 && end[-2] >= 0x90)
		return n - 1;
	return n;
}

static int segment_add_word(struct segment_state *r, struct segment_part *word, struct err *e)
{
	if (word->flags & TEXT_LETTER_COMPLEX) {
		int rc = segment_whole_form(r, word, e);

		if (rc)
			return rc;
	} else {
		word->form_length = segment_drop_ending(r->w->pool + word->form, word->form_length);
	}
	return text_words_add(r->w, word->begin, word->end, word->form, word->form_length, e);
}

static int segment_add_elided(struct segment_state *r, struct err *e)
{
	if (!r->has_elided)
		return 0;
	r->has_elided = false;
	return segment_add_word(r, &r->elided, e);
}

/* Is the open word one of the endings that an apostrophe does not separate? */
static bool segment_is_ending(const struct segment_state *r)
{
	const char *form = r->w->pool + r->form;
	size_t n = r->w->pool_length - r->form;

	if (r->flags & TEXT_LETTER_COMPLEX)
		return false;
	if (n == 1)
		return memchr("stdm", form[0], 4) != NULL;
	return n == 2 && (memcmp(form, "ll", 2) == 0 || memcmp(form, "re", 2) == 0 ||
				 memcmp(form, "ve", 2) == 0);
}

static __attribute__((noinline)) int segment_finish_slowly(struct segment_state *r, struct err *e)
{
	bool alone = !r->has_elided; /* so it is COMPLEX: its form is replaced */
	struct segment_part word;
	int rc;

	if (r->has_elided && segment_is_ending(r)) {
		r->begin = r->elided.begin;
		r->form = r->elided.form;
		r->flags = r->joint_flags;
		r->has_elided = false;
	}
	word = (struct segment_part){
		r->begin, r->end, r->form, r->w->pool_length - r->form, r->flags};
	if (alone)
		segment_cut_pool(r, r->form);
	rc = segment_add_elided(r, e);
	return rc ? rc : segment_add_word(r, &word, e);
}

/* Inlined: it runs once for each word. */
static inline int segment_finish_word(struct segment_state *r, struct err *e)
{
	size_t n = r->w->pool_length - r->form;

	r->last = SEGMENT_NONE;
	if (!(r->flags & TEXT_LETTER_WORD)) { /* never after an elided word: a letter follows it */
		segment_cut_pool(r, r->form);
		return 0;
	}
	if (r->has_elided || r->flags & TEXT_LETTER_COMPLEX)
		return segment_finish_slowly(r, e);
	n = segment_drop_ending(r->w->pool + r->form, n);
	return text_words_add(r->w, r->begin, r->end, r->form, n, e);
}

/* The word ends before an apostrophe, unless what follows is an ending. An earlier one is none. */
static int segment_begin_elided(struct segment_state *r, struct err *e)
{
	size_t length = r->w->pool_length;
	int rc = segment_add_elided(r, e);

	r->elided = (struct segment_part){
		r->begin, r->end, r->form, r->mid_form - r->form, r->mid_flags};
	r->has_elided = true;
	r->joint_flags = r->flags;
	if (r->w->pool_length != length) /* the form of both is not in one piece */
		r->joint_flags |= TEXT_LETTER_COMPLEX;
	r->begin = r->at;
	r->form = r->w->pool_length;
	r->flags = 0;
	return rc;
}

/*
 * Composes l with the last character of the form, if possible: that is removed, and l becomes the
 * result.
 */
static void segment_compose(struct segment_state *r, struct text_letter *l)
{
	struct text_words *w = r->w;
	size_t at = w->pool_length;
	uint32_t cp, before, whole;
	bool unsure = true;

	if (r->marked || at == r->form) {
		r->flags |= TEXT_LETTER_COMPLEX;
		return;
	}
	do
		at--;
	while (at > r->form && (w->pool[at] & 0xC0) == 0x80);
	utf8_decode(w->pool + at, w->pool_length - at, &before);
	utf8_decode(l->form, l->n, &cp);
	whole = text_letter_compose(before, cp, &unsure);
	if (unsure)
		r->flags |= TEXT_LETTER_COMPLEX;
	if (unsure || !whole)
		return;
	segment_cut_pool(r, at);
	l->n = (uint8_t)utf8_encode(whole, l->form);
	l->flags &= (uint8_t)~TEXT_LETTER_MARK;
}

/* Appends the letter's form to that of the open word. */
static int segment_add_form(struct segment_state *r, const struct text_letter *l, struct err *e)
{
	struct text_words *w = r->w;
	struct text_letter composed;

	if (w->pool_room - w->pool_length < sizeof(*l) + TEXT_FORM_PAD) {
		int rc = text_words_grow_pool(w, sizeof(*l), e);

		if (rc)
			return rc;
	}
	if (l->flags & TEXT_LETTER_COMPOSES) {
		composed = *l;
		l = &composed;
		segment_compose(r, &composed);
	}
	memcpy(w->pool + w->pool_length, l, sizeof(*l)); /* bytes beyond n are overwritten later */
	w->pool_length += l->n;
	r->flags |= l->flags & TEXT_LETTER_COMPLEX;
	if (l->flags & TEXT_LETTER_MARK) {
		if (r->marked)
			r->flags |= TEXT_LETTER_COMPLEX;
		r->marked = true;
	} else if (l->n) {
		r->marked = false;
	}
	return 0;
}

/* Is it one of ' ’ ׳, which end the abbreviation of a Hebrew word? (WB7a) */
static bool segment_is_geresh(const char *p, size_t n)
{
	return *p == '\'' || str_starts(str_slice(p, n), STR("\u05f3")) ||
	       str_starts(str_slice(p, n), STR("\u2019"));
}

/* Decides on a pending character by those after it: it joins the word, or ends it. */
static int segment_resolve_mid(
	struct segment_state *r, const struct text_letter *l, size_t length, struct err *e)
{
	unsigned mid = r->mid;
	bool letters = kinds_have(LETTERS, r->last);
	bool joined = letters ? kinds_have(LETTERS, l->kind) : l->kind == TEXT_KIND_NUMERIC;

	r->mid = SEGMENT_NONE;
	if (mid == TEXT_KIND_DOUBLE_QUOTE)
		joined = l->kind == TEXT_KIND_HEBREW;
	if (joined && r->text[r->mid_at] == '.')
		joined = !text_segment_dot_separates(r, l, length);
	else if (joined && letters && mid == TEXT_KIND_APOSTROPHE && text_segment_is_elided(r))
		return r->failed ? err_nomem(e) : segment_begin_elided(r, e);
	if (r->failed)
		return err_nomem(e);
	if (joined)
		return 0;
	if (r->last == TEXT_KIND_HEBREW && mid == TEXT_KIND_APOSTROPHE &&
		segment_is_geresh(r->text + r->mid_at, r->w->text.n - r->mid_at)) {
		r->end = r->mid_end;
		return segment_finish_word(r, e);
	}
	segment_cut_pool(r, r->mid_form);
	r->flags = r->mid_flags;
	return segment_finish_word(r, e);
}

static bool segment_can_begin(const struct text_letter *l)
{
	return joins[l->kind] != 0 || (l->kind == TEXT_KIND_OTHER && (l->flags & TEXT_LETTER_WORD));
}

static void segment_open_word(struct segment_state *r)
{
	r->begin = r->at;
	r->form = r->w->pool_length;
	r->flags = 0;
	r->marked = false;
}

int text_segment_take(
	struct segment_state *r, const struct text_letter *l, size_t length, struct err *e)
{
	int rc = 0;

	if (l->kind >= TEXT_KIND_EXTEND) {
		if (l->kind == TEXT_KIND_DROPPED || r->last == SEGMENT_NONE)
			return 0;
		*(r->mid == SEGMENT_NONE ? &r->end : &r->mid_end) = r->at + length;
		return segment_add_form(r, l, e);
	}
	if (r->mid != SEGMENT_NONE) {
		rc = segment_resolve_mid(r, l, length, e);
	} else if (kinds_have(text_segment_waits[l->kind], r->last)) {
		r->mid = l->kind;
		r->mid_at = r->at;
		r->mid_end = r->at + length;
		r->mid_form = r->w->pool_length;
		r->mid_flags = r->flags;
		return segment_add_form(r, l, e);
	} else if (r->last != SEGMENT_NONE && !kinds_have(joins[l->kind], r->last)) {
		rc = segment_finish_word(r, e);
	}
	if (rc)
		return rc;
	if (r->last == SEGMENT_NONE) {
		if (!segment_can_begin(l))
			return 0;
		segment_open_word(r);
	}
	r->last = l->kind;
	r->last_flags = l->flags;
	r->flags |= l->flags & TEXT_LETTER_WORD;
	r->end = r->at + length;
	return segment_add_form(r, l, e);
}

struct segment_state text_segment_begin(struct text_words *w, size_t from)
{
	return (struct segment_state){
		.w = w, .text = w->text.p, .last = SEGMENT_NONE, .mid = SEGMENT_NONE, .at = from};
}

int text_segment_end(struct segment_state *r, struct err *e)
{
	static const struct text_letter end = {.kind = TEXT_KIND_OTHER};

	if (r->last == SEGMENT_NONE)
		return 0;
	return r->mid != SEGMENT_NONE ? segment_resolve_mid(r, &end, 0, e)
				      : segment_finish_word(r, e);
}

/* Fast path, at the start of a word or inside it. */
static void segment_copy_letters(struct segment_state *r)
{
	struct text_letter_run row = text_letter_run(r->w, r->at);

	if (!row.last)
		return;
	if (r->last == SEGMENT_NONE)
		segment_open_word(r);
	r->w->pool_length += row.form_length;
	r->last = row.last->kind;
	r->last_flags = row.last->flags;
	r->flags |= TEXT_LETTER_WORD;
	r->marked = false;
	r->at = r->end = row.end;
}

int text_segment_step(struct segment_state *r, struct err *e)
{
	const struct text_letter *l;
	struct text_letter ring;
	uint32_t cp;
	size_t length = text_segment_decode(r->text + r->at, r->w->text.n - r->at, &cp);
	int rc;

	l = text_letter_of(cp);
	if (l && l->kind == TEXT_KIND_HALF_RING) {
		ring = *l;
		ring.kind = text_segment_ring_joins(r, length) ? TEXT_KIND_APOSTROPHE
							       : TEXT_KIND_DROPPED;
		l = r->failed ? NULL : &ring;
	}
	rc = l ? text_segment_take(r, l, length, e) : err_nomem(e);
	r->at += length;
	return rc;
}

/*
 * May the fast path take over here? Only where one of its runs ends; inside a run it would start
 * again from the beginning of the run each time.
 */
static bool segment_can_stop(const struct segment_state *r)
{
	const struct text_block *block = &r->w->blocks[r->at / TEXT_BLOCK];
	unsigned bit = r->at % TEXT_BLOCK;
	bool wordish = block->wordish >> bit & 1, before;

	if (r->last != SEGMENT_NONE)
		return false;
	before = bit ? block->wordish >> (bit - 1) & 1 : block[-1].wordish >> (TEXT_BLOCK - 1);
	return !wordish || !before;
}

int text_segment_run(struct text_words *w, size_t from, size_t *resume, struct err *e)
{
	struct segment_state r = text_segment_begin(w, from);
	int rc = 0;

	do {
		size_t before = r.at;

		if (r.mid == SEGMENT_NONE &&
			(r.last == SEGMENT_NONE || kinds_have(LETTERS | BIT(NUMERIC), r.last)))
			segment_copy_letters(&r);
		if (r.at < w->text.n && r.mid == SEGMENT_NONE && r.text[r.at] == ' ') {
			rc = r.last == SEGMENT_NONE ? 0 : segment_finish_word(&r, e);
			r.at++;
			break;
		}
		if (r.at == before)
			rc = text_segment_step(&r, e);
	} while (rc == 0 && r.at < w->text.n && !segment_can_stop(&r));
	*resume = r.at;
	return rc ? rc : text_segment_end(&r, e);
}
