/* SPDX-License-Identifier: MIT */
/* Reads items from files (feeds, JSON lines, plain texts), one at a time in constant memory. */
#ifndef CLI_ITEM_READER_H
#define CLI_ITEM_READER_H

#include "base/str.h"
#include "conf/conf.h"
#include "progress.h"
#include "watch/view.h"

struct item_reader_item {
	const char *file;
	struct str id;	   /* absent if the item has none */
	struct str source; /* who published it; absent: not known */
	struct watch_view view;
};

/* The item is valid during the call. Not 0: stop reading. */
typedef int item_reader_fn(void *ctx, const struct item_reader_item *item);

struct item_reader {
	/* Set by the caller. */
	const struct conf *conf; /* a file NAME.xml is read as its feed NAME; NULL: of no feed */
	item_reader_fn *fn;
	void *ctx;
	struct progress *progress;
	uint64_t size; /* bytes of all files, for progress; 0: not known */
	/* Counted. */
	uint64_t files, items, bytes; /* bytes: of titles and bodies */
	uint64_t bad;		      /* files or lines that could not be read */
	uint64_t read;		      /* bytes of the files so far */
};

/*
 * Reads a file, or standard input for "-". A text (*.txt, or a file that begins with plain words)
 * is one item with the file name as its id; its first line is the title if a blank line follows.
 * What cannot be read is reported on standard error and counted. Returns what fn returned.
 */
int item_reader_read(struct item_reader *r, const char *file);
/* The size of the files together; 0 if one of them is not a regular file. */
uint64_t item_reader_size(char *const *files, size_t n);

#endif
