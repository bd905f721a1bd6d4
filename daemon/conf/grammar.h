/* SPDX-License-Identifier: MIT */
/*
 * Files to a tree of blocks, keys and values, each with its place; what they mean is schema's.
 * The grammar is in nightdesk.conf(5). Errors go to diags, and reading goes on behind each at the
 * next key or block that makes sense, so that one pass finds them all. Linear time.
 */
#ifndef CONF_GRAMMAR_H
#define CONF_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "diag.h"
#include "source.h"

/* Blocks deeper than this end the reading of a file. */
#define CONF_DEPTH_MAX 16

struct conf_value {
	struct conf_at at; /* at its quote, if it has one */
	char quote;	   /* ' or " or 0 */
	uint32_t from, to; /* offsets between the quotes */
	struct str text;   /* decoded, NUL-terminated */
};

/* A block, or a key with its values. */
struct conf_node {
	bool block;
	bool list;	   /* key: the values stood in braces */
	struct conf_at at; /* of the kind or key */
	struct str word;   /* the kind or key */
	struct conf_at name_at;
	struct str name; /* block: absent when it has none */
	struct conf_value *values;
	size_t n_values;
	struct conf_node *parent, *first, *last, *next; /* in order of the file */
};

struct conf_tree {
	struct conf_node root;		    /* its children are the blocks of all files */
	struct arena *arena;		    /* not owned */
	conf_notify_types_fn *notify_types; /* may be NULL */
};

void conf_tree_init(struct conf_tree *t, struct arena *arena, conf_notify_types_fn *notify_types);
/*
 * Appends a file's blocks. The source must live as long as the tree. 0, also with errors in diags;
 * -ERR_NOMEM.
 */
int conf_tree_read(struct conf_tree *t, const struct conf_source *file, struct conf_diags *diags);

/* Where byte `decoded` of a value's text stands in its file. */
struct conf_span conf_value_span(const struct conf_value *v, size_t decoded);

#endif
