/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <inttypes.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "print.h"

#define FIRST_MS  (2 * CLOCK_SECOND)
#define EVERY_MS  ((int64_t)200)
#define WIDTH	  80
#define WIDTH_MAX 100

void progress_start(struct progress *p, FILE *terminal)
{
	int64_t now = terminal ? clock_mono() : 0;

	*p = (struct progress){.to = terminal, .started = now, .next = now + FIRST_MS};
}

void progress_init(struct progress *p, const struct cli *cli)
{
	struct stat out;
	bool piped =
		fstat(STDOUT_FILENO, &out) != 0 || S_ISFIFO(out.st_mode) || S_ISSOCK(out.st_mode);

	progress_start(p, cli->err_is_terminal && !piped ? stderr : NULL);
}

/* True if it is not known. */
static bool progress_in_foreground(int fd)
{
	pid_t group = tcgetpgrp(fd);

	return group < 0 || group == getpgrp();
}

size_t progress_columns(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

/* A line that filled the terminal would wrap, and its second row would stay. */
static size_t progress_width(int fd)
{
	size_t columns = progress_columns(fd);

	columns = columns ? columns : WIDTH;
	return (columns < WIDTH_MAX ? columns : WIDTH_MAX) - 1;
}

static void progress_format(
	struct buf *out, uint64_t items, uint64_t done, uint64_t of, int64_t elapsed)
{
	double part = of ? (double)done / (double)of : 0;
	char text[PRINT_DURATION_MAX];
	int64_t left;

	if (of)
		buf_printf(out, "%2d %%, ", (int)(part < 1 ? 100 * part : 100));
	buf_printf(out, "%" PRIu64 " item%s", items, str_plural((long long)items));
	if (part < 0.01 || part >= 1)
		return;
	left = (int64_t)((double)elapsed * (1 - part) / part) + CLOCK_SECOND;
	buf_printf(out, ", %s left", print_duration_text(left, text));
}

void progress_update(struct progress *p, uint64_t items, uint64_t done, uint64_t of)
{
	struct buf line;
	size_t room;
	int64_t now;

	if (!p || !p->to || (now = clock_mono()) < p->next)
		return;
	p->next = now + EVERY_MS;
	if (!progress_in_foreground(fileno(p->to)))
		return;
	buf_init(&line, WIDTH_MAX * 2);
	progress_format(&line, items, done, of, now - p->started);
	room = progress_width(fileno(p->to));
	buf_truncate(&line, line.len < room ? line.len : room);
	fprintf(p->to, "\r%-*s", (int)(p->drawn < room ? p->drawn : room), buf_z(&line));
	p->drawn = line.len;
	fflush(p->to);
	buf_release(&line);
}

void progress_clear(struct progress *p)
{
	if (!p || !p->to || !p->drawn)
		return;
	fprintf(p->to, "\r%*s\r", (int)p->drawn, "");
	fflush(p->to);
	p->drawn = 0;
}
