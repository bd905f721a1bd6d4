/* SPDX-License-Identifier: MIT */
#include "letter.h"
#include "normal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <unictype.h>
#include <uninorm.h>

#include "base/utf8.h"
#include "text/words.h"

#define PAGE 256

struct text_letter_pages text_letter_pages;

static uint8_t letter_flags_of(uint32_t cp, uint8_t kind)
{
	uint8_t flags = 0;

	if (kind == TEXT_KIND_APOSTROPHE || kind == TEXT_KIND_HALF_RING ||
		kind == TEXT_KIND_DROPPED)
		return 0;
	if (kind != TEXT_KIND_EXTEND &&
		uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N))
		flags |= TEXT_LETTER_WORD;
	if (uc_is_general_category(cp, UC_LOWERCASE_LETTER))
		flags |= TEXT_LETTER_LOWER;
	if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt))
		flags |= TEXT_LETTER_UPPER;
	return flags;
}

/* Can cp be the second character of a canonical composition (UAX #15 quick check "maybe")? */
static bool letter_composes(uint32_t cp)
{
	static const uint32_t ranges[][2] = {{0x653, 0x655}, {0x93C, 0x93C}, {0x9BE, 0x9BE},
		{0x9D7, 0x9D7}, {0xB3E, 0xB3E}, {0xB56, 0xB57}, {0xBBE, 0xBBE}, {0xBD7, 0xBD7},
		{0xC56, 0xC56}, {0xCC2, 0xCC2}, {0xCD5, 0xCD6}, {0xD3E, 0xD3E}, {0xD57, 0xD57},
		{0xDCA, 0xDCA}, {0xDCF, 0xDCF}, {0xDDF, 0xDDF}, {0x102E, 0x102E}, {0x1161, 0x1175},
		{0x11A8, 0x11C2}, {0x1B35, 0x1B35}, {0x3099, 0x309A}, {0x110BA, 0x110BA},
		{0x11127, 0x11127}, {0x1133E, 0x1133E}, {0x11357, 0x11357}, {0x114B0, 0x114B0},
		{0x114BA, 0x114BA}, {0x114BD, 0x114BD}, {0x115AF, 0x115AF}, {0x11930, 0x11930}};

	if (cp >= 0x300 && cp <= 0x36F)
		return true; /* could only be left over by case folding; no such case is known */
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (cp >= ranges[i][0] && cp <= ranges[i][1])
			return true;
	return false;
}

/* Is there nothing to decompose, fold or compose? True for most letters. */
static bool letter_is_own_form(uint32_t cp)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	int tag;

	if (cp >= 0xAC00 && cp <= 0xD7A3)
		return true; /* Hangul syllables are decomposed and composed again */
	return uc_is_general_category(cp, UC_OTHER_LETTER) && !letter_composes(cp) &&
	       !text_normal_replacement(cp) && uc_combining_class(cp) == 0 &&
	       uc_decomposition(cp, &tag, parts) < 0;
}

static void letter_set_form(struct text_letter *l, uint32_t cp, struct buf *form)
{
	char own[4];
	struct str source = str_slice(own, utf8_encode(cp, own));

	buf_clear(form);
	if (l->kind == TEXT_KIND_APOSTROPHE || l->kind == TEXT_KIND_HALF_RING)
		buf_addc(form, '\'');
	else if (l->kind == TEXT_KIND_DOUBLE_QUOTE)
		buf_addc(form, '"');
	else if (letter_is_own_form(cp))
		buf_adds(form, source);
	else
		text_word_normal(source, form);
	if (form->len > TEXT_LETTER_FORM) {
		l->flags |= TEXT_LETTER_COMPLEX;
		return;
	}
	for (size_t i = 0, len; i < form->len; i += len) {
		uint32_t part;

		len = utf8_decode(form->data + i, form->len - i, &part);
		if (letter_composes(part) && len == form->len)
			l->flags |= TEXT_LETTER_COMPOSES;
		else if (letter_composes(part) && (i == 0 || l->flags & TEXT_LETTER_MARK))
			l->flags |= TEXT_LETTER_COMPLEX;
		if (uc_combining_class(part) != 0)
			l->flags |= TEXT_LETTER_MARK;
	}
	l->n = (uint8_t)form->len;
	if (l->n)
		memcpy(l->form, form->data, l->n);
}

static bool letter_is_plain(const struct text_letter *l)
{
	const unsigned seen =
		TEXT_LETTER_WORD | TEXT_LETTER_MARK | TEXT_LETTER_COMPLEX | TEXT_LETTER_COMPOSES;

	return (l->kind == TEXT_KIND_LETTER || l->kind == TEXT_KIND_HEBREW ||
		       l->kind == TEXT_KIND_NUMERIC) &&
	       (l->flags & seen) == TEXT_LETTER_WORD && l->n > 0;
}

static bool letter_fill_page(struct text_letter *page, uint32_t first)
{
	struct buf form;
	bool ok = true;

	buf_init(&form, 1024);
	for (uint32_t i = 0; i < PAGE && ok; i++) {
		struct text_letter *l = &page[i];
		uint32_t cp = first + i;

		l->kind = (uint8_t)text_letter_kind_of(cp);
		l->flags = letter_flags_of(cp, l->kind);
		/* The decoder never returns surrogates. */
		if (l->kind != TEXT_KIND_DROPPED && (cp < 0xD800 || cp > 0xDFFF))
			letter_set_form(l, cp, &form);
		if (letter_is_plain(l))
			l->flags |= TEXT_LETTER_PLAIN;
		ok = !buf_failed(&form);
	}
	buf_release(&form);
	return ok;
}

const struct text_letter *text_letter_page(uint32_t cp)
{
	struct text_letter *page = calloc(PAGE, sizeof(*page)), *first = NULL;

	if (!page)
		return NULL;
	if (!letter_fill_page(page, cp & ~(uint32_t)0xFF)) {
		free(page);
		return NULL;
	}
	/* If another thread was faster, its page has the same contents. */
	if (atomic_compare_exchange_strong(&text_letter_pages.page[cp >> 8], &first, page))
		return page;
	free(page);
	return first;
}

uint32_t text_letter_compose(uint32_t before, uint32_t cp, bool *unsure)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	bool syllable = before >= 0xAC00 && before <= 0xD7A3; /* takes one final consonant */

	*unsure = !syllable && uc_canonical_decomposition(before, parts) >= 0;
	return uc_composition(before, cp);
}
