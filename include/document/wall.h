/* SPDX-License-Identifier: MIT */
/*
 * The feed wall: the state of every configured feed as one character, in the order of the
 * configuration. The characters are those of document_feed_state_sign().
 */
#ifndef DOCUMENT_WALL_H
#define DOCUMENT_WALL_H

#include <jansson.h>

#include "base/buf.h"
#include "conf/conf.h"
#include "store/store.h"

#define DOCUMENT_WALL_NAMES_MAX 1000 /* in one document */

/* Identifies the feeds and their order: the wall of another number cannot be compared. */
uint32_t document_wall_generation(const struct conf *c);
/* Appends c->n_feeds characters; reads all feeds, in one transaction. */
int document_wall_read(
	const struct conf *c, struct store *s, int64_t now, struct buf *out, struct err *e);

/* {"generation", "wall", "signs": {"f": "fine", …}} */
json_t *document_wall(uint32_t generation, struct str wall);
/*
 * What differs between two walls of the same generation: {"generation", "changes": [[INDEX,
 * TEXT], …]}, where TEXT replaces the characters from INDEX. NULL: nothing, or so much that the
 * whole is shorter (*whole is set then), or no memory.
 */
json_t *document_wall_changes(
	uint32_t generation, struct str before, struct str after, bool *whole);

/* The names of feeds by their place: {"generation", "from", "names": […]}. */
json_t *document_wall_names(const struct conf *c, size_t from, size_t limit);
/*
 * Does the name, the title, a group or the address of the feed have the text? See feed_fold_has().
 * Of the address only host and path: what else is in it may be a secret.
 */
bool document_wall_has_text(const struct conf_feed *cf, struct str text);
/*
 * The places of the feeds that have the text: {"generation", "found": [INDEX, …], "names": [names
 * of the first `limit` of them]}.
 */
json_t *document_wall_search(const struct conf *c, struct str text, size_t limit);

#endif
