/* SPDX-License-Identifier: MIT */
/* Progress of a command, as printed to a terminal. */
#include "lib/unit.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/progress.h"

struct terminal {
	int master;
	FILE *to;
	struct progress p;
};

static int open_terminal(void **state)
{
	static struct terminal t;
	struct winsize w = {.ws_row = 25, .ws_col = 40};
	struct termios raw;
	int fd;

	t.master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(t.master >= 0);
	assert_int_equal(grantpt(t.master), 0);
	assert_int_equal(unlockpt(t.master), 0);
	fd = open(ptsname(t.master), O_RDWR | O_NOCTTY);
	assert_true(fd >= 0);
	assert_int_equal(tcgetattr(fd, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(fd, TCSANOW, &raw), 0);
	assert_int_equal(ioctl(fd, TIOCSWINSZ, &w), 0);
	assert_int_equal(fcntl(t.master, F_SETFL, O_NONBLOCK), 0);
	t.to = fdopen(fd, "w");
	clock_virtual_start(0);
	progress_start(&t.p, t.to);
	*state = &t;
	return 0;
}

static int close_terminal(void **state)
{
	struct terminal *t = *state;

	clock_virtual_stop();
	fclose(t->to);
	close(t->master);
	return 0;
}

static void assert_shown(const struct terminal *t, const char *text)
{
	char got[1024];
	ssize_t n = read(t->master, got, sizeof(got) - 1);

	got[n > 0 ? n : 0] = '\0';
	assert_string_equal(got, text);
}

static void short_commands_show_no_progress(void **state)
{
	struct terminal *t = *state;

	progress_update(&t->p, 1, 1, 10);
	clock_virtual_advance(1999);
	progress_update(&t->p, 2, 2, 10);
	progress_clear(&t->p);
	assert_shown(t, "");
}

static void progress_is_one_line_that_is_erased(void **state)
{
	struct terminal *t = *state;

	clock_virtual_advance(2000);
	progress_update(&t->p, 100, 1, 10);
	assert_shown(t, "\r10 %, 100 items, 19 s left");
	clock_virtual_advance(199);
	progress_update(&t->p, 150, 1, 10);
	assert_shown(t, "");
	clock_virtual_advance(1);
	progress_update(&t->p, 200, 10, 10);
	assert_shown(t, "\r100 %, 200 items          ");
	progress_clear(&t->p);
	assert_shown(t, "\r                \r");
	progress_clear(&t->p);
	assert_shown(t, "");
}

static void unknown_totals_are_not_shown(void **state)
{
	static const struct {
		uint64_t items, done, of;
		const char *shown;
	} cases[] = {
		{1, 0, 0, "\r1 item"},
		{1, 0, 10, "\r 0 %, 1 item"},
		{3, 12, 10, "\r100 %, 3 items"}, /* a growing file */
		{7, 1, 100, "\r 1 %, 7 items, 17 min left"},
	};
	struct terminal *t = *state;

	clock_virtual_advance(10000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		progress_start(&t->p, t->to);
		t->p.started -= 10000;
		t->p.next = 0;
		progress_update(&t->p, cases[i].items, cases[i].done, cases[i].of);
		assert_shown(t, cases[i].shown);
	}
}

static void progress_fits_a_narrow_terminal(void **state)
{
	struct terminal *t = *state;

	clock_virtual_advance(200 * CLOCK_HOUR);
	progress_update(&t->p, UINT64_C(12345678901234567890), 1, 50);
	assert_shown(t, "\r 2 %, 12345678901234567890 items, 408 d");
	progress_clear(&t->p);
	assert_shown(t, "\r                                       \r");
}

static void no_progress_is_shown_without_a_terminal(void **state)
{
	struct progress none;

	(void)state;
	progress_start(&none, NULL);
	none.next = 0;
	progress_update(&none, 1, 1, 1);
	progress_clear(&none);
	progress_update(NULL, 1, 1, 1);
	progress_clear(NULL);
	assert_int_equal(none.drawn, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_terminal, close_terminal)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(short_commands_show_no_progress),
		T(progress_is_one_line_that_is_erased),
		T(unknown_totals_are_not_shown),
		T(progress_fits_a_narrow_terminal),
		cmocka_unit_test(no_progress_is_shown_without_a_terminal),
	};

	return cmocka_run_group_tests_name("cli progress", tests, NULL, NULL);
}
