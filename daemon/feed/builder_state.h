/* SPDX-License-Identifier: MIT */
/*
 * The state of the batch builder, private to the files that implement it: builder.c (structure),
 * field.c and field_link.c (fields). The parsers read it, but change it through builder.h only.
 */
#ifndef FEED_BUILDER_STATE_H
#define FEED_BUILDER_STATE_H

#include "base/buf.h"
#include "builder.h"
#include "newest.h"
#include "slots.h"

#define FEED_DEPTH_MAX 256 /* upper bound of feed_limits.depth; that of libxml2, too */
#define FEED_ROOT_MAX  40

/* An open element. */
struct feed_frame {
	const struct feed_element *el;
	uint16_t scope; /* of its children, enum feed_scope */
	uint16_t bases; /* n_bases before its start tag */
};

struct feed_builder {
	const struct feed_parse_options *options;
	const struct feed_limits *limits;
	struct feed_memory memory; /* its arena is the batch's */
	struct feed_batch *batch;

	/* structure */
	struct feed_frame frames[FEED_DEPTH_MAX];
	unsigned n_frames;
	unsigned skipped; /* open elements that are ignored */
	unsigned markup;  /* open elements inside the text of a field */
	unsigned elements;
	enum feed_ns no_ns; /* what "no namespace" means in this document */
	char root_uri[128]; /* foreign namespace of a known root element, or "" */
	char root[FEED_ROOT_MAX];
	bool root_seen, root_closed, is_feed;
	struct str bases[FEED_DEPTH_MAX + 1]; /* xml:base; the last one applies */
	unsigned n_bases;
	struct str home; /* the link of an RSS channel, if the feed has it as an absolute URL */
	uint32_t line;	 /* of the last start tag */

	/* the open field */
	const struct feed_element *leaf; /* NULL: none is open */
	enum feed_form form;
	bool leaf_cut;		       /* its text was truncated */
	bool leaf_done;		       /* its attributes gave the value */
	bool permalink, not_permalink; /* what a guid says of itself */
	struct buf text;
	struct buf repaired;

	struct feed_slots feed, item;
	bool in_item; /* or in a deleted one, or in a sitemap of an index, which use its slots */
	struct feed_author person;
	uint32_t stray_line; /* of the first item in a place without items; 0: there is none */

	struct feed_item *items; /* newest.n of them */
	size_t cap_items;
	struct feed_newest newest;
	struct feed_child *children; /* newest_children.n of them */
	size_t cap_children;
	struct feed_newest newest_children;
	struct feed_deletion *deleted;
	size_t n_deleted, cap_deleted, more_deleted; /* more: past FEED_DELETED_MAX */
	struct feed_problem *problems;
	size_t n_problems;
	struct err error; /* cls ERR_NONE: no error */
};

/* The meaning of the tag as a child of frames[n - 1], or as the root if n is 0. NULL: unknown. */
const struct feed_element *feed_builder_element(
	const struct feed_builder *b, const struct feed_tag *tag, unsigned n);
/* The slots of the open item, else of the feed. */
static inline struct feed_slots *feed_builder_slots(struct feed_builder *b)
{
	return b->in_item ? &b->item : &b->feed;
}

/* Sets the error, unless there is one already; the builder ignores all further events. */
void feed_builder_refuse(struct feed_builder *b, enum err_class cls, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * The innermost xml:base; without one, the link of the channel for the items of RSS, else the URL
 * of the feed. May be absent.
 */
struct str feed_builder_base(const struct feed_builder *b);
/* Value of the attribute, whose name is compared without case; absent if there is none. */
struct str feed_tag_attr(const struct feed_tag *tag, const char *name);

#endif
