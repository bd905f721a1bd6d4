/* SPDX-License-Identifier: MIT */
/*
 * SOAK_DAYS days of virtual time (default 1): feeds and receivers with faults, reloads, crashes,
 * restarts, steps of the clock, a full disk, retention; then an audit of what every receiver got
 * and of what the database says. SOAK_FEEDS and SEED change the run.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "feed/parse.h"
#include "soak/audit.h"
#include "soak/soak.h"

#define SHOWN_MAX 40 /* failures */

uint64_t soak_hash(const void *p, size_t n)
{
	const unsigned char *v = p;
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < n; i++)
		h = (h ^ v[i]) * UINT64_C(1099511628211);
	return h;
}

uint64_t soak_number(const struct soak *s, uint64_t what, uint64_t a, uint64_t b)
{
	uint64_t v[4] = {s->seed, what, a, b}, h = soak_hash(v, sizeof(v));

	h = (h ^ (h >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
	return h >> 16;
}

int64_t soak_now(const struct soak *s)
{
	return clock_wall() - s->world.stepped;
}

void soak_fail(struct soak *s, const char *fmt, ...)
{
	va_list ap;

	s->world.failed = true;
	if (s->failures++ >= SHOWN_MAX)
		return;
	printf("# after %.1f h: ", (double)(soak_now(s) - s->begin) / CLOCK_HOUR);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void soak_hear(void *ctx, enum log_level level, const char *line)
{
	struct soak *s = ctx;

	s->errors += level == LOG_LEVEL_ERROR;
	s->warnings += level == LOG_LEVEL_WARN;
	if (level == LOG_LEVEL_ERROR && getenv("V"))
		printf("# %s\n", line);
	if (strstr(line, "class=bug"))
		soak_fail(s, "%s", line);
}

/* --- the configuration, in two versions --- */

static FILE *soak_open(struct soak *s, const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/conf", s->world.dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/conf/%s", s->world.dir, name);
	f = fopen(path, "w");
	if (!f)
		abort();
	return f;
}

/* The second version lacks a watch, its receiver and a feed, and polls some feeds less often. */
static void soak_configure(struct soak *s, bool second)
{
	FILE *f = soak_open(s, "nightdesk.conf");

	fputs("daemon { retention = \"1d\" flood-items = 0 flood-alerts = 0 trouble = { ops } }\n"
	      "poll { every = \"5m\" host-gap = \"0s\" }\n"
	      "notify ops { type = \"webhook\" url = \"http://ops.example/\" }\n"
	      "watch siren { query = 'siren' notify = { r0, r1, r2, r3, r4, r5, r6 } }\n"
	      "watch quake { query = 'siren AND quake' notify = { r7, r8 } }\n"
	      "notify r6 { type = \"smtp\" server = \"smtp://mail.example:25\" starttls = \"off\"\n"
	      "\tfrom = \"desk@mail.example\" to = { duty@mail.example } }\n",
		f);
	for (int i = 0; i < SOAK_RECEIVERS; i++)
		if (i != 6)
			fprintf(f,
				"notify r%d { type = \"webhook\" url = \"http://r%d.example/\" }\n",
				i, i);
	for (int i = 0; i < s->feeds; i++)
		fprintf(f, "feed f%d { url = \"http://f%d.example/feed\"%s }\n", i, i,
			i % 3 == 0	       ? " every = \"30m\""
			: i % 7 == 0 && second ? " every = \"15m\""
					       : "");
	if (!second)
		fputs("watch extra { query = 'weather' notify = { extra } }\n"
		      "notify extra { type = \"webhook\" url = \"http://extra.example/\" }\n"
		      "feed more { url = \"http://f0.example/more\" }\n",
			f);
	fclose(f);
}

/* --- what happens to the daemon --- */

static void soak_start(struct soak *s)
{
	world_start(&s->world, false);
	if (!s->world.engine)
		exit(1);
	audit_allow_repeats(s);
}

static void soak_reload(struct soak *s)
{
	struct conf *conf = NULL;

	s->second = !s->second;
	soak_configure(s, s->second);
	if (!s->world.engine || !world_load(&s->world, &conf))
		return;
	engine_reload(s->world.engine, conf);
	conf_unref(s->world.conf);
	s->world.conf = conf;
}

static void soak_crash(struct soak *s)
{
	if (++s->crashes % 4 == 0)
		world_stop(&s->world);
	else
		world_crash(&s->world);
	world_advance(&s->world, CLOCK_SECOND * (int64_t)(s->crashes % 20));
	soak_start(s);
}

static void soak_pause(struct soak *s)
{
	world_stop(&s->world);
	world_advance(&s->world, 2 * CLOCK_HOUR);
	soak_start(s);
}

static void soak_lose_network(struct soak *s)
{
	s->offline = true;
}

static void soak_regain_network(struct soak *s)
{
	s->offline = false;
	engine_network_changed(s->world.engine);
}

static void soak_step(struct soak *s, int64_t ms)
{
	clock_virtual_step(ms);
	s->world.stepped += ms;
}

/* By two hours forward and back, in turn with an hour back and forward, and ten years. */
static void soak_step_clock(struct soak *s)
{
	static const int64_t steps[] = {2 * CLOCK_HOUR, -CLOCK_HOUR, 3650 * CLOCK_DAY};

	clock_virtual_synchronise(false);
	soak_step(s, steps[s->steps++ % 3]);
}

static void soak_right_clock(struct soak *s)
{
	soak_step(s, -s->world.stepped);
	clock_virtual_synchronise(true);
}

static void soak_suspend(struct soak *s)
{
	clock_virtual_step(2 * CLOCK_HOUR);
	engine_resume(s->world.engine, 2 * CLOCK_HOUR);
}

static void soak_fill_disk(struct soak *s)
{
	(void)s;
	disk_set(DISK_FULL);
}

static void soak_free_disk(struct soak *s)
{
	(void)s;
	disk_set(DISK_OK);
}

static void soak_slow_desk(struct soak *s)
{
	s->world.job_ms = 200;
}

static void soak_hasten_desk(struct soak *s)
{
	s->world.job_ms = 1;
}

/* In an order in which each fault ends before another of its kind begins. */
static const struct soak_event {
	int64_t first, every;
	void (*fn)(struct soak *s);
} soak_events[] = {
	{97 * CLOCK_MINUTE, 97 * CLOCK_MINUTE, soak_reload},
	{131 * CLOCK_MINUTE, 131 * CLOCK_MINUTE, soak_crash},
	{200 * CLOCK_MINUTE, CLOCK_DAY, soak_lose_network},
	{260 * CLOCK_MINUTE, CLOCK_DAY, soak_regain_network},
	{400 * CLOCK_MINUTE, CLOCK_DAY, soak_step_clock},
	{430 * CLOCK_MINUTE, CLOCK_DAY, soak_right_clock},
	{460 * CLOCK_MINUTE, CLOCK_DAY, soak_fill_disk},
	{475 * CLOCK_MINUTE, CLOCK_DAY, soak_free_disk},
	{500 * CLOCK_MINUTE, CLOCK_DAY, soak_slow_desk},
	{560 * CLOCK_MINUTE, CLOCK_DAY, soak_hasten_desk},
	{640 * CLOCK_MINUTE, CLOCK_DAY, soak_suspend},
	{1000 * CLOCK_MINUTE, CLOCK_DAY, soak_pause},
};
#define EVENTS (sizeof(soak_events) / sizeof(soak_events[0]))

static void soak_let_happen(struct soak *s, int64_t next[EVENTS])
{
	for (size_t i = 0; i < EVENTS; i++) {
		if (soak_now(s) - s->begin < next[i])
			continue;
		soak_events[i].fn(s);
		while (next[i] <= soak_now(s) - s->begin)
			next[i] += soak_events[i].every;
	}
}

/* All is well from now on. */
static void soak_calm(struct soak *s)
{
	soak_free_disk(s);
	soak_hasten_desk(s);
	soak_right_clock(s);
	soak_regain_network(s);
	s->second = true;
	soak_reload(s);
}

static void soak_live(struct soak *s)
{
	int64_t next[EVENTS], day = s->begin + CLOCK_DAY, hour = s->begin;
	bool calm = false;

	for (size_t i = 0; i < EVENTS; i++)
		next[i] = soak_events[i].first;
	while (soak_now(s) < s->end && s->failures < SHOWN_MAX) {
		world_advance(&s->world, CLOCK_MINUTE);
		if (s->world.ended || s->world.broken) {
			soak_fail(s, "the engine ended by itself");
			return;
		}
		if (soak_now(s) >= s->calm && !calm)
			soak_calm(s);
		calm |= soak_now(s) >= s->calm;
		if (!calm)
			soak_let_happen(s, next);
		if (soak_now(s) >= hour) {
			audit_watch_sizes(s);
			hour += CLOCK_HOUR;
		}
		if (soak_now(s) >= day) {
			audit_end_day(s);
			day += CLOCK_DAY;
		}
	}
}

static double soak_variable(const char *name, double otherwise)
{
	const char *v = getenv(name);

	return v && *v ? atof(v) : otherwise;
}

int main(void)
{
	static struct soak s;
	double days = soak_variable("SOAK_DAYS", 1);
	size_t entries;

	disk_install();
	feed_parse_global_init();
	setvbuf(stdout, NULL, _IOLBF, 0);
	world_init(&s.world, "soak");
	s.seed = (uint64_t)soak_variable("SEED", 1);
	s.feeds = (int)soak_variable("SOAK_FEEDS", 300);
	s.driver = (struct world_driver){.ctx = &s,
		.reply = soak_feed_reply,
		.answer = soak_receiver_answer,
		.log = soak_hear};
	s.world.driver = &s.driver;
	log_configure(&(struct log_options){.level = LOG_LEVEL_WARN});
	entries = (size_t)s.feeds * SOAK_STORIES * SOAK_RECEIVERS;
	s.entries = malloc(entries * sizeof(*s.entries));
	s.first = malloc((size_t)s.feeds * sizeof(*s.first));
	if (!s.entries || !s.first)
		return 1;
	/* Written now, so that it does not look like memory that grows. */
	memset(s.entries, 0, entries * sizeof(*s.entries));
	memset(s.first, 0, (size_t)s.feeds * sizeof(*s.first));
	s.begin = soak_now(&s);
	s.end = s.begin + (int64_t)(days * CLOCK_DAY);
	s.calm = s.end - (days >= 1 ? 12 * CLOCK_HOUR : (int64_t)(days * CLOCK_DAY / 2));
	soak_configure(&s, false);
	soak_start(&s);
	soak_live(&s);
	audit_end(&s);
	world_stop(&s.world);
	world_release(&s.world);
	feed_parse_global_cleanup();
	free(s.entries);
	free(s.first);
	return s.world.failed;
}
