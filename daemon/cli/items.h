/* SPDX-License-Identifier: MIT */
/* Items out of files: feeds, JSON lines of items, or plain texts. One item at a time, in constant
 * memory. */
#ifndef CLI_ITEMS_H
#define CLI_ITEMS_H

#include "base/str.h"
#include "progress.h"
#include "conf/conf.h"
#include "watch/view.h"

struct cli_item {
	const char *file;
	struct str id; /* absent where it has none */
	struct watch_view view;
};

/* Both live only during the call. Not 0: stop reading. */
typedef int cli_item_fn(void *ctx, const struct cli_item *item);

struct cli_items_result {
	uint64_t files, items, bytes, bad; /* bad: files or lines that could not be read (told) */
	uint64_t taken;			   /* bytes of files */
	/* The caller's: where to show how far it is, and the bytes of all files; 0: not known. */
	struct progress *progress;
	uint64_t size;
};

/*
 * Reads a file, or "-" for standard input. A feed's file that is called as a feed of conf (which
 * may be NULL) is, NAME.xml, is matched as of that feed. A text (*.txt, or what begins with plain
 * words) is one item, its id the file's name; its first line is the title when a blank line
 * follows. What cannot be read is told on standard error and counted. Returns what fn returned,
 * else 0.
 */
int cli_items_read(const char *file, const struct conf *conf, cli_item_fn *fn, void *ctx,
	struct cli_items_result *result);
/* The bytes of these files together; 0 where one of them has no size beforehand. */
uint64_t cli_items_size(char *const *files, size_t n);

#endif
