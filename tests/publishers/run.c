/* SPDX-License-Identifier: MIT */
/*
 * PUBLISHERS_DAYS days (default 1) of PUBLISHERS (2,000) feeds of all habits, with a stop, a crash
 * and a suspend each day: no request before its time, none that a feed or its host forbids, and
 * conditional ones wherever validators are true. Then ten thousand feeds that are all overdue, and
 * an hour of them at five minutes: how late the polls are.
 */
#include "publishers/publishers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "feed/parse.h"

#define CROWD	  10000
#define CROWD_MAX (30 * CLOCK_SECOND) /* until all that are overdue were polled */
#define LATE_P99  2000		      /* ms */
#define LOST	  (3 * CLOCK_SECOND)  /* of what a crash may lose */
#define LEARNING  (30 * CLOCK_HOUR)   /* until validators are judged */

uint64_t pub_number(const struct publishers *s, uint64_t what, uint64_t a, uint64_t b)
{
	uint64_t v[4] = {s->seed, what, a, b}, h = UINT64_C(14695981039346656037);

	for (int i = 0; i < 4; i++) {
		h = (h ^ v[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return (h ^ h >> 32) >> 8;
}

int64_t pub_now(void)
{
	return clock_wall();
}

/* --- the driver --- */

static struct reply *pub_reply(void *ctx, const struct fetch_request *q)
{
	struct publishers *s = ctx;
	int host, i, stage;
	struct reply *r;

	if (sscanf(q->url, "http://h%d.example/%d/%d", &host, &i, &stage) != 3 || i >= s->n) {
		book_break(s, "a request to %s", q->url);
		return NULL;
	}
	book_request(s, i, stage, q);
	r = pub_answer(s, i, stage, q);
	book_answer(s, i, stage, r);
	return r;
}

static struct reply *pub_no_message(void *ctx, const struct sink_request *q)
{
	(void)q;
	book_break(ctx, "a message was sent");
	return NULL;
}

static void pub_hear(void *ctx, enum log_level level, const char *line)
{
	struct publishers *s = ctx;

	if (strstr(line, "class=bug") || level == LOG_LEVEL_ERROR)
		book_break(s, "%s", line);
	else if (getenv("V"))
		printf("# %s\n", line);
}

/* --- the configuration --- */

static void add_feed(FILE *f, const struct publishers *s, int i)
{
	const struct publisher *p = &s->feeds[i];

	fprintf(f, "feed f%d { url = \"http://h%d.example/%d/0\"", i, p->host, i);
	if (!p->every_default)
		fprintf(f, " every = \"%s%" PRId64 "s\"", p->force ? "force " : "",
			p->every / CLOCK_SECOND);
	if (p->learns)
		fprintf(f, " rhythm = learn fastest = %" PRId64 "s", p->fastest / CLOCK_SECOND);
	fputs(" }\n", f);
}

static void configure(struct publishers *s)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/conf", s->world.dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/conf/nightdesk.conf", s->world.dir);
	f = fopen(path, "w");
	if (!f)
		abort();
	fprintf(f,
		"daemon { retention = \"2d\" }\n"
		"poll { every = \"5m\" per-host = %d host-gap = \"%ds\" }\n"
		"notify out { type = \"stdout\" }\n"
		"watch w { query = 'nothing' notify = { out } }\n",
		PER_HOST, (int)(HOST_GAP / CLOCK_SECOND));
	for (int i = 0; i < s->n; i++)
		add_feed(f, s, i);
	fclose(f);
}

static void publishers_init(struct publishers *s, int n, bool plain)
{
	const char *seed = getenv("SEED");

	memset(s, 0, sizeof(*s));
	world_init(&s->world, "publishers");
	s->plain = plain;
	s->seed = seed ? strtoull(seed, NULL, 10) : 1;
	s->n = n;
	s->n_hosts = plain ? n : n / 2 + n / 16 + 2;
	s->feeds = calloc((size_t)n, sizeof(*s->feeds));
	s->hosts = calloc((size_t)s->n_hosts, sizeof(*s->hosts));
	if (!s->feeds || !s->hosts)
		abort();
	s->driver = (struct world_driver){
		.ctx = s, .reply = pub_reply, .answer = pub_no_message, .log = pub_hear};
	s->world.driver = &s->driver;
	log_configure(&(struct log_options){.level = LOG_LEVEL_ERROR});
	s->begin = pub_now();
	for (int i = 0; i < n; i++)
		pub_make(s, i);
	configure(s);
	world_start(&s->world, false);
	if (!s->world.engine)
		exit(1);
}

static void publishers_release(struct publishers *s)
{
	world_stop(&s->world);
	world_release(&s->world);
	free(s->feeds);
	free(s->hosts);
}

/* --- a day of all habits --- */

static void restart(struct publishers *s, bool crash, int64_t pause)
{
	book_cut(s, crash ? LOST : CLOCK_SECOND);
	if (crash)
		world_crash(&s->world);
	else
		world_stop(&s->world);
	world_advance(&s->world, pause);
	book_pause(s, pause);
	world_start(&s->world, false);
	if (!s->world.engine)
		exit(1);
}

static void suspend(struct publishers *s, int64_t ms)
{
	clock_virtual_suspend(ms);
	book_pause(s, ms);
	engine_resume(s->world.engine, ms);
}

static void live_a_day(struct publishers *s, int hours)
{
	for (int hour = 0; hour < hours && s->broken == 0; hour++) {
		if (hour == 8)
			restart(s, false, 40 * CLOCK_MINUTE);
		else if (hour == 13)
			restart(s, true, CLOCK_SECOND);
		else if (hour == 19)
			suspend(s, 2 * CLOCK_HOUR);
		world_advance(&s->world, CLOCK_HOUR);
		if (s->world.ended || s->world.broken)
			book_break(s, "the engine ended by itself");
	}
}

static double share(uint64_t part, uint64_t all)
{
	return all ? (double)part / (double)all : 0;
}

static bool mixed_habits(int n, double days)
{
	static struct publishers s;
	double honest, left = days + (double)LEARNING / CLOCK_DAY;

	publishers_init(&s, n, false);
	s.judged = s.begin + LEARNING;
	for (; left > 0 && s.broken == 0; left--)
		live_a_day(&s, left < 1 ? (int)(left * 24) : 24);
	book_end(&s);
	honest = share(s.conditional, s.repeats);
	printf("# %d feeds, %.1f days: %" PRIu64 " polls, %" PRIu64 " of them 304; of %" PRIu64
	       " repeats %.3f %% conditional; %" PRIu64 " broken\n",
		n, days, s.polls, s.not_modified, s.repeats, honest * 100, s.broken);
	if (honest < 0.999)
		s.world.failed = true;
	publishers_release(&s);
	return !s.world.failed;
}

/* --- ten thousand at once --- */

static int64_t percentile(const struct publishers *s, double part)
{
	uint64_t sum = 0;
	int64_t ms = 0;

	while (ms < LATE_MAX_MS && (double)(sum += s->late[ms]) < part * (double)s->lates)
		ms++;
	return ms;
}

static bool crowd(int n)
{
	static struct publishers s;
	int64_t p99, p50;

	publishers_init(&s, n, true);
	s.judged = INT64_MAX;
	world_advance(&s.world, CROWD_MAX);
	if (s.polls < (uint64_t)n)
		book_break(&s, "%" PRIu64 " of %d feeds were polled in time", s.polls, n);
	world_stop(&s.world);
	world_advance(&s.world, CLOCK_DAY);
	s.polls = 0;
	world_start(&s.world, false);
	world_advance(&s.world, CROWD_MAX);
	if (s.polls < (uint64_t)n)
		book_break(&s, "%" PRIu64 " of %d overdue feeds were polled in time", s.polls, n);
	s.judged = pub_now();
	world_advance(&s.world, CLOCK_HOUR);
	p50 = percentile(&s, 0.5);
	p99 = percentile(&s, 0.99);
	printf("# %d feeds each 5 min: %" PRIu64 " polls, late by %" PRId64 " ms (p50), %" PRId64
	       " ms (p99)\n",
		n, s.lates, p50, p99);
	if (p99 > LATE_P99 || s.lates < (uint64_t)n * 10)
		s.world.failed = true;
	publishers_release(&s);
	return !s.world.failed;
}

static double variable(const char *name, double otherwise)
{
	const char *v = getenv(name);

	return v && *v ? atof(v) : otherwise;
}

int main(void)
{
	double days = variable("PUBLISHERS_DAYS", 1);
	bool mixed, many;

	disk_install();
	feed_parse_global_init();
	setvbuf(stdout, NULL, _IOLBF, 0);
	mixed = mixed_habits((int)variable("PUBLISHERS", 2000), days);
	printf("%s - publishers get what they ask for\n", mixed ? "ok" : "not ok");
	many = crowd((int)variable("PUBLISHERS_CROWD", CROWD));
	printf("%s - polls of ten thousand feeds are on time\n", many ? "ok" : "not ok");
	feed_parse_global_cleanup();
	return mixed && many ? 0 : 1;
}
