/* SPDX-License-Identifier: MIT */
/* May the user of the service read a file? For `check`, which another user runs, root most often.
 */
#ifndef CONF_READER_H
#define CONF_READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

#define CONF_READER_GROUPS 64

struct conf_reader {
	const char *name; /* NULL: this process itself; there is nothing to judge */
	uid_t uid;
	gid_t groups[CONF_READER_GROUPS];
	int n_groups;
};

/*
 * Finds the user nightdesk. None if there is no such user, if this process runs as it, or if the
 * configuration in dir is not for the service: not in /etc/nightdesk, and nothing of it belongs to
 * that user or its group.
 */
void conf_reader_find(struct conf_reader *r, const char *dir);
/*
 * Judges owner, group and mode or access control list of the file or directory, and of all
 * directories on the way to it.
 * False: it may not be read; the reason is appended to why. True if that is not known, because this
 * process may not look.
 */
bool conf_reader_may_read(const struct conf_reader *r, const char *path, struct buf *why);

#endif
