/* SPDX-License-Identifier: MIT */
/* Receivers and due times of alerts. */
#include "lib/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "route/route.h"
#include "lib/conf_types.h"

#define NOW INT64_C(1644862835000)

static struct conf *load(const char *text)
{
	static const struct conf_env env = {.notify_types = test_types};
	char dir[] = "/tmp/nightdesk-route.XXXXXX", path[64];
	struct conf_diags diags;
	struct conf *c;
	FILE *out;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/nightdesk.conf", dir);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(conf_load(dir, &env, &c, &diags), 0);
	conf_diags_release(&diags);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	return c;
}

static void each_receiver_of_the_watch_is_due_at_once(void **state)
{
	static const struct {
		const char *watch, *receivers[3];
	} rows[] = {
		{"both", {"log", "hook"}},
		{"one", {"hook"}},
		{"none", {NULL}},
		{"unknown", {NULL}},
	};
	const struct route_now now = {.wall = NOW, .watch_free = STAMP_NONE};
	struct route_plan plan[ROUTE_MAX];
	struct conf *c = load("feed f { url = http://a.example/ }\nnotify log { type = stdout }\n"
			      "notify hook { type = hook url = http://b.example/ }\n"
			      "watch both { query = 'x' notify = { log, hook } }\n"
			      "watch one { query = 'y' notify = hook priority = flash }\n"
			      "watch none { query = 'z' }\n");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct alert a = {.watch = str_of(rows[i].watch), .created = NOW - 5};
		size_t n = route_plan(c, &a, &now, plan), expected = 0;

		while (rows[i].receivers[expected])
			expected++;
		assert_int_equal(n, expected);
		for (size_t k = 0; k < n; k++) {
			assert_string_equal(plan[k].receiver->name, rows[i].receivers[k]);
			assert_int_equal(plan[k].due_at, NOW);
			assert_false(str_present(plan[k].group));
		}
	}
	conf_unref(c);
}

/* --- keys of receivers and watches, in UTC --- */

#define MINUTE CLOCK_MINUTE
#define HOUR   CLOCK_HOUR
#define NONE   STAMP_NONE
#define T0     INT64_C(1644840000000) /* 2022-02-14 12:00 UTC */

/* Times are from T0; held NULL: sent at once. */
static const struct {
	const char *notify, *priority;
	int64_t at, watch_free, free_at, digest_at;
	const char *held;
	int64_t due;
} keys[] = {
	{"", "low", 0, NONE, NONE, NONE, NULL, 0},
	/* digest: so long after the first one, or daily; flash passes */
	{"digest = 15m", "normal", 0, NONE, NONE, NONE, "digest", 15 * MINUTE},
	{"digest = 15m", "urgent", 0, NONE, NONE, 4 * MINUTE, "digest", 4 * MINUTE},
	{"digest = 15m", "flash", 0, NONE, NONE, 4 * MINUTE, NULL, 0},
	{"digest = 15m", "low", 0, NONE, NONE, -MINUTE, "digest", 15 * MINUTE},
	{"digest = 5m", "low", 0, NONE, NONE, 9 * MINUTE, "digest", 5 * MINUTE},
	{"digest = 'daily 06:30'", "urgent", 0, NONE, NONE, NONE, "digest",
		18 * HOUR + 30 * MINUTE},
	{"digest = 'daily 12:00'", "urgent", 0, NONE, NONE, NONE, "digest", 24 * HOUR},
	{"digest = 'daily 12:00'", "urgent", -1, NONE, NONE, NONE, "digest", 0},
	{"digest = 'daily 12:00' timezone = 'IST-5:30'", "urgent", 0, NONE, NONE, NONE, "digest",
		18 * HOUR + 30 * MINUTE},
	{"digest = 'daily 06:30'", "flash", 0, NONE, NONE, NONE, NULL, 0},
	/* quiet: until its end; quiet-passes and above pass, flash by default */
	{"quiet = '11:00-13:00'", "urgent", 0, NONE, NONE, NONE, "quiet", HOUR},
	{"quiet = '11:00-13:00'", "flash", 0, NONE, NONE, NONE, NULL, 0},
	{"quiet = '11:00-12:00'", "low", 0, NONE, NONE, NONE, NULL, 0},
	{"quiet = '12:00-12:01'", "low", 0, NONE, NONE, NONE, "quiet", MINUTE},
	{"quiet = '11:00-13:00' quiet-passes = urgent", "urgent", 0, NONE, NONE, NONE, NULL, 0},
	{"quiet = '11:00-13:00' quiet-passes = urgent", "normal", 0, NONE, NONE, NONE, "quiet",
		HOUR},
	{"quiet = '11:00-13:00' quiet-passes = low", "low", 0, NONE, NONE, NONE, NULL, 0},
	{"quiet = '23:00-06:30'", "low", 11 * HOUR, NONE, NONE, NONE, "quiet",
		18 * HOUR + 30 * MINUTE},
	{"quiet = '23:00-06:30 IST-5:30'", "low", 6 * HOUR, NONE, NONE, NONE, "quiet", 13 * HOUR},
	{"quiet = '23:00-06:30' timezone = 'IST-5:30'", "low", 6 * HOUR, NONE, NONE, NONE, "quiet",
		13 * HOUR},
	{"quiet = '23:00-06:30 UTC0' timezone = 'IST-5:30'", "low", 6 * HOUR, NONE, NONE, NONE,
		NULL, 6 * HOUR},
	/* at-most of the receiver: flash passes; of the watch: all are held */
	{"at-most = 20/1h", "urgent", 0, NONE, -1, NONE, NULL, 0},
	{"at-most = 20/1h", "urgent", 0, NONE, 7 * MINUTE, NONE, "limit", 7 * MINUTE},
	{"at-most = 20/1h", "flash", 0, NONE, 7 * MINUTE, NONE, NULL, 0},
	{"", "flash", 0, 3 * MINUTE, NONE, NONE, "limit", 3 * MINUTE},
	{"at-most = 20/1h", "low", 0, 3 * MINUTE, 7 * MINUTE, NONE, "limit", 7 * MINUTE},
	{"at-most = 20/1h", "low", 0, 9 * MINUTE, 7 * MINUTE, NONE, "limit", 9 * MINUTE},
	/* of the watch, and a daily digest: the first of these after the limit */
	{"digest = 'daily 12:30'", "low", 0, 3 * MINUTE, NONE, NONE, "digest", HOUR / 2},
	{"digest = 'daily 12:30'", "low", 0, 40 * MINUTE, NONE, NONE, "limit",
		24 * HOUR + HOUR / 2},
	{"digest = 15m", "low", 0, 40 * MINUTE, NONE, 4 * MINUTE, "limit", 40 * MINUTE},
	{"digest = 15m at-most = 20/1h", "low", 0, NONE, 17 * MINUTE, NONE, "limit", 17 * MINUTE},
	/* together: one message where one will do, and never in quiet hours */
	{"digest = 15m", "low", 0, 3 * MINUTE, NONE, NONE, "digest", 15 * MINUTE},
	{"digest = 15m at-most = 20/1h", "low", 0, NONE, 7 * MINUTE, NONE, "digest", 15 * MINUTE},
	{"digest = 15m quiet = '11:00-13:00'", "low", 0, NONE, NONE, NONE, "quiet", HOUR},
	{"digest = 15m quiet = '12:10-13:00'", "low", 0, NONE, NONE, NONE, "quiet", HOUR},
	{"digest = 15m quiet = '12:10-13:00'", "low", 0, NONE, NONE, 4 * MINUTE, "digest",
		4 * MINUTE},
	{"digest = 15m quiet = '12:10-13:00' quiet-passes = urgent", "urgent", 0, NONE, NONE, NONE,
		"digest", 15 * MINUTE},
	{"digest = 'daily 12:30' quiet = '12:10-13:00'", "low", 0, NONE, NONE, NONE, "quiet", HOUR},
	{"at-most = 20/1h quiet = '12:05-13:00'", "low", 0, NONE, 7 * MINUTE, NONE, "quiet", HOUR},
	{"quiet = '12:01-13:00'", "flash", 0, 3 * MINUTE, NONE, NONE, "limit", 3 * MINUTE},
};

static void keys_decide_when_an_alert_is_sent(void **state)
{

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct route_receiver receiver = {
			keys[i].free_at == NONE ? NONE : T0 + keys[i].free_at,
			keys[i].digest_at == NONE ? NONE : T0 + keys[i].digest_at};
		const struct route_now now = {
			.wall = T0 + keys[i].at,
			.watch_free = keys[i].watch_free == NONE ? NONE : T0 + keys[i].watch_free,
			.receivers = &receiver,
		};
		struct alert a = {
			.watch = STR("w"), .priority = alert_priority_of(str_of(keys[i].priority))};
		struct route_plan plan[ROUTE_MAX];
		char text[512];
		struct conf *c;

		snprintf(text, sizeof(text),
			"daemon { timezone = UTC }\nfeed f { url = http://a.example/ }\n"
			"notify log { type = stdout %s }\n"
			"watch w { query = 'x' notify = log }\n",
			keys[i].notify);
		c = load(text);
		assert_int_equal(route_plan(c, &a, &now, plan), 1);
		if (keys[i].held ? !str_is(plan[0].group, keys[i].held) : plan[0].group.p != NULL)
			print_error("row %zu: %s %s\n", i, keys[i].notify, keys[i].priority);
		assert_int_equal(plan[0].state, keys[i].held ? ROUTE_HELD : ROUTE_PENDING);
		if (keys[i].held)
			assert_true(str_is(plan[0].group, keys[i].held));
		assert_int_equal(plan[0].due_at - T0, keys[i].due);
		conf_unref(c);
	}
}

static void a_silence_ends_all_deliveries(void **state)
{
	const struct route_now now = {.wall = T0, .silenced = true, .watch_free = T0 + CLOCK_HOUR};
	struct alert a = {.watch = STR("w"), .priority = ALERT_FLASH};
	struct route_plan plan[ROUTE_MAX];
	struct conf *c = load("feed f { url = http://a.example/ }\n"
			      "notify log { type = stdout }\n"
			      "notify late { type = stdout digest = 15m }\n"
			      "watch w { query = 'x' notify = { log, late } }\n");

	(void)state;
	assert_int_equal(route_plan(c, &a, &now, plan), 2);
	for (size_t i = 0; i < 2; i++)
		assert_true(plan[i].state == ROUTE_SILENCED && plan[i].due_at == T0);
	conf_unref(c);
}

/* After a reload, or when the clock was set. */
static void what_is_held_follows_the_configuration_and_the_clock(void **state)
{
	static const struct {
		const char *notify;
		enum alert_why why;
		int64_t due, now, release;
	} rows[] = {
		{"digest = 15m", ALERT_WHY_DIGEST, 15 * MINUTE, 0, 15 * MINUTE},
		{"digest = 15m", ALERT_WHY_DIGEST, 15 * MINUTE, 20 * MINUTE, 15 * MINUTE},
		{"digest = 5m", ALERT_WHY_DIGEST, 15 * MINUTE, 0, 5 * MINUTE},
		{"digest = 15m", ALERT_WHY_DIGEST, 15 * MINUTE, -24 * HOUR,
			-24 * HOUR + 15 * MINUTE},
		{"", ALERT_WHY_DIGEST, 15 * MINUTE, 0, 0},
		{"digest = 'daily 13:00'", ALERT_WHY_DIGEST, HOUR, 0, HOUR},
		{"digest = 'daily 13:00'", ALERT_WHY_DIGEST, 25 * HOUR, 0, HOUR},
		{"digest = 'daily 13:00'", ALERT_WHY_DIGEST, HOUR, HOUR, HOUR},
		/* The clock was set back, and the times that wait with it. */
		{"digest = 'daily 13:00'", ALERT_WHY_DIGEST, -4 * HOUR, -5 * HOUR, HOUR},
		{"digest = 'daily 13:00'", ALERT_WHY_DIGEST, HOUR, 2 * HOUR, HOUR},
		{"quiet = '11:00-13:00'", ALERT_WHY_QUIET, HOUR, 0, HOUR},
		{"quiet = '11:00-13:00'", ALERT_WHY_QUIET, HOUR, HOUR, HOUR},
		{"quiet = '11:00-14:00'", ALERT_WHY_QUIET, HOUR, HOUR, 2 * HOUR},
		{"quiet = '11:00-12:30'", ALERT_WHY_QUIET, HOUR, 0, HOUR / 2},
		{"quiet = '12:10-13:00'", ALERT_WHY_QUIET, HOUR, 0, HOUR},
		{"quiet = '11:00-13:00'", ALERT_WHY_QUIET, 49 * HOUR, 0, HOUR},
		{"", ALERT_WHY_QUIET, HOUR, 0, 0},
		{"at-most = 20/1h", ALERT_WHY_LIMIT, HOUR, 0, HOUR},
		{"", ALERT_WHY_LIMIT, HOUR, 2 * HOUR, HOUR},
		{"", ALERT_WHY_LIMIT, HOUR, 0, 0},
		{"at-most = 20/1h", ALERT_WHY_LIMIT, 99 * HOUR, 0, HOUR},
		{"at-most = 20/1h digest = 'daily 13:00'", ALERT_WHY_LIMIT, 99 * HOUR, 0,
			25 * HOUR},
		{"quiet = '11:00-13:00'", ALERT_WHY_AWAY, HOUR, 0, HOUR},
		{"", ALERT_WHY_AWAY, HOUR, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		struct conf *c;

		snprintf(text, sizeof(text),
			"daemon { timezone = UTC }\nnotify log { type = stdout %s }\n",
			rows[i].notify);
		c = load(text);
		assert_int_equal(route_release_at(c, &c->notifies[0], rows[i].why, T0 + rows[i].due,
					 T0 + rows[i].now) -
					 T0,
			rows[i].release);
		conf_unref(c);
	}
}

/* --- alerts that nobody acknowledges --- */

static struct conf *load_steps(void)
{
	return load("feed f { url = http://a.example/ }\nnotify a { type = stdout }\n"
		    "notify b { type = chat url = http://b.example/ }\n"
		    "watch none { query = 'x' notify = a }\n"
		    "watch one { query = 'y' notify = a escalate { after = 10m to = b } }\n"
		    "watch two { query = 'z' notify = a escalate { after = 10m to = b }\n"
		    "escalate { after = 30m to = { b } } }\n");
}

/* From when the first receiver gets the alert. */
static void the_time_counts_from_the_first_receiver(void **state)
{
	static const struct {
		const char *watch;
		size_t n;
		int64_t due[2];
		bool silenced;
		int64_t at;
	} rows[] = {
		{"none", 1, {0}, false, NONE},
		{"one", 0, {0}, false, 10 * MINUTE},
		{"one", 1, {0}, false, 10 * MINUTE},
		{"one", 2, {6 * HOUR, 0}, false, 10 * MINUTE},
		{"one", 2, {6 * HOUR, 2 * HOUR}, false, 130 * MINUTE},
		{"two", 1, {5 * MINUTE}, false, 15 * MINUTE},
		{"one", 1, {0}, true, NONE},
	};
	struct conf *c = load_steps();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct route_plan plans[2] = {
			{.due_at = T0 + rows[i].due[0]}, {.due_at = T0 + rows[i].due[1]}};
		const struct conf_watch *w = conf_find_watch(c, str_of(rows[i].watch));

		plans[0].state = rows[i].silenced ? ROUTE_SILENCED : ROUTE_PENDING;
		assert_int_equal(route_escalate_first(w, plans, rows[i].n, T0),
			rows[i].at == NONE ? NONE : T0 + rows[i].at);
	}
	conf_unref(c);
}

static void a_due_step_is_sent_or_waits_or_is_over(void **state)
{
	static const struct {
		const char *watch;
		size_t step;
		bool withdrawn;
		int64_t held_to, silent_to;
		enum route_escalation result;
		int64_t at, next;
	} rows[] = {
		{"one", 0, false, NONE, NONE, ROUTE_ESCALATE, 0, NONE},
		{"two", 0, false, NONE, NONE, ROUTE_ESCALATE, 0, 20 * MINUTE},
		{"two", 1, false, NONE, NONE, ROUTE_ESCALATE, 0, NONE},
		{"two", 2, false, NONE, NONE, ROUTE_ESCALATE_NEVER, 0, NONE},
		{"none", 0, false, NONE, NONE, ROUTE_ESCALATE_NEVER, 0, NONE},
		{"gone", 0, false, NONE, NONE, ROUTE_ESCALATE_NEVER, 0, NONE},
		{"one", 0, true, NONE, NONE, ROUTE_ESCALATE_NEVER, 0, NONE},
		{"one", 0, false, 5 * MINUTE, NONE, ROUTE_ESCALATE_LATER, 15 * MINUTE, NONE},
		{"one", 0, false, -MINUTE, NONE, ROUTE_ESCALATE_LATER, 10 * MINUTE, NONE},
		{"one", 0, false, NONE, HOUR, ROUTE_ESCALATE_LATER, HOUR, NONE},
		{"one", 0, false, 2 * HOUR, HOUR, ROUTE_ESCALATE_LATER, 130 * MINUTE, NONE},
	};
	struct conf *c = load_steps();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct conf_watch *w = conf_find_watch(c, str_of(rows[i].watch));
		const struct route_waiting v = {.step = rows[i].step,
			.withdrawn = rows[i].withdrawn,
			.held_to = rows[i].held_to == NONE ? NONE : T0 + rows[i].held_to,
			.silent_to = rows[i].silent_to == NONE ? NONE : T0 + rows[i].silent_to};
		int64_t at = T0;

		assert_int_equal(route_escalate(w, &v, T0, &at), rows[i].result);
		assert_int_equal(at, T0 + rows[i].at);
		if (rows[i].result == ROUTE_ESCALATE)
			assert_int_equal(route_escalate_next(w, rows[i].step, T0),
				rows[i].next == NONE ? NONE : T0 + rows[i].next);
	}
	conf_unref(c);
}

/* With the alert if it is held, and else after quiet hours that the alert does not pass. */
static void an_acknowledgement_wakes_nobody_up(void **state)
{
	static const struct {
		const char *quiet;
		enum alert_priority priority;
		const char *held;
		const char *group;
		int64_t due;
	} rows[] = {
		{"23:00-06:30", ALERT_LOW, NULL, NULL, 0},
		{"11:00-13:00", ALERT_LOW, NULL, "quiet", HOUR},
		{"11:00-13:00", ALERT_FLASH, NULL, NULL, 0},
		{"11:00-13:00 IST-5:30", ALERT_LOW, NULL, NULL, 0},
		{"17:00-18:00 IST-5:30", ALERT_LOW, NULL, "quiet", 30 * MINUTE},
		{"23:00-06:30", ALERT_LOW, "digest", "digest", 2 * HOUR},
		{"11:00-13:00", ALERT_LOW, "digest", "digest", 2 * HOUR},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		struct route_plan p;
		struct conf *c;

		snprintf(text, sizeof(text),
			"feed f { url = http://a.example/ }\nwatch w { query = x notify = a }\n"
			"notify a { type = stdout timezone = UTC0 quiet = \"%s\" }\n",
			rows[i].quiet);
		c = load(text);
		p = route_plan_ack(
			&c->notifies[0], rows[i].priority, str_of(rows[i].held), T0 + 2 * HOUR, T0);
		assert_int_equal(p.due_at, T0 + rows[i].due);
		assert_int_equal(p.state, rows[i].group ? ROUTE_HELD : ROUTE_PENDING);
		assert_true(str_is(p.group, rows[i].group ? rows[i].group : ""));
		conf_unref(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_time_counts_from_the_first_receiver),
		cmocka_unit_test(a_due_step_is_sent_or_waits_or_is_over),
		cmocka_unit_test(an_acknowledgement_wakes_nobody_up),
		cmocka_unit_test(each_receiver_of_the_watch_is_due_at_once),
		cmocka_unit_test(keys_decide_when_an_alert_is_sent),
		cmocka_unit_test(a_silence_ends_all_deliveries),
		cmocka_unit_test(what_is_held_follows_the_configuration_and_the_clock),
	};

	return cmocka_run_group_tests_name("route plan", tests, NULL, NULL);
}
