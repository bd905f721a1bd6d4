/* SPDX-License-Identifier: MIT */
/* The files of a configuration directory. */
#ifndef CONF_FILES_H
#define CONF_FILES_H

#include "base/arena.h"
#include "diag.h"
#include "source.h"

struct conf_files {
	struct conf_source *v;
	size_t n;
};

/*
 * Reads nightdesk.conf, then *.conf of feeds.d, watchlists.d and notify.d in byte order. Names live
 * in names, contents in scratch; the list itself is freed with free(f->v). What cannot be read is
 * in diags. 0 or -ERR_NOMEM.
 */
int conf_files_read(struct conf_files *f, const char *dir, struct arena *names,
	struct arena *scratch, struct conf_diags *diags);

#endif
