/* SPDX-License-Identifier: MIT */
/* The log: one line for any input, no secret paths. */
#include "lib/unit.h"

#include "base/clock.h"
#include "base/log.h"

static char last[4096];

static void keep(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	snprintf(last, sizeof(last), "%s", line);
}

static int set_up(void **state)
{
	(void)state;
	clock_virtual_start(INT64_C(1644660000000));
	log_capture(keep, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	log_capture(NULL, NULL);
	log_configure(&(struct log_options){.level = LOG_LEVEL_INFO});
	clock_virtual_stop();
	return 0;
}

static void fields_are_quoted_where_they_need_it(void **state)
{
	struct err e;

	(void)state;
	log_configure(&(struct log_options){.level = LOG_LEVEL_INFO});
	err_set(&e, ERR_TEMP, "no route");
	log_info("poll-failed", LOG_S("feed", "bbc"), LOG_I("status", 503),
		LOG_S("title", "a b\n<0>fake"), LOG_E(&e));
	assert_string_equal(last,
		"2022-02-12T10:00:00.000Z info event=poll-failed feed=bbc status=503"
		" title=\"a b\\n<0>fake\" class=temporary reason=\"no route\"");
}

static void a_url_shows_scheme_and_host_alone(void **state)
{
	(void)state;
	log_info("x", LOG_URL("url", "https://user:pw@hooks.example/T/secret?token=1"));
	assert_null(strstr(last, "secret"));
	assert_null(strstr(last, "pw"));
	assert_non_null(strstr(last, "hooks.example"));
}

static void json_lines_are_json(void **state)
{
	(void)state;
	log_configure(&(struct log_options){.level = LOG_LEVEL_INFO, .json = true});
	log_warn("x", LOG_S("t", "a\"b\\c\x1b"), LOG_I("n", -3));
	assert_string_equal(last,
		"{\"time\":\"2022-02-12T10:00:00.000Z\",\"level\":\"warn\",\"event\":\"x\","
		"\"t\":\"a\\\"b\\\\c\\\\u{1b}\",\"n\":-3}");
}

static void lower_levels_are_silent(void **state)
{
	(void)state;
	log_configure(&(struct log_options){.level = LOG_LEVEL_WARN});
	last[0] = '\0';
	log_info("x");
	assert_string_equal(last, "");
	log_error("y");
	assert_string_not_equal(last, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_quoted_where_they_need_it),
		cmocka_unit_test(a_url_shows_scheme_and_host_alone),
		cmocka_unit_test(json_lines_are_json),
		cmocka_unit_test(lower_levels_are_silent),
	};

	return cmocka_run_group_tests_name("base log", tests, set_up, tear_down);
}
