/* SPDX-License-Identifier: MIT */
/*
 * Collecting what is wrong with a configuration.
 *
 * Texts are lower-case sentences without a full stop. What comes from a file is escaped here, so
 * that it may go to a terminal. When memory runs out the count stays right and the text is lost.
 */
#ifndef CONF_DIAG_H
#define CONF_DIAG_H

#include "conf/conf.h"
#include "source.h"

/* More than this many are counted, not kept: nobody reads them. */
#define CONF_DIAGS_KEPT 10000

void conf_diags_init(struct conf_diags *d);

/* help: what to write instead; NULL for none. */
void conf_error(struct conf_diags *d, struct conf_at at, const char *help, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void conf_warn(struct conf_diags *d, struct conf_at at, const char *help, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* A place, and the bytes [from, to) of its file that are shown with it. */
struct conf_span {
	struct conf_at at;
	size_t from, to;
};
/* For what stands inside a value, where the key and the quotes around it would be in the way. */
void conf_diag_within(struct conf_diags *d, bool warning, const struct conf_span *span,
	const char *help, const char *text);
/* About a file or directory as a whole. */
void conf_error_file(struct conf_diags *d, const struct conf_source *file, const char *help,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void conf_warn_file(struct conf_diags *d, const struct conf_source *file, const char *help,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* In order of file, line and column; those of one place as they came. */
void conf_diags_sort(struct conf_diags *d);

/* s escaped for one line and cut, in arena; never NULL. For %s in the texts above. */
const char *conf_show(struct conf_diags *d, struct str s);

#endif
