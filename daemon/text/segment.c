/* SPDX-License-Identifier: MIT */
#include "segment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "block.h"
#include "letter.h"
#include "letter_run.h"
#include "form_cache.h"

#define POOL_MAX ((size_t)UINT32_MAX)
#define NONE	 TEXT_KINDS /* value of `last` or `mid` if there is none */

struct segment_state {
	struct text_words *w;
	const char *text;
	unsigned last;	    /* kind of the last character of the open word, marks excepted */
	uint8_t last_flags; /* its flags */
	uint8_t flags;	    /* of all characters of the open word */
	bool marked;	    /* the last character that has a form is a MARK */
	size_t at;	    /* of the present character */
	size_t begin, end;  /* of the open word, in the text */
	size_t form;	    /* start of its form in the pool */
	/* One of ' . : , ; " that stays in the word only if the next character allows it. */
	unsigned mid;
	size_t mid_at, mid_end; /* with its marks, in the text */
	uint8_t mid_flags;	/* `flags` before it */
	size_t mid_form;	/* start of its form in the pool */
};

#define BIT(kind) (1u << TEXT_KIND_##kind)
#define LETTERS	  (BIT(LETTER) | BIT(HEBREW))

/* Kinds after which a character of each kind continues the word: WB5, 8, 9, 10, 13, 13a, 13b. */
static const uint16_t joins[TEXT_KINDS] = {
	[TEXT_KIND_LETTER] = LETTERS | BIT(NUMERIC) | BIT(CONNECTOR),
	[TEXT_KIND_HEBREW] = LETTERS | BIT(NUMERIC) | BIT(CONNECTOR),
	[TEXT_KIND_NUMERIC] = LETTERS | BIT(NUMERIC) | BIT(CONNECTOR),
	[TEXT_KIND_KATAKANA] = BIT(KATAKANA) | BIT(CONNECTOR),
	[TEXT_KIND_CONNECTOR] = LETTERS | BIT(NUMERIC) | BIT(KATAKANA) | BIT(CONNECTOR),
};

/* Kinds between two of which it continues the word: WB6, 7, 7a, 7b, 7c, 11, 12. */
static const uint16_t waits[TEXT_KINDS] = {
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

static bool kinds_have(unsigned set, unsigned kind)
{
	return set >> kind & 1;
}

static bool segment_is_article(struct str form)
{
	static const char *const articles[] = {"un", "qu", "all", "dell", "nell", "dall", "sull",
		"jusqu", "quest", "lorsqu", "puisqu", "quoiqu"};

	if (form.n == 1)
		return strchr("ldjmtsnc", form.p[0]) != NULL;
	for (size_t i = 0; i < sizeof(articles) / sizeof(articles[0]) && form.n <= 6; i++)
		if (form.p[0] == articles[i][0] && str_is(form, articles[i]))
			return true;
	return false;
}

static void segment_cut_pool(struct segment_state *r, size_t length)
{
	r->w->pool_length = length;
}

/* Replaces the form of the open word by that of libunistring, through the cache. */
static int segment_whole_form(struct segment_state *r, struct err *e)
{
	struct text_words *w = r->w;
	struct str word = str_slice(r->text + r->begin, r->end - r->begin), form = STR_NONE;
	struct buf fresh;
	int rc;

	if (!w->form_cache)
		w->form_cache = text_form_cache_new();
	if (!w->form_cache)
		return err_nomem(e);
	buf_init(&fresh, UINT32_MAX);
	form = text_form_cache_get(w->form_cache, word);
	if (!str_present(form)) {
		text_word_normal(word, &fresh);
		form = buf_str(&fresh);
		if (!buf_failed(&fresh))
			text_form_cache_put(w->form_cache, word, form);
	}
	segment_cut_pool(r, r->form);
	rc = buf_failed(&fresh) ? err_nomem(e) : text_words_grow_pool(w, form.n, e);
	if (rc == 0 && form.n) {
		memcpy(w->pool + w->pool_length, form.p, form.n);
		w->pool_length += form.n;
	}
	buf_release(&fresh);
	return rc;
}

static int segment_finish_whole(struct segment_state *r, struct err *e)
{
	int rc = segment_whole_form(r, e);

	if (rc)
		return rc;
	return text_words_add(r->w, r->begin, r->end, r->form, r->w->pool_length - r->form, e);
}

/* Inlined: it runs once for each word. */
static inline int segment_finish_word(struct segment_state *r, struct err *e)
{
	struct text_words *w = r->w;
	const char *end = w->pool + w->pool_length;
	size_t n = w->pool_length - r->form;

	r->last = NONE;
	if (r->flags & TEXT_LETTER_COMPLEX && r->flags & TEXT_LETTER_WORD)
		return segment_finish_whole(r, e);
	if (!(r->flags & TEXT_LETTER_WORD)) {
		segment_cut_pool(r, r->form);
		return 0;
	}
	if (n >= 2 && end[-1] == 's' && end[-2] == '\'')
		n -= 2;
	return text_words_add(w, r->begin, r->end, r->form, n, e);
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

/* Decides on a pending character by the one after it: it joins the word, or ends it. */
static int segment_resolve_mid(struct segment_state *r, const struct text_letter *l, struct err *e)
{
	unsigned mid = r->mid;
	bool letters = kinds_have(LETTERS, r->last);
	bool joined = letters ? kinds_have(LETTERS, l->kind) : l->kind == TEXT_KIND_NUMERIC;
	struct str before = str_slice(r->w->pool + r->form, r->mid_form - r->form);
	char byte = r->text[r->mid_at];

	r->mid = NONE;
	if (mid == TEXT_KIND_DOUBLE_QUOTE)
		joined = l->kind == TEXT_KIND_HEBREW;
	if (!joined && r->last == TEXT_KIND_HEBREW && mid == TEXT_KIND_APOSTROPHE) {
		r->end = r->mid_end; /* WB7a: the geresh of an abbreviation */
		return segment_finish_word(r, e);
	}
	if (joined && (byte == '.' || byte == ':'))
		joined = !(r->last_flags & TEXT_LETTER_LOWER) || !(l->flags & TEXT_LETTER_UPPER);
	else if (joined && letters && mid == TEXT_KIND_APOSTROPHE)
		joined = (r->mid_flags & TEXT_LETTER_COMPLEX) || !segment_is_article(before);
	if (joined)
		return 0;
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

static int segment_take_letter(
	struct segment_state *r, const struct text_letter *l, size_t length, struct err *e)
{
	int rc = 0;

	if (l->kind >= TEXT_KIND_EXTEND) {
		if (l->kind == TEXT_KIND_DROPPED || r->last == NONE)
			return 0;
		*(r->mid == NONE ? &r->end : &r->mid_end) = r->at + length;
		return segment_add_form(r, l, e);
	}
	if (r->mid != NONE) {
		rc = segment_resolve_mid(r, l, e);
	} else if (kinds_have(waits[l->kind], r->last)) {
		r->mid = l->kind;
		r->mid_at = r->at;
		r->mid_end = r->at + length;
		r->mid_form = r->w->pool_length;
		r->mid_flags = r->flags;
		return segment_add_form(r, l, e);
	} else if (r->last != NONE && !kinds_have(joins[l->kind], r->last)) {
		rc = segment_finish_word(r, e);
	}
	if (rc)
		return rc;
	if (r->last == NONE) {
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

static struct segment_state segment_begin(struct text_words *w, size_t from)
{
	return (struct segment_state){
		.w = w, .text = w->text.p, .last = NONE, .mid = NONE, .at = from};
}

static int segment_end(struct segment_state *r, struct err *e)
{
	static const struct text_letter end = {.kind = TEXT_KIND_OTHER};

	if (r->last == NONE)
		return 0;
	return r->mid != NONE ? segment_resolve_mid(r, &end, e) : segment_finish_word(r, e);
}

/* Returns the length of the sequence at p; an invalid byte is a character that separates words. */
static inline size_t segment_decode(const char *p, size_t n, uint32_t *cp)
{
	size_t len = utf8_decode(p, n, cp);

	if (len)
		return len;
	*cp = 0xFFFD;
	return 1;
}

/* Fast path, at the start of a word or inside it. */
static void segment_copy_letters(struct segment_state *r)
{
	struct text_letter_run row = text_letter_run(r->w, r->at);

	if (!row.last)
		return;
	if (r->last == NONE)
		segment_open_word(r);
	r->w->pool_length += row.form_length;
	r->last = row.last->kind;
	r->last_flags = row.last->flags;
	r->flags |= TEXT_LETTER_WORD;
	r->marked = false;
	r->at = r->end = row.end;
}

static int segment_step(struct segment_state *r, struct err *e)
{
	const struct text_letter *l;
	uint32_t cp;
	size_t length = segment_decode(r->text + r->at, r->w->text.n - r->at, &cp);
	int rc;

	l = text_letter_of(cp);
	rc = l ? segment_take_letter(r, l, length, e) : err_nomem(e);
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

	if (r->last != NONE)
		return false;
	before = bit ? block->wordish >> (bit - 1) & 1 : block[-1].wordish >> (TEXT_BLOCK - 1);
	return !wordish || !before;
}

int text_segment_run(struct text_words *w, size_t from, size_t *resume, struct err *e)
{
	struct segment_state r = segment_begin(w, from);
	int rc = 0;

	do {
		size_t before = r.at;

		if (r.mid == NONE &&
			(r.last == NONE ||
				kinds_have(LETTERS | BIT(NUMERIC) | BIT(CONNECTOR), r.last)))
			segment_copy_letters(&r);
		if (r.at < w->text.n && r.mid == NONE && r.text[r.at] == ' ') {
			rc = r.last == NONE ? 0 : segment_finish_word(&r, e);
			r.at++;
			break;
		}
		if (r.at == before)
			rc = segment_step(&r, e);
	} while (rc == 0 && r.at < w->text.n && !segment_can_stop(&r));
	*resume = r.at;
	return rc ? rc : segment_end(&r, e);
}

static bool segment_is_wildcard(char c)
{
	return c == '*' || c == '?';
}

/*
 * Kind of a row of wildcards that ends at `end`. A wildcard takes the kind of its neighbours, so
 * that it does not split what it is to match: a letter next to letters, Katakana next to Katakana,
 * a digit where a point or comma separates it from a digit.
 */
static int segment_wildcard_kind(const struct segment_state *r, size_t end, unsigned *kind)
{
	const struct text_letter *next, *after;
	size_t n = 0, m = 0;
	uint32_t cp = ' ', cp_after = ' ';

	if (end < r->w->text.n)
		n = segment_decode(r->text + end, r->w->text.n - end, &cp);
	if (end + n < r->w->text.n)
		m = segment_decode(r->text + end + n, r->w->text.n - end - n, &cp_after);
	next = text_letter_of(cp);
	after = text_letter_of(m ? cp_after : ' ');
	if (!next || !after)
		return -(int)ERR_NOMEM;
	*kind = TEXT_KIND_LETTER;
	if (r->mid != NONE)
		*kind = kinds_have(LETTERS, r->last) ? TEXT_KIND_LETTER : r->last;
	else if (r->last == TEXT_KIND_KATAKANA ||
		 (next->kind == TEXT_KIND_KATAKANA && !kinds_have(LETTERS | BIT(NUMERIC), r->last)))
		*kind = TEXT_KIND_KATAKANA;
	else if (kinds_have(waits[next->kind], TEXT_KIND_NUMERIC) &&
		 after->kind == TEXT_KIND_NUMERIC)
		*kind = TEXT_KIND_NUMERIC;
	return 0;
}

/* Takes all wildcards in a row. */
static int segment_take_wildcards(struct segment_state *r, struct err *e)
{
	struct text_letter l = {.n = 1, .flags = TEXT_LETTER_WORD};
	size_t end = r->at;
	unsigned kind;
	int rc;

	while (end < r->w->text.n && segment_is_wildcard(r->text[end]))
		end++;
	if (segment_wildcard_kind(r, end, &kind) < 0)
		return err_nomem(e);
	l.kind = (uint8_t)kind;
	for (; r->at < end; r->at++) {
		l.form[0] = r->text[r->at];
		rc = segment_take_letter(r, &l, 1, e);
		if (rc)
			return rc;
	}
	return 0;
}

int text_segment_pattern(struct text_words *w, struct err *e)
{
	struct segment_state r = segment_begin(w, 0);
	int rc = 0;

	while (rc == 0 && r.at < w->text.n)
		rc = segment_is_wildcard(r.text[r.at]) ? segment_take_wildcards(&r, e)
						       : segment_step(&r, e);
	return rc ? rc : segment_end(&r, e);
}
