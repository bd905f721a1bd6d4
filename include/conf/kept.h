/* SPDX-License-Identifier: MIT */
/*
 * The last configuration that the daemon loaded without errors, kept as one file beside its
 * database, so that commands can use it while the files on disk are broken.
 */
#ifndef CONF_KEPT_H
#define CONF_KEPT_H

#include "base/buf.h"
#include "conf/conf.h"

/*
 * conf_load(), which also appends the texts of all files to *text: one file with the same meaning.
 * Incomplete if buf_failed(text).
 */
int conf_load_text(const char *dir, const struct conf_env *env, struct buf *text, struct conf **out,
	struct conf_diags *diags);

/*
 * Replaces the file beside the database `state` by that text of dir. Who may read nightdesk.conf by
 * owner and group may read it. 0, or the class of the system call that failed.
 */
int conf_kept_write(const char *dir, const char *state, const struct buf *text, struct err *e);
/*
 * Loads it in the place of dir, like conf_load_watch(); *since is the wall time of its load. *out
 * NULL: there is none of this directory, or it cannot be read or used.
 */
void conf_kept_load(const char *dir, const char *state, const struct conf_env *env,
	struct str watch, struct conf **out, int64_t *since);

#endif
