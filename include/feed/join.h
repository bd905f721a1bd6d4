/* SPDX-License-Identifier: MIT */
/* Joins the batches of several documents to one: the sitemaps of an index. */
#ifndef FEED_JOIN_H
#define FEED_JOIN_H

#include "base/err.h"
#include "feed/item.h"

/*
 * Appends the items of parts to those of into; of more than max the newest by date stay, and
 * left_out counts the others. into gets the title and the language that it lacks, if all parts have
 * the same. Items of parts[i] have the part i + 1. Into is partial if one of the parts is, or
 * breaks off. The text of its items stays in the parts, which must live as long. 0, or -ERR_NOMEM,
 * or -ERR_LIMIT past the maximum of into's arena.
 */
int feed_batch_join(struct feed_batch *into, struct feed_batch *const *parts, size_t n, size_t max,
	struct err *e);

#endif
