/* SPDX-License-Identifier: MIT */
/*
 * Generates a year of a newsroom's archive through the desk: FEEDS feeds, each with ITEMS new items
 * a day for DAYS days and some edits, all indexed.
 *
 *     year DIRECTORY WORDS FEEDS DAYS ITEMS
 *
 * DIRECTORY gets nightdesk.conf (its feeds) and nightdesk.db; the caller adds watches. WORDS: the
 * vocabulary, one per line, common words first.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "desk/desk.h"
#include "feed/identity.h"
#include "store/archive.h"
#include "sink/sink.h"

#define WORDS_MAX 100000
#define COMMON	  43
#define ITEMS_MAX 64
#define TEXT_MAX  4096
#define DAY_ZERO  INT64_C(1767225600000) /* 2026-01-01 */
#define A_DAY_IN  7			 /* a feed edits its first item every that many days */
#define AT_ONCE	  200			 /* polls in one transaction */

static char *words[WORDS_MAX];
static double sums[WORDS_MAX];
static size_t n_words;
static struct rng rng;

struct made {
	char id[64], link[96], title[256], text[TEXT_MAX], author[64], category[64];
	struct str categories[1];
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_words(const char *path)
{
	FILE *in = fopen(path, "r");
	char line[64];
	double sum = 0;

	if (!in)
		fail(path, "cannot be read");
	while (n_words < WORDS_MAX && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (n_words >= COMMON)
			sum += pow((double)(n_words - COMMON + 20), -0.95);
		sums[n_words] = sum;
		words[n_words++] = strdup(line);
	}
	fclose(in);
	if (n_words <= COMMON)
		fail(path, "has too few words");
}

static double chance(void)
{
	return (double)(rng_next(&rng) >> 11) / 9007199254740992.0;
}

static const char *rare_word(void)
{
	double at = chance() * sums[n_words - 1];
	size_t low = COMMON, high = n_words - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sums[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return words[low];
}

static const char *word(void)
{
	return chance() < 0.42 ? words[rng_below(&rng, COMMON)] : rare_word();
}

static void write_text(char *out, size_t size, size_t least)
{
	size_t n = 0, left = 0;

	while (n < least && n + 64 < size) {
		const char *w = word();
		size_t length = strlen(w);

		memcpy(out + n, w, length);
		if (left == 0)
			out[n] = (char)(out[n] & ~0x20);
		n += length;
		left = left ? left - 1 : 6 + rng_below(&rng, 22);
		if (left == 0)
			out[n++] = '.';
		out[n++] = ' ';
	}
	out[n - 1] = '\0';
}

static void make_item(struct made *m, struct feed_item *out, int feed, uint64_t number)
{
	snprintf(m->id, sizeof(m->id), "tag:news%d.example,2026:%llu", feed,
		(unsigned long long)number);
	snprintf(m->link, sizeof(m->link), "https://www.news%d.example/2026/%llu", feed,
		(unsigned long long)number);
	write_text(m->title, sizeof(m->title), 30 + rng_below(&rng, 60));
	write_text(m->text, sizeof(m->text), 250 + rng_below(&rng, 1500));
	snprintf(m->author, sizeof(m->author), "%s %s", rare_word(), rare_word());
	snprintf(m->category, sizeof(m->category), "%s", words[COMMON + rng_below(&rng, 200)]);
	m->categories[0] = str_of(m->category);
	*out = (struct feed_item){.id = str_of(m->id),
		.title = str_of(m->title),
		.link = str_of(m->link),
		.author.text = str_of(m->author),
		.content = str_of(m->text),
		.categories = m->categories,
		.n_categories = 1,
		.language = STR("en"),
		.published = clock_wall() - (int64_t)rng_below(&rng, (uint64_t)CLOCK_HOUR),
		.updated = STAMP_NONE};
	feed_identity_fill(out, NULL, 0);
}

static void poll(struct desk *desk, const struct conf *c, int feed, int day, int items)
{
	static struct made made[ITEMS_MAX];
	static struct feed_item v[ITEMS_MAX];
	struct feed_batch b = {
		.items = v, .n_items = (size_t)items, .complete = true, .well_formed = true};
	struct desk_poll p = {.feed = str_of(c->feeds[feed].name),
		.outcome = DESK_NEW_BODY,
		.batch = &b,
		.fetched = clock_wall(),
		.next_due = clock_wall() + CLOCK_HOUR};
	struct desk_result r;
	struct err e;

	for (int i = 0; i < items; i++) {
		uint64_t number = (uint64_t)day * (uint64_t)items + (uint64_t)i;

		if (i == 0 && day && (day + feed) % A_DAY_IN == 0)
			number -= (uint64_t)items; /* yesterday's first, with another text */
		make_item(&made[i], &v[i], feed, number);
	}
	if (desk_ingest(desk, c, &p, &r, &e))
		fail("desk_ingest", e.text);
}

static void make_year(struct store *s, const struct conf *c, int days, int items)
{
	struct desk *desk;
	struct err e;
	int polls = 0;

	if (desk_new(&desk, s, &e))
		fail("desk", e.text);
	for (int day = 0; day < days; day++)
		for (size_t f = 0; f < c->n_feeds; f++) {
			if (!store_in_transaction(s) && store_begin_relaxed(s, &e))
				fail("store_begin", e.text);
			poll(desk, c, (int)f, day, items);
			clock_virtual_advance(CLOCK_DAY / (int64_t)c->n_feeds);
			if (++polls % AT_ONCE == 0 && store_commit(s, &e))
				fail("store_commit", e.text);
		}
	if (store_in_transaction(s) && store_commit(s, &e))
		fail("store_commit", e.text);
	desk_free(desk);
}

static struct conf *configure(const char *dir, int feeds)
{
	struct conf_env env = {
		.state_directory = dir, .runtime_directory = dir, .notify_types = sink_conf_type};
	struct conf_diags diags;
	struct conf *c;
	char name[512];
	FILE *out;

	snprintf(name, sizeof(name), "%s/nightdesk.conf", dir);
	out = fopen(name, "w");
	if (!out)
		fail(name, "cannot be written");
	fprintf(out, "daemon { state = '%s/nightdesk.db' control = '%s/c.sock' }\n", dir, dir);
	for (int i = 0; i < feeds; i++)
		fprintf(out, "feed f%04d { url = 'http://www.news%d.example/rss' groups = g%d }\n",
			i, i, i % 20);
	fclose(out);
	if (conf_load(dir, &env, &c, &diags))
		fail(dir, diags.n ? diags.v[0].text : "?");
	conf_diags_release(&diags);
	return c;
}

int main(int argc, char **argv)
{
	struct store *s;
	struct conf *c;
	struct err e;
	bool more = true;
	double start;

	if (argc != 6 || atoi(argv[5]) > ITEMS_MAX)
		fail("usage", "year DIRECTORY WORDS FEEDS DAYS ITEMS");
	rng_seed(&rng, 7);
	read_words(argv[2]);
	clock_virtual_start(DAY_ZERO);
	c = configure(argv[1], atoi(argv[3]));
	if (store_open(&s, c->daemon.state, STORE_WRITE, &e))
		fail(c->daemon.state, e.text);
	start = seconds();
	make_year(s, c, atoi(argv[4]), atoi(argv[5]));
	printf("taken in                %8.0f s\n", seconds() - start);
	start = seconds();
	while (more)
		if (archive_index(s, &more, &e))
			fail("archive_index", e.text);
	printf("indexed                 %8.0f s\n", seconds() - start);
	store_close(s);
	conf_unref(c);
	return 0;
}
