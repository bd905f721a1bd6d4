/* SPDX-License-Identifier: MIT */
/*
 * Sentence and paragraph of each word. Only queries with SENT or PARA need it, so it is a separate
 * pass over the text between the words.
 */
#include "text/words.h"

#include <stdbool.h>
#include <stdlib.h>

#include <unictype.h>

#include "base/utf8.h"

enum sentence_kind {
	KIND_OTHER,
	KIND_NEWLINE,
	KIND_SPACE,
	KIND_PERIOD,
	KIND_TERMINATOR,  /* ! ? … */
	KIND_IDEOGRAPHIC, /* 。 ！ ？ end a sentence whatever follows */
	KIND_CLOSER,
	KIND_QUOTE, /* opening or closing: languages differ (“…” „…“ ”…” «…» »…«) */
	KIND_STARTER, /* a capital, a digit, a letter of a script without case */
	KIND_FORMAT,  /* ignored */
};

/* Progress in the sequence "terminator, closers, white space, start of a sentence". */
enum sentence_state {
	STATE_TEXT,
	STATE_ENDED, /* after the terminator and closers */
	STATE_SPACED,
};

struct sentence_walk {
	struct text_place at;
	enum sentence_state state;
	bool line_blank; /* only white space since the last newline */
	bool exempt;	 /* the terminator was a single period that ends no sentence */
};

static enum sentence_kind sentence_ascii_kind(uint32_t cp)
{
	switch (cp) {
	case '\n': return KIND_NEWLINE;
	case ' ':
	case '\t':
	case '\r':
	case '\v':
	case '\f': return KIND_SPACE;
	case '.': return KIND_PERIOD;
	case '!':
	case '?': return KIND_TERMINATOR;
	case ')':
	case ']':
	case '}': return KIND_CLOSER;
	case '"':
	case '\'': return KIND_QUOTE;
	default: break;
	}
	if ((cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9'))
		return KIND_STARTER;
	return KIND_OTHER;
}

static enum sentence_kind sentence_kind_of(uint32_t cp)
{
	if (cp < 0x80)
		return sentence_ascii_kind(cp);
	switch (cp) {
	case 0x2026: return KIND_TERMINATOR;
	case 0x3002:
	case 0xFF01:
	case 0xFF1F: return KIND_IDEOGRAPHIC;
	case 0x201A: /* low quotes and corner brackets have category Ps, like brackets */
	case 0x201E:
	case 0x300C:
	case 0x300E: return KIND_QUOTE;
	default: break;
	}
	if (uc_is_property_white_space(cp))
		return KIND_SPACE;
	if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt |
							 UC_CATEGORY_MASK_Lo | UC_CATEGORY_MASK_Nd))
		return KIND_STARTER;
	if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Pi | UC_CATEGORY_MASK_Pf))
		return KIND_QUOTE;
	if (uc_is_general_category(cp, UC_CLOSE_PUNCTUATION))
		return KIND_CLOSER;
	return uc_is_general_category(cp, UC_FORMAT) ? KIND_FORMAT : KIND_OTHER;
}

static bool sentence_is_single_capital(struct str word)
{
	uint32_t cp;
	size_t len = utf8_decode(word.p, word.n, &cp);

	if (!uc_is_general_category(cp, UC_UPPERCASE_LETTER))
		return false;
	for (size_t i = len; i < word.n; i += len) {
		len = utf8_decode(word.p + i, word.n - i, &cp);
		if (len == 0 || !uc_is_general_category_withtable(
					cp, UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_Cf))
			return false;
	}
	return true;
}

/* A single period after one of these ends no sentence. */
static bool sentence_is_abbreviation(struct str word)
{
	static const char *const known[] = {"U.S", "U.K", "U.N", "Mr", "Mrs", "Ms", "Dr", "Gen",
		"Sen", "Rep", "Gov", "St", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep",
		"Sept", "Oct", "Nov", "Dec", "No", "vs", "etc", "e.g", "i.e", "a.m", "p.m", "Inc",
		"Ltd", "Co", "Lt", "Col", "Prof"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is(word, known[i]))
			return true;
	return sentence_is_single_capital(word);
}

static void sentence_see_newline(struct sentence_walk *k)
{
	if (k->line_blank) {
		k->at.paragraph++;
		k->at.sentence++;
		k->state = STATE_TEXT;
	} else if (k->state == STATE_ENDED) {
		k->state = STATE_SPACED;
	}
	k->line_blank = true;
}

/* Handles punctuation and space; before is the word that ends immediately before it, or absent. */
static void sentence_see_character(
	struct sentence_walk *k, enum sentence_kind kind, struct str before)
{
	bool spaced = k->state == STATE_SPACED, ended = k->state == STATE_ENDED;

	switch (kind) {
	case KIND_FORMAT: return;
	case KIND_NEWLINE: sentence_see_newline(k); return;
	case KIND_SPACE: k->state = spaced || ended ? STATE_SPACED : STATE_TEXT; return;
	case KIND_PERIOD:
	case KIND_TERMINATOR:
		k->state = STATE_ENDED;
		k->exempt = kind == KIND_PERIOD && str_present(before) &&
			    sentence_is_abbreviation(before);
		break;
	case KIND_IDEOGRAPHIC:
		k->at.sentence++;
		k->state = STATE_TEXT;
		break;
	case KIND_QUOTE:
	case KIND_STARTER:
		k->at.sentence += spaced && !k->exempt;
		k->state = ended && kind == KIND_QUOTE ? STATE_ENDED : STATE_TEXT;
		break;
	case KIND_CLOSER: k->state = ended ? STATE_ENDED : STATE_TEXT; break;
	case KIND_OTHER: k->state = STATE_TEXT; break;
	}
	k->line_blank = false;
}

static void sentence_walk_text(struct text_words *w)
{
	struct sentence_walk k = {.state = STATE_TEXT};
	struct str text = w->text, before = STR_NONE;
	size_t next = 0;

	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		size_t len = utf8_decode(text.p + i, text.n - i, &cp);
		enum sentence_kind kind = len ? sentence_kind_of(cp) : KIND_OTHER;

		if (next < w->count && w->word[next].offset == i) {
			sentence_see_character(
				&k, kind == KIND_STARTER ? kind : KIND_OTHER, STR_NONE);
			before = text_words_source(w, next);
			i += before.n;
			w->places[next++] = k.at;
			continue;
		}
		sentence_see_character(&k, kind, before);
		if (kind != KIND_FORMAT)
			before = STR_NONE;
		i += len ? len : 1;
	}
}

int text_words_places(struct text_words *w, struct err *e)
{
	if (w->place || w->count == 0)
		return 0;
	if (w->places_room < w->count) {
		struct text_place *grown = reallocarray(w->places, w->room, sizeof(*grown));

		if (!grown)
			return err_nomem(e);
		w->places = grown;
		w->places_room = w->room;
	}
	sentence_walk_text(w);
	w->place = w->places;
	return 0;
}
