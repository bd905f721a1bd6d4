/* SPDX-License-Identifier: MIT */
/*
 * The inside of struct feed_builder, shared by builder.c (structure), field.c and field_link.c
 * (what fields hold) and batch.c (the end).
 */
#ifndef FEED_BUILDER_STATE_H
#define FEED_BUILDER_STATE_H

#include "base/buf.h"
#include "builder.h"
#include "slots.h"

#define FEED_DEPTH_MAX 256 /* no limit may be higher: libxml2 ends there too */
#define FEED_ROOT_MAX  40

struct feed_frame {
	const struct feed_element *el;
	uint16_t scope; /* of its children */
	uint16_t bases; /* how many bases were known outside */
};

struct feed_builder {
	const struct feed_parse_options *options;
	const struct feed_limits *limits;
	struct feed_memory memory; /* arena: the batch's */
	struct feed_batch *batch;

	/* structure */
	struct feed_frame frames[FEED_DEPTH_MAX];
	unsigned n_frames;
	unsigned skipped; /* open elements that nobody reads */
	unsigned markup;  /* open elements inside the text of a leaf */
	unsigned elements;
	enum feed_ns no_ns; /* what "no namespace" means here */
	char root_uri[128]; /* an unknown namespace that stands on a known root; "" none */
	char root[FEED_ROOT_MAX];
	bool root_seen, root_closed, is_feed;
	struct str bases[FEED_DEPTH_MAX + 1];
	unsigned n_bases;
	uint32_t line; /* of the last start tag */

	/* the field that is being read */
	const struct feed_element *leaf;
	enum feed_form form;
	bool leaf_cut;
	bool leaf_done; /* its attributes said it all */
	bool not_permalink;
	struct buf text;
	struct buf repaired;

	struct feed_slots feed, item;
	bool in_item;
	struct feed_author person;
	int64_t period_ms;
	unsigned frequency;
	size_t dropped_items;

	struct feed_item *items;
	size_t n_items, cap_items;
	struct feed_problem *problems;
	size_t n_problems;
	struct err error; /* cls 0: none */
};

static inline struct feed_slots *feed_builder_slots(struct feed_builder *b)
{
	return b->in_item ? &b->item : &b->feed;
}

struct str feed_tag_attr(const struct feed_tag *tag, const char *name);
/* The innermost xml:base, absent where there is none. */
struct str feed_builder_base(const struct feed_builder *b);
/* Absolute where it can be made so, else as it is; absent for a scheme that is no page's. */
struct str feed_builder_url(struct feed_builder *b, struct str ref);
/* "scheme:" at the start, RFC 3986 §3.1. */
bool feed_link_has_scheme(struct str s);
void feed_builder_put_url(
	struct feed_builder *b, enum feed_slot slot, unsigned rank, struct str ref);
void feed_builder_add_enclosure(struct feed_builder *b, struct str url, const struct feed_tag *tag);
/* atom:link, by its rel */
void feed_builder_open_link(struct feed_builder *b, const struct feed_tag *tag);
/* A relative link in a feed of unknown address: the page of the feed is the best base there is. */
struct str feed_builder_complete_url(struct feed_builder *b, struct str link);

/* What the attributes of a leaf say; sets form and the rest of the field state. */
void feed_field_open(struct feed_builder *b, const struct feed_tag *tag);
/* Its text has come. */
void feed_field_close(struct feed_builder *b);
/* Attributes of containers: xml:lang, rdf:about, CDF's href and lastmod. */
void feed_field_container(struct feed_builder *b, const struct feed_tag *tag);
/* The last rules, when an item or the feed is whole. */
void feed_field_item(struct feed_builder *b, struct feed_item *to);
void feed_field_feed(struct feed_builder *b, struct feed_info *to);

#endif
