/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include <unictype.h>

#include "lib/plain_item.h"

void plain_init(struct plain *p)
{
	memset(p, 0, sizeof(*p));
	buf_init(&p->spellings, 1 << 24);
	for (size_t i = 0; i < PLAIN_REGIONS; i++)
		text_words_init(&p->split[i]);
}

void plain_release(struct plain *p)
{
	for (size_t i = 0; i < PLAIN_REGIONS; i++)
		text_words_release(&p->split[i]);
	buf_release(&p->spellings);
	free(p->words);
	free(p->slots);
}

static void plain_item_word(struct plain *p, const struct text_words *w, size_t i)
{
	struct plain_word *to;

	if (p->n_words == p->cap_words) {
		p->cap_words = p->cap_words ? 2 * p->cap_words : 64;
		p->words = reallocarray(p->words, p->cap_words, sizeof(*p->words));
	}
	to = &p->words[p->n_words++];
	*to = (struct plain_word){
		.region = p->n_regions,
		.form = text_words_form(w, i),
		.source = text_words_source(w, i),
		.spelling = p->spellings.len,
		.offset = w->word[i].offset,
		.length = w->word[i].length,
		.sentence = w->place[i].sentence,
		.paragraph = w->place[i].paragraph,
		.index = (uint32_t)i,
	};
	text_word_spelling(to->source, &p->spellings);
	to->spelling_length = p->spellings.len - to->spelling;
}

static bool plain_region(struct plain *p, enum query_field field, struct str text)
{
	struct text_words *w = &p->split[p->n_regions];

	if (!str_present(text))
		return true;
	if (p->n_regions == PLAIN_REGIONS || text_words_split(w, text, NULL) < 0 ||
		text_words_places(w, NULL) < 0)
		return false;
	p->regions[p->n_regions].field = field;
	p->regions[p->n_regions].text = text;
	for (size_t i = 0; i < w->count; i++)
		plain_item_word(p, w, i);
	if (field == QUERY_BODY)
		p->body_words = (unsigned)w->count;
	p->regions[p->n_regions++].words = (unsigned)w->count;
	return true;
}

static unsigned *plain_slot(const struct plain *p, struct str form)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < form.n; i++)
		h = (h ^ (unsigned char)form.p[i]) * 16777619u;
	h ^= h >> 15;
	while (p->slots[h % p->n_slots] != UINT_MAX &&
		!str_eq(p->words[p->slots[h % p->n_slots]].form, form))
		h++;
	return &p->slots[h % p->n_slots];
}

static void plain_chain(struct plain *p)
{
	unsigned want = 64;

	while (want < 4 * p->n_words)
		want *= 2;
	if (want > p->n_slots)
		p->slots = reallocarray(p->slots, want, sizeof(*p->slots));
	p->n_slots = want > p->n_slots ? want : p->n_slots;
	memset(p->slots, 0xff, p->n_slots * sizeof(*p->slots));
	for (unsigned i = p->n_words; i-- > 0;) {
		unsigned *slot = plain_slot(p, p->words[i].form);

		p->words[i].next = *slot == UINT_MAX ? p->n_words : *slot;
		*slot = i;
	}
}

bool plain_item(struct plain *p, const struct watch_view *v)
{
	p->view = v;
	p->n_regions = p->n_words = p->body_words = 0;
	buf_clear(&p->spellings);
	if (!plain_region(p, QUERY_TITLE, v->title) || !plain_region(p, QUERY_BODY, v->body) ||
		!plain_region(p, QUERY_AUTHOR, v->author))
		return false;
	for (size_t i = 0; i < v->n_categories; i++)
		if (!plain_region(p, QUERY_CATEGORY, v->categories[i]))
			return false;
	plain_chain(p);
	return !buf_failed(&p->spellings);
}

static bool plain_glob(struct str glob, struct str word)
{
	bool *at = calloc(glob.n + 1, 2 * sizeof(*at)), *next = at + glob.n + 1, matched;

	at[0] = true;
	for (size_t i = 0;; i++) {
		for (size_t g = 0; g < glob.n; g++)
			if (at[g] && glob.p[g] == '*')
				at[g + 1] = true;
		if (i == word.n)
			break;
		for (size_t g = 0; g <= glob.n; g++) {
			bool inside =
				i + 1 < word.n && ((unsigned char)word.p[i + 1] & 0xc0) == 0x80;
			bool one = g < glob.n && glob.p[g] == '?';
			bool one_before = g && glob.p[g - 1] == '?';

			next[g] = (g < glob.n && glob.p[g] == '*' && at[g]) || /* consumed */
				  (one && at[g] && inside) || /* more bytes follow */
				  (one_before && at[g - 1] && !inside) ||
				  (g && glob.p[g - 1] == word.p[i] && !one_before &&
					  glob.p[g - 1] != '*' && at[g - 1]);
		}
		memcpy(at, next, glob.n + 1);
	}
	matched = at[glob.n];
	free(at);
	return matched;
}

static unsigned plain_decode(struct str s, uint32_t out[PLAIN_LETTERS])
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n;) {
		if (n == PLAIN_LETTERS)
			return 0;
		i += utf8_decode(s.p + i, s.n - i, &out[n++]);
	}
	return n;
}

static bool plain_fuzzy(struct str a, struct str b, unsigned most)
{
	static unsigned d[PLAIN_LETTERS + 1][PLAIN_LETTERS + 1];
	uint32_t x[PLAIN_LETTERS], y[PLAIN_LETTERS];
	unsigned m = plain_decode(a, x), n = plain_decode(b, y);

	for (unsigned i = 0; i <= m; i++)
		for (unsigned j = 0; j <= n; j++) {
			unsigned best = i ? d[i - 1][j] + 1 : j;

			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (d[i - 1][j - 1] + (x[i - 1] != y[j - 1]) < best)
				best = d[i - 1][j - 1] + (x[i - 1] != y[j - 1]);
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] &&
				d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return m && n && x[0] == y[0] && d[m][n] <= most;
}

static bool plain_stems(struct plain *p, const struct query_piece *piece, struct str source)
{
	bool same = false;
	struct buf kept;

	buf_init(&kept, 1 << 20);
	for (unsigned i = 0; i < p->n_stemmers && !same; i++) {
		struct str s = text_stemmer_stem(p->stemmers[i], piece->spelt);

		buf_clear(&kept);
		buf_add(&kept, s.p, s.n);
		same = str_eq(text_stemmer_stem(p->stemmers[i], source), buf_str(&kept));
	}
	buf_release(&kept);
	return same;
}

/* The text before a word, without format characters, tatweel and half rings, ends in the sign. */
static bool plain_is_signed(const struct plain *p, const struct plain_word *w, char sign)
{
	struct str text = p->regions[w->region].text;
	uint32_t last = 0;

	for (size_t i = 0; i < w->offset;) {
		uint32_t cp;
		size_t n = utf8_decode(text.p + i, w->offset - i, &cp);

		if (n == 0 || !((cp >= 0x2BB && cp <= 0x2BF) || cp == 0x640 ||
				      (cp != 0x200B && uc_is_general_category(cp, UC_FORMAT))))
			last = n ? cp : 0;
		i += n ? n : 1;
	}
	return last == (uint32_t)sign;
}

bool plain_is(struct plain *p, const struct query_piece *piece, unsigned word)
{
	const struct plain_word *w = &p->words[word];

	if (piece->sign && !plain_is_signed(p, w, piece->sign))
		return false;
	switch (piece->kind) {
	case QUERY_PLAIN:
		if (p->n_stemmers)
			return plain_stems(p, piece, w->source);
		return str_eq(w->form, piece->form);
	case QUERY_EXACT: return str_eq(w->form, piece->form);
	case QUERY_SPELLED:
		return text_spelling_matches(piece->spelt,
			str_slice(p->spellings.data + w->spelling, w->spelling_length));
	case QUERY_GLOB: return plain_glob(piece->form, w->form);
	case QUERY_FUZZY: return plain_fuzzy(piece->form, w->form, piece->edits);
	case QUERY_ANY_WORD: return true;
	}
	return false;
}

static unsigned plain_seek(struct plain *p, const struct query_piece *piece, unsigned from)
{
	while (from < p->n_words && !plain_is(p, piece, from))
		from++;
	return from;
}

static bool plain_chained(const struct plain *p, const struct query_piece *piece)
{
	return (piece->kind == QUERY_EXACT && !piece->sign) ||
	       (piece->kind == QUERY_PLAIN && !p->n_stemmers);
}

unsigned plain_first_word(struct plain *p, const struct query_piece *piece)
{
	unsigned first;

	if (!plain_chained(p, piece))
		return plain_seek(p, piece, 0);
	first = *plain_slot(p, piece->form);
	return first == UINT_MAX ? p->n_words : first;
}

unsigned plain_next_word(struct plain *p, const struct query_piece *piece, unsigned word)
{
	return plain_chained(p, piece) ? p->words[word].next : plain_seek(p, piece, word + 1);
}
