/* SPDX-License-Identifier: MIT */
/*
 * Collects the errors and warnings of a configuration.
 *
 * Texts are lower-case sentences without a full stop. Text from files is escaped here, so that it
 * is safe on a terminal. When memory runs out the counters stay correct and the text is lost.
 */
#ifndef CONF_DIAG_H
#define CONF_DIAG_H

#include "conf/conf.h"
#include "source.h"

/* Further diags are counted, not stored. */
#define CONF_DIAGS_KEPT 10000

void conf_diags_init(struct conf_diags *d);

/* Reports at a place, or about a whole file. help: what to write instead, or NULL. */
#define conf_error(d, ...) conf_report(d, false, __VA_ARGS__)
#define conf_warn(d, ...)  conf_report(d, true, __VA_ARGS__)
#define conf_error_file(d, source, ...)                                                            \
	conf_error(d, (struct conf_at){.file = (source)}, __VA_ARGS__)
#define conf_warn_file(d, source, ...) conf_warn(d, (struct conf_at){.file = (source)}, __VA_ARGS__)
/* The file cannot be read, for the reason in errno. */
void conf_error_read(struct conf_diags *d, struct conf_at at, const char *help, const char *what);
void conf_report(struct conf_diags *d, bool warning, struct conf_at at, const char *help,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* A place, and the bytes [from, to) of its file to show with it. */
struct conf_span {
	struct conf_at at;
	size_t from, to;
};
/* For a place inside a value: shows the value without its key and quotes. */
void conf_diag_within(struct conf_diags *d, bool warning, const struct conf_span *span,
	const char *help, const char *text);
/*
 * Sorts by file, line and column; stable for diags of one place. Drops those inside files if memory
 * or descriptors were lacking.
 */
void conf_diags_sort(struct conf_diags *d);

/* Returns s escaped for one line and truncated, allocated in the arena; never NULL. For %s above.
 */
const char *conf_show(struct conf_diags *d, struct str s);

#endif
