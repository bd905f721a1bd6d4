/* SPDX-License-Identifier: MIT */
/*
 * Copies and stories: what an item costs in the window.
 *
 *     story WORDS ITEMS [MEMORY]
 *
 * Invents texts of WORDS words with titles of 10, by Zipf's law from a vocabulary of 60,000,
 * between common words, from 50 sources; ITEMS in four days, for 10 days, so that the window is
 * full and moves. Prints, over the second half of the time, microseconds of processor time for
 * each, bytes of the window for each in it, and, as a floor, the time to split the same texts into
 * words. MEMORY: of the window, MiB; default 256.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "story/window.h"
#include "text/words.h"

#define VOCABULARY  60000
#define COMMON	    50
#define TITLE_WORDS 10
#define SOURCES	    50
#define WINDOW_MS   ((size_t)4 * 86400 * 1000)

struct bench_item {
	struct str title, body, source;
	int64_t story;
};

struct bench {
	struct rng rng;
	char words[VOCABULARY][16];
	double cumulated[VOCABULARY];
	char sources[SOURCES][16];
	struct bench_item *items;
	size_t n;
	size_t window; /* items of four days */
};

static double bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void bench_invent_words(struct bench *b)
{
	static const char letters[2][24] = {"bcdfghklmnprstvwzbdlnrst", "aeiouaeiouaeiouaeioaeioe"};
	double sum = 0;

	for (size_t i = 0; i < VOCABULARY; i++) {
		size_t n = i < COMMON ? 2 + i % 3 : 4 + rng_below(&b->rng, 7);

		for (size_t k = 0; k < n; k++)
			b->words[i][k] = letters[k % 2][rng_below(&b->rng, 24)];
		sum += i < COMMON ? 0 : 1 / pow((double)(i - COMMON + 20), .95);
		b->cumulated[i] = sum;
	}
	for (size_t i = 0; i < SOURCES; i++)
		snprintf(b->sources[i], sizeof(b->sources[i]), "s%zu.example", i);
}

static const char *bench_word(struct bench *b)
{
	size_t low = COMMON, high = VOCABULARY - 1;
	double at;

	if (rng_below(&b->rng, 100) < 42)
		return b->words[rng_below(&b->rng, COMMON)];
	at = (double)rng_below(&b->rng, 1u << 30) / (1u << 30) * b->cumulated[high];
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (b->cumulated[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return b->words[low];
}

static struct str bench_text(struct bench *b, size_t words)
{
	char *text = malloc(words * sizeof(b->words[0]));
	size_t n = 0;

	if (!text)
		abort();
	for (size_t i = 0; i < words; i++) {
		const char *word = bench_word(b);
		size_t length = strlen(word);

		memcpy(text + n, word, length);
		n += length;
		text[n++] = i % 14 == 13 ? '.' : ' ';
	}
	return str_slice(text, n);
}

static int bench_give(void *ctx, int64_t id, struct story_item *out, struct err *e)
{
	const struct bench *b = ctx;
	const struct bench_item *i = &b->items[id - 1];

	(void)e;
	*out = (struct story_item){.id = id,
		.source = i->source,
		.title = i->title,
		.body = i->body,
		.story = i->story};
	return 1;
}

static double bench_split(const struct bench *b)
{
	struct text_words w;
	double start = bench_now();

	text_words_init(&w);
	for (size_t i = 0; i < b->n; i++) {
		text_words_split(&w, b->items[i].title, NULL);
		text_words_split(&w, b->items[i].body, NULL);
	}
	text_words_release(&w);
	return (bench_now() - start) / (double)b->n;
}

static int bench_run(struct bench *b, struct story_window *w)
{
	double start = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct bench_item *x = &b->items[i];
		const struct story_item item = {.id = (int64_t)i + 1,
			.at = (int64_t)(i * WINDOW_MS / b->window),
			.source = x->source,
			.title = x->title,
			.body = x->body};
		struct story_verdict v;

		if (i == b->n / 2)
			start = bench_now();
		if (story_window_take(w, &item, bench_give, b, &v, NULL))
			return 1;
		x->story = v.story;
		story_window_commit(w);
	}
	printf("%.2f us, %.0f steps, %.0f bytes; splitting into words %.2f us\n",
		(bench_now() - start) / (double)(b->n - b->n / 2),
		(double)story_window_steps(w) / (double)b->n,
		(double)story_window_bytes(w) / (double)story_window_items(w), bench_split(b));
	return 0;
}

int main(int argc, char **argv)
{
	struct bench *b = calloc(1, sizeof(*b));
	size_t max = argc > 3 ? (size_t)strtoul(argv[3], NULL, 10) : 256;
	struct story_window *w = story_window_new(max << 20, 1);
	size_t words = argc > 2 ? (size_t)strtoul(argv[1], NULL, 10) : 0;
	int rc;

	if (!b || !w || !words)
		return 1;
	rng_seed(&b->rng, 1);
	bench_invent_words(b);
	b->window = (size_t)strtoul(argv[2], NULL, 10);
	b->n = b->window / 2 * 5;
	b->items = calloc(b->n, sizeof(*b->items));
	if (!b->items)
		return 1;
	for (size_t i = 0; i < b->n; i++)
		b->items[i] = (struct bench_item){.title = bench_text(b, TITLE_WORDS),
			.body = bench_text(b, words),
			.source = str_of(b->sources[i % SOURCES])};
	rc = bench_run(b, w);
	story_window_free(w);
	return rc;
}
