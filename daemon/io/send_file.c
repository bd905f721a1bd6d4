/* SPDX-License-Identifier: MIT */
/*
 * Deliveries as lines at the end of a file. Disks and network file systems may block, so each file
 * has a thread of its own while there is something to write, and keeps it for a minute. All lines
 * that wait are written and synced as one group.
 *
 * Another program may rotate the file: it is opened again once its path leads to another inode.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "send_op.h"

#define WRITE_MS (30 * CLOCK_SECOND)
#define IDLE_MS	 (60 * CLOCK_SECOND)

/* One line. It may outlive its operation, as the thread may be writing it. */
struct send_line {
	struct send_op *op; /* loop thread only. NULL: the operation has ended */
	struct buf text;
	unsigned mode;
	bool sync;
	struct err error;
	TAILQ_ENTRY(send_line) link;
};
TAILQ_HEAD(send_lines, send_line);

struct send_file {
	struct send *send;
	struct worker *worker;
	struct worker_job job;
	bool working;		   /* the job is posted */
	struct send_lines waiting; /* loop thread only */
	struct send_lines group;   /* of the job; loop thread only while !working */
	struct loop_alarm *idle;   /* closes the file */
	LIST_ENTRY(send_file) link;
	/* Of the job. */
	char *path;
	unsigned mode;
	bool sync;
	int fd;
	dev_t dev;
	ino_t ino;
	bool torn; /* the file does not end with a newline */
};

/* --- on the thread of the file --- */

static int send_file_fail(const struct send_file *f, const char *what, struct err *e)
{
	int code = errno;
	char text[128];

	return err_set(e, err_class_of(code), "%s: %s (%s)", f->path, what,
		strerror_r(code, text, sizeof(text)));
}

static void send_file_close(struct send_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/* Whether the last byte is the end of a line. A crash may have cut a line off. */
static bool send_file_is_torn(int fd, off_t size)
{
	char last;

	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

static int send_file_open(struct send_file *f, struct err *e)
{
	const int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	struct stat st;

	f->fd = open(f->path, O_RDWR | flags, f->mode);
	if (f->fd < 0 && errno == EACCES) /* it may be writable and not readable */
		f->fd = open(f->path, O_WRONLY | flags, f->mode);
	if (f->fd < 0)
		return send_file_fail(f, "cannot be opened", e);
	if (fstat(f->fd, &st) || !S_ISREG(st.st_mode)) {
		send_file_close(f);
		return err_set(e, ERR_CONF, "%s: this is not a file", f->path);
	}
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->torn = send_file_is_torn(f->fd, st.st_size);
	return 0;
}

/* Opens the file, unless the open one is still the one with that name. */
static int send_file_find(struct send_file *f, struct err *e)
{
	struct stat st;

	if (f->fd >= 0 && stat(f->path, &st) == 0 && st.st_dev == f->dev && st.st_ino == f->ino)
		return 0;
	send_file_close(f);
	return send_file_open(f, e);
}

/* Takes back what was written of a line, from the size before, so that lines stay whole. */
static void send_file_undo(struct send_file *f, off_t size)
{
	f->torn = ftruncate(f->fd, size) != 0;
}

static int send_file_write(struct send_file *f, struct send_line *line)
{
	struct stat st;
	size_t done = 0;

	if (f->torn && write(f->fd, "\n", 1) != 1)
		return send_file_fail(f, "cannot be written", &line->error);
	f->torn = false;
	if (fstat(f->fd, &st))
		return send_file_fail(f, "cannot be read", &line->error);
	while (done < line->text.len) {
		ssize_t n = write(f->fd, line->text.data + done, line->text.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			(void)send_file_fail(f, "cannot be written", &line->error);
			if (done)
				send_file_undo(f, st.st_size);
			return -1;
		}
		done += (size_t)n;
	}
	return 0;
}

/* All lines that were written have the result of the sync. */
static void send_file_sync(struct send_file *f)
{
	struct send_line *line;
	struct err e = {0};

	if (!f->sync || fdatasync(f->fd) == 0)
		return;
	(void)send_file_fail(f, "cannot be synced", &e);
	TAILQ_FOREACH (line, &f->group, link)
		if (line->error.cls == ERR_NONE)
			line->error = e;
}

static void send_file_run(void *arg)
{
	struct send_file *f = arg;
	struct send_line *line;
	struct err e = {0};

	(void)send_file_find(f, &e);
	TAILQ_FOREACH (line, &f->group, link) {
		line->error = e;
		if (e.cls == ERR_NONE)
			(void)send_file_write(f, line);
	}
	if (e.cls == ERR_NONE)
		send_file_sync(f);
}

/* --- on the loop --- */

static void send_file_free_line(struct send_lines *list, struct send_line *line)
{
	TAILQ_REMOVE(list, line, link);
	buf_release(&line->text);
	free(line);
}

static void send_file_free(struct send_file *f)
{
	struct send_line *line;

	worker_free(f->worker);
	LIST_REMOVE(f, link);
	while ((line = TAILQ_FIRST(&f->waiting)))
		send_file_free_line(&f->waiting, line);
	while ((line = TAILQ_FIRST(&f->group)))
		send_file_free_line(&f->group, line);
	loop_alarm_free(f->idle);
	send_file_close(f);
	free(f->path);
	free(f);
}

static void send_file_close_idle(void *arg)
{
	send_file_free(arg);
}

/* Gives what waits to the thread, without lines whose operation has ended. */
static void send_file_post(struct send_file *f)
{
	struct send_line *line, *next;

	for (line = TAILQ_FIRST(&f->waiting); line; line = next) {
		next = TAILQ_NEXT(line, link);
		if (!line->op)
			send_file_free_line(&f->waiting, line);
	}
	f->working = !TAILQ_EMPTY(&f->waiting);
	if (!f->working) {
		loop_alarm_set(f->idle, IDLE_MS);
		return;
	}
	TAILQ_CONCAT(&f->group, &f->waiting, link);
	f->sync = false;
	TAILQ_FOREACH (line, &f->group, link) {
		f->mode = line->mode;
		f->sync = f->sync || line->sync;
	}
	worker_post(f->worker, &f->job);
}

/* An operation that ends may start another one, which then waits: working is still set. */
static void send_file_on_written(void *arg)
{
	struct send_file *f = arg;
	struct send_line *line;

	while ((line = TAILQ_FIRST(&f->group))) {
		struct send_op *op = line->op;

		if (op) {
			op->error = line->error;
			op->written = NULL;
		}
		send_file_free_line(&f->group, line);
		if (op)
			send_op_end(op);
	}
	send_file_post(f);
}

static void send_file_drop(void *arg)
{
	(void)arg;
}

/* Returns NULL if memory ran out. */
static struct send_file *send_file_new(struct send *s, struct str path)
{
	struct send_file *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	LIST_INSERT_HEAD(&s->files, f, link);
	TAILQ_INIT(&f->waiting);
	TAILQ_INIT(&f->group);
	f->send = s;
	f->fd = -1;
	f->path = strndup(path.p, path.n);
	f->worker = worker_new(s->loop);
	f->idle = loop_alarm_new(s->loop, "send-file-idle", send_file_close_idle, f);
	f->job = (struct worker_job){.run = send_file_run,
		.done = send_file_on_written,
		.drop = send_file_drop,
		.arg = f};
	if (f->path && f->worker && f->idle)
		return f;
	send_file_free(f);
	return NULL;
}

static struct send_file *send_file_of(struct send *s, struct str path)
{
	struct send_file *f;

	LIST_FOREACH (f, &s->files, link) {
		if (str_is(path, f->path))
			return f;
	}
	return send_file_new(s, path);
}

static void send_file_time_out(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	err_set(&op->error, ERR_TEMP, "%s: the file system does not answer", op->where);
	send_op_end(op);
}

static int send_file_start(struct send_op *op, const struct sink_request *r)
{
	struct send_file *f = send_file_of(op->send, r->path);
	struct send_line *line = f ? calloc(1, sizeof(*line)) : NULL;

	if (!line)
		return -(int)ERR_NOMEM;
	snprintf(op->where, sizeof(op->where), "%.*s", STR_ARG(r->path));
	if (send_op_set_timer(op, WRITE_MS, send_file_time_out)) {
		free(line);
		return -(int)ERR_NOMEM;
	}
	line->text = op->body;
	buf_init(&op->body, 0);
	line->mode = r->mode;
	line->sync = r->sync;
	line->op = op;
	op->written = line;
	TAILQ_INSERT_TAIL(&f->waiting, line, link);
	loop_alarm_clear(f->idle);
	if (!f->working)
		send_file_post(f);
	return 0;
}

static void send_file_stop(struct send_op *op)
{
	if (op->written)
		op->written->op = NULL;
	op->written = NULL;
}

void send_file_end_all(struct send *s)
{
	while (!LIST_EMPTY(&s->files))
		send_file_free(LIST_FIRST(&s->files));
}

const struct send_transport send_file = {.start = send_file_start, .stop = send_file_stop};
