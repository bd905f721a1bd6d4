/* SPDX-License-Identifier: MIT */
#include "soak/audit.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/check.h"

#define MIB	      ((size_t)1024 * 1024)
#define LOG_MAX	      (48 * MIB) /* commits checkpoint it past 16 MiB */
#define DATABASE_MAX  (256 * MIB)
#define MEMORY_SLACK  (8 * MIB)	 /* of the allocator: the peaks of two days differ */
#define PUBLISHED_MIN CLOCK_HOUR /* before the end: what a receiver must have */

/* --- nothing grows --- */

static size_t audit_file_size(const struct soak *s, const char *suffix)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof(path), "%s/nightdesk.db%s", s->world.dir, suffix);
	return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

static size_t audit_memory(void)
{
	size_t pages = 0, all;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%zu %zu", &all, &pages) != 2)
		abort();
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t audit_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static struct soak_sizes audit_sizes(const struct soak *s)
{
	return (struct soak_sizes){.memory = audit_memory(),
		.descriptors = audit_descriptors(),
		.database = audit_file_size(s, ""),
		.log = audit_file_size(s, "-wal")};
}

static void audit_set_most(size_t *most, size_t v)
{
	if (v > *most)
		*most = v;
}

void audit_watch_sizes(struct soak *s)
{
	struct soak_sizes now = audit_sizes(s);

	audit_set_most(&s->most.memory, now.memory);
	audit_set_most(&s->most.descriptors, now.descriptors);
	audit_set_most(&s->most.database, now.database);
	audit_set_most(&s->most.log, now.log);
}

void audit_end_day(struct soak *s)
{
	struct soak_sizes now = audit_sizes(s);

	if (++s->days == 1)
		s->after_day = now;
	if (s->days == 5)
		s->settled = now;
	printf("# day %" PRIu64 ": %" PRIu64 " requests (%" PRIu64 " with a fault), %" PRIu64
	       " messages (%" PRIu64 " refused or failed, %" PRIu64 " allowed repeats, %" PRIu64
	       " others), %" PRIu64 " restarts; memory %zu KiB, %zu descriptors, database %zu KiB, "
	       "log %zu KiB\n",
		s->days, s->requests, s->faults, s->messages, s->refusals, s->repeats, s->notices,
		s->crashes, now.memory / 1024, now.descriptors, now.database / 1024,
		now.log / 1024);
}

/* --- what the database says --- */

static int audit_receiver_of(struct str notify)
{
	int n;

	return notify.n == 2 && notify.p[0] == 'r' && sscanf(notify.p, "r%1d", &n) == 1 ? n : -1;
}

/* The entry of a delivery; NULL: it is not of a story. */
static struct soak_entry *audit_entry_of(
	const struct soak *s, const struct store_due *d, int *feed, int *story)
{
	int receiver = audit_receiver_of(d->d.notify);

	return receiver >= 0 && soak_story_of(s, d->alert.title, feed, story)
		       ? soak_entry(s, *feed, *story, receiver)
		       : NULL;
}

static int audit_allow_repeat(void *ctx, const struct store_due *d)
{
	int feed, story;
	struct soak_entry *e = audit_entry_of(ctx, d, &feed, &story);

	if (e && e->accepted > 0)
		e->allowed = 1;
	return 0;
}

void audit_allow_repeats(struct soak *s)
{
	struct store_delivery_filter f = {.state = STORE_PENDING};
	struct err e;

	if (store_delivery_each(s->world.store, &f, audit_allow_repeat, s, &e) != 0)
		soak_fail(s, "deliveries: %s", e.text);
}

struct audit {
	struct soak *s;
	size_t states[STORE_JOINED + 1], all, deliveries, alerts, planned;
	unsigned char *stored; /* of each entry: its deliveries in the database */
};

static int audit_delivery(void *ctx, const struct store_due *d)
{
	struct audit *a = ctx;
	int feed, story;
	struct soak_entry *e = audit_entry_of(a->s, d, &feed, &story);

	a->states[d->d.state]++;
	a->all++;
	if (!e)
		return 0;
	a->deliveries++;
	a->stored[e - a->s->entries]++;
	if (d->d.state == STORE_DELIVERED ? e->accepted == 0 : !e->refused)
		soak_fail(a->s, "story %d-%d to %.*s: stored in state %d, received %d times", feed,
			story, STR_ARG(d->d.notify), (int)d->d.state, e->accepted);
	return 0;
}

static int audit_alert(void *ctx, const struct store_alert_row *row)
{
	struct audit *a = ctx;
	int64_t planned = -1, deliveries = 0;

	for (int w = 0; w < 2; w++)
		if (str_is(row->alert.watch, soak_watches[w].name))
			planned = soak_watches[w].after - soak_watches[w].first;
	if (planned < 0)
		return 0;
	a->alerts++;
	a->planned += (size_t)planned;
	for (int state = 0; state < STORE_STATES_STORED; state++)
		deliveries += row->deliveries[state];
	if (deliveries != planned)
		soak_fail(a->s, "alert %.*s has %" PRId64 " deliveries, not %" PRId64,
			STR_ARG(row->alert.id), deliveries, planned);
	return 0;
}

/* What each receiver of a watch must have of one story; recent: also the database. */
static void audit_story(struct audit *a, int watch, int feed, int story, size_t *expected)
{
	struct soak *s = a->s;
	int64_t at = soak_published(s, feed, story);
	bool due = at > s->first[feed] && at <= s->end - PUBLISHED_MIN &&
		   soak_matches(s, watch, feed, story);

	for (int r = soak_watches[watch].first; r < soak_watches[watch].after; r++) {
		const struct soak_entry *e = soak_entry(s, feed, story, r);

		if (e->id && at <= s->first[feed])
			soak_fail(s, "story %d-%d was no news, r%d received it", feed, story, r);
		if (!due)
			continue;
		++*expected;
		if (!e->accepted && !e->refused)
			soak_fail(s, "story %d-%d of hour %.1f: r%d never received it", feed, story,
				(double)(at - s->begin) / CLOCK_HOUR, r);
		if (at > s->end - CLOCK_DAY && a->stored[e - s->entries] != 1)
			soak_fail(s, "story %d-%d: %d deliveries to r%d are stored", feed, story,
				a->stored[e - s->entries], r);
	}
}

static void audit_database(struct soak *s)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/nightdesk.db", s->world.dir);
	for (size_t part = 0; part < store_check_parts(); part++) {
		atomic_bool stop = false;
		enum store_health health;
		struct err damage, e;

		if (store_check(path, part, &stop, &health, &damage, &e) != 0)
			soak_fail(s, "%s: %s", store_check_name(part), e.text);
		else if (health != STORE_SOUND)
			soak_fail(s, "%s: %s", store_check_name(part), damage.text);
	}
}

static bool audit_result(struct soak *s, bool ok, const char *what)
{
	printf("%s - soak: %s\n", ok ? "ok" : "not ok", what);
	s->world.failed |= !ok;
	return ok;
}

static void audit_growth(struct soak *s, struct soak_sizes now)
{
	const struct soak_sizes *day = &s->after_day;

	printf("# at most: memory %zu KiB, %zu descriptors, database %zu KiB, log %zu KiB\n",
		s->most.memory / 1024, s->most.descriptors, s->most.database / 1024,
		s->most.log / 1024);
	if (s->days >= 2) {
		audit_result(s, now.memory <= day->memory + day->memory / 10 + MEMORY_SLACK,
			"memory is as after the first day");
		audit_result(s, now.descriptors <= day->descriptors,
			"descriptors are as after the first day");
	}
	/* Full-text segments grow until their deleted entries are merged away. */
	if (s->days >= 6)
		audit_result(s, now.database <= s->settled.database + s->settled.database / 3,
			"the database is about as after five days");
	audit_result(s, s->most.database <= DATABASE_MAX && s->most.log <= LOG_MAX,
		"the database and its log stay within limits");
}

void audit_end(struct soak *s)
{
	struct store_delivery_filter deliveries = {.state = -1};
	struct audit a = {.s = s};
	struct soak_sizes sizes = audit_sizes(s);
	uint64_t before = s->failures;
	size_t expected = 0, ended;
	struct err e;

	a.stored = calloc((size_t)s->feeds * SOAK_STORIES, SOAK_RECEIVERS);
	if (!a.stored ||
		store_delivery_each(s->world.store, &deliveries, audit_delivery, &a, &e) != 0 ||
		store_alert_each(
			s->world.store, &(struct store_alert_filter){0}, audit_alert, &a, &e) != 0)
		abort();
	for (int watch = 0; watch < 2; watch++)
		for (int feed = 0; feed < s->feeds; feed++)
			for (int story = 0; story < SOAK_STORIES; story++)
				audit_story(&a, watch, feed, story, &expected);
	audit_database(s);
	free(a.stored);
	ended = a.states[STORE_DELIVERED] + a.states[STORE_DEAD];
	printf("# %zu messages expected; stored: %zu alerts, %zu deliveries of them; of all %zu "
	       "are "
	       "delivered, %zu dead; log: %" PRIu64 " errors, %" PRIu64 " warnings\n",
		expected, a.alerts, a.deliveries, a.states[STORE_DELIVERED], a.states[STORE_DEAD],
		s->errors, s->warnings);
	audit_result(s, a.planned == a.deliveries && ended == a.all,
		"every alert has each of its deliveries, and each has ended");
	audit_result(s, before == 0 && s->failures == 0,
		"nothing lost, nothing repeated but what was in flight, the same bytes");
	audit_growth(s, sizes);
}
