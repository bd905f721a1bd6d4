/* SPDX-License-Identifier: MIT */
#include "text/stem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libstemmer.h>

#include "code_points.h"
#include "text/words.h"

/* Primary language subtags (BCP 47) of the algorithms that libstemmer may have. */
static const struct {
	const char *tag, *algorithm;
} languages[] = {
	{"ar", "arabic"},
	{"ca", "catalan"},
	{"da", "danish"},
	{"de", "german"},
	{"el", "greek"},
	{"en", "english"},
	{"es", "spanish"},
	{"eu", "basque"},
	{"fi", "finnish"},
	{"fr", "french"},
	{"ga", "irish"},
	{"hi", "hindi"},
	{"hu", "hungarian"},
	{"hy", "armenian"},
	{"id", "indonesian"},
	{"it", "italian"},
	{"lt", "lithuanian"},
	{"nb", "norwegian"},
	{"ne", "nepali"},
	{"nl", "dutch"},
	{"nn", "norwegian"},
	{"no", "norwegian"},
	{"pt", "portuguese"},
	{"ro", "romanian"},
	{"ru", "russian"},
	{"sr", "serbian"},
	{"sv", "swedish"},
	{"ta", "tamil"},
	{"tr", "turkish"},
	{"yi", "yiddish"},
};

#define LANGUAGES   (sizeof(languages) / sizeof(languages[0]))
#define CACHE_SLOTS 4096 /* a power of two */
#define CACHE_BYTES 48	 /* longer words are not cached */

struct stem_cache_entry {
	uint64_t hash;
	uint8_t key_length, stem_length;
	char bytes[CACHE_BYTES]; /* word, then stem */
};

struct text_stemmer {
	struct sb_stemmer *snowball;
	struct buf folded, out;
	struct stem_cache_entry *cache;
};

/* Returns libstemmer's constant of that name, or NULL. */
static const char *stem_is_installed(struct str name)
{
	for (const char **list = sb_stemmer_list(); *list; list++)
		if (str_is(name, *list))
			return *list;
	return NULL;
}

const char *text_stem_language(size_t i)
{
	return i < LANGUAGES ? languages[i].tag : NULL;
}

const char *text_stem_algorithm(struct str language, struct err *e)
{
	const char *dash = language.n ? memchr(language.p, '-', language.n) : NULL;
	struct str primary = str_slice(language.p, dash ? (size_t)(dash - language.p) : language.n);
	struct buf known;

	for (size_t i = 0; i < LANGUAGES; i++) {
		const char *name = stem_is_installed(str_of(languages[i].algorithm));

		if (name && (str_eq_nocase(primary, str_of(languages[i].tag)) ||
				    str_eq_nocase(language, str_of(name))))
			return name;
	}
	buf_init(&known, ERR_TEXT_MAX);
	for (size_t i = 0; i < LANGUAGES; i++)
		if (stem_is_installed(str_of(languages[i].algorithm)))
			buf_printf(&known, "%s%s", known.len ? ", " : "", languages[i].tag);
	err_set(e, ERR_CONF, "no stems for language \"%.*s\"; known are %s",
		(int)(language.n < 32 ? language.n : 32), language.p ? language.p : "",
		buf_z(&known));
	buf_release(&known);
	return NULL;
}

struct text_stemmer *text_stemmer_new(const char *algorithm)
{
	struct text_stemmer *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	buf_init(&s->folded, TEXT_FIELD_MAX);
	buf_init(&s->out, TEXT_FIELD_MAX);
	s->cache = calloc(CACHE_SLOTS, sizeof(*s->cache));
	s->snowball = sb_stemmer_new(algorithm, "UTF_8");
	if (!s->cache || !s->snowball) {
		text_stemmer_free(s);
		return NULL;
	}
	return s;
}

void text_stemmer_free(struct text_stemmer *s)
{
	if (!s)
		return;
	if (s->snowball)
		sb_stemmer_delete(s->snowball);
	free(s->cache);
	buf_release(&s->folded);
	buf_release(&s->out);
	free(s);
}

/* Snowball's rules expect case-folded, composed text with its marks; few know the English 's. */
static void stem_fold_case(struct text_stemmer *s, struct str word)
{
	struct text_code_points p;

	buf_clear(&s->folded);
	text_code_points_init(&p, word);
	text_code_points_drop_ending(&p);
	text_code_points_normalise(&p, TEXT_NFC);
	text_code_points_casefold(&p);
	text_code_points_normalise(&p, TEXT_NFC);
	text_code_points_append(&p, &s->folded);
	text_code_points_release(&p);
}

static struct str stem_compute_word(struct text_stemmer *s, struct str word)
{
	const sb_symbol *stem;

	stem_fold_case(s, word);
	if (buf_failed(&s->folded))
		return STR_NONE;
	stem = sb_stemmer_stem(
		s->snowball, (const sb_symbol *)buf_z(&s->folded), (int)s->folded.len);
	if (!stem)
		return STR_NONE;
	buf_clear(&s->out);
	text_word_normal(
		str_slice((const char *)stem, (size_t)sb_stemmer_length(s->snowball)), &s->out);
	return buf_failed(&s->out) ? STR_NONE : buf_str(&s->out);
}

struct str text_stemmer_stem(struct text_stemmer *s, struct str word)
{
	uint64_t hash = text_word_hash(word);
	struct stem_cache_entry *m = &s->cache[hash & (CACHE_SLOTS - 1)];
	struct str stem;

	if (m->hash == hash && m->key_length && str_eq(word, str_slice(m->bytes, m->key_length)))
		return str_slice(m->bytes + m->key_length, m->stem_length);
	stem = stem_compute_word(s, word);
	if (str_present(stem) && word.n && word.n + stem.n <= CACHE_BYTES) {
		m->hash = hash;
		m->key_length = (uint8_t)word.n;
		m->stem_length = (uint8_t)stem.n;
		memcpy(m->bytes, word.p, word.n);
		memcpy(m->bytes + word.n, stem.p, stem.n);
	}
	return stem;
}
