/* SPDX-License-Identifier: MIT */
/* A configuration file as text, and places in it. */
#ifndef CONF_SOURCE_H
#define CONF_SOURCE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "conf/conf.h"

#define CONF_FILE_MAX ((size_t)64 * 1024 * 1024)

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
struct conf_place conf_at_place(struct conf_at at);

#endif
