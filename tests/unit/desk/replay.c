/* SPDX-License-Identifier: MIT */
/*
 * Replays feeds that were fetched over weeks, one snapshot per poll. Compared with a plain count by
 * id, in which an id that left with the snapshot before hands over to a new one with the same title
 * and text: each item must be new exactly once, each edit a revision, and a response that is not a
 * feed must change nothing. The snapshots are in $SHARED/corpus/replay; without them the test is
 * skipped.
 */
#include "lib/unit.h"

#include <dirent.h>
#include <uthash.h>

#include "feed/parse.h"
#include "lib/desk_fixture.h"

struct seen {
	UT_hash_handle hh;
	uint64_t text, labels;
	size_t snapshot; /* the last one that had it, from 1 */
	char id[];
};

struct reckoning {
	struct seen *ids;
	size_t items, edits, renamed, snapshots, no_feed;
};

static struct str id_of(const struct feed_item *i)
{
	return i->id.p ? i->id : i->link;
}

static bool has_id(const struct feed_batch *b, const char *id)
{
	for (size_t i = 0; i < b->n_items; i++)
		if (str_is(id_of(&b->items[i]), id))
			return true;
	return false;
}

static const struct seen *predecessor_of(
	const struct reckoning *r, const struct feed_batch *b, uint64_t text)
{
	for (const struct seen *s = r->ids; s; s = s->hh.next)
		if (s->text == text && s->snapshot + 1 == r->snapshots && !has_id(b, s->id))
			return s;
	return NULL;
}

static void reckon(struct reckoning *r, const struct feed_batch *b, const struct feed_item *i)
{
	struct str id = id_of(i);
	struct seen *s;

	HASH_FIND(hh, r->ids, id.p, id.n, s);
	if (!s) {
		const struct seen *was = predecessor_of(r, b, i->text_key);

		s = calloc(1, sizeof(*s) + id.n + 1);
		assert_non_null(s);
		memcpy(s->id, id.p, id.n);
		s->text = i->text_key;
		s->labels = was ? was->labels : i->label_key;
		HASH_ADD_KEYPTR(hh, r->ids, s->id, id.n, s);
		r->items += !was;
		r->renamed += was != NULL;
	}
	s->snapshot = r->snapshots;
	r->edits += s->text != i->text_key || s->labels != i->label_key;
	s->text = i->text_key;
	s->labels = i->label_key;
}

static struct str read_file(const char *dir, const char *name)
{
	char path[1100];
	char *bytes;
	long size;
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	in = fopen(path, "rb");
	assert_non_null(in);
	fseek(in, 0, SEEK_END);
	size = ftell(in);
	rewind(in);
	bytes = malloc((size_t)size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)size, in), size);
	fclose(in);
	return str_slice(bytes, (size_t)size);
}

static void play_snapshot(
	struct desk_fixture *f, struct reckoning *r, struct desk_result *sum, struct str body)
{
	struct desk_poll p = {
		.feed = STR("replayed"), .outcome = DESK_NEW_BODY, .fetched = clock_wall()};
	const struct feed_parse_options o = {.url = STR("http://a.example/rss")};
	struct feed_batch *b = NULL;
	struct desk_result got;

	if (feed_parse(body, &o, &b, &f->e)) {
		p.outcome = DESK_FAILED;
		p.error = str_of(f->e.text);
		r->no_feed++;
	}
	p.batch = b;
	r->snapshots += b != NULL;
	for (size_t i = 0; b && i < b->n_items; i++)
		reckon(r, b, &b->items[i]);
	assert_int_equal(desk_ingest(f->desk, f->conf, &p, &got, &f->e), 0);
	sum->new_items += got.new_items;
	sum->revised += got.revised;
	sum->alerts += got.alerts;
	/* the same body again, immediately */
	assert_int_equal(desk_ingest(f->desk, f->conf, &p, &got, &f->e), 0);
	assert_int_equal(got.new_items + got.revised + got.alerts, 0);
	feed_batch_free(b);
	clock_virtual_advance(CLOCK_HOUR);
}

static void play_feed(const char *dir)
{
	struct desk_fixture f;
	struct reckoning r = {0};
	struct desk_result sum = {0};
	struct dirent **names;
	struct seen *s, *next;
	int n = scandir(dir, &names, NULL, alphasort);

	assert_true(n > 2);
	desk_fixture_open(&f, "feed replayed { url = 'http://a.example/rss' }\n"
			      "watch every { query = 'the' }\n");
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.') {
			struct str body = read_file(dir, names[i]->d_name);

			play_snapshot(&f, &r, &sum, body);
			free((void *)(uintptr_t)body.p);
		}
		free(names[i]);
	}
	free(names);
	print_message("# %s: %zu snapshots, %zu no feed; %zu items, %zu renamed, %zu edits; "
		      "new %zu, revised %zu, alerts %zu\n",
		strrchr(dir, '/') + 1, r.snapshots, r.no_feed, r.items, r.renamed, r.edits,
		sum.new_items, sum.revised, sum.alerts);
	assert_int_equal(sum.new_items, r.items);
	assert_int_equal(sum.revised, r.edits);
	HASH_ITER (hh, r.ids, s, next) {
		HASH_DEL(r.ids, s);
		free(s);
	}
	desk_fixture_close(&f);
}

static void snapshots_of_weeks_give_each_item_once(void **state)
{
	const char *shared = getenv("SHARED");
	char dir[400], feed[800];
	struct dirent *d;
	DIR *all;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/corpus/replay", shared ? shared : "../shared");
	all = opendir(dir);
	if (!all)
		skip();
	while ((d = readdir(all)))
		if (d->d_name[0] != '.') {
			snprintf(feed, sizeof(feed), "%s/%s", dir, d->d_name);
			play_feed(feed);
		}
	closedir(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snapshots_of_weeks_give_each_item_once)};
	int failed;

	feed_parse_global_init();
	failed = cmocka_run_group_tests_name("desk replay", tests, NULL, NULL);
	feed_parse_global_cleanup();
	return failed;
}
