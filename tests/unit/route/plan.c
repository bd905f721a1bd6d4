/* SPDX-License-Identifier: MIT */
/* Receivers and due times of alerts. */
#include "lib/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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
	const struct route_now now = {.wall = NOW};
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_receiver_of_the_watch_is_due_at_once),
	};

	return cmocka_run_group_tests_name("route plan", tests, NULL, NULL);
}
