/* SPDX-License-Identifier: MIT */
/*
 * Cost of a body that equals that of the last poll: its hash, which the engine computes before
 * parsing, compared with parsing it. All files are in memory; the passes alternate.
 *
 *     again FILE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/digest.h"
#include "feed/parse.h"

#define RUNS 5

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct str slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct str s = STR_NONE;
	long size = -1;
	char *p;

	if (f && fseek(f, 0, SEEK_END) == 0)
		size = ftell(f);
	p = size > 0 ? malloc((size_t)size) : NULL;
	if (p) {
		rewind(f);
		s = str_slice(p, fread(p, 1, (size_t)size, f));
	}
	if (f)
		fclose(f);
	return s;
}

static double hash_all(const struct str *bodies, size_t n, uint64_t *sum)
{
	double start = now();

	for (size_t i = 0; i < n; i++)
		*sum += digest_fast64(bodies[i], 0);
	return now() - start;
}

static double parse_all(const struct str *bodies, size_t n, uint64_t *sum)
{
	static const struct feed_parse_options o = {.headers_only = false};
	double start = now();

	for (size_t i = 0; i < n; i++) {
		struct feed_batch *b;

		if (feed_parse(bodies[i], &o, &b, NULL) == 0)
			*sum += b->n_items;
		feed_batch_free(b);
	}
	return now() - start;
}

static int smaller(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	size_t n = (size_t)argc - 1, bytes = 0;
	struct str *bodies = calloc(n + 1, sizeof(*bodies));
	double hash[RUNS], parse[RUNS];
	uint64_t sum = 0;

	if (!bodies || n == 0)
		return 2;
	for (size_t i = 0; i < n; i++) {
		bodies[i] = slurp(argv[i + 1]);
		if (!bodies[i].p)
			return 2;
		bytes += bodies[i].n;
	}
	for (int i = 0; i < RUNS; i++) {
		hash[i] = hash_all(bodies, n, &sum);
		parse[i] = parse_all(bodies, n, &sum);
	}
	qsort(hash, RUNS, sizeof(*hash), smaller);
	qsort(parse, RUNS, sizeof(*parse), smaller);
	printf("a body equal to the last one: %.0f MB/s, %.4f of the cost of parsing it (%llx)\n",
		(double)bytes / hash[RUNS / 2] / 1e6, hash[RUNS / 2] / parse[RUNS / 2],
		(unsigned long long)sum);
	for (size_t i = 0; i < n; i++)
		free((char *)(uintptr_t)bodies[i].p);
	free(bodies);
	return 0;
}
