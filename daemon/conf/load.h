/* SPDX-License-Identifier: MIT */
/* Loads a configuration with files that are not there yet. */
#ifndef CONF_LOAD_H
#define CONF_LOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"

struct conf_added {
	const char *name; /* "feeds.d/NAME.conf" */
	struct str text;
	const char *error; /* set by the load: the first error in it; NULL: none */
};

/*
 * Loads dir as if these files were there, without compiling watches, and discards the result; the
 * texts of errors are in a. Past CONF_DIAGS_KEPT errors those of the other files are not set.
 * Returns 0, -ERR_CONF for an error in another file, or -ERR_NOMEM.
 */
int conf_load_added(const char *dir, const struct conf_env *env, struct conf_added *v, size_t n,
	struct arena *a, struct err *e);

/*
 * conf_load_watch() with text, which conf_load_text() gave, in the place of the files of dir. Text
 * must be valid until the return.
 */
int conf_load_instead(const char *dir, const struct conf_env *env, struct str watch,
	struct str text, struct conf **out, struct conf_diags *diags);

#endif
