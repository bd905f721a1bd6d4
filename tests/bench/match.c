/* SPDX-License-Identifier: MIT */
/*
 * Many watches and many items, compared with tokenising alone and with Hyperscan on the literals of
 * the watches, all in one run.
 *
 *     match DIR W [--repeat N] [--only] [QUERIES]
 *
 * DIR has items.txt and watches.tsv, see workload.h, and literals_W.txt. The first W watches are
 * used; or those of the file QUERIES, a query each line; lines from # are comments. Everything is
 * in memory before the clock starts; each figure is the median of N runs (default 3), which
 * alternate. Hyperscan is loaded at run time and omitted if it is not installed.
 * --only: matching alone, once, for callgrind.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/workload.h"

#include "base/buf.h"
#include "watch/watch.h"
#include "text/words.h"

#define MAX_RUNS 32

struct load {
	struct workload work;
	struct watch_set *set;
	size_t matches;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_diag(void *ctx, const struct query_diag *d)
{
	fprintf(stderr, "%s: %s\n", (const char *)ctx, d->text);
}

static bool next_line(char **rest, struct buf *q)
{
	char *line = strsep(rest, "\n");

	while (*line == '#')
		line = strsep(rest, "\n");
	buf_clear(q);
	buf_addz(q, line);
	return *line;
}

static void read_watches(struct load *l, const char *dir, size_t w, const char *queries)
{
	struct watch_builder *b = watch_builder_new();
	size_t n, index;
	char *text = workload_slurp(queries ? "." : dir, queries ? queries : "watches.tsv", &n);
	char *rest = text;
	double start = now();
	struct err e;
	struct buf q;

	buf_init(&q, 1 << 16);
	for (size_t i = 0;
		i < w && (queries ? next_line(&rest, &q) : workload_next_query(&rest, &q)); i++) {
		struct str query;
		struct watch_def def = {.name = STR("w"), .queries = &query, .n_queries = 1};

		query = buf_str(&q);
		if (watch_builder_add(b, &def, &index, on_diag, q.data) < 0)
			exit(2);
	}
	if (watch_builder_finish(b, &l->set, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		exit(2);
	}
	printf("compile\t%zu watches\t%.3f s\n", watch_set_count(l->set), now() - start);
	buf_release(&q);
	free(text);
}

/* --- measurements --- */

static void on_match(void *ctx, const struct watch_match *m)
{
	struct load *l = ctx;

	(void)m;
	l->matches++;
}

static double run_match(struct load *l, struct watch_scratch *s)
{
	double start = now();

	l->matches = 0;
	for (size_t i = 0; i < l->work.n_items; i++) {
		struct watch_view v = {
			.title = l->work.items[i].title, .body = l->work.items[i].body};

		watch_scratch_rebuild(s);
		if (watch_set_match_only(l->set, s, &v, on_match, l, NULL) < 0)
			exit(2);
	}
	return now() - start;
}

static double run_words(struct load *l)
{
	struct text_words w;
	double start;
	size_t n = 0;

	text_words_init(&w);
	start = now();
	for (size_t i = 0; i < l->work.n_items; i++) {
		if (text_words_split(&w, l->work.items[i].title, NULL) < 0)
			exit(2);
		n += w.count;
		if (text_words_split(&w, l->work.items[i].body, NULL) < 0)
			exit(2);
		n += w.count;
	}
	text_words_release(&w);
	return n ? now() - start : 0;
}

/* --- Hyperscan, without its header or its library at build time --- */

typedef int hs_event_fn(
	unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx);

struct hyperscan {
	void *database, *scratch;
	int (*compile)(const char *const *, const unsigned *, const unsigned *, const size_t *,
		unsigned, unsigned, const void *, void **, void **);
	int (*alloc)(const void *, void **);
	int (*scan)(const void *, const char *, unsigned, unsigned, void *, hs_event_fn *, void *);
	size_t found;
};

static bool find_hyperscan(struct hyperscan *h)
{
	void *lib = dlopen("libhs.so.5", RTLD_NOW);

	if (!lib)
		return false;
	*(void **)&h->compile = dlsym(lib, "hs_compile_lit_multi");
	*(void **)&h->alloc = dlsym(lib, "hs_alloc_scratch");
	*(void **)&h->scan = dlsym(lib, "hs_scan");
	return h->compile && h->alloc && h->scan;
}

static bool build_hyperscan(struct hyperscan *h, const char *dir, size_t w)
{
	char name[64];
	size_t n, count = 0, cap = 0, *lengths = NULL;
	char *text, *rest, *line;
	const char **literals = NULL;
	unsigned *flags, *ids;
	void *error = NULL;
	double start;

	if (!find_hyperscan(h))
		return false;
	snprintf(name, sizeof(name), "literals_%zu.txt", w);
	rest = text = workload_slurp(dir, name, &n);
	while ((line = strsep(&rest, "\n")) && *line) {
		if (count == cap) {
			cap = cap ? cap * 2 : 1024;
			literals = realloc(literals, cap * sizeof(*literals));
			lengths = realloc(lengths, cap * sizeof(*lengths));
		}
		literals[count] = line;
		lengths[count++] = strlen(line);
	}
	flags = calloc(count, sizeof(*flags));
	ids = calloc(count, sizeof(*ids));
	for (size_t i = 0; i < count; i++) {
		flags[i] = 1; /* HS_FLAG_CASELESS */
		ids[i] = (unsigned)i;
	}
	start = now();
	/* 1: HS_MODE_BLOCK */
	if (h->compile(literals, flags, ids, lengths, (unsigned)count, 1, NULL, &h->database,
		    &error) ||
		h->alloc(h->database, &h->scratch))
		return false;
	printf("hyperscan compile\t%zu literals\t%.3f s\n", count, now() - start);
	return true;
}

static int on_literal(
	unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	struct hyperscan *h = ctx;

	(void)id, (void)from, (void)to, (void)flags;
	h->found++;
	return 0;
}

static double run_hyperscan(const struct load *l, struct hyperscan *h)
{
	double start = now();

	h->found = 0;
	for (size_t i = 0; i < l->work.n_items; i++)
		h->scan(h->database, l->work.items[i].all.p, (unsigned)l->work.items[i].all.n, 0,
			h->scratch, on_literal, h);
	return now() - start;
}

/* --- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_size);
	return v[n / 2];
}

static void print(const char *what, const struct load *l, double s, double match)
{
	printf("%s\t%.3f s\t%.0f items/s\t%.1f MB/s\t%.2f of matching\n", what, s,
		(double)l->work.n_items / s, (double)l->work.bytes / s / 1e6, match / s);
}

int main(int argc, char **argv)
{
	struct load l = {0};
	struct hyperscan h = {0};
	struct watch_scratch *s;
	double match[MAX_RUNS], words[MAX_RUNS], hyper[MAX_RUNS], m;
	const char *queries;
	size_t runs = 3, w;
	bool only, with;

	if (argc < 3) {
		fprintf(stderr, "usage: match DIR W [--repeat N] [--only] [QUERIES]\n");
		return 2;
	}
	w = strtoul(argv[2], NULL, 10);
	only = argc > 3 && strcmp(argv[3], "--only") == 0;
	queries = only && argc > 4 ? argv[4] : argc > 5 ? argv[5] : NULL;
	if (argc > 4 && strcmp(argv[3], "--repeat") == 0)
		runs = strtoul(argv[4], NULL, 10) % MAX_RUNS;
	workload_read_items(&l.work, argv[1]);
	read_watches(&l, argv[1], w, queries);
	s = watch_scratch_new(l.set);
	if (!s)
		return 2;
	if (only) {
		run_match(&l, s);
		printf("%zu matches\n", l.matches);
		return 0;
	}
	with = build_hyperscan(&h, argv[1], w);
	for (size_t i = 0; i < runs; i++) {
		match[i] = run_match(&l, s);
		words[i] = run_words(&l);
		hyper[i] = with ? run_hyperscan(&l, &h) : 1;
	}
	m = median(match, runs);
	printf("%zu matches, %zu items\n", l.matches, l.work.n_items);
	print("match", &l, m, m);
	print("words alone", &l, median(words, runs), m);
	if (with)
		print("hyperscan", &l, median(hyper, runs), m);
	return 0;
}
