/* SPDX-License-Identifier: MIT */
/* The words are compared by the hashes of their normal forms, in a table sorted by the first. */
#include "story/correction.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "correction_text.h"

#define ROW_WORDS 12
#define LEADS_MAX 4
/* Letters of a word in capitals that says nothing about the headline: UN, BBC. */
#define ACRONYM	  3

enum row_type { ROW_WORD, ROW_PHRASE, ROW_NOTE, ROW_LEAD, ROW_HEAD, ROW_TAIL };

struct correction_row {
	enum row_type type;
	enum correction_kind kind;
	bool capitals; /* counts only so */
	unsigned n;
	uint64_t hash[ROW_WORDS];
};

struct correction_words {
	struct correction_row *rows;
	size_t n, room;
	struct correction_text text; /* the last one */
};

static const struct shipped {
	enum row_type type;
	enum correction_kind kind;
	const char *text;
} shipped[] = {
#define WORD(kind, text)   {ROW_WORD, CORRECTION_##kind, text},
#define PHRASE(kind, text) {ROW_PHRASE, CORRECTION_##kind, text},
#define NOTE(kind, text)   {ROW_NOTE, CORRECTION_##kind, text},
#define TAIL(kind, text)   {ROW_TAIL, CORRECTION_##kind, text},
#define LEAD(text)	   {ROW_LEAD, CORRECTION_NONE, text},
#define HEAD(text)	   {ROW_HEAD, CORRECTION_NONE, text},
#include "correction_words.def"
#undef WORD
#undef PHRASE
#undef NOTE
#undef TAIL
#undef LEAD
#undef HEAD
};
#define N_SHIPPED (sizeof(shipped) / sizeof(shipped[0]))

/* --- the rows --- */

static int correction_compare_rows(const void *a, const void *b)
{
	const struct correction_row *x = a, *y = b;

	if (x->hash[0] != y->hash[0])
		return x->hash[0] < y->hash[0] ? -1 : 1;
	return (x->n < y->n) - (x->n > y->n); /* the longest first */
}

static size_t correction_first_row(const struct correction_words *w, uint64_t hash)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (w->rows[mid].hash[0] < hash)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool correction_has_words(
	const struct correction_words *w, const struct correction_row *row, size_t i)
{
	if (row->n > w->text.words.count - i)
		return false;
	for (unsigned k = 0; k < row->n; k++) {
		enum correction_gap gap = k ? correction_text_gap(&w->text, i + k) : GAP_SPACE;

		if (w->text.words.word[i + k].hash != row->hash[k] ||
			(gap != GAP_SPACE && gap != GAP_NONE && gap != GAP_HYPHEN))
			return false;
	}
	return true;
}

/* The next row from *at on whose words are those from i on; NULL: there is none. */
static const struct correction_row *correction_next_row(
	const struct correction_words *w, size_t i, size_t *at)
{
	uint64_t hash = i < w->text.words.count ? w->text.words.word[i].hash : 0;

	if (i >= w->text.words.count)
		return NULL;
	if (*at == SIZE_MAX)
		*at = correction_first_row(w, hash);
	for (; *at < w->n && w->rows[*at].hash[0] == hash; ++*at)
		if (correction_has_words(w, &w->rows[*at], i))
			return &w->rows[(*at)++];
	return NULL;
}

static bool correction_add(
	struct correction_words *w, enum row_type type, enum correction_kind kind, struct str text)
{
	struct correction_row *row = &w->rows[w->n];
	bool nomem = false;

	if (correction_text_split(&w->text, text))
		return false;
	*row = (struct correction_row){.type = type, .kind = kind};
	row->n = w->text.words.count < ROW_WORDS ? (unsigned)w->text.words.count : ROW_WORDS;
	for (unsigned k = 0; k < row->n; k++)
		row->hash[k] = w->text.words.word[k].hash;
	if (row->n)
		row->capitals = correction_text_case(correction_text_words(&w->text, 0, row->n),
					&nomem) == CASE_CAPITALS;
	w->n += row->n > 0;
	return !nomem;
}

static bool correction_add_all(struct correction_words *w, const struct str *withdrawn,
	size_t n_withdrawn, const struct str *corrected, size_t n_corrected)
{
	bool good = true;

	for (size_t k = 0; k < N_SHIPPED; k++)
		good &= correction_add(
			w, shipped[k].type, shipped[k].kind, str_of(shipped[k].text));
	for (size_t k = 0; k < n_withdrawn; k++)
		good &= correction_add(w, ROW_WORD, CORRECTION_WITHDRAWN, withdrawn[k]);
	for (size_t k = 0; k < n_corrected; k++)
		good &= correction_add(w, ROW_WORD, CORRECTION_CORRECTED, corrected[k]);
	return good;
}

struct correction_words *correction_words_new(const struct str *withdrawn, size_t n_withdrawn,
	const struct str *corrected, size_t n_corrected)
{
	struct correction_words *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	text_words_init(&w->text.words);
	w->room = N_SHIPPED + n_withdrawn + n_corrected;
	w->rows = calloc(w->room, sizeof(*w->rows));
	if (!w->rows || !correction_add_all(w, withdrawn, n_withdrawn, corrected, n_corrected)) {
		correction_words_free(w);
		return NULL;
	}
	qsort(w->rows, w->n, sizeof(*w->rows), correction_compare_rows);
	return w;
}

void correction_words_free(struct correction_words *w)
{
	if (!w)
		return;
	text_words_release(&w->text.words);
	free(w->rows);
	free(w);
}

/* --- one place --- */

struct correction_look {
	struct correction_words *w;
	bool bracket; /* open */
	bool nomem;
};

/* Is the headline from word i on written as usual, not in capitals? */
static bool correction_is_headline(struct correction_look *l, size_t i)
{
	const struct correction_words *w = l->w;

	for (; i < w->text.words.count; i++) {
		struct str s = correction_text_words(&w->text, i, 1);
		enum letter_case found = correction_text_case(s, &l->nomem);

		if (found == CASE_OTHER)
			return true;
		if (found == CASE_CAPITALS && s.n > ACRONYM)
			return false;
	}
	return false;
}

static bool correction_is_row(const struct correction_words *w, size_t i)
{
	size_t at = SIZE_MAX;

	return correction_next_row(w, i, &at) != NULL;
}

/* After the words of a WORD row, of which the next word is i. Sets *bare. */
static bool correction_counts(struct correction_look *l, const struct correction_row *row,
	enum letter_case letters, size_t i, bool *bare)
{
	*bare = false;
	if (row->capitals && letters != CASE_CAPITALS)
		return false;
	switch (correction_text_gap(&l->w->text, i)) {
	case GAP_END:
	case GAP_MARK: return true;
	case GAP_CLOSE: return l->bracket;
	case GAP_STOP: return letters == CASE_CAPITALS || row->n > 1;
	case GAP_HYPHEN:
		if (letters == CASE_NONE || (l->bracket && letters == CASE_CAPITALS))
			return true;
		return letters == CASE_CAPITALS &&
		       (!row->capitals || correction_is_row(l->w, i) ||
			       correction_is_headline(l, i)) &&
		       !ascii_is_lower(l->w->text.text.p[l->w->text.words.word[i].offset]);
	case GAP_SPACE:
		*bare = !l->bracket;
		return letters == CASE_CAPITALS && (l->bracket || correction_is_headline(l, i));
	case GAP_NONE:
	case GAP_OTHER: break;
	}
	return false;
}

/* The note to editors says in its words from i on what it is about. */
static enum correction_kind correction_find_tail(const struct correction_words *w, size_t i)
{
	const struct correction_row *row;

	for (; i < w->text.words.count; i++)
		for (size_t at = SIZE_MAX; (row = correction_next_row(w, i, &at));)
			if (row->type == ROW_TAIL)
				return row->kind;
	return CORRECTION_NONE;
}

/* The row that holds for the words from i on, of its kind; NULL: none. */
static const struct correction_row *correction_at(
	struct correction_look *l, size_t i, struct correction *out)
{
	const struct correction_row *row;

	for (size_t at = SIZE_MAX; (row = correction_next_row(l->w, i, &at));) {
		enum correction_gap gap = correction_text_gap(&l->w->text, i + row->n);
		struct str word = correction_text_words(&l->w->text, i, row->n);
		bool holds = false;

		out->kind = row->kind;
		out->bare = false;
		out->word = word;
		switch (row->type) {
		case ROW_WORD:
			holds = correction_counts(l, row, correction_text_case(word, &l->nomem),
				i + row->n, &out->bare);
			break;
		case ROW_PHRASE: holds = true; break;
		case ROW_NOTE: holds = l->bracket && gap == GAP_SPACE; break;
		case ROW_HEAD:
			if ((gap == GAP_MARK || gap == GAP_HYPHEN) &&
				(!row->capitals ||
					correction_text_case(word, &l->nomem) == CASE_CAPITALS))
				out->kind = correction_find_tail(l->w, i + row->n);
			holds = out->kind != CORRECTION_NONE;
			break;
		case ROW_LEAD:
		case ROW_TAIL: break;
		}
		if (holds)
			return row;
	}
	*out = (struct correction){.kind = CORRECTION_NONE};
	return NULL;
}

static bool correction_is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.n > 0 && s.n <= 3;
}

/* The number of words from i on that are a mark of agencies, with its number. */
static size_t correction_skip_lead(struct correction_look *l, size_t i)
{
	const struct correction_words *w = l->w;
	const struct correction_row *row;

	for (size_t at = SIZE_MAX; (row = correction_next_row(w, i, &at));) {
		size_t next = i + row->n;
		bool counts = row->capitals ? correction_text_case(
						      correction_text_words(&w->text, i, row->n),
						      &l->nomem) == CASE_CAPITALS
					    : correction_text_gap(&w->text, next) == GAP_MARK;

		if (row->type != ROW_LEAD || next >= w->text.words.count || !counts)
			continue;
		if (correction_is_number(correction_text_words(&w->text, next, 1)))
			next++;
		return next - i;
	}
	return 0;
}

/* --- the text --- */

/* The text from word i on; if a bracket is open, from the first word after it on. */
static struct str correction_rest(const struct correction_look *l, size_t i, struct str s)
{
	const struct text_words *words = &l->w->text.words;
	size_t at = words->word[i - 1].offset + words->word[i - 1].length;
	size_t end = l->w->text.text.n;

	while (l->bracket && at < end && !correction_text_closes(str_slice(s.p + at, s.n - at)))
		at++;
	while (i < words->count && words->word[i].offset < at)
		i++;
	at = i < words->count ? words->word[i].offset : end;
	return str_slice(s.p + at, s.n - at);
}

int correction_find(struct correction_words *w, struct str s, struct correction *out)
{
	struct correction_look l = {.w = w};
	const struct correction_row *row = NULL;
	size_t i = 0, skipped;

	*out = (struct correction){.kind = CORRECTION_NONE};
	if (!s.n)
		return 0;
	if (correction_text_split(&w->text, s))
		return -ERR_NOMEM;
	for (int leads = 0; leads < LEADS_MAX && correction_text_opens(&w->text, i, &l.bracket);
		leads++) {
		row = correction_at(&l, i, out);
		skipped = row ? 0 : correction_skip_lead(&l, i);
		if (!skipped)
			break;
		i += skipped;
	}
	if (l.nomem)
		return -ERR_NOMEM;
	if (row)
		out->rest = correction_rest(&l, i + row->n, s);
	return 0;
}

/* Without the first of them; s itself if there is none, or nothing after it. */
static struct str correction_strip_one(struct correction_words *w, struct str s)
{
	struct correction_look l = {.w = w};
	const struct correction_row *row;
	struct correction found;
	size_t skipped;

	if (!s.n || correction_text_split(&w->text, s) ||
		!correction_text_opens(&w->text, 0, &l.bracket))
		return s;
	row = correction_at(&l, 0, &found);
	if (row && row->type != ROW_WORD)
		return s;
	skipped = row ? row->n : correction_skip_lead(&l, 0);
	return skipped && skipped < w->text.words.count ? correction_rest(&l, skipped, s) : s;
}

struct str correction_headline(struct correction_words *w, struct str s)
{
	for (int leads = 0; leads < LEADS_MAX; leads++)
		s = correction_strip_one(w, s);
	return s;
}
