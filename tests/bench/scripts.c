/* SPDX-License-Identifier: MIT */
/*
 * Text in many scripts with 1,000 watches of words and phrases that occur in it, compared with
 * Latin text matched in the same run.
 *
 *     scripts [--repeat N] [FILE...]
 *
 * A file has an item per line: title, tab, body; the others are compared with the first. Then texts
 * are generated: words drawn by Zipf's law from 20,000 of a natural length, items of 200 of them.
 * Watches are taken from random places of the text, with a fixed seed: a word or, if words are
 * shorter than 4 letters, several in a row with as many letters (two ideographs); every second
 * watch is a phrase of two such; none that occurs in more than one place in 2,000. Each figure is
 * the median of N runs (default 5), which alternate; words/s includes matching.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "watch/watch.h"
#include "text/words.h"

#define WATCHES	   1000
#define SIZE	   ((size_t)1 << 20) /* of a generated text */
#define VOCABULARY 20000
#define ITEM_WORDS 200
#define MAX_RUNS   32
#define COUNTS	   ((size_t)1 << 20) /* term counts by hash */
#define RARE	   2000

struct script {
	const char *name;
	uint32_t first, last; /* of its letters */
	unsigned min, max;    /* letters in a word */
	uint32_t marks, n;    /* one of n from here after every second letter; 0: none */
	const char *accented; /* one of these in every word; NULL: none */
	uint32_t capital;     /* from the lower-case letter; 0: none */
	bool joined;	      /* no space between words */
};

static const struct script scripts[] = {
	{"latin", 'a', 'z', 1, 9, 0, 0, NULL, 'a' - 'A', false},
	{"cyrillic", 0x430, 0x44F, 1, 10, 0, 0, NULL, 0x20, false},
	{"greek", 0x3B1, 0x3C9, 1, 10, 0, 0, "άέήίόύώ", 0x20, false},
	{"arabic", 0x627, 0x63A, 1, 7, 0, 0, NULL, 0, false},
	{"devanagari", 0x915, 0x939, 1, 4, 0x93E, 16, NULL, 0, false},
	{"hangul", 0xAC00, 0xD7A3, 1, 5, 0, 0, NULL, 0, false},
	{"ethiopic", 0x1208, 0x1246, 1, 6, 0, 0, NULL, 0, false},
	{"han", 0x4E00, 0x9FA5, 1, 3, 0, 0, NULL, 0, true},
};

struct load {
	const char *name;
	bool real;
	struct buf text;
	struct watch_view *items;
	size_t n_items, n_words, matches;
	struct watch_set *set;
	struct watch_scratch *scratch;
	double match[MAX_RUNS], words[MAX_RUNS];
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *need(void *p)
{
	if (!p)
		exit(2);
	return p;
}

/* --- texts --- */

static void make_word(const struct script *s, struct rng *r, struct buf *out)
{
	unsigned half = (s->max - s->min) / 2, n = s->min + (unsigned)rng_below(r, half + 1);
	unsigned accent;

	n += (unsigned)rng_below(r, s->max - s->min - half + 1);
	accent = (unsigned)rng_below(r, n);
	for (unsigned i = 0; i < n; i++) {
		if (s->accented && i == accent)
			buf_adds(out,
				str_slice(s->accented + 2 * rng_below(r, strlen(s->accented) / 2),
					2));
		else
			utf8_append(out, s->first + (uint32_t)rng_below(r, s->last - s->first + 1));
		if (s->marks && i % 2 == 0)
			utf8_append(out, s->marks + (uint32_t)rng_below(r, s->n));
	}
}

/* A sentence begins with a capital, unless its first letter has an accent. */
static void put_word(const struct script *s, struct str word, bool begins, struct buf *out)
{
	uint32_t cp;
	size_t n = utf8_decode(word.p, word.n, &cp);

	if (begins && cp >= s->first && cp <= s->last && cp != 0x3C2) {
		utf8_append(out, cp - s->capital);
		word = str_slice(word.p + n, word.n - n);
	}
	buf_adds(out, word);
}

static const char *gap_behind(const struct script *s, size_t n)
{
	if (n % ITEM_WORDS == 0)
		return "\n";
	if (n % ITEM_WORDS == 8)
		return "\t";
	if (n % 12 == 0)
		return s->joined ? "\u3002" : ". ";
	if (n % 12 == 6)
		return s->joined ? "\uff0c" : ", ";
	return s->joined ? "" : " ";
}

/* Words without separators; end[] are their ends. */
static void make_vocabulary(const struct script *s, struct rng *r, struct buf *words, size_t *end)
{
	for (size_t i = 0; i < VOCABULARY; i++) {
		make_word(s, r, words);
		end[i] = words->len;
	}
}

static void make_text(const struct script *s, struct buf *out)
{
	size_t *end = need(calloc(VOCABULARY, sizeof(*end)));
	struct buf words;
	struct rng r;

	rng_seed(&r, s->first);
	buf_init(&words, SIZE * 4);
	make_vocabulary(s, &r, &words, end);
	for (size_t n = 1; out->len < SIZE; n++) {
		double u = (double)rng_below(&r, 1 << 30) / (1 << 30);
		size_t rank = (size_t)pow(VOCABULARY, u) - 1; /* approximately Zipf's law */
		size_t from = rank ? end[rank - 1] : 0;
		struct str word = str_slice(words.data + from, end[rank] - from);

		put_word(s, word, s->capital && n % 12 == 1, out);
		buf_addz(out, gap_behind(s, n));
	}
	while (out->data[out->len - 1] != '\n')
		out->len--;
	buf_release(&words);
	free(end);
}

static void read_text(const char *path, struct buf *out)
{
	FILE *f = need(fopen(path, "r"));
	char *to;

	while ((to = buf_reserve(out, 1 << 16)) != NULL) {
		size_t n = fread(to, 1, 1 << 16, f);

		if (n == 0)
			break;
		buf_commit(out, n);
	}
	fclose(f);
}

static void read_items(struct load *l)
{
	size_t room = 0;
	const char *p = l->text.data, *stop = p + l->text.len, *end;

	for (; p < stop && (end = memchr(p, '\n', (size_t)(stop - p))); p = end + 1) {
		const char *tab = memchr(p, '\t', (size_t)(end - p));

		if (l->n_items == room) {
			room = room ? room * 2 : 1024;
			l->items = need(reallocarray(l->items, room, sizeof(*l->items)));
		}
		l->items[l->n_items++] = (struct watch_view){
			.title = tab ? str_slice(p, (size_t)(tab - p)) : STR_NONE,
			.body = str_slice(tab ? tab + 1 : p, (size_t)(end - (tab ? tab + 1 : p))),
		};
	}
}

/* --- watches --- */

struct term {
	size_t first, count;
	uint64_t hash;
};

static size_t letters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

/* At most a space between the word and the previous one. */
static bool is_near(const struct text_words *w, size_t i)
{
	return i < w->count &&
	       w->word[i].offset <= w->word[i - 1].offset + w->word[i - 1].length + 1;
}

/*
 * The term that begins at the word: that one, or as many words in a row as needed; count 0: none.
 */
static struct term term_at(const struct text_words *w, size_t first)
{
	struct term t = {.first = first};
	size_t n = 0;

	while (first + t.count < w->count && n < 4) {
		struct str source = text_words_source(w, first + t.count);
		const struct text_word *word = &w->word[first + t.count];

		if (t.count && !is_near(w, first + t.count))
			break;
		n += source.n == 3 && (unsigned char)source.p[0] >= 0xE3 &&
				     (unsigned char)source.p[0] <= 0xE9
			     ? 2
			     : letters(source);
		t.hash = t.hash * 31 + word->hash;
		t.count++;
	}
	return n < 4 ? (struct term){0} : t;
}

static void count_terms(const struct load *l, struct text_words *w, uint32_t *counts, size_t *all)
{
	for (size_t i = 0; i < l->n_items; i++) {
		if (text_words_split(w, l->items[i].body, NULL))
			exit(2);
		for (size_t k = 0; k < w->count; k++, ++*all)
			counts[term_at(w, k).hash & (COUNTS - 1)]++;
	}
}

/* Builds the query of a watch from a random place; false if there is none. */
static bool make_query(const struct load *l, struct text_words *w, struct rng *r, bool phrase,
	const uint32_t *counts, size_t all, struct buf *out)
{
	const struct watch_view *item = &l->items[rng_below(r, l->n_items)];
	const struct text_word *last;
	struct term a, b = {0};
	size_t from;

	if (text_words_split(w, item->body, NULL) || w->count < 8)
		return false;
	a = term_at(w, rng_below(r, w->count));
	if (phrase && a.count && is_near(w, a.first + a.count))
		b = term_at(w, a.first + a.count);
	if (!a.count || (phrase && !b.count) || counts[a.hash & (COUNTS - 1)] > all / RARE)
		return false;
	from = w->word[a.first].offset;
	last = &w->word[a.first + a.count + b.count - 1];
	buf_clear(out);
	buf_printf(out, "\"%.*s\"", (int)(last->offset + last->length - from), item->body.p + from);
	return strpbrk(out->data, "*?{}\\") == NULL && strchr(out->data + 1, '"')[1] == '\0';
}

static void on_diag(void *ctx, const struct query_diag *d)
{
	fprintf(stderr, "%s: %s\n", (const char *)ctx, d->text);
}

static void add_watches(struct load *l)
{
	struct watch_builder *b = need(watch_builder_new());
	uint32_t *counts = need(calloc(COUNTS, sizeof(*counts)));
	struct text_words w;
	struct err e;
	struct buf query;
	struct rng r;
	size_t all = 0, index;

	text_words_init(&w);
	buf_init(&query, 1 << 16);
	rng_seed(&r, 1);
	count_terms(l, &w, counts, &all);
	for (size_t n = 0; n < WATCHES;) {
		struct str text;
		struct watch_def def = {.name = STR("w"), .queries = &text, .n_queries = 1};

		if (!make_query(l, &w, &r, n % 2, counts, all, &query))
			continue;
		text = buf_str(&query);
		if (watch_builder_add(b, &def, &index, on_diag, query.data) < 0)
			exit(2);
		n++;
	}
	if (watch_builder_finish(b, &l->set, &e) < 0)
		exit(2);
	l->scratch = need(watch_scratch_new(l->set));
	buf_release(&query);
	text_words_release(&w);
	free(counts);
}

/* --- measurements --- */

static void on_match(void *ctx, const struct watch_match *m)
{
	struct load *l = ctx;

	(void)m;
	l->matches++;
}

static double run_match(struct load *l)
{
	double start = now();

	l->matches = 0;
	for (size_t i = 0; i < l->n_items; i++) {
		watch_scratch_rebuild(l->scratch);
		if (watch_set_match_only(l->set, l->scratch, &l->items[i], on_match, l, NULL) < 0)
			exit(2);
	}
	return now() - start;
}

static double run_words(struct load *l)
{
	struct text_words w;
	double start;

	text_words_init(&w);
	start = now();
	l->n_words = 0;
	for (size_t i = 0; i < l->n_items; i++) {
		if (text_words_split(&w, l->items[i].title, NULL))
			exit(2);
		l->n_words += w.count;
		if (text_words_split(&w, l->items[i].body, NULL))
			exit(2);
		l->n_words += w.count;
	}
	start = now() - start;
	text_words_release(&w);
	return start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(struct load *l, size_t runs, const struct load *latin)
{
	double s, bytes = (double)l->text.len, items = (double)l->n_items;

	qsort(l->match, runs, sizeof(*l->match), by_size);
	qsort(l->words, runs, sizeof(*l->words), by_size);
	s = l->match[runs / 2];
	printf("%-9s %-11s %6.1f %9.0f %7.1f %8.2f %8.2f %8.1f %8.2f\n",
		l->real ? "real" : "made-up", l->name, bytes / s / 1e6, items / s,
		(double)l->n_words / s / 1e6,
		bytes / s / ((double)latin->text.len / latin->match[runs / 2]),
		items / s / ((double)latin->n_items / latin->match[runs / 2]),
		(double)l->matches / items, l->words[runs / 2] / s);
}

static void add_load(struct load *l, const char *name, const char *path, const struct script *s)
{
	*l = (struct load){.name = name, .real = path != NULL};
	buf_init(&l->text, (size_t)1 << 30);
	if (path)
		read_text(path, &l->text);
	else
		make_text(s, &l->text);
	read_items(l);
	add_watches(l);
}

int main(int argc, char **argv)
{
	size_t made_up = sizeof(scripts) / sizeof(scripts[0]), n = 0, runs = 5, files;
	struct load *loads;
	int i = 1;

	if (argc > 2 && strcmp(argv[1], "--repeat") == 0) {
		runs = strtoul(argv[2], NULL, 10) % MAX_RUNS;
		i = 3;
	}
	files = (size_t)(argc - i);
	loads = need(calloc(files + made_up, sizeof(*loads)));
	for (; i < argc; i++)
		add_load(&loads[n++], basename(argv[i]), argv[i], NULL);
	for (size_t k = 0; k < made_up; k++)
		add_load(&loads[n++], scripts[k].name, NULL, &scripts[k]);
	for (size_t run = 0; run < runs; run++) {
		for (size_t k = 0; k < n; k++) {
			loads[k].match[run] = run_match(&loads[k]);
			loads[k].words[run] = run_words(&loads[k]);
		}
	}
	printf("%-9s %-11s %6s %9s %7s %8s %8s %8s %8s\n", "text", "script", "MB/s", "items/s",
		"Mword/s", "of latin", "by items", "hits", "cutting");
	for (size_t k = 0; k < n; k++)
		print(&loads[k], runs, &loads[k < files ? 0 : files]);
	return 0;
}
