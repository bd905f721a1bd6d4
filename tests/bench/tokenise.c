/* SPDX-License-Identifier: MIT */
/*
 * Tokeniser speed, compared with libunistring's word breaks alone on the same text in the same run,
 * and other scripts compared with Latin.
 *
 *     tokenise [--repeat N] [--only NAME] [FILE...]
 *
 * Each line of a file is one field of an item. Without files, texts of eight scripts are generated:
 * words of 2 to 9 letters (Han: runs of 4 to 20), one in 20 with an accent in "latin-marks". Each
 * figure is the best of N runs (default 5) over the whole text. With --only, one text and no floor,
 * for callgrind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <uniwbrk.h>

#include "base/buf.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "text/words.h"

#define SIZE ((size_t)2 << 20)

struct script {
	const char *name;
	uint32_t first, last; /* of its letters */
	unsigned min, max;    /* letters in a word */
	uint32_t accents;     /* one word in 20 ends in one of the 16 from here; 0: none */
};

static const struct script scripts[] = {
	{"latin", 'a', 'z', 2, 9, 0},
	{"latin-marks", 'a', 'z', 2, 9, 0xE0},
	{"cyrillic", 0x430, 0x44F, 2, 9, 0},
	{"greek", 0x3B1, 0x3C9, 2, 9, 0x3AC},
	{"arabic", 0x627, 0x64A, 2, 7, 0x64B},
	{"devanagari", 0x915, 0x939, 2, 7, 0x93E},
	{"hangul", 0xAC00, 0xD7A3, 2, 5, 0},
	{"ethiopic", 0x1208, 0x1256, 2, 6, 0},
	{"han", 0x4E00, 0x9FA5, 4, 20, 0},
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make_text(const struct script *s, struct buf *out)
{
	struct rng r;

	rng_seed(&r, s->first);
	buf_clear(out);
	for (size_t words = 1; out->len < SIZE; words++) {
		unsigned n = s->min + (unsigned)rng_below(&r, s->max - s->min + 1);

		for (unsigned i = 0; i < n; i++)
			utf8_append(
				out, s->first + (uint32_t)rng_below(&r, s->last - s->first + 1));
		if (s->accents && words % 20 == 0)
			utf8_append(out, s->accents + (uint32_t)rng_below(&r, 16));
		buf_addz(out, words % 250 == 0 ? "\n" : words % 12 == 0 ? ". " : " ");
	}
}

/* Calls split (or, if w is NULL, the floor) on every line; returns the number of words. */
static size_t pass(struct text_words *w, struct str text, char *breaks)
{
	size_t words = 0;

	for (size_t at = 0; at < text.n;) {
		const char *end = memchr(text.p + at, '\n', text.n - at);
		size_t n = end ? (size_t)(end - text.p) - at : text.n - at;

		if (!w) {
			u8_wordbreaks((const uint8_t *)text.p + at, n, breaks);
		} else {
			if (text_words_split(w, str_slice(text.p + at, n), NULL))
				abort();
			words += w->count;
		}
		at += n + 1;
	}
	return words;
}

static double best(struct text_words *w, struct str text, char *breaks, int repeat, size_t *words)
{
	double least = 1e9;

	for (int i = 0; i < repeat; i++) {
		double t = now();

		*words = pass(w, text, breaks);
		t = now() - t;
		least = t < least ? t : least;
	}
	return least;
}

static double latin;

static void measure(const char *name, struct str text, int repeat, bool floor)
{
	struct text_words w;
	char *breaks = malloc(text.n + 1);
	size_t words = 0, none;
	double t, u = 0, mb = (double)text.n / 1e6;

	if (!breaks)
		abort();
	text_words_init(&w);
	t = best(&w, text, breaks, repeat, &words);
	if (floor)
		u = best(NULL, text, breaks, repeat, &none);
	if (latin == 0)
		latin = mb / t;
	printf("%-12s %7.1f MB/s  %6.1f M words/s  %5.2f of latin", name, mb / t,
		(double)words / t / 1e6, mb / t / latin);
	if (floor)
		printf("  %5.2f times u8_wordbreaks", u / t);
	printf("\n");
	text_words_release(&w);
	free(breaks);
}

static void measure_file(const char *path, int repeat, bool floor, struct buf *text)
{
	FILE *f = fopen(path, "r");
	char *to;

	if (!f) {
		perror(path);
		exit(1);
	}
	buf_clear(text);
	while ((to = buf_reserve(text, 1 << 16)) != NULL) {
		size_t n = fread(to, 1, 1 << 16, f);

		if (n == 0)
			break;
		buf_commit(text, n);
	}
	fclose(f);
	measure(strrchr(path, '/') ? strrchr(path, '/') + 1 : path, buf_str(text), repeat, floor);
}

int main(int argc, char **argv)
{
	const char *only = NULL;
	int repeat = 5, i = 1;
	bool made_up;
	struct buf text;

	buf_init(&text, (size_t)1 << 30);
	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (strcmp(argv[i], "--repeat") == 0)
			repeat = atoi(argv[i + 1]);
		else if (strcmp(argv[i], "--only") == 0)
			only = argv[i + 1];
	}
	made_up = i == argc;
	for (; i < argc; i++)
		measure_file(argv[i], repeat, !only, &text);
	for (size_t k = 0; made_up && k < sizeof(scripts) / sizeof(scripts[0]); k++) {
		if (only && strcmp(only, scripts[k].name) != 0)
			continue;
		make_text(&scripts[k], &text);
		measure(scripts[k].name, buf_str(&text), repeat, !only);
	}
	buf_release(&text);
	return 0;
}
