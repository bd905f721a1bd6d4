/* SPDX-License-Identifier: MIT */
/*
 * Parses files to a tree of blocks, keys and values, each with its place; schema.h defines their
 * meaning. The grammar is in nightdesk.conf(5). Errors are appended to diags; the parser recovers
 * at the next plausible key or block, so that one pass finds all of them. Linear time.
 */
#ifndef CONF_GRAMMAR_H
#define CONF_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "diag.h"
#include "source.h"

/* Parsing of a file ends at deeper nesting. */
#define CONF_DEPTH_MAX 16

struct conf_value {
	struct conf_at at; /* of its opening quote, if it has one */
	char quote;	   /* ' or " or 0 */
	uint32_t from, to; /* offsets of the text between the quotes */
	struct str text;   /* decoded, NUL-terminated */
};

/* A block, or a key with its values. */
struct conf_node {
	bool block;
	bool list;	   /* key: the values were in braces */
	bool unopened;	   /* block: its { is missing */
	bool misspelt;	   /* block: an unknown key probably meant one that it has */
	struct conf_at at; /* of the kind or key */
	struct str word;   /* the kind or key */
	struct conf_at name_at;
	struct str name; /* block: absent if it has none */
	struct conf_value *values;
	size_t n_values;
	struct conf_node *parent, *first, *last, *next; /* in order of the file */
};

/* arena and notify_types are set by the caller, the rest is zeroed. */
struct conf_tree {
	struct conf_node root; /* parent of the blocks of all files */
	struct arena *arena;   /* not owned */
	conf_notify_types_fn *notify_types;
};

/*
 * Parses a file and appends its blocks. The source must outlive the tree. Returns 0, also with
 * errors in diags, or -ERR_NOMEM.
 */
int conf_tree_read(struct conf_tree *t, const struct conf_source *file, struct conf_diags *diags);

/* Returns "feed bbc": kind and name, escaped. */
const char *conf_show_block(struct conf_diags *d, const struct conf_node *block);
/* Returns the place in the file of byte `decoded` of a value's text. */
struct conf_span conf_value_span(const struct conf_value *v, size_t decoded);

#endif
