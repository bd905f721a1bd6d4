/* SPDX-License-Identifier: MIT */
/* Deliveries to a file: whole lines, in order, in the file that has the name now. */
#include "lib/unit.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "lib/send_fixture.h"

struct fixture {
	char dir[32], path[64], aside[64];
	struct loop *loop;
	struct send *send;
	struct port_send port;
	struct outcome outcome;
	struct sink_request request;
	char text[4096];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/nightdesk-file-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/alerts", f->dir);
	snprintf(f->aside, sizeof(f->aside), "%s/alerts.1", f->dir);
	f->loop = loop_new();
	f->send = send_new(f->loop);
	f->port = send_port(f->send);
	f->request = (struct sink_request){
		.transport = SINK_FILE, .path = str_of(f->path), .mode = 0640, .sync = true};
	umask(0022);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	send_free(f->send);
	loop_free(f->loop);
	unlink(f->path);
	unlink(f->aside);
	rmdir(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* Writes the lines at once, and waits for all. Returns the class of the last one's error. */
static enum err_class write_lines(struct fixture *f, const char *const *lines, int n)
{
	f->outcome = (struct outcome){.loop = f->loop, .wanted = n};
	for (int i = 0; i < n; i++) {
		f->request.body = str_of(lines[i]);
		assert_non_null(f->port.start(f->port.ctx, &f->request, send_on_done, &f->outcome));
	}
	loop_run(f->loop, NULL);
	assert_int_equal(f->outcome.calls, n);
	return f->outcome.error;
}

static enum err_class write_line(struct fixture *f, const char *line)
{
	return write_lines(f, &line, 1);
}

static const char *text_of(struct fixture *f, const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, f->text, sizeof(f->text) - 1);

	f->text[n > 0 ? n : 0] = '\0';
	close(fd);
	return f->text;
}

static void lines_are_appended_in_order(void **state)
{
	static const char *const lines[] = {"1\n", "2\n", "3\n", "4\n", "5\n"};
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(write_line(f, "0\n"), ERR_NONE);
	assert_int_equal(write_lines(f, lines, 5), ERR_NONE);
	assert_string_equal(text_of(f, f->path), "0\n1\n2\n3\n4\n5\n");
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
}

static void a_file_that_was_rotated_is_opened_again(void **state)
{
	struct fixture *f = *state;
	int fd;

	assert_int_equal(write_line(f, "a\n"), ERR_NONE);
	assert_int_equal(rename(f->path, f->aside), 0);
	assert_int_equal(write_line(f, "b\n"), ERR_NONE);
	assert_string_equal(text_of(f, f->aside), "a\n");
	assert_string_equal(text_of(f, f->path), "b\n");
	/* logrotate: create */
	assert_int_equal(rename(f->path, f->aside), 0);
	fd = open(f->path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_int_equal(write_line(f, "c\n"), ERR_NONE);
	assert_string_equal(text_of(f, f->path), "c\n");
	/* logrotate: copytruncate */
	assert_int_equal(truncate(f->path, 0), 0);
	assert_int_equal(write_line(f, "d\n"), ERR_NONE);
	assert_string_equal(text_of(f, f->path), "d\n");
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(write_line(f, "e\n"), ERR_NONE);
	assert_string_equal(text_of(f, f->path), "e\n");
}

static void a_line_that_was_cut_off_is_ended(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->path, O_CREAT | O_WRONLY, 0600);

	assert_int_equal(write(fd, "{\"half", 6), 6);
	close(fd);
	assert_int_equal(write_line(f, "{}\n"), ERR_NONE);
	assert_string_equal(text_of(f, f->path), "{\"half\n{}\n");
}

/* Writes a line that the disk has no room for. */
static void write_too_long(struct fixture *f)
{
	struct rlimit old, small;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_not_equal(write_line(f, "too long for it\n"), ERR_NONE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
}

static void a_full_disk_leaves_no_half_line(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(write_line(f, "first\n"), ERR_NONE);
	write_too_long(f);
	assert_string_equal(text_of(f, f->path), "first\n");
	assert_int_equal(write_line(f, "second\n"), ERR_NONE);
	assert_string_equal(text_of(f, f->path), "first\nsecond\n");
}

static void a_line_that_was_cut_off_is_ended_on_a_full_disk(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->path, O_CREAT | O_WRONLY, 0600);

	assert_int_equal(write(fd, "{\"half", 6), 6);
	close(fd);
	write_too_long(f);
	assert_int_equal(write_line(f, "{}\n"), ERR_NONE);
	assert_string_equal(text_of(f, f->path), "{\"half\n{}\n");
}

static atomic_int syncs;

int fdatasync(int fd)
{
	int (*real)(int);

	*(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
	syncs++;
	return real(fd);
}

/* Two receivers may have the same file. */
static void a_line_that_waits_is_synced_if_it_asks_for_it(void **state)
{
	struct fixture *f = *state;

	f->outcome = (struct outcome){.loop = f->loop, .wanted = 2};
	f->request.body = STR("1\n");
	f->request.sync = false;
	syncs = 0;
	assert_non_null(f->port.start(f->port.ctx, &f->request, send_on_done, &f->outcome));
	f->request.sync = true;
	assert_non_null(f->port.start(f->port.ctx, &f->request, send_on_done, &f->outcome));
	loop_run(f->loop, NULL);
	assert_int_equal(syncs, 1);
}

static void what_is_no_file_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkfifo(f->path, 0600), 0); /* without a reader */
	assert_int_not_equal(write_line(f, "x\n"), ERR_NONE);
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_int_not_equal(write_line(f, "x\n"), ERR_NONE);
	assert_non_null(strstr(f->outcome.text, f->path));
	f->request.path = STR("/dev/full");
	assert_int_equal(write_line(f, "x\n"), ERR_CONF);
	f->request.path = STR("/nowhere/alerts");
	assert_int_not_equal(write_line(f, "x\n"), ERR_NONE);
	assert_string_equal(
		f->outcome.text, "/nowhere/alerts: cannot be opened (No such file or directory)");
}

static void a_cancelled_line_does_not_complete(void **state)
{
	struct fixture *f = *state;

	f->outcome = (struct outcome){.loop = f->loop, .wanted = 1};
	f->request.body = STR("x\n");
	for (int i = 0; i < 3; i++)
		f->port.cancel(f->port.ctx,
			f->port.start(f->port.ctx, &f->request, send_on_done, &f->outcome));
	assert_int_equal(write_line(f, "y\n"), ERR_NONE);
	assert_true(str_ends(str_of(text_of(f, f->path)), STR("y\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_appended_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_file_that_was_rotated_is_opened_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_line_that_was_cut_off_is_ended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_full_disk_leaves_no_half_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_line_that_was_cut_off_is_ended_on_a_full_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_line_that_waits_is_synced_if_it_asks_for_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_file_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_cancelled_line_does_not_complete, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("io send file", tests, NULL, NULL);
}
