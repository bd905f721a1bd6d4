/* SPDX-License-Identifier: MIT */
/* Deliveries to programs: what they get, what their end means, and that nothing of them stays. */
#include "lib/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib/send_fixture.h"

#define DOCUMENT "{\"type\":\"alert.created\"}\n"

/* In place of the one of the C library: loading /hang/program takes until it is released. */
static sem_t released;

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attr, char *const argv[], char *const environment[])
{
	int (*spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
		const posix_spawnattr_t *, char *const[], char *const[]) = NULL;

	if (strcmp(path, "/hang/program") == 0) {
		sem_wait(&released);
		return ENOENT;
	}
	*(void **)&spawn = dlsym(RTLD_NEXT, "posix_spawn");
	return spawn(pid, path, actions, attr, argv, environment);
}

static struct sink_request shell(struct str command[3], const char *script)
{
	command[0] = STR("/bin/sh");
	command[1] = STR("-c");
	command[2] = str_of(script);
	return (struct sink_request){.transport = SINK_EXEC,
		.body = STR(DOCUMENT),
		.command = command,
		.n_command = 3,
		.timeout = 20000};
}

static struct outcome run(const char *script)
{
	struct str command[3];
	struct sink_request r = shell(command, script);

	return send_deliver(&r);
}

static void an_exit_status_is_the_answer(void **state)
{
	static const struct {
		const char *script;
		enum err_class error;
		long status;
		const char *said; /* standard error, or the text of the error */
	} rows[] = {
		{"cat >/dev/null", ERR_NONE, 0, ""},
		{"exit 0", ERR_NONE, 0, ""}, /* does not read the document */
		{"echo discarded; echo no modem >&2; echo more >&2; exit 75", ERR_NONE, 75,
			"no modem\nmore\n"},
		{"exit 255", ERR_NONE, 255, ""},
		{"kill -9 $$", ERR_TEMP, 0, "/bin/sh: ended by signal 9"},
		{"exec 0<&- 1>&- 2>&-; exit 3", ERR_NONE, 3, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outcome o = run(rows[i].script);

		assert_int_equal(o.error, rows[i].error);
		assert_int_equal(o.status, rows[i].status);
		assert_string_equal(rows[i].error ? o.text : o.body, rows[i].said);
	}
}

static void the_document_is_the_standard_input(void **state)
{
	struct outcome o = run("cat >&2");

	(void)state;
	assert_int_equal(o.status, 0);
	assert_string_equal(o.body, DOCUMENT);
}

/* Arguments arrive as they are: no shell expands them. */
static void arguments_are_not_interpreted(void **state)
{
	struct str command[] = {STR("/bin/sh"), STR("-c"), STR("printf '%s|' \"$@\" >&2"), STR("x"),
		STR("$(id) `id`"), STR(";a b*"), STR("")};
	struct sink_request r = shell(command, command[2].p);
	struct outcome o;

	(void)state;
	r.n_command = 7;
	o = send_deliver(&r);
	assert_string_equal(o.body, "$(id) `id`|;a b*||");
}

static void a_program_inherits_nothing(void **state)
{
	/* Descriptors, environment, directory, group and ignored signals. */
	static const char script[] =
		"echo $(ls /proc/self/fd | wc -l) >&2; env | sort >&2; pwd >&2;"
		"[ $(cut -d' ' -f5 /proc/$$/stat) = $$ ] && echo leads >&2;"
		/* 32 and 33 are ignored by the C library for itself. */
		"grep -cE '^SigBlk:.0{16}$|^SigIgn:.0{7}[0-8]{2}0{7}$' /proc/self/status >&2";
	struct outcome o;
	int leaked = open("/dev/null", O_RDONLY); /* not close-on-exec */

	(void)state;
	assert_true(leaked > 2);
	setenv("NIGHTDESK_CANARY", "xyzzy", 1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	o = run(script);
	close(leaked);
	/* The fourth descriptor is that of the directory, in ls. */
	assert_string_equal(o.body,
		"4\nLANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
		"/bin\nPWD=/\n/\nleads\n2\n");
}

static void a_program_that_is_not_loaded_holds_up_no_other(void **state)
{
	struct str hanging = STR("/hang/program"), command[3];
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct sink_request first = {.transport = SINK_EXEC,
		.body = STR(DOCUMENT),
		.command = &hanging,
		.n_command = 1,
		.timeout = 60000};
	struct sink_request second = shell(command, "exit 3");
	struct outcome late = {.loop = l, .wanted = 1}, soon = late;

	(void)state;
	sem_init(&released, 0, 0);
	assert_non_null(port.start(port.ctx, &first, send_on_done, &late));
	assert_non_null(port.start(port.ctx, &second, send_on_done, &soon));
	assert_int_equal(loop_run(l, NULL), 0);
	assert_int_equal(soon.status, 3);
	assert_int_equal(late.calls, 0);
	sem_post(&released);
	assert_int_equal(loop_run(l, NULL), 0);
	assert_int_equal(late.error, ERR_CONF);
	send_free(s);
	loop_free(l);
}

static void a_program_that_cannot_start_is_an_error(void **state)
{
	static const struct {
		const char *path;
		const char *text;
	} rows[] = {
		{"/nowhere/page", "/nowhere/page: cannot be started (No such file or directory)"},
		{"/etc/passwd", "/etc/passwd: cannot be started (Permission denied)"},
		{"/tmp", "/tmp: cannot be started (Permission denied)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str command = str_of(rows[i].path);
		struct sink_request r = {.transport = SINK_EXEC,
			.body = STR("x"),
			.command = &command,
			.n_command = 1,
			.timeout = 20000};
		struct outcome o = send_deliver(&r);

		assert_int_equal(o.error, ERR_CONF);
		assert_string_equal(o.text, rows[i].text);
	}
}

/* Returns the number that the program wrote into the file, once it is there. */
static pid_t read_pid(const char *path)
{
	for (int i = 0; i < 2000; i++) {
		FILE *f = fopen(path, "r");
		int pid = 0;

		if (f) {
			int n = fscanf(f, "%d\n", &pid);

			fclose(f);
			if (n == 1)
				return pid;
		}
		usleep(10000);
	}
	fail_msg("%s does not come", path);
	return 0;
}

static bool ends(pid_t pid)
{
	for (int i = 0; i < 2000; i++) {
		if (kill(pid, 0) && errno == ESRCH)
			return true;
		usleep(10000);
	}
	return false;
}

static void a_program_that_hangs_is_killed_with_its_children(void **state)
{
	char dir[] = "/tmp/nightdesk-exec-XXXXXX", script[200], path[64];
	struct str command[3];
	struct sink_request r;
	struct outcome o;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/pid", dir);
	snprintf(script, sizeof(script), "sleep 600 & echo $! >%s; trap '' TERM; wait; sleep 600",
		path);
	r = shell(command, script);
	r.timeout = 1000;
	o = send_deliver(&r);
	assert_int_equal(o.error, ERR_TEMP);
	assert_string_equal(o.text, "/bin/sh: did not end in time and was killed");
	assert_true(ends(read_pid(path)));
	unlink(path);
	rmdir(dir);
}

static void the_end_of_the_program_counts_not_of_its_children(void **state)
{
	struct outcome o = run("sleep 5 & exit 0"); /* it holds standard error open */

	(void)state;
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(o.status, 0);
}

static void much_standard_error_is_cut(void **state)
{
	struct outcome o = run("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1");

	(void)state;
	assert_int_equal(o.status, 1);
	assert_int_equal(o.body_len, 4096);
}

static void a_cancelled_program_is_ended_and_reaped(void **state)
{
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct outcome o = {.loop = l, .wanted = 1};
	struct str command[3];
	struct sink_request r = shell(command, "sleep 600");

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct send_op *op = port.start(port.ctx, &r, send_on_done, &o);

		assert_non_null(op);
		if (i == 0) { /* before it is started */
			port.cancel(port.ctx, op);
			continue;
		}
		loop_timer(l, "end", 200, (loop_fn *)loop_stop, l);
		loop_run(l, NULL);
		if (i == 1)
			port.cancel(port.ctx, op);
	}
	assert_int_equal(o.calls, 0);
	send_free(s); /* and the third */
	loop_free(l);
	/* All were reaped, or are about to be: none runs. */
	for (int i = 0; i < 2000 && waitpid(-1, NULL, 0) > 0; i++)
		;
	assert_int_equal(waitpid(-1, NULL, 0), -1);
}

static void many_run_side_by_side(void **state)
{
	enum { N = 8 };
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct outcome o = {.loop = l, .wanted = N};
	char dir[] = "/tmp/nightdesk-exec-XXXXXX", script[300];
	struct str command[3];
	struct sink_request r;

	(void)state;
	assert_non_null(mkdtemp(dir));
	/* Each waits until all have come. */
	snprintf(script, sizeof(script),
		"touch %s/$$; while [ $(ls %s | wc -l) -lt %d ]; do sleep 0.05; done", dir, dir, N);
	r = shell(command, script);
	for (int i = 0; i < N; i++)
		assert_non_null(port.start(port.ctx, &r, send_on_done, &o));
	loop_run(l, NULL);
	assert_int_equal(o.calls, N);
	assert_int_equal(o.error, ERR_NONE);
	send_free(s);
	loop_free(l);
	snprintf(script, sizeof(script), "rm -r %s", dir);
	assert_int_equal(system(script), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exit_status_is_the_answer),
		cmocka_unit_test(the_document_is_the_standard_input),
		cmocka_unit_test(arguments_are_not_interpreted),
		cmocka_unit_test(a_program_inherits_nothing),
		cmocka_unit_test(a_program_that_is_not_loaded_holds_up_no_other),
		cmocka_unit_test(a_program_that_cannot_start_is_an_error),
		cmocka_unit_test(a_program_that_hangs_is_killed_with_its_children),
		cmocka_unit_test(the_end_of_the_program_counts_not_of_its_children),
		cmocka_unit_test(much_standard_error_is_cut),
		cmocka_unit_test(a_cancelled_program_is_ended_and_reaped),
		cmocka_unit_test(many_run_side_by_side),
	};

	return cmocka_run_group_tests_name("io send exec", tests, NULL, NULL);
}
