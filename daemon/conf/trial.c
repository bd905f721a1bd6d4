/* SPDX-License-Identifier: MIT */
#include "conf/trial.h"

#include "base/clock.h"

#define HITS_MAX 8
#define WHY_MAX	 ((size_t)64 * 1024)

struct trial_run {
	size_t watch;
	bool matched;
	struct str hits[HITS_MAX];
	size_t n_hits;
};

static void trial_add_hit(struct trial_run *r, struct str text)
{
	for (size_t i = 0; i < r->n_hits; i++)
		if (str_eq_nocase(r->hits[i], text))
			return;
	if (r->n_hits < HITS_MAX)
		r->hits[r->n_hits++] = text;
}

static void trial_on_match(void *ctx, const struct watch_match *m)
{
	struct trial_run *r = ctx;

	if (m->watch != r->watch)
		return;
	r->matched = true;
	for (size_t i = 0; i < m->n_hits; i++)
		trial_add_hit(r, m->hits[i].text);
}

/* Returns an item of the first feed and all groups of the watch. */
static struct watch_view trial_make_view(
	const struct conf *c, const struct conf_watch *w, const struct conf_test *t)
{
	const struct conf_feed *feed = w->feeds.n ? conf_find_feed(c, w->feeds.v[0]) : NULL;
	int64_t now = clock_wall();

	return (struct watch_view){
		.title = str_of(t->title),
		.body = str_of(t->body),
		.lang = str_of(t->lang),
		.feed = w->feeds.n ? w->feeds.v[0] : STR_NONE,
		.source = t->source ? str_of(t->source)
			  : feed    ? str_of(feed->source)
				    : STR_NONE,
		.tier = t->tier ? str_of(t->tier)
			: feed	? conf_feed_tier(feed)
				: STR_NONE,
		.sources = t->sources,
		.groups = w->groups.v,
		.n_groups = w->groups.n,
		.published = now,
		.first_seen = now,
		.now = now,
	};
}

struct trial_suite {
	const struct conf *conf;
	struct watch_scratch *scratch;
	conf_trial_fn *fn;
	void *ctx;
};

static int trial_run_one(
	struct trial_suite *t, size_t watch, const struct conf_test *test, struct err *e)
{
	const struct conf_watch *w = &t->conf->watches[watch];
	struct watch_view v = trial_make_view(t->conf, w, test);
	struct trial_run r = {.watch = watch};
	struct buf why;
	int rc = watch_set_match(t->conf->set, t->scratch, &v, trial_on_match, &r, e);

	if (rc)
		return rc;
	buf_init(&why, WHY_MAX);
	if (test->match && !r.matched)
		rc = watch_explain(t->conf->set, t->scratch, &v, watch, &why, e);
	if (rc >= 0)
		t->fn(t->ctx, &(struct conf_trial){w, test, r.matched, r.matched == test->match,
				      r.hits, r.n_hits, buf_str(&why)});
	buf_release(&why);
	return rc < 0 ? rc : 0;
}

int conf_run_trials(const struct conf *c, conf_trial_fn *fn, void *ctx, struct err *e)
{
	struct trial_suite t = {c, watch_scratch_new(c->set), fn, ctx};
	int rc = t.scratch ? 0 : err_nomem(e);

	for (size_t i = 0; rc == 0 && i < c->n_watches; i++)
		for (size_t j = 0; rc == 0 && j < c->watches[i].n_tests; j++)
			rc = trial_run_one(&t, i, &c->watches[i].tests[j], e);
	watch_scratch_free(t.scratch);
	return rc;
}
