/* SPDX-License-Identifier: MIT */
#include "log_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define KEPT_MAX    ((size_t)256 * 1024)
#define POLL_MS	    1000
#define FLUSH_MS    50
#define FLUSH_TRIES 10 /* without any progress */
#define DRAIN_STACK ((size_t)256 * 1024)

/*
 * How to write without blocking. O_NONBLOCK is not set on the descriptor, because other processes
 * share it. A pipe or terminal is opened once more; where that is not permitted, poll(2) is asked
 * before each write of at most PIPE_BUF bytes. A file blocks for no reader.
 */
enum log_output_way { LOG_OUTPUT_NONE, LOG_OUTPUT_FILE, LOG_OUTPUT_SOCKET, LOG_OUTPUT_POLL };

static struct {
	pthread_mutex_t lock;
	enum log_output_way way;
	int fd; /* to write to: standard error, or the same opened once more */
	dev_t dev;
	ino_t ino; /* of standard error when fd was chosen */
	log_output_lost_fn *on_lost;
	bool draining; /* the thread runs */
	bool failing;  /* the last write failed */
	uint64_t lost; /* lines, not reported yet */
	uint64_t lost_total;
	size_t n;
	char kept[KEPT_MAX]; /* the first n bytes wait to be written */
} output = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = STDERR_FILENO};

/* --- writing --- */

static void log_output_choose_way(const struct stat *st)
{
	int own = -1;

	if (output.fd != STDERR_FILENO)
		close(output.fd);
	output.dev = st->st_dev;
	output.ino = st->st_ino;
	if (S_ISFIFO(st->st_mode) || S_ISCHR(st->st_mode))
		own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	output.fd = own >= 0 ? own : STDERR_FILENO;
	if (S_ISSOCK(st->st_mode))
		output.way = LOG_OUTPUT_SOCKET;
	else if (own >= 0 || S_ISREG(st->st_mode))
		output.way = LOG_OUTPUT_FILE;
	else
		output.way = LOG_OUTPUT_POLL;
}

/* Bytes written; 0: it would block; -1: error. */
static ssize_t log_output_try(const char *p, size_t n)
{
	struct pollfd ready = {.fd = output.fd, .events = POLLOUT};
	ssize_t done = -1;

	do {
		switch (output.way) {
		case LOG_OUTPUT_NONE: errno = EBADF; break;
		case LOG_OUTPUT_FILE: done = write(output.fd, p, n); break;
		case LOG_OUTPUT_SOCKET:
			done = send(output.fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
			break;
		case LOG_OUTPUT_POLL:
			if (poll(&ready, 1, 0) == 0)
				return 0;
			done = write(output.fd, p, n < PIPE_BUF ? n : PIPE_BUF);
			break;
		}
	} while (done < 0 && errno == EINTR);
	return done < 0 && errno == EAGAIN ? 0 : done;
}

/* The number of bytes written before it would block; -1: error. */
static ssize_t log_output_write(const char *p, size_t n)
{
	struct stat st;
	size_t sent = 0;

	if (fstat(STDERR_FILENO, &st))
		return -1;
	if (output.way == LOG_OUTPUT_NONE || st.st_dev != output.dev || st.st_ino != output.ino)
		log_output_choose_way(&st);
	while (sent < n) {
		ssize_t done = log_output_try(p + sent, n - sent);

		if (done < 0)
			return -1;
		if (done == 0)
			break;
		sent += (size_t)done;
	}
	return (ssize_t)sent;
}

static void log_output_lose(uint64_t lines)
{
	output.lost += lines;
	output.lost_total += lines;
}

static void log_output_flush_kept(void)
{
	ssize_t done = output.n ? log_output_write(output.kept, output.n) : 0;

	output.failing = done < 0;
	if (done < 0) {
		uint64_t lines = 0;

		for (size_t i = 0; i < output.n; i++)
			lines += output.kept[i] == '\n';
		log_output_lose(lines);
		done = (ssize_t)output.n;
	}
	output.n -= (size_t)done;
	memmove(output.kept, output.kept + done, output.n);
}

/* --- the thread --- */

static void log_output_wait(int ms)
{
	struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};

	(void)poll(&ready, 1, ms);
}

static void *log_output_drain(void *arg)
{
	log_output_lost_fn *on_lost;
	uint64_t lost = 0;
	bool done;

	(void)arg;
	do {
		log_output_wait(POLL_MS);
		pthread_mutex_lock(&output.lock);
		log_output_flush_kept();
		done = output.n == 0;
		on_lost = output.on_lost;
		if (done) {
			output.draining = false;
			lost = output.failing ? 0 : output.lost;
			output.lost -= lost;
		}
		pthread_mutex_unlock(&output.lock);
	} while (!done);
	if (lost)
		on_lost(lost);
	return NULL;
}

/* If no thread can be started, the next line tries again. */
static void log_output_start_drain(void)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t id;

	if (output.draining || pthread_attr_init(&attr))
		return;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, DRAIN_STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	output.draining = pthread_create(&id, &attr, log_output_drain, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
}

/* --- for log.c --- */

/* While lines are being lost no other is kept, so that the gap is one. */
static void log_output_keep(struct str rest, bool whole)
{
	if ((whole && output.lost && output.n) || rest.n > KEPT_MAX - output.n) {
		log_output_lose(1);
		return;
	}
	memcpy(output.kept + output.n, rest.p, rest.n);
	output.n += rest.n;
}

void log_output_add(struct str line, log_output_lost_fn *on_lost)
{
	ssize_t done = 0;

	pthread_mutex_lock(&output.lock);
	output.on_lost = on_lost;
	if (output.n == 0) {
		done = log_output_write(line.p, line.n);
		output.failing = done < 0;
	}
	if (done < 0)
		log_output_lose(1);
	else if ((size_t)done < line.n)
		log_output_keep(str_slice(line.p + done, line.n - (size_t)done), done == 0);
	if (output.n || (output.lost && !output.failing))
		log_output_start_drain();
	pthread_mutex_unlock(&output.lock);
}

void log_flush(void)
{
	size_t before, after = 0;
	int tries = 0;

	do {
		pthread_mutex_lock(&output.lock);
		before = output.n;
		log_output_flush_kept();
		after = output.n;
		pthread_mutex_unlock(&output.lock);
		if (after)
			log_output_wait(FLUSH_MS);
		tries = after < before ? 0 : tries + 1;
	} while (after && tries < FLUSH_TRIES);
}

uint64_t log_lines_lost(void)
{
	uint64_t n;

	pthread_mutex_lock(&output.lock);
	n = output.lost_total;
	pthread_mutex_unlock(&output.lock);
	return n;
}
