/* SPDX-License-Identifier: MIT */
/*
 * Adds the feeds of an OPML list to a configuration: writes feeds.d/NAME.conf for each that is not
 * configured yet. Creates files and never changes one. All that it writes was loaded together with
 * the configuration before, without an error.
 */
#ifndef CONF_IMPORT_H
#define CONF_IMPORT_H

#include "conf/conf.h"
#include "feed/opml.h"

/* What became of an outline. */
struct conf_import_row {
	uint32_t line;		/* in the list */
	struct str title, url;	/* as listed; one of them may be absent */
	const char *name, *why; /* of the feed that was written, or why there is none */
};

struct conf_import {
	struct arena *arena;	      /* owns this struct and all that it points to */
	struct conf_import_row *rows; /* in the order of the list */
	size_t n_rows, n_written;
};

/*
 * known: the configuration of the directory. dry_run: writes nothing. The list must outlive *out,
 * which the caller frees. Returns 0; else *out has what was written before the error, or is NULL:
 * -ERR_PERM (no right to write, or not so that the daemon could read it), -ERR_IO, -ERR_CONF (the
 * configuration has errors by now), -ERR_LIMIT or -ERR_NOMEM.
 */
int conf_import(const struct conf *known, const struct conf_env *env, const struct feed_opml *list,
	bool dry_run, struct conf_import **out, struct err *e);
void conf_import_free(struct conf_import *im); /* NULL is fine */

#endif
