/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/plain_words.h"

static void *plain_words_alloc(void *p, size_t count, size_t size)
{
	p = reallocarray(p, count ? count : 1, size);
	if (!p)
		abort();
	return p;
}

/* --- rule 1 and 2: what is dropped, and what reads as ' or " --- */

static bool plain_is_dropped(uint32_t cp)
{
	return cp == 0x640 || (cp != 0x200B && uc_is_general_category(cp, UC_FORMAT));
}

static bool plain_is_half_ring(uint32_t cp)
{
	return cp >= 0x2BB && cp <= 0x2BF;
}

static bool plain_is_apostrophe(uint32_t cp)
{
	static const uint32_t signs[] = {
		0x2019, 0x2018, 0x201B, 0x2032, 0xB4, '`', 0xFF07, 0x5F3, '\''};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (cp == signs[i])
			return true;
	return plain_is_half_ring(cp);
}

static bool plain_is_mark(uint32_t cp)
{
	return cp >= 0x80 && uc_wordbreak_property(cp) == WBP_EXTEND;
}

/* What Unicode calls a letter, in its categories or in UAX #29. */
static bool plain_is_letter(uint32_t cp)
{
	int p = uc_wordbreak_property(cp);

	if (plain_is_apostrophe(cp) || plain_is_mark(cp))
		return false;
	return p == WBP_ALETTER || p == WBP_HL || p == WBP_KATAKANA ||
	       uc_is_general_category(cp, UC_LETTER);
}

static bool plain_is_joined(uint32_t cp)
{
	int p = uc_wordbreak_property(cp);

	return p == WBP_ALETTER || p == WBP_HL;
}

static bool plain_is_digit(uint32_t cp)
{
	return uc_wordbreak_property(cp) == WBP_NUMERIC;
}

/* The next character that is not a mark, before or after i; 0 if there is none. */
static uint32_t plain_before(const struct plain_text *c, size_t i, size_t *at)
{
	while (i-- > 0)
		if (!plain_is_mark(c->text[i])) {
			*at = i;
			return c->text[i];
		}
	*at = SIZE_MAX;
	return 0;
}

static uint32_t plain_after(const struct plain_text *c, size_t i, size_t *at)
{
	while (++i < c->n)
		if (!plain_is_mark(c->text[i])) {
			*at = i;
			return c->text[i];
		}
	*at = SIZE_MAX;
	return 0;
}

/* What an apostrophe at i reads as; 0 if it is not between letters or digits. */
static uint32_t plain_read_between(const struct plain_text *c, size_t i)
{
	size_t at;
	uint32_t a = plain_before(c, i, &at), b = plain_after(c, i, &at);

	if (plain_is_digit(a) && plain_is_digit(b))
		return '\'';
	if (!plain_is_letter(a) || !plain_is_letter(b))
		return 0;
	/* UAX #29 joins only some scripts; between others it is a separator. */
	return plain_is_joined(a) && plain_is_joined(b) ? '\'' : ' ';
}

/* UINT32_MAX: it is dropped. */
static uint32_t plain_read_ring(const struct plain_text *c, size_t i)
{
	uint32_t between;

	if (!plain_is_half_ring(c->text[i]))
		return c->text[i];
	between = plain_read_between(c, i);
	return between ? between : UINT32_MAX;
}

/* What another character reads as. */
static uint32_t plain_read_sign(const struct plain_text *c, size_t i)
{
	uint32_t cp = c->text[i];

	if (cp == 0x5F3 || cp == 0x2019 || cp == '\'') /* separate, but not after Hebrew: WB7a */
		return '\'';
	if (plain_is_apostrophe(cp))
		return plain_read_between(c, i) ? plain_read_between(c, i) : ' ';
	if (cp == 0x5F4 || cp == 0x201D)
		return '"'; /* separates but between Hebrew letters: WB7b, WB7c */
	if (cp == ':' || cp == 0xFF1A || cp == 0xFE13 || cp == 0xFE55 || cp == 0x200B ||
		uc_wordbreak_property(cp) == WBP_EXTENDNUMLET)
		return ' ';
	return cp;
}

/* Replaces each character by what it reads as, all at the same time. */
static void plain_read_all(
	struct plain_text *c, uint32_t (*read)(const struct plain_text *c, size_t i))
{
	uint32_t *as = plain_words_alloc(NULL, c->n, sizeof(*as));
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		as[i] = read(c, i);
	for (size_t i = 0; i < c->n; i++)
		if (as[i] != UINT32_MAX) {
			c->text[n] = as[i];
			c->from[n] = c->from[i];
			c->to[n++] = c->to[i];
		}
	c->n = n;
	free(as);
}

static void plain_decode_all(struct plain_text *c, struct str text)
{
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		size_t len = utf8_decode(text.p + i, text.n - i, &cp);

		if (len == 0) {
			cp = ' '; /* separates */
			len = 1;
		}
		if (!plain_is_dropped(cp)) {
			c->text[c->n] = cp;
			c->from[c->n] = i;
			c->to[c->n++] = i + len;
		}
		i += len;
	}
}

static void plain_clean(struct plain_text *c, struct str text)
{
	*c = (struct plain_text){
		.text = plain_words_alloc(NULL, text.n + 1, sizeof(*c->text)),
		.breaks = plain_words_alloc(NULL, text.n + 1, 1),
		.from = plain_words_alloc(NULL, text.n + 1, sizeof(*c->from)),
		.to = plain_words_alloc(NULL, text.n + 1, sizeof(*c->to)),
	};
	plain_decode_all(c, text);
	plain_read_all(c, plain_read_ring);
	plain_read_all(c, plain_read_sign);
	u32_wordbreaks(c->text, c->n, c->breaks);
}

static void plain_clean_release(struct plain_text *c)
{
	free(c->text);
	free(c->breaks);
	free(c->from);
	free(c->to);
}

static bool plain_counts_as_word(const struct plain_text *c, size_t from, size_t to)
{
	for (; from < to; from++)
		if (uc_is_general_category_withtable(
			    c->text[from], UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N) &&
			!plain_is_mark(c->text[from]))
			return true;
	return false;
}

struct str plain_form(const struct plain_words *w, size_t i)
{
	return str_slice(w->forms.data + w->word[i].form, w->word[i].form_length);
}

/* The characters from `from` to `to`, as written in the source. */
static struct str plain_source(
	const struct plain_words *w, const struct plain_text *c, size_t from, size_t to)
{
	return str_slice(w->text.p + c->from[from], c->to[to - 1] - c->from[from]);
}

static void plain_words_add(
	struct plain_words *w, const struct plain_text *c, size_t from, size_t to)
{
	struct plain_split_word *word;

	if (from == to || !plain_counts_as_word(c, from, to))
		return;
	if (w->count == w->room) {
		w->room = w->room ? w->room * 2 : 64;
		w->word = plain_words_alloc(w->word, w->room, sizeof(*w->word));
	}
	word = &w->word[w->count++];
	word->offset = c->from[from];
	word->length = plain_source(w, c, from, to).n;
	word->form = w->forms.len;
	text_word_normal(plain_source(w, c, from, to), &w->forms);
	if (buf_failed(&w->forms))
		abort();
	word->form_length = w->forms.len - word->form;
}

/* --- rule 4 --- */

/* Is the normal form of these characters one of the list, and none of them an apostrophe? */
static bool plain_form_is(const struct plain_words *w, const struct plain_text *c, size_t from,
	size_t to, const char *const *list)
{
	struct buf form;
	bool yes = false;

	for (size_t i = from; i < to; i++)
		if (c->text[i] == '\'')
			return false;
	buf_init(&form, UINT32_MAX);
	text_word_normal(plain_source(w, c, from, to), &form);
	for (; *list && !yes; list++)
		yes = str_is(buf_str(&form), *list);
	buf_release(&form);
	return yes;
}

static bool plain_is_latin(uint32_t cp)
{
	return uc_script(cp) && strcmp(uc_script(cp)->name, "Latin") == 0;
}

static unsigned plain_letters_and_digits(const struct plain_text *c, size_t from, size_t to)
{
	unsigned n = 0;

	for (; from < to; from++)
		n += plain_counts_as_word(c, from, from + 1);
	return n;
}

/* Does the apostrophe at i separate words of from..to? */
static bool plain_separates(
	const struct plain_words *w, const struct plain_text *c, size_t from, size_t to, size_t i)
{
	static const char *const elided[] = {"l", "d", "j", "m", "t", "s", "n", "c", NULL};
	static const char *const endings[] = {"s", "t", "d", "m", "ll", "re", "ve", NULL};
	size_t a, b;

	if (!plain_is_latin(plain_before(c, i, &a)) || !plain_is_latin(plain_after(c, i, &b)) ||
		a < from || b >= to || plain_form_is(w, c, b, to, endings))
		return false;
	return plain_letters_and_digits(c, from, i) > 1 || plain_form_is(w, c, from, i, elided);
}

static void plain_split_apostrophes(
	struct plain_words *w, const struct plain_text *c, size_t from, size_t to)
{
	for (size_t i = from + 1; i < to; i++)
		if (c->text[i] == '\'' && plain_separates(w, c, from, to, i)) {
			plain_words_add(w, c, from, i);
			plain_after(c, i, &from);
			i = from;
		}
	plain_words_add(w, c, from, to);
}

/* --- rule 3 --- */

static bool plain_is_small(uint32_t cp)
{
	return uc_is_general_category(cp, UC_LOWERCASE_LETTER);
}

static bool plain_is_capital(uint32_t cp)
{
	return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt);
}

/* Does the dot at i separate words of the segment that begins at from? */
static bool plain_dot_separates(const struct plain_text *c, size_t from, size_t i)
{
	size_t a, b, other;
	uint32_t before = plain_before(c, i, &a), after = plain_after(c, i, &b);

	if (a == SIZE_MAX || a < from || b == SIZE_MAX || !plain_is_capital(after))
		return false;
	if (plain_is_small(before))
		return true;
	return plain_is_letter(before) && plain_is_letter(plain_before(c, a, &other)) &&
	       other >= from && other != SIZE_MAX && plain_is_small(plain_after(c, b, &other));
}

static void plain_segment(struct plain_words *w, const struct plain_text *c, size_t from, size_t to)
{
	for (size_t i = from + 1; i < to; i++)
		if (c->text[i] == '.' && plain_dot_separates(c, from, i)) {
			plain_split_apostrophes(w, c, from, i);
			plain_after(c, i, &from);
			i = from;
		}
	plain_split_apostrophes(w, c, from, to);
}

void plain_words_split(struct plain_words *w, struct str text)
{
	struct plain_text c;

	*w = (struct plain_words){.text = text};
	buf_init(&w->forms, SIZE_MAX);
	plain_clean(&c, text);
	for (size_t from = 0, to; from < c.n; from = to) {
		for (to = from + 1; to < c.n && c.breaks[to] == 0;)
			to++;
		if (plain_counts_as_word(&c, from, to))
			plain_segment(w, &c, from, to);
	}
	plain_clean_release(&c);
}

void plain_words_release(struct plain_words *w)
{
	free(w->word);
	buf_release(&w->forms);
}
