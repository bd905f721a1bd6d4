/* SPDX-License-Identifier: MIT */
#include "conf/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "load.h"
#include "source.h"

#define KEPT_SUFFIX ".conf"
#define PATH_ROOM   ((size_t)PATH_MAX + 64)
#define FIRST_LINE  CONF_KEPT_START "%s as it was last loaded.\n"

/* The first line of the file: it is of no use for another directory. */
static void kept_print_first_line(struct buf *out, const char *dir)
{
	char *path = realpath(dir, NULL);

	buf_printf(out, FIRST_LINE, path ? path : dir);
	free(path);
}

/* --- write --- */

static mode_t kept_mode(const char *dir)
{
	struct buf path;
	struct stat st;
	mode_t mode;

	buf_init(&path, PATH_ROOM);
	buf_printf(&path, "%s/nightdesk.conf", dir);
	mode = stat(buf_z(&path), &st) == 0 ? (st.st_mode & 0440) | 0600 : 0600;
	buf_release(&path);
	return mode;
}

/* 0, or the errno of what failed. */
static int kept_write_file(
	const char *path, mode_t mode, const struct buf *first, const struct buf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int why;

	if (fd < 0)
		return errno;
	why = fchmod(fd, mode) ? errno : conf_files_write_all(fd, buf_str(first));
	if (!why)
		why = conf_files_write_all(fd, buf_str(text));
	if (close(fd) && !why)
		why = errno;
	return why;
}

int conf_kept_write(const char *dir, const char *state, const struct buf *text, struct err *e)
{
	struct buf path, draft, first;
	int why;

	buf_init(&path, PATH_ROOM);
	buf_init(&draft, PATH_ROOM);
	buf_init(&first, PATH_ROOM);
	buf_printf(&path, "%s" KEPT_SUFFIX, state);
	buf_printf(&draft, "%s" KEPT_SUFFIX ".new", state);
	kept_print_first_line(&first, dir);
	why = buf_failed(text) || buf_failed(&draft) || buf_failed(&first) ? ENOMEM : 0;
	if (!why)
		why = kept_write_file(buf_z(&draft), kept_mode(dir), &first, text);
	/* No sync: after a crash of the machine an older one will do. */
	if (!why && rename(buf_z(&draft), buf_z(&path)))
		why = errno;
	if (why)
		(void)err_set(e, err_class_of(why), "%s" KEPT_SUFFIX ": cannot be written (%s)",
			state, strerrordesc_np(why));
	buf_release(&path);
	buf_release(&draft);
	buf_release(&first);
	return why ? -(int)err_class_of(why) : 0;
}

/* --- load --- */

static bool kept_read(const char *state, struct buf *out, int64_t *since)
{
	struct buf path;
	struct stat st;
	size_t n = 0;
	char *room;
	bool ok;
	int fd;

	buf_init(&path, PATH_ROOM);
	buf_printf(&path, "%s" KEPT_SUFFIX, state);
	fd = open(buf_z(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	buf_release(&path);
	if (fd < 0)
		return false;
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size < CONF_FILE_MAX;
	room = ok ? buf_reserve(out, (size_t)st.st_size + 1) : NULL;
	ok = room && conf_files_read_all(fd, room, (size_t)st.st_size, &n);
	if (ok) {
		buf_commit(out, n);
		*since = (int64_t)st.st_mtim.tv_sec * CLOCK_SECOND;
	}
	close(fd);
	return ok;
}

void conf_kept_load(const char *dir, const char *state, const struct conf_env *env,
	struct str watch, struct conf **out, int64_t *since)
{
	struct conf_diags diags;
	struct buf text, first;

	*out = NULL;
	buf_init(&text, CONF_FILE_MAX);
	buf_init(&first, PATH_ROOM);
	kept_print_first_line(&first, dir);
	if (kept_read(state, &text, since) && str_starts(buf_str(&text), buf_str(&first))) {
		(void)conf_load_instead(dir, env, watch, buf_str(&text), out, &diags);
		conf_diags_release(&diags);
	}
	buf_release(&text);
	buf_release(&first);
}
