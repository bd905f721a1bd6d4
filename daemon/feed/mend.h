/* SPDX-License-Identifier: MIT */
/*
 * Broken XML to the builder: what libxml2 gave up on is read again from the start by a tokenizer
 * that forgives.
 *
 *	- a bare ampersand and an entity that nobody knows stand for themselves;
 *	- an element ends where its parent ends, and a field where the next known field starts when
 *	  its own end tag does not come before the item's;
 *	- an item that lacks only its end tag is taken when the next one starts, one that ends
 *	  inside a field is thrown away and a problem says so;
 *	- what stands behind the root's end tag, or in front of its start tag, is not looked at.
 *
 * Linear time: every look ahead is paid from a budget that grows with the text.
 */
#ifndef FEED_MEND_H
#define FEED_MEND_H

#include "base/err.h"
#include "build.h"

/*
 * text: clean UTF-8, whole. The builder has just begun. 0, or -ERR_LIMIT, -ERR_INPUT, -ERR_NOMEM;
 * whether there was a feed in it the builder knows.
 */
int feed_mend(
	struct feed_build *b, struct str text, const struct feed_limits *limits, struct err *e);

#endif
