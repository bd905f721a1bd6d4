/* SPDX-License-Identifier: MIT */
/* Reads the files of a configuration directory. */
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
 * Reads nightdesk.conf, then *.conf of feeds.d, watchlists.d and notify.d in byte order. Allocates
 * names in names and contents in scratch; the caller frees the array with free(f->v). Files that
 * cannot be read are reported in diags. Returns 0 or -ERR_NOMEM.
 */
int conf_files_read(struct conf_files *f, const char *dir, struct arena *names,
	struct arena *scratch, struct conf_diags *diags);

#endif
