/* SPDX-License-Identifier: MIT */
/*
 * Writes drop-in files with the mode, owner and group of the configuration that is there, so that
 * who reads the one can read the other, whatever the umask. A file appears complete or not at all.
 */
#ifndef CONF_DROP_IN_H
#define CONF_DROP_IN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"

struct drop_in {
	int dir;	   /* -1: it does not exist, which only a dry run allows */
	const char *name;  /* of the directory: "feeds.d" */
	struct stat model; /* nightdesk.conf, else the configuration directory */
	bool dry_run;
};

/* Opens the directory in conf_dir, or creates it. 0, -ERR_PERM or -ERR_IO. */
int drop_in_open(
	struct drop_in *d, const char *conf_dir, const char *name, bool dry_run, struct err *e);
void drop_in_close(struct drop_in *d);
bool drop_in_exists(const struct drop_in *d, const char *file);
/* Creates a file that must not exist. 0, -ERR_PERM or -ERR_IO. */
int drop_in_write(const struct drop_in *d, const char *file, struct str text, struct err *e);

#endif
