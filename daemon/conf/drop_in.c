/* SPDX-License-Identifier: MIT */
#include "drop_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "source.h"

#define NAME_ROOM 256

static int drop_in_fail(struct err *e, int why, const char *dir, const char *file)
{
	return err_set(e, err_class_of(why), "cannot write %s/%s%s: %s", dir, file,
		why == EPERM ? " with the owner and group of nightdesk.conf" : "", strerror(why));
}

/*
 * Gives fd the owner and group of the model, and mode. Returns 0 or errno: without the group, those
 * who read the model by its group only could not read fd.
 */
static int drop_in_share(const struct drop_in *d, int fd, mode_t mode)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return errno;
	if (st.st_gid != d->model.st_gid && fchown(fd, (uid_t)-1, d->model.st_gid) != 0 &&
		(mode & S_IRGRP) && !(mode & S_IROTH))
		return errno;
	if (geteuid() == 0 && st.st_uid != d->model.st_uid &&
		fchown(fd, d->model.st_uid, (gid_t)-1) != 0)
		return errno;
	return fchmod(fd, mode) == 0 ? 0 : errno;
}

/* The directory was just created by this process. */
static int drop_in_share_dir(const struct drop_in *d)
{
	mode_t read = d->model.st_mode & (S_IRGRP | S_IROTH);
	mode_t mode =
		S_ISDIR(d->model.st_mode) ? d->model.st_mode & 07775 : 0700 | read | read >> 2;

	return drop_in_share(d, d->dir, mode | S_IRWXU);
}

int drop_in_open(
	struct drop_in *d, const char *conf_dir, const char *name, bool dry_run, struct err *e)
{
	int parent = open(conf_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), why = 0;
	bool created = false;

	*d = (struct drop_in){.dir = -1, .name = name, .dry_run = dry_run};
	if (parent < 0)
		return drop_in_fail(e, errno, conf_dir, name);
	if (fstatat(parent, "nightdesk.conf", &d->model, 0) != 0 && fstat(parent, &d->model) != 0)
		why = errno;
	if (!why && !dry_run) {
		created = mkdirat(parent, name, 0700) == 0;
		why = created || errno == EEXIST ? 0 : errno;
	}
	if (!why) {
		d->dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		why = d->dir >= 0 || (dry_run && errno == ENOENT) ? 0 : errno;
	}
	if (created && !why && (why = drop_in_share_dir(d)) != 0)
		unlinkat(parent, name, AT_REMOVEDIR);
	close(parent);
	if (!why)
		return 0;
	drop_in_close(d);
	return drop_in_fail(e, why, conf_dir, name);
}

void drop_in_close(struct drop_in *d)
{
	if (d->dir >= 0)
		close(d->dir);
	d->dir = -1;
}

bool drop_in_exists(const struct drop_in *d, const char *file)
{
	return d->dir >= 0 && faccessat(d->dir, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Returns 0 or errno. */
static int drop_in_fill(const struct drop_in *d, const char *hidden, struct str text)
{
	mode_t mode = (d->model.st_mode & (S_IRGRP | S_IWGRP | S_IROTH)) | S_IRUSR | S_IWUSR;
	int why, fd;

	unlinkat(d->dir, hidden, 0); /* of an import that was killed */
	fd = openat(d->dir, hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	why = drop_in_share(d, fd, mode);
	if (!why)
		why = conf_files_write_all(fd, text);
	if (close(fd) != 0 && !why)
		why = errno;
	return why;
}

int drop_in_write(const struct drop_in *d, const char *file, struct str text, struct err *e)
{
	char hidden[NAME_ROOM]; /* the loader does not read it */
	int why;

	if (d->dry_run)
		return 0;
	snprintf(hidden, sizeof(hidden), ".%s.new", file);
	why = drop_in_fill(d, hidden, text);
	if (!why && linkat(d->dir, hidden, d->dir, file, 0) != 0)
		why = errno;
	unlinkat(d->dir, hidden, 0);
	return why ? drop_in_fail(e, why, d->name, file) : 0;
}
