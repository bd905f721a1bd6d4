/* SPDX-License-Identifier: MIT */
/*
 * The archive: the desk stores feeds, which are then indexed, searched, and matched with the
 * watches of a configuration. A search is compared with the same search without an index; a
 * back-test with plain reading of the items, and with the index and without.
 *
 *     archive FEEDS-DIRECTORY CONFIGURATION [DATABASE]
 *
 * DATABASE is kept, and used unchanged if it exists.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "desk/backtest.h"
#include "desk/desk.h"
#include "feed/parse.h"
#include "store/archive.h"
#include "sink/sink.h"

static char dir[64];

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

static struct str read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	struct stat st;
	char *p;

	if (!in || fstat(fileno(in), &st) || !(p = malloc((size_t)st.st_size + 1)) ||
		fread(p, 1, (size_t)st.st_size, in) != (size_t)st.st_size)
		fail(path, "cannot be read");
	fclose(in);
	return str_slice(p, (size_t)st.st_size);
}

/* Loads the configuration, or that watch alone unless NULL. */
static struct conf *load(const char *watch)
{
	struct conf_env env = {
		.state_directory = dir, .runtime_directory = dir, .notify_types = sink_conf_type};
	struct conf_diags diags;
	struct conf *c;

	if (conf_load_watch(dir, &env, str_of(watch), &c, &diags))
		fail(dir, diags.n ? diags.v[0].text : "?");
	conf_diags_release(&diags);
	return c;
}

/* Writes a configuration with a feed for each file and the watches of the file `watches`. */
static struct conf *configure(struct dirent **files, int n, const char *watches)
{
	char name[96], whole[512];
	FILE *out;

	snprintf(name, sizeof(name), "%s/nightdesk.conf", dir);
	out = fopen(name, "w");
	if (!out)
		fail(name, "cannot be written");
	for (int i = 0; i < n; i++)
		fprintf(out, "feed f%d { url = 'http://%d.example/' }\n", i, i);
	if (watches) {
		struct str text;

		snprintf(whole, sizeof(whole), "%s/watchlists.d/all.conf", watches);
		text = read_file(whole);
		fwrite(text.p, 1, text.n, out);
	}
	fclose(out);
	(void)files;
	return load(NULL);
}

static int is_feed(const struct dirent *d)
{
	return strstr(d->d_name, ".xml") != NULL;
}

static void take_in(
	struct store *s, const struct conf *c, const char *from, struct dirent **files, int n)
{
	struct desk *desk;
	struct err e = {0};
	double spent = 0;
	size_t items = 0;

	if (desk_new(&desk, s, &e))
		fail("desk", e.text);
	for (int i = 0; i < n; i++) {
		struct feed_batch *b;
		struct desk_result r;
		char path[512], name[16];
		struct str body;
		double start;

		snprintf(path, sizeof(path), "%s/%s", from, files[i]->d_name);
		snprintf(name, sizeof(name), "f%d", i);
		body = read_file(path);
		if (feed_parse(body, &(struct feed_parse_options){0}, &b, &e))
			fail(path, e.text);
		start = seconds();
		if (desk_ingest(desk, c,
			    &(struct desk_poll){.feed = str_of(name),
				    .outcome = DESK_NEW_BODY,
				    .batch = b,
				    .fetched = clock_wall()},
			    &r, &e))
			fail(path, e.text);
		spent += seconds() - start;
		items += r.new_items;
		feed_batch_free(b);
		free((char *)(uintptr_t)body.p);
	}
	desk_free(desk);
	printf("taken in                %8zu items, %.0f/s\n", items, (double)items / spent);
}

static double file_mib(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (double)st.st_size / 1048576;
}

static void index_all(struct store *s, const char *path)
{
	double start = seconds(), longest = 0, before;
	struct err e = {0};
	bool more = true;
	size_t batches = 0;

	store_checkpoint(s, NULL);
	before = file_mib(path);
	while (more) {
		double at = seconds();

		if (archive_index(s, &more, &e))
			fail("archive_index", e.text);
		at = seconds() - at;
		longest = at > longest ? at : longest;
		batches++;
	}
	store_checkpoint(s, NULL);
	printf("indexed                 %8zu batches in %.1f s, the longest %.0f ms; file %.0f MiB,"
	       " then %.0f MiB\n",
		batches, seconds() - start, longest * 1e3, before, file_mib(path));
}

static int count_found(void *ctx, const struct archive_found *f)
{
	(void)f;
	++*(size_t *)ctx;
	return 0;
}

static double search(struct store *s, const char *words, size_t limit, size_t *n)
{
	struct archive_query q = {.since = STAMP_NONE, .limit = limit};
	struct archive_terms *terms;
	struct err e = {0};
	double start = seconds();

	*n = 0;
	if (archive_terms_new(&terms, str_of(words), &e))
		fail(words, e.text);
	q.terms = terms;
	if (archive_search(s, &q, count_found, n, &e))
		fail(words, e.text);
	archive_terms_free(terms);
	return (seconds() - start) * 1e3;
}

static void search_all(struct store *s, const char *name)
{
	static const char *const words[] = {
		"the", "geadra", "roucheevely", "teek*", "\"the teekily\"", "geadra rou muly"};
	size_t n, all;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		double few = search(s, words[i], 50, &n), every = search(s, words[i], 0, &all);

		printf("search, %s  %-18s newest 50: %.1f ms, all %zu: %.1f ms\n", name, words[i],
			few, all, every);
	}
}

static int pass_row(void *ctx, const struct store_item_row *row)
{
	*(size_t *)ctx += row->item.content.n;
	return 0;
}

static int count_alert(void *ctx, const struct backtest_alert *a)
{
	(void)a;
	++*(size_t *)ctx;
	return 0;
}

static double test(struct store *s, const char *watch, bool whole)
{
	struct conf *c = load(watch);
	const struct backtest b = {
		.conf = c, .since = STAMP_NONE, .until = STAMP_NONE, .all_items = whole};
	struct backtest_result r;
	struct err e = {0};
	size_t n = 0;
	double start = seconds();

	if (desk_backtest(s, &b, count_alert, &n, &r, &e))
		fail("desk_backtest", e.text);
	start = seconds() - start;
	printf("back-test, %4zu watches, %-8s %-8s %8.0f items/s, looked at %llu, %zu alerts\n",
		c->n_watches, watch ? watch : "all", whole ? "whole" : "narrowed",
		(double)r.items / start, (unsigned long long)r.examined, n);
	conf_unref(c);
	return start;
}

int main(int argc, char **argv)
{
	const struct archive_period all = {.since = STAMP_NONE, .until = STAMP_NONE};
	struct dirent **files;
	struct conf *quiet;
	struct store *s;
	struct err e = {0};
	char path[256], command[128];
	bool there;
	size_t bytes = 0;
	double start;
	int n;

	if (argc < 3)
		fail("usage", "archive FEEDS-DIRECTORY CONFIGURATION [DATABASE]");
	strcpy(dir, "/var/tmp/nightdesk-bench.XXXXXX");
	if (!mkdtemp(dir))
		fail(dir, "cannot be made");
	n = scandir(argv[1], &files, is_feed, alphasort);
	if (n <= 0)
		fail(argv[1], "has no feeds");
	snprintf(path, sizeof(path), "%s", argc > 3 ? argv[3] : "");
	if (argc <= 3)
		snprintf(path, sizeof(path), "%s/archive.db", dir);
	there = access(path, F_OK) == 0;
	quiet = configure(files, n, NULL);
	conf_unref(configure(files, n, argv[2]));
	if (store_open(&s, path, STORE_WRITE, &e))
		fail(path, e.text);
	if (!there) {
		take_in(s, quiet, argv[1], files, n);
		search_all(s, "no index");
	}
	index_all(s, path);
	search_all(s, "indexed ");
	start = seconds();
	if (archive_each(s, &all, pass_row, &bytes, &e))
		fail("archive_each", e.text);
	printf("bare reading            %8.0f MB/s\n", (double)bytes / 1e6 / (seconds() - start));
	test(s, NULL, true);
	for (int i = 0; i < 3; i++) {
		char name[16];

		snprintf(name, sizeof(name), "w%d", i);
		test(s, name, true);
		test(s, name, false);
	}
	conf_unref(quiet);
	store_close(s);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) != 0;
}
