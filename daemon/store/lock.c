/* SPDX-License-Identifier: MIT */
/*
 * Lock file of the single writer. SQLite alone would let two daemons write in turns, and both would
 * poll and send. It is a separate file, since a POSIX lock (fcntl(2)) on the database is released
 * as soon as the process closes any descriptor of it, SQLite's included. The kernel releases the
 * lock when the process exits. The file is never removed, so no process can lock one that was just
 * unlinked.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static long lock_read_holder(int fd)
{
	char text[24] = {0};
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 ? strtol(text, NULL, 10) : 0;
}

static int lock_fail_held(struct store *s, int fd, struct err *e)
{
	long pid = lock_read_holder(fd);

	if (pid > 0)
		return err_set(e, ERR_TEMP,
			"%s is in use by another nightdesk, process %ld; stop that one first",
			s->path, pid);
	return err_set(
		e, ERR_TEMP, "%s is in use by another nightdesk; stop that one first", s->path);
}

/* Returns whether fd is still the file with that name. */
static bool lock_is_current(int fd, const char *name)
{
	struct stat locked, named;

	return fstat(fd, &locked) == 0 && stat(name, &named) == 0 &&
	       locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

static int lock_open(struct store *s, const char *name, struct err *e)
{
	char pid[24];
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	int rc = 0;

	if (fd < 0)
		return err_set(e, err_class_of(errno), "cannot open %s: %s", name, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		rc = errno == EWOULDBLOCK ? lock_fail_held(s, fd, e)
					  : err_set(e, err_class_of(errno), "cannot lock %s: %s",
						    name, strerror(errno));
	else if (!lock_is_current(fd, name))
		rc = err_set(e, ERR_TEMP, "%s was replaced while it was locked; try again", name);
	if (rc) {
		close(fd);
		return rc;
	}
	/* The pid is only used in the error message; it may be missing on a full disk. */
	if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) < 0)
		n = 0;
	s->lock_fd = fd;
	return 0;
}

int db_lock(struct store *s, struct err *e)
{
	char *name = sqlite3_mprintf("%s.lock", s->path);
	int rc = name ? lock_open(s, name, e) : err_nomem(e);

	sqlite3_free(name);
	return rc;
}
