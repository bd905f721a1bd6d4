/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/form.h"
#include "generation.h"

#define SECRET_MAX ((size_t)64 * 1024)

static int secret_open(const char *dir, const char *sub, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s/%s", dir, sub, name) < PATH_MAX)
		return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	errno = ENAMETOOLONG;
	return -1;
}

/* Allocates once: a reallocation would leave a copy of the secret in freed memory. */
static int secret_read_file(int fd, const char *name, struct buf *out, struct err *e)
{
	size_t room = out->max < SECRET_MAX ? out->max : SECRET_MAX, n;

	if (!buf_reserve(out, room))
		return err_nomem(e);
	if (!conf_files_read_all(fd, out->data + out->len, room, &n))
		return err_set(e, err_class_of(errno), "credential %s: %s", name, strerror(errno));
	if (n == room)
		return err_set(e, ERR_CONF, "credential %s is %zu bytes or more", name, room);
	buf_commit(out, n);
	if (out->len && out->data[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
	if (out->len && out->data[out->len - 1] == '\r')
		buf_truncate(out, out->len - 1);
	if (!out->len)
		return err_set(e, ERR_CONF, "credential %s is empty", name);
	if (memchr(out->data, '\0', out->len))
		return err_set(e, ERR_CONF, "credential %s holds a NUL byte", name);
	return 0;
}

/* systemd protects its credentials itself; a file of ours must not be readable by others. */
static int secret_check_file(int fd, bool own, const char *name, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(e, err_class_of(errno), "credential %s: %s", name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONF, "credential %s is not a file", name);
	if (own && (st.st_mode & (S_IRWXO)))
		return err_set(e, ERR_CONF,
			"credential %s: others on this machine can read it; chmod o= "
			"credentials/%s",
			name, name);
	return 0;
}

int conf_secret_read(const struct conf *c, const char *name, struct buf *out, struct err *e)
{
	const struct conf_generation *g = (const struct conf_generation *)(const void *)c;
	bool own = false;
	int fd = -1, rc;

	buf_clear(out);
	if (!conf_form_credential(str_of(name)))
		return err_set(e, ERR_CONF, "this is no name of a credential");
	if (g->credentials_directory)
		fd = secret_open(g->credentials_directory, "", name);
	if (fd < 0 && (!g->credentials_directory || errno == ENOENT)) {
		own = true;
		fd = secret_open(c->dir, "/credentials", name);
	}
	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_CONF,
			"there is no credential %s: write it to credentials/%s in the "
			"configuration "
			"directory, or give it to the service with LoadCredential=",
			name, name);
	if (fd < 0)
		return err_set(e, err_class_of(errno), "credential %s: %s", name, strerror(errno));
	rc = secret_check_file(fd, own, name, e);
	if (rc == 0)
		rc = secret_read_file(fd, name, out, e);
	close(fd);
	if (rc)
		buf_wipe(out);
	return rc;
}
