/* SPDX-License-Identifier: MIT */
#include "watch/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <unictype.h>
#include <uniwbrk.h>

#include "base/utf8.h"

/* The text without what is dropped, byte for byte beside where each came from. */
struct clean {
	uint8_t *text;	/* what is segmented: wildcards of a pattern read as a letter */
	char *breaks;	/* of u8_wordbreaks: 1 before a byte that begins a segment */
	uint32_t *from; /* offset in the source, one more than bytes */
	size_t n;
};

void watch_words_init(struct watch_words *w)
{
	*w = (struct watch_words){.text = STR_NONE};
	buf_init(&w->pool, UINT32_MAX);
}

void watch_words_release(struct watch_words *w)
{
	free(w->word);
	free(w->places);
	free(w->clean);
	buf_release(&w->pool);
	watch_words_init(w);
}

static int clean_make(struct clean *c, struct str text, bool pattern, struct err *e)
{
	*c = (struct clean){
		.text = malloc(text.n + 1),
		.breaks = malloc(text.n + 1),
		.from = calloc(text.n + 1, sizeof(*c->from)),
	};
	if (!c->text || !c->breaks || !c->from)
		return err_nomem(e);
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		size_t len = utf8_decode(text.p + i, text.n - i, &cp);
		bool bad = len == 0;

		len = bad ? 1 : len;
		if (bad)
			cp = ' ';
		if (cp == 0x2019 || cp == 0x02BC || cp == 0xFF07)
			cp = '\'';
		if (pattern && (cp == '*' || cp == '?'))
			cp = 'x';
		if (cp < 0x80 || !uc_is_general_category(cp, UC_FORMAT)) {
			size_t n = cp < 0x80 ? 1 : len;

			if (n == 1)
				c->text[c->n] = (uint8_t)cp;
			else
				memcpy(c->text + c->n, text.p + i, n);
			for (size_t k = 0; k < n; k++)
				c->from[c->n + k] = (uint32_t)i;
			c->n += n;
		}
		i += len;
	}
	c->from[c->n] = (uint32_t)text.n;
	u8_wordbreaks(c->text, c->n, c->breaks);
	return 0;
}

static void clean_release(struct clean *c)
{
	free(c->text);
	free(c->breaks);
	free(c->from);
}

static size_t point_at(const struct clean *c, size_t i, uint32_t *cp)
{
	return utf8_decode((const char *)c->text + i, c->n - i, cp);
}

static bool is_extend(uint32_t cp)
{
	return cp >= 0x80 && uc_wordbreak_property(cp) == WBP_EXTEND;
}

static bool counts_as_word(const struct clean *c, size_t from, size_t to)
{
	while (from < to) {
		uint32_t cp;

		from += point_at(c, from, &cp);
		if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N) &&
			!is_extend(cp))
			return true;
	}
	return false;
}

/* The end in the source of the last character before clean offset `to`. */
static size_t source_end(const struct clean *c, struct str text, size_t to)
{
	uint32_t cp;
	size_t at = c->from[to - 1], len = utf8_decode(text.p + at, text.n - at, &cp);

	return at + (len ? len : 1);
}

static int add_word(
	struct watch_words *w, const struct clean *c, size_t from, size_t to, struct err *e)
{
	struct watch_word *word;
	size_t begin = c->from[from], end = source_end(c, w->text, to);
	struct str source = str_slice(w->text.p + begin, end - begin), form;

	if (w->count == w->room) {
		size_t room = w->room ? w->room * 2 : 256;
		struct watch_word *grown = reallocarray(w->word, room, sizeof(*grown));

		if (!grown)
			return err_nomem(e);
		w->word = grown;
		w->room = room;
	}
	word = &w->word[w->count];
	*word = (struct watch_word){
		.offset = (uint32_t)begin,
		.length = (uint32_t)source.n,
		.form = (uint32_t)w->pool.len,
	};
	watch_word_normal(source, &w->pool);
	if (buf_failed(&w->pool))
		return err_nomem(e);
	form = str_slice(w->pool.data + word->form, w->pool.len - word->form);
	word->form_length = (uint32_t)form.n;
	word->hash = watch_word_hash(form);
	word->flags = WATCH_WORD_ASCII;
	for (size_t i = 0; i < source.n; i++)
		if ((unsigned char)source.p[i] >= 0x80)
			word->flags = 0;
	if (word->flags && str_eq(source, form))
		word->flags |= WATCH_WORD_LOWER;
	w->count++;
	return 0;
}

static bool is_article(struct str form)
{
	static const char *const articles[] = {"l", "d", "j", "m", "t", "s", "n", "c", "qu",
		"jusqu", "lorsqu", "puisqu", "quoiqu", "dell", "nell", "dall", "sull", "all", "un",
		"quest"};

	for (size_t i = 0; i < sizeof(articles) / sizeof(articles[0]); i++)
		if (str_is(form, articles[i]))
			return true;
	return false;
}

/* Marks on the apostrophe go with it. */
static size_t skip_marks(const struct clean *c, size_t from, size_t to)
{
	uint32_t cp;

	while (from < to) {
		size_t len = point_at(c, from, &cp);

		if (!is_extend(cp))
			break;
		from += len;
	}
	return from;
}

/* A piece of a segment, with no cut at . or : in it: words behind their elided articles. */
static int add_piece(
	struct watch_words *w, const struct clean *c, size_t from, size_t to, struct err *e)
{
	for (;;) {
		const uint8_t *apostrophe = memchr(c->text + from, '\'', to - from);
		size_t at = apostrophe ? (size_t)(apostrophe - c->text) : to;
		int r = add_word(w, c, from, at, e);

		if (r || at == to)
			return r;
		if (!is_article(watch_words_form(w, w->count - 1)) ||
			!counts_as_word(c, at + 1, to)) {
			w->pool.len = w->word[--w->count].form;
			return add_word(w, c, from, to, e);
		}
		from = skip_marks(c, at + 1, to);
	}
}

static int add_segment(
	struct watch_words *w, const struct clean *c, size_t from, size_t to, struct err *e)
{
	bool small = false; /* the last character that is no mark */
	size_t mark = 0;    /* of a . or : behind it */
	uint32_t cp;

	for (size_t i = from, len; i < to; i += len) {
		len = point_at(c, i, &cp);
		if (is_extend(cp))
			continue;
		if (mark && uc_is_general_category_withtable(
				    cp, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt)) {
			int r = add_piece(w, c, from, mark, e);

			if (r)
				return r;
			from = i;
		}
		mark = small && (cp == '.' || cp == ':') ? i : 0;
		small = uc_is_general_category(cp, UC_LOWERCASE_LETTER);
	}
	return add_piece(w, c, from, to, e);
}

static int split(struct watch_words *w, const struct clean *c, struct err *e)
{
	for (size_t from = 0, to; from < c->n; from = to) {
		for (to = from + 1; to < c->n && c->breaks[to] == 0;)
			to++;
		if (counts_as_word(c, from, to)) {
			int r = add_segment(w, c, from, to, e);

			if (r)
				return r;
		}
	}
	return 0;
}

static int split_text(struct watch_words *w, struct str text, bool pattern, struct err *e)
{
	struct clean c;
	char *pad;
	int r;

	w->count = 0;
	w->place = NULL;
	w->text = text;
	buf_clear(&w->pool);
	if (text.n > WATCH_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "text of %zu bytes is longer than %zu", text.n,
			WATCH_TEXT_MAX);
	r = clean_make(&c, text, pattern, e);
	if (r == 0)
		r = split(w, &c, e);
	clean_release(&c);
	pad = buf_reserve(&w->pool, WATCH_FORM_PAD);
	if (r == 0 && !pad)
		r = err_nomem(e);
	if (r) {
		w->count = 0;
		return r;
	}
	memset(pad, 0, WATCH_FORM_PAD);
	w->forms = w->pool.data;
	return 0;
}

int watch_words_split(struct watch_words *w, struct str text, struct err *e)
{
	return split_text(w, text, false, e);
}

int watch_words_split_pattern(struct watch_words *w, struct str text, struct err *e)
{
	return split_text(w, text, true, e);
}
