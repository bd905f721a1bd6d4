/* SPDX-License-Identifier: MIT */
/* The files of a configuration as text, and places in them. */
#ifndef CONF_SOURCE_H
#define CONF_SOURCE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "conf/conf.h"

#define CONF_FILE_MAX	((size_t)64 * 1024 * 1024)
#define CONF_KEPT_START "# The configuration of " /* of the file of conf/kept.h */

struct conf_source {
	const char *name; /* relative to the configuration directory */
	unsigned order;	  /* position in reading order */
	struct str text;  /* valid UTF-8 without a BOM */
};

/* A place in a file: byte offset; line and column from 1, column in characters. */
struct conf_at {
	const struct conf_source *file;
	uint32_t offset, line, column;
};

/*
 * Sets the text of s, whose name and order are set: skips a BOM and reports invalid UTF-8 (each
 * such byte is replaced by "?", so that the rest can be parsed). bytes must outlive s. Returns 0,
 * -ERR_CONF if it is not text, or -ERR_NOMEM.
 */
int conf_source_init(
	struct conf_source *s, struct str bytes, struct arena *arena, struct conf_diags *diags);

/* Returns the place n bytes after at; it must be inside the file. */
struct conf_at conf_at_advance(struct conf_at at, size_t n);
static inline struct conf_place conf_at_place(struct conf_at at)
{
	return (struct conf_place){at.file->name, at.line, at.column};
}

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
/* Reads up to max bytes. Returns false on error, with errno set. */
bool conf_files_read_all(int fd, char *to, size_t max, size_t *n);
/* Writes all of text. Returns 0 or errno. */
int conf_files_write_all(int fd, struct str text);

#endif
