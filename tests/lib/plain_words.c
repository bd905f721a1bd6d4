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

static void plain_clean(struct plain_text *c, struct str text)
{
	*c = (struct plain_text){
		.text = plain_words_alloc(NULL, text.n + 1, 1),
		.breaks = plain_words_alloc(NULL, text.n + 1, 1),
		.from = plain_words_alloc(NULL, text.n + 1, sizeof(*c->from)),
	};
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		size_t len = utf8_decode(text.p + i, text.n - i, &cp);
		bool bad = len == 0;

		len = bad ? 1 : len;
		if (bad)
			cp = ' ';
		if (cp == 0x2019 || cp == 0x02BC || cp == 0xFF07)
			cp = '\'';
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
}

static void plain_clean_release(struct plain_text *c)
{
	free(c->text);
	free(c->breaks);
	free(c->from);
}

static size_t plain_point_at(const struct plain_text *c, size_t i, uint32_t *cp)
{
	return utf8_decode((const char *)c->text + i, c->n - i, cp);
}

static bool plain_is_extend(uint32_t cp)
{
	return cp >= 0x80 && uc_wordbreak_property(cp) == WBP_EXTEND;
}

static bool plain_counts_as_word(const struct plain_text *c, size_t from, size_t to)
{
	while (from < to) {
		uint32_t cp;

		from += plain_point_at(c, from, &cp);
		if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N) &&
			!plain_is_extend(cp))
			return true;
	}
	return false;
}

static size_t plain_source_end(const struct plain_text *c, struct str text, size_t to)
{
	uint32_t cp;
	size_t at = c->from[to - 1], len = utf8_decode(text.p + at, text.n - at, &cp);

	return at + (len ? len : 1);
}

struct str plain_form(const struct plain_words *w, size_t i)
{
	return str_slice(w->forms.data + w->word[i].form, w->word[i].form_length);
}

static void plain_words_add(
	struct plain_words *w, const struct plain_text *c, size_t from, size_t to)
{
	struct plain_split_word *word;
	size_t begin = c->from[from], end = plain_source_end(c, w->text, to);

	if (!plain_counts_as_word(c, from, to))
		return;
	if (w->count == w->room) {
		w->room = w->room ? w->room * 2 : 64;
		w->word = plain_words_alloc(w->word, w->room, sizeof(*w->word));
	}
	word = &w->word[w->count++];
	word->offset = begin;
	word->length = end - begin;
	word->form = w->forms.len;
	text_word_normal(str_slice(w->text.p + begin, end - begin), &w->forms);
	if (buf_failed(&w->forms))
		abort();
	word->form_length = w->forms.len - word->form;
}

static bool plain_is_article(struct str form)
{
	static const char *const articles[] = {"l", "d", "j", "m", "t", "s", "n", "c", "qu",
		"jusqu", "lorsqu", "puisqu", "quoiqu", "dell", "nell", "dall", "sull", "all", "un",
		"quest"};

	for (size_t i = 0; i < sizeof(articles) / sizeof(articles[0]); i++)
		if (str_is(form, articles[i]))
			return true;
	return false;
}

static size_t plain_skip_marks(const struct plain_text *c, size_t from, size_t to)
{
	uint32_t cp;

	while (from < to) {
		size_t len = plain_point_at(c, from, &cp);

		if (!plain_is_extend(cp))
			break;
		from += len;
	}
	return from;
}

static bool plain_is_elided(
	const struct plain_words *w, const struct plain_text *c, size_t from, size_t to)
{
	size_t begin = c->from[from], end = plain_source_end(c, w->text, to);
	struct buf form;
	bool yes;

	buf_init(&form, UINT32_MAX);
	text_word_normal(str_slice(w->text.p + begin, end - begin), &form);
	yes = plain_is_article(buf_str(&form));
	buf_release(&form);
	return yes;
}

static void plain_piece(struct plain_words *w, const struct plain_text *c, size_t from, size_t to)
{
	for (;;) {
		const uint8_t *apostrophe = memchr(c->text + from, '\'', to - from);
		size_t at = apostrophe ? (size_t)(apostrophe - c->text) : to;

		if (at == to || plain_skip_marks(c, at + 1, to) == to ||
			!plain_is_elided(w, c, from, at)) {
			plain_words_add(w, c, from, to);
			return;
		}
		plain_words_add(w, c, from, at);
		from = plain_skip_marks(c, at + 1, to);
	}
}

static void plain_segment(struct plain_words *w, const struct plain_text *c, size_t from, size_t to)
{
	bool small = false; /* the last character that is not a mark */
	size_t mark = 0;    /* of a . or : after it */
	uint32_t cp;

	for (size_t i = from, len; i < to; i += len) {
		len = plain_point_at(c, i, &cp);
		if (plain_is_extend(cp))
			continue;
		if (mark && uc_is_general_category_withtable(
				    cp, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt)) {
			plain_piece(w, c, from, mark);
			from = i;
		}
		mark = small && (cp == '.' || cp == ':') ? i : 0;
		small = uc_is_general_category(cp, UC_LOWERCASE_LETTER);
	}
	plain_piece(w, c, from, to);
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
