/* SPDX-License-Identifier: MIT */
/*
 * A back-test returns the alerts that the desk raised; the index does not change them; two
 * configurations are compared item by item.
 */
#include "lib/unit.h"

#include "base/rng.h"
#include "desk/backtest.h"
#include "feed/link.h"
#include "store/archive.h"
#include "store/store.h"
#include "lib/desk_fixture.h"
#include "sink/sink.h"

#define FEEDS                                                                                      \
	"feed a { url = 'http://a.example/rss' source = 'outlet' first-run = 'alert' }\n"          \
	"feed b { url = 'http://a.example/europe' source = 'outlet' first-run = 'alert' }\n"       \
	"feed c { url = 'http://c.example/rss' source = 'other' first-run = 'alert'"               \
	" groups = { wires } }\n"
#define WATCHES                                                                                    \
	"watch plain { query = 'alpha' }\n"                                                        \
	"watch either { query = '(beta OR gam*) NOT delta' }\n"                                    \
	"watch row { query = '\"alpha beta\"' }\n"                                                 \
	"watch stem { query = 'relocate' stem = 'en' }\n"                                          \
	"watch author { query = 'author:smith OR epsilon' }\n"                                     \
	"watch near { query = 'alpha NEAR/2 gamma' exclude = 'epsilon' }\n"                        \
	"watch here { query = 'beta OR delta' feeds = { b } groups = { wires } }\n"                \
	"watch spelt { query = '{Delta} AND age<2h' }\n"                                           \
	"watch rex { query = '/al.ha\\s+del/' }\n"                                                 \
	"watch lead { query = 'LEAD/3(beta) OR ATLEAST/2(gamma)' }\n"                              \
	"watch by { query = 'author:smith AND theta AND (zeta OR eta)' }\n"                        \
	"watch some { query = 'ANY/2(\"eta theta\", zeta, author:smith)' }\n"                      \
	"watch deep { query = '(alpha AND (beta OR (gamma AND eta))) OR (theta AND gam*)' }\n"     \
	"watch mixed { query = '{Delta} AND relocate' stem = 'en' }\n"
#define TOLD_MAX 4096

struct alert_list {
	char v[TOLD_MAX][64]; /* "watch feed item" */
	size_t n;
};

static void note(struct alert_list *t, const char *change, struct str watch, struct str feed,
	struct str item)
{
	assert_true(t->n < TOLD_MAX);
	snprintf(t->v[t->n++], sizeof(t->v[0]), "%s%.*s %.*s %.*s", change, STR_ARG(watch),
		STR_ARG(feed), STR_ARG(item));
}

/* Not the notices that an item was withdrawn, as some leave their feed here. */
static int note_alert(void *ctx, const struct store_alert_row *row)
{
	if (!row->alert.of)
		note(ctx, "", row->alert.watch, row->alert.feed, row->alert.item_id);
	return 0;
}

static int note_test(void *ctx, const struct backtest_alert *a)
{
	static const char *const change[] = {"", "+", "-"};

	note(ctx, change[a->change], str_of(a->watch->name), a->row->feed, a->row->item.id);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void sort(struct alert_list *t)
{
	qsort(t->v, t->n, sizeof(t->v[0]), by_text);
}

static void assert_same(const struct alert_list *a, const struct alert_list *b, uint64_t seed)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			fail_msg("seed %llu: %s, but %s", (unsigned long long)seed, a->v[i],
				b->v[i]);
	if (a->n != b->n)
		fail_msg("seed %llu: %zu and %zu", (unsigned long long)seed, a->n, b->n);
}

static struct backtest_result test_into(
	struct desk_fixture *f, const struct backtest *b, struct alert_list *out)
{
	struct backtest_result r;
	int rc;

	out->n = 0;
	rc = desk_backtest(f->db->store, b, note_test, out, &r, &f->e);
	if (rc)
		print_error("%s\n", f->e.text);
	assert_int_equal(rc, 0);
	return r;
}

/* Only that watch. */
static struct conf *only(const struct desk_fixture *f, const char *watch)
{
	struct conf_env env = {.state_directory = f->db->dir,
		.runtime_directory = f->db->dir,
		.notify_types = sink_conf_type};
	struct conf_diags diags;
	struct conf *c;

	assert_int_equal(conf_load_watch(f->db->dir, &env, str_of(watch), &c, &diags), 0);
	conf_diags_release(&diags);
	return c;
}

static struct backtest everything(const struct desk_fixture *f)
{
	return (struct backtest){.conf = f->conf, .since = STAMP_NONE, .until = STAMP_NONE};
}

static void poll_items(struct desk_fixture *f, const char *feed, struct feed_item *items, size_t n)
{
	struct feed_batch b = make_batch(items, n);
	struct desk_poll p = {.feed = str_of(feed),
		.outcome = DESK_NEW_BODY,
		.batch = &b,
		.fetched = clock_wall(),
		.next_due = clock_wall() + 1000};
	struct desk_result r;

	assert_int_equal(desk_ingest(f->desk, f->conf, &p, &r, &f->e), 0);
	clock_virtual_advance(CLOCK_MINUTE);
}

/* --- random feeds --- */

struct made {
	char id[16], link[48], title[64], text[256];
};

static void random_text(struct rng *r, char *out, size_t size, size_t most)
{
	static const char *const words[] = {"alpha", "beta", "gamma", "Delta", "delta", "relocated",
		"epsilon", "zeta", "eta", "theta", "gamut"};

	out[0] = '\0';
	for (size_t n = 1 + rng_below(r, most); n; n--)
		snprintf(out + strlen(out), size - strlen(out), "%s ", words[rng_below(r, 11)]);
}

/*
 * A poll of up to four items. Ids repeat only if texts may change; an id in the fragment of the
 * link, in title and text keeps others with the same link or words from being edits.
 */
static void random_poll(struct desk_fixture *f, struct rng *r, unsigned *next, bool edits)
{
	static const char *const feeds[] = {"a", "b", "c"};
	struct made made[4];
	struct feed_item items[4];
	size_t n = 1 + rng_below(r, 4);

	for (size_t i = 0; i < n; i++) {
		struct made *m = &made[i];
		unsigned id =
			edits && rng_below(r, 2) ? (unsigned)rng_below(r, *next + 1) : (*next)++;

		snprintf(m->id, sizeof(m->id), "i%u", id);
		snprintf(m->link, sizeof(m->link), "http://a.example/%u#i%u",
			(unsigned)rng_below(r, 60), id);
		random_text(r, m->title, sizeof(m->title), 3);
		random_text(r, m->text, sizeof(m->text), 8);
		snprintf(m->title + strlen(m->title), sizeof(m->title) - strlen(m->title), "%s",
			m->id);
		snprintf(m->text + strlen(m->text), sizeof(m->text) - strlen(m->text), "%s", m->id);
		items[i] = make_item(m->id, rng_below(r, 5) ? m->link : NULL, m->title, m->text);
		items[i].link_key = feed_link_key(items[i].link, NULL, 0);
		items[i].published = clock_wall() - (int64_t)rng_below(r, 4) * CLOCK_HOUR;
		if (!rng_below(r, 8))
			items[i].author.text = STR("J. Smith");
	}
	poll_items(f, feeds[rng_below(r, 3)], items, n);
}

static void a_backtest_returns_the_alerts_of_the_desk(void **state)
{
	const struct store_alert_filter all = {.since = STAMP_NONE};
	uint64_t seed = (uint64_t)clock_wall();
	struct alert_list *desk = calloc(1, sizeof(*desk)), *test = calloc(1, sizeof(*test));
	struct desk_fixture f;
	unsigned next = 0;
	struct backtest b;
	struct rng r;

	(void)state;
	rng_seed(&r, seed);
	desk_fixture_open(&f, FEEDS WATCHES);
	for (int i = 0; i < 80; i++)
		random_poll(&f, &r, &next, false);
	b = everything(&f);
	test_into(&f, &b, test);
	assert_int_equal(store_alert_each(f.db->store, &all, note_alert, desk, &f.e), 0);
	sort(desk);
	sort(test);
	assert_true(desk->n > 50);
	assert_same(desk, test, seed);
	desk_fixture_close(&f);
	free(desk);
	free(test);
}

static void the_index_does_not_change_the_result(void **state)
{
	uint64_t seed = (uint64_t)clock_wall();
	struct alert_list *whole = calloc(1, sizeof(*whole)), *test = calloc(1, sizeof(*test));
	struct desk_fixture f;
	unsigned next = 0, narrowed = 0;
	struct rng r;
	bool more;

	(void)state;
	rng_seed(&r, seed);
	desk_fixture_open(&f, FEEDS WATCHES);
	for (int i = 0; i < 100; i++) {
		random_poll(&f, &r, &next, true);
		if (rng_below(&r, 6) == 0)
			assert_int_equal(archive_index(f.db->store, &more, &f.e), 0);
	}
	/* mostly about other subjects, or narrowing is of no use */
	for (int i = 0; i < 1000; i++) {
		struct made m;
		struct feed_item item;

		snprintf(m.id, sizeof(m.id), "x%d", i);
		item = make_item(m.id, NULL, "omega", m.id);
		poll_items(&f, "a", &item, 1);
		if (i == 990)
			do
				assert_int_equal(archive_index(f.db->store, &more, &f.e), 0);
			while (more);
		if (i > 990)
			random_poll(&f, &r, &next, true);
	}
	for (size_t k = 0; k < f.conf->n_watches; k++) {
		struct conf *alone = only(&f, f.conf->watches[k].name);
		struct backtest b = everything(&f);

		assert_int_equal(alone->n_watches, 1);
		b.conf = alone;
		b.since = k % 2 ? T0 + 20 * CLOCK_MINUTE : STAMP_NONE;
		b.all_items = true;
		assert_false(test_into(&f, &b, whole).narrowed);
		b.all_items = false;
		narrowed += test_into(&f, &b, test).narrowed;
		assert_same(whole, test, seed);
		conf_unref(alone);
	}
	/* all except an author or a regex alone */
	assert_int_equal(narrowed, f.conf->n_watches - 2);
	desk_fixture_close(&f);
	free(whole);
	free(test);
}

/* --- examples --- */

static void a_changed_watch_gains_and_loses_alerts(void **state)
{
	struct alert_list *t = calloc(1, sizeof(*t));
	struct desk_fixture f;
	struct feed_item items[] = {
		make_item("1", "http://a.example/1", "alpha", NULL),
		make_item("2", "http://a.example/2", "beta", NULL),
		make_item("3", "http://a.example/3", "gamma", NULL),
	};
	struct conf *old, *was, *is;
	struct backtest b;

	(void)state;
	desk_fixture_open(&f, FEEDS "watch w { query = 'alpha OR beta' }\n"
				    "watch gone { query = 'gamma' }\n");
	poll_items(&f, "a", items, 3);
	poll_items(&f, "b", &items[1], 1);
	poll_items(&f, "c", &items[1], 1);
	old = conf_ref(f.conf);
	was = only(&f, "w");
	desk_configure(&f, FEEDS "watch fresh { query = 'alpha' }\n"
				 "watch w { query = 'beta OR gamma' }\n");
	b = everything(&f);
	b.conf = old;
	b.against = f.conf;
	test_into(&f, &b, t);
	sort(t);
	assert_int_equal(t->n, 6);
	assert_string_equal(t->v[0], "+fresh a 1");
	assert_string_equal(t->v[1], "+w a 3");
	assert_string_equal(t->v[2], "-gone a 3");
	assert_string_equal(t->v[3], "-w a 1");
	assert_string_equal(t->v[4], "w a 2"); /* once for a and b */
	assert_string_equal(t->v[5], "w c 2");
	is = only(&f, "w");
	b.conf = was;
	b.against = is;
	test_into(&f, &b, t);
	assert_int_equal(t->n, 4);
	conf_unref(old);
	conf_unref(was);
	conf_unref(is);
	desk_fixture_close(&f);
	free(t);
}

static void items_of_removed_feeds_are_skipped(void **state)
{
	struct alert_list *t = calloc(1, sizeof(*t));
	struct desk_fixture f;
	struct feed_item i = make_item("1", NULL, "alpha", NULL);
	struct backtest_result r;
	struct backtest b;

	(void)state;
	desk_fixture_open(&f, FEEDS "watch w { query = 'alpha' }\n");
	poll_items(&f, "a", &i, 1);
	poll_items(&f, "c", &i, 1);
	desk_configure(&f, "feed c { url = 'http://c.example/rss' }\n"
			   "watch w { query = 'alpha AND age<1m' }\n");
	clock_virtual_advance(CLOCK_DAY); /* age is evaluated at the time of arrival */
	b = everything(&f);
	r = test_into(&f, &b, t);
	assert_int_equal(r.items, 2);
	assert_int_equal(r.examined, 2);
	assert_int_equal(r.unknown_feeds, 1);
	assert_int_equal(t->n, 1);
	assert_string_equal(t->v[0], "w c 1");
	desk_fixture_close(&f);
	free(t);
}

static int stop(void *ctx, const struct backtest_alert *a)
{
	(void)a;
	++*(int *)ctx;
	return 9;
}

static void a_caller_may_stop(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {
		make_item("1", NULL, "alpha", NULL), make_item("2", NULL, "alpha", NULL)};
	struct backtest_result r;
	struct backtest b;
	int n = 0;

	(void)state;
	desk_fixture_open(&f, FEEDS "watch w { query = 'alpha' }\n");
	poll_items(&f, "a", items, 2);
	b = everything(&f);
	assert_int_equal(desk_backtest(f.db->store, &b, stop, &n, &r, &f.e), 9);
	assert_int_equal(n, 1);
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backtest_returns_the_alerts_of_the_desk),
		cmocka_unit_test(the_index_does_not_change_the_result),
		cmocka_unit_test(a_changed_watch_gains_and_loses_alerts),
		cmocka_unit_test(items_of_removed_feeds_are_skipped),
		cmocka_unit_test(a_caller_may_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
