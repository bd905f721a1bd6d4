/* SPDX-License-Identifier: MIT */
/* What an edited configuration changes about the next poll of a feed. */
#include <string.h>

#include "base/clock.h"
#include "poll_feed.h"

/* --- what lets a feed be read --- */

static bool poll_edit_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool poll_edit_same_login(const struct conf_login *a, const struct conf_login *b)
{
	if (!a || !b)
		return a == b;
	return poll_edit_same_text(a->user, b->user) &&
	       poll_edit_same_text(a->password_credential, b->password_credential) &&
	       poll_edit_same_text(a->bearer_credential, b->bearer_credential) &&
	       poll_edit_same_text(a->client_certificate, b->client_certificate) &&
	       poll_edit_same_text(a->client_key_credential, b->client_key_credential);
}

static bool poll_edit_same_way(const struct conf_feed *a, const struct conf_feed *b)
{
	if (!poll_edit_same_login(a->login, b->login) || a->http1 != b->http1 ||
		!poll_edit_same_text(a->proxy, b->proxy) ||
		!poll_edit_same_text(a->ca_file, b->ca_file) ||
		a->insecure_redirect != b->insecure_redirect || a->sitemap != b->sitemap ||
		a->headers.n != b->headers.n)
		return false;
	for (size_t i = 0; i < a->headers.n; i++) {
		if (!str_eq(a->headers.v[i], b->headers.v[i]))
			return false;
	}
	return true;
}

static bool poll_edit_same_limits(const struct conf_poll *a, const struct conf_poll *b)
{
	if (a->private_networks != b->private_networks || a->n_allow != b->n_allow ||
		a->max_body != b->max_body)
		return false;
	for (size_t i = 0; i < a->n_allow; i++) {
		if (memcmp(&a->allow[i], &b->allow[i], sizeof(a->allow[i])) != 0)
			return false;
	}
	return true;
}

bool poll_edit_changes_access(
	const struct poll_feed *f, const struct conf_feed *old, const struct conf_poll *before)
{
	if (!poll_edit_same_way(old, f->cf))
		return true;
	/* What a feed that can be read may do besides makes no difference to it. */
	return (f->failures > 0 || f->visit) &&
	       !poll_edit_same_limits(before, &f->poller->conf->poll);
}

/* --- when it may be polled --- */

int64_t poll_edit_skipped(const struct poll_feed *f)
{
	const struct schedule_poll s = {
		.now = clock_wall(),
		.force = f->cf->force || f->asked || f->poller->o.once,
		.skip_hours = f->skip_hours,
		.skip_days = f->skip_days,
	};

	return s.skip_hours || s.skip_days ? schedule_skipped_now(&s, f->poller->o.rng) : 0;
}

int64_t poll_edit_earliest(const struct poll_feed *f)
{
	int64_t now = clock_mono(), at = f->polled_at + f->retry_after;

	return f->retry_after > 0 && at > now ? at : now;
}

static struct schedule_plan poll_edit_plan(const struct poll_feed *f, bool hopeful)
{
	bool failed = f->failures > 0 && !hopeful;
	int64_t polled = clock_wall() - (clock_mono() - f->polled_at);
	const struct schedule_poll s = {
		.now = polled,
		.every = f->cf->every,
		.learnt = poll_pace_wait(f, f->cf, polled),
		.fastest = f->cf->fastest,
		.every_default = f->cf->every_default,
		.force = f->cf->force,
		.failed = failed,
		.failures = failed ? f->failures : 0,
		.gone = f->gone && !hopeful,
		.absences = hopeful ? 0 : f->absences,
		.retry_after = f->retry_after,
		.max_age = f->max_age,
		.ttl = f->ttl,
		.skip_hours = f->skip_hours,
		.skip_days = f->skip_days,
	};

	return schedule_next_poll(&s, f->poller->o.rng);
}

void poll_edit_replan(struct poll_feed *f, bool hopeful)
{
	struct schedule_plan plan;

	if (f->interval <= (f->cf->learns ? f->cf->fastest : f->cf->every))
		return; /* no plan can be shorter */
	if (last_run_find(f->poller->o.last_run, str_of(f->name)))
		return; /* held by poll_load.c: its document may end this run too */
	plan = poll_edit_plan(f, hopeful);
	if (plan.interval >= f->interval || f->polled_at + plan.wait >= f->due.at)
		return;
	f->interval = plan.interval;
	f->interval_why = plan.why;
	due_set(&f->poller->due, &f->due, f->polled_at + plan.wait);
}
