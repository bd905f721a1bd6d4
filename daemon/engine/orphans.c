/* SPDX-License-Identifier: MIT */
#include "orphans.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/store.h"

#define ORPHANS_BYTES ((size_t)4 * 1024 * 1024)

struct orphans {
	struct troubles *troubles;
	struct conf *conf;
	struct job job;
	struct arena *arena;
	struct store_waiting *waiting;
	size_t n;
	int rc;
};

static void orphans_run(void *arg, struct desk *desk, struct store *store)
{
	struct orphans *p = arg;

	(void)desk;
	p->rc = store_outbox_waiting(store, p->arena, &p->waiting, &p->n, NULL);
}

static bool orphans_exist(void *arg, const struct trouble_row *row, struct str subject)
{
	const struct orphans *p = arg;

	if (row != &trouble_rows[TROUBLE_RECEIVER_ORPHANED])
		return true;
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->waiting[i].notify, subject))
			return !conf_find_notify(p->conf, subject);
	return false;
}

static void orphans_report(struct orphans *p)
{
	char text[64];

	troubles_prune(p->troubles, TROUBLE_OF_OTHER, orphans_exist, p);
	for (size_t i = 0; i < p->n; i++) {
		const struct store_waiting *w = &p->waiting[i];

		if (conf_find_notify(p->conf, w->notify))
			continue;
		snprintf(text, sizeof(text), "%lld wait", (long long)w->deliveries);
		trouble_begin(p->troubles, TROUBLE_RECEIVER_ORPHANED, w->notify, str_of(text));
		log_warn("deliveries-orphaned", LOG_STR("notify", w->notify),
			LOG_I("deliveries", w->deliveries),
			LOG_S("advice", "no such notify block any more: add it again, or send "
					"them elsewhere with nightdesk deliveries move"));
	}
}

static void orphans_free(struct orphans *p)
{
	arena_free(p->arena);
	conf_unref(p->conf);
	free(p);
}

static void orphans_done(void *arg)
{
	struct orphans *p = arg;

	if (p->rc == 0)
		orphans_report(p);
	orphans_free(p);
}

void orphans_check(const struct engine_parts *o, struct conf *conf)
{
	struct orphans *p = calloc(1, sizeof(*p));

	if (!p)
		return;
	p->troubles = o->troubles;
	p->conf = conf_ref(conf);
	p->arena = arena_new(ORPHANS_BYTES);
	p->job = (struct job){.run = orphans_run, .done = orphans_done, .arg = p};
	if (p->arena)
		jobs_post(o->jobs, &p->job);
	else
		orphans_free(p);
}
