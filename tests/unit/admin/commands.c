/* SPDX-License-Identifier: MIT */
/* Commands to the running daemon: rights, arguments, answers, waiting for a reload. */
#include "lib/unit.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/admin.h"
#include "io/desk_thread.h"
#include "sink/sink.h"
#include "store/store.h"

#define NOT_FOUND "{\"found\":false,\"delivered\":false,\"notify\":\"\",\"configured\":true}"

struct fixture {
	char dir[64], conf_path[96], db_path[96];
	struct loop *loop;
	struct desk_thread *desk;
	struct engine *engine;
	struct admin_view view;
	struct conf_diags diags; /* of loading view.conf: two warnings */
	struct admin *admin;
	bool full;
	uint64_t loads;
	char *answer;
	int answers;
};

static uint64_t reload(void *ctx)
{
	const struct fixture *f = ctx;

	return f->loads;
}

/* The job port of the desk thread, whose mailbox the test can declare full. */
static int post(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	const struct fixture *f = ctx;
	struct port_job port = desk_thread_port(f->desk);

	return f->full ? -(int)ERR_TEMP : port.post(port.ctx, run, done, arg);
}

static bool is_busy(void *ctx)
{
	(void)ctx;
	return false;
}

static void write_conf(struct fixture *f)
{
	FILE *file;

	snprintf(f->conf_path, sizeof(f->conf_path), "%s/nightdesk.conf", f->dir);
	file = fopen(f->conf_path, "w");
	fprintf(file,
		"daemon {\n\tstate = \"%s\"\n\tcontrol = off\n}\n"
		"notify desk { type = stdout }\n",
		f->db_path);
	fclose(file);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct port_job desk = {.ctx = f, .post = post, .busy = is_busy};
	struct engine_options o = {.hostname = "test"};
	struct conf_env env = {.notify_types = sink_conf_type};
	struct ports ports;
	struct err e;

	*state = f;
	strcpy(f->dir, "/tmp/nightdesk-admin-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->db_path, sizeof(f->db_path), "%s/nightdesk.db", f->dir);
	write_conf(f);
	assert_int_equal(conf_load(f->dir, &env, &f->view.conf, &f->diags), 0);
	f->loop = loop_new();
	assert_int_equal(desk_thread_new(&f->desk, f->loop, f->db_path, &e), 0);
	ports = (struct ports){.job = desk, .timer = loop_timers(f->loop)};
	f->view.conf_dir = f->dir;
	f->engine = engine_new(&ports, f->view.conf, &o);
	f->admin = admin_new(&(struct admin_daemon){.engine = f->engine,
		.loop = f->loop,
		.desk = desk,
		.ctx = f,
		.view = &f->view,
		.reload = reload});
	f->loads = 1;
	return f->engine && f->admin ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[128];

	engine_free(f->engine);
	desk_thread_free(f->desk);
	admin_free(f->admin);
	loop_free(f->loop);
	conf_unref(f->view.conf);
	conf_diags_release(&f->diags);
	free(f->answer);
	snprintf(command, sizeof(command), "rm -r %s", f->dir);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

static void on_answer(void *arg, json_t *answer)
{
	struct fixture *f = arg;

	assert_non_null(answer);
	free(f->answer);
	f->answer = json_dumps(answer, JSON_COMPACT);
	json_decref(answer);
	f->answers++;
	loop_stop(f->loop);
}

static void start(struct fixture *f, enum admin_right granted, const char *request)
{
	json_t *r = json_loads(request, 0, NULL);

	assert_non_null(r);
	admin_run(f->admin, &(struct admin_caller){granted, (int64_t)getuid()}, r, on_answer, f);
	json_decref(r);
}

/* Waits for the answer and returns it. */
static const char *ask(struct fixture *f, enum admin_right granted, const char *request)
{
	int before = f->answers;

	start(f, granted, request);
	if (f->answers == before) {
		struct timer_op *limit =
			loop_timer(f->loop, "limit", 20000, (loop_fn *)loop_stop, f->loop);

		loop_run(f->loop, NULL);
		if (f->answers > before)
			loop_timer_cancel(limit);
	}
	assert_int_equal(f->answers, before + 1);
	return f->answer;
}

static void expect(
	struct fixture *f, enum admin_right granted, const char *request, const char *answer)
{
	assert_string_equal(ask(f, granted, request), answer);
}

static void invalid_requests_are_refused(void **state)
{
	static const char *const requests[][2] = {
		{"{}", "no such command"},
		{"{\"command\":1}", "no such command"},
		{"{\"command\":\"dance\"}", "no such command"},
		{"{\"command\":\"retry\"}", "an argument is missing or of the wrong type"},
		{"{\"command\":\"drop\",\"delivery\":\"7\"}",
			"an argument is missing or of the wrong type"},
		{"{\"command\":\"poll\",\"feeds\":[]}",
			"an argument is missing or of the wrong type"},
	};
	struct fixture *f = *state;
	char answer[128];

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		snprintf(answer, sizeof(answer), "{\"error\":\"%s\"}", requests[i][1]);
		expect(f, ADMIN_CHANGE, requests[i][0], answer);
	}
}

static void a_command_requires_its_right(void **state)
{
	static const char *const change[] = {"{\"command\":\"reload\"}",
		"{\"command\":\"retry\",\"delivery\":7}", "{\"command\":\"drop\",\"delivery\":7}",
		"{\"command\":\"ack\",\"alert\":\"al_1\",\"by\":\"\"}"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(change) / sizeof(change[0]); i++)
		expect(f, ADMIN_LOOK, change[i], "{\"error\":\"not allowed\"}");
	assert_non_null(strstr(ask(f, ADMIN_LOOK, "{\"command\":\"status\"}"), "\"running\":true"));
	expect(f, ADMIN_CHANGE, change[1], NOT_FOUND);
	expect(f, ADMIN_CHANGE, change[2], NOT_FOUND);
}

static void status_is_answered_without_the_desk(void **state)
{
	struct fixture *f = *state;
	const char *request = "{\"command\":\"status\"}";

	assert_non_null(strstr(ask(f, ADMIN_LOOK, request), "\"database\":"));
	f->full = true;
	assert_null(strstr(ask(f, ADMIN_LOOK, request), "\"database\":"));
	assert_non_null(strstr(f->answer, "\"configuration\":{\"dir\":"));
	f->full = false;
	f->view.stopping = true;
	assert_null(strstr(ask(f, ADMIN_LOOK, request), "\"database\":"));
}

static void a_full_mailbox_or_a_stop_refuses_the_others(void **state)
{
	struct fixture *f = *state;

	f->full = true;
	expect(f, ADMIN_CHANGE, "{\"command\":\"retry\",\"delivery\":7}",
		"{\"error\":\"nightdesk is too busy just now\"}");
	f->full = false;
	f->view.stopping = true;
	expect(f, ADMIN_CHANGE, "{\"command\":\"retry\",\"delivery\":7}",
		"{\"error\":\"nightdesk is stopping\"}");
	expect(f, ADMIN_CHANGE, "{\"command\":\"reload\"}",
		"{\"error\":\"nightdesk is stopping\"}");
	expect(f, ADMIN_CHANGE, "{\"command\":\"dance\"}", "{\"error\":\"nightdesk is stopping\"}");
}

static void a_reload_answers_those_that_wait_for_it(void **state)
{
	static const char *const request = "{\"command\":\"reload\"}";
	struct fixture *f = *state;

	f->loads = 4;
	start(f, ADMIN_CHANGE, request);
	start(f, ADMIN_CHANGE, request);
	f->loads = 5; /* the fourth is running: these wait for the fifth */
	start(f, ADMIN_CHANGE, request);
	assert_int_equal(f->answers, 0);
	admin_end_reload(f->admin, 4, &f->diags);
	assert_int_equal(f->answers, 2);
	assert_string_equal(f->answer,
		"{\"ok\":true,\"feeds\":0,\"watches\":0,\"warnings\":["
		"\"nightdesk.conf: there is no feed to read\","
		"\"nightdesk.conf: there is no watch, so nothing will ever alert\"]}");
	admin_end_reload(f->admin, 5, &f->diags);
	assert_int_equal(f->answers, 3);
}

/* A request to poll 251 feeds, from that one on. */
static const char *many_feeds(int from)
{
	static char request[8192];
	size_t n = (size_t)snprintf(request, sizeof(request),
		"{\"command\":\"poll\",\"from\":%d,\"feeds\":[\"f0\"", from);

	for (int i = 1; i <= 250; i++)
		n += (size_t)snprintf(request + n, sizeof(request) - n, ",\"f%d\"", i);
	snprintf(request + n, sizeof(request) - n, "]}");
	return request;
}

static void all_that_are_chosen_are_decided(void **state)
{
	static const char *const retry =
		"{\"command\":\"retry-all\",\"notify\":\"x\",\"state\":\"dead\",\"since\":7}";
	static const char *const odd =
		"{\"command\":\"drop-all\",\"notify\":\"\",\"state\":\"odd\",\"since\":7}";
	struct fixture *f = *state;

	expect(f, ADMIN_LOOK, retry, "{\"error\":\"not allowed\"}");
	expect(f, ADMIN_CHANGE, retry, "{\"deliveries\":0,\"state\":\"pending\"}");
	expect(f, ADMIN_CHANGE, odd, "{\"error\":\"there is no such state\"}");
	expect(f, ADMIN_CHANGE, "{\"command\":\"drop-all\",\"notify\":\"x\",\"state\":\"\"}",
		"{\"error\":\"an argument is missing or of the wrong type\"}");
}

static void a_move_knows_whether_the_receiver_is_configured(void **state)
{
	static const char *const to_desk = "{\"command\":\"move\",\"from\":\"x\",\"to\":\"desk\"}";
	static const char *const to_new = "{\"command\":\"move\",\"from\":\"x\",\"to\":\"new\"}";
	struct fixture *f = *state;

	expect(f, ADMIN_LOOK, to_desk, "{\"error\":\"not allowed\"}");
	expect(f, ADMIN_CHANGE, to_desk,
		"{\"deliveries\":0,\"state\":\"pending\",\"configured\":true}");
	expect(f, ADMIN_CHANGE, to_new,
		"{\"deliveries\":0,\"state\":\"pending\",\"configured\":false}");
}

static void a_test_needs_a_notify_block(void **state)
{
	static const char *const request = "{\"command\":\"test-notify\",\"notify\":\"x\"}";
	struct fixture *f = *state;

	expect(f, ADMIN_LOOK, request, "{\"error\":\"not allowed\"}");
	expect(f, ADMIN_CHANGE, request,
		"{\"error\":\"the running daemon has no notify block x; was it reloaded?\","
		"\"class\":\"input\"}");
	expect(f, ADMIN_CHANGE, "{\"command\":\"test-notify\",\"notify\":\"dsk\"}",
		"{\"error\":\"the running daemon has no notify block dsk; did you mean desk?\","
		"\"class\":\"input\"}");
}

static void polls_are_answered_in_slices(void **state)
{
	static const char *const none[] = {"{\"command\":\"poll\",\"feeds\":[],\"from\":0}",
		"{\"command\":\"poll\",\"feeds\":[],\"from\":-3}",
		"{\"command\":\"poll\",\"feeds\":[\"a\"],\"from\":9223372036854775807}"};
	struct fixture *f = *state;

	expect(f, ADMIN_LOOK, none[0], "{\"error\":\"not allowed\"}");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		expect(f, ADMIN_CHANGE, none[i], "{\"feeds\":[]}");
	expect(f, ADMIN_CHANGE, "{\"command\":\"poll\",\"feeds\":[\"a\",7],\"from\":0}",
		"{\"feeds\":[{\"name\":\"a\",\"result\":\"unknown\"},"
		"{\"name\":\"\",\"result\":\"unknown\"}]}");
	ask(f, ADMIN_CHANGE, many_feeds(0));
	assert_non_null(strstr(f->answer, "\"name\":\"f249\""));
	assert_null(strstr(f->answer, "\"name\":\"f250\""));
	assert_non_null(strstr(f->answer, "\"next\":250}"));
	ask(f, ADMIN_CHANGE, many_feeds(250));
	assert_null(strstr(f->answer, "\"name\":\"f249\""));
	assert_non_null(strstr(f->answer, "\"name\":\"f250\""));
	assert_null(strstr(f->answer, "\"next\""));
}

static void raise_alerts(void *arg, struct desk *desk, struct store *store)
{
	static const char *const ids[] = {"al_1", "al_2"};
	struct err e;

	(void)arg;
	(void)desk;
	assert_int_equal(store_begin(store, &e), 0);
	for (size_t i = 0; i < 2; i++) {
		const struct alert a = {.id = str_of(ids[i]), .watch = STR("w"), .created = 5};
		struct store_raise r = {.alert = &a};
		int64_t row;

		assert_int_equal(store_alert_raise(store, &r, &row, &e), 0);
	}
	assert_int_equal(store_commit(store, &e), 0);
}

static void raise_done(void *arg)
{
	(void)arg;
}

/* By default the one who asks has taken it. */
static void an_acknowledgement_has_a_name(void **state)
{
	static const char *const bad[] = {"two\\nlines",
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567891"};
	struct fixture *f = *state;
	char request[256], user[64];

	assert_int_equal(post(f, raise_alerts, raise_done, NULL), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(request, sizeof(request),
			"{\"command\":\"ack\",\"alert\":\"al_1\",\"by\":\"%s\"}", bad[i]);
		expect(f, ADMIN_CHANGE, request,
			"{\"error\":\"a name is one line of at most 100 bytes\"}");
	}
	expect(f, ADMIN_CHANGE, "{\"command\":\"ack\",\"alert\":\"al_9\",\"by\":\"\"}",
		"{\"found\":false}");
	ask(f, ADMIN_CHANGE, "{\"command\":\"ack\",\"alert\":\"al_1\",\"by\":\"Anna B.\"}");
	assert_non_null(strstr(f->answer, "\"alert\":\"al_1\",\"by\":\"Anna B.\",\"at\":"));
	assert_non_null(strstr(f->answer, "\"first\":true}"));
	ask(f, ADMIN_CHANGE, "{\"command\":\"ack\",\"alert\":\"al_1\",\"by\":\"\"}");
	assert_non_null(strstr(f->answer, "\"by\":\"Anna B.\""));
	assert_non_null(strstr(f->answer, "\"first\":false}"));
	ask(f, ADMIN_CHANGE, "{\"command\":\"ack\",\"alert\":\"al_2\",\"by\":\"\"}");
	snprintf(user, sizeof(user), "\"by\":\"%s\"", getpwuid(getuid())->pw_name);
	assert_non_null(strstr(f->answer, user));
}

static void calls_without_an_answer_are_freed(void **state)
{
	struct fixture *f = *state;

	start(f, ADMIN_CHANGE, "{\"command\":\"reload\"}");
	start(f, ADMIN_CHANGE, "{\"command\":\"drop\",\"delivery\":7}");
	assert_int_equal(f->answers, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(invalid_requests_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_command_requires_its_right, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			status_is_answered_without_the_desk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_mailbox_or_a_stop_refuses_the_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_reload_answers_those_that_wait_for_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(all_that_are_chosen_are_decided, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_move_knows_whether_the_receiver_is_configured, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_test_needs_a_notify_block, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_acknowledgement_has_a_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(polls_are_answered_in_slices, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			calls_without_an_answer_are_freed, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("admin commands", tests, NULL, NULL);
}
