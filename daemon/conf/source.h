/* SPDX-License-Identifier: MIT */
/* A file of the configuration as text, and places in it. */
#ifndef CONF_SOURCE_H
#define CONF_SOURCE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "conf/conf.h"

#define CONF_FILE_MAX ((size_t)64 * 1024 * 1024)

struct conf_source {
	const char *name; /* relative to the configuration directory */
	unsigned order;	  /* in which the files are read */
	struct str text;  /* valid UTF-8 without a BOM */
};

/* A place in a file. offset is of bytes; line and column count from 1, column in characters. */
struct conf_at {
	const struct conf_source *file;
	uint32_t offset, line, column;
};

/*
 * Makes bytes fit to be read and puts them into s, whose name and order are set: drops a BOM, and
 * reports bytes that are not UTF-8 (each becomes "?", so that the rest can still be read). bytes
 * must live as long as s. 0, -ERR_CONF when it cannot be read as text at all, or -ERR_NOMEM.
 */
int conf_source_init(
	struct conf_source *s, struct str bytes, struct arena *arena, struct conf_diags *diags);

/* The place n bytes further, walking from at; n stays inside the file. */
struct conf_at conf_at_advance(struct conf_at at, size_t n);
struct conf_place conf_at_place(struct conf_at at);

#endif
