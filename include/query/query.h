/* SPDX-License-Identifier: MIT */
/*
 * The syntax tree of a query: output of the parser, input of the compiler and of the reference
 * evaluator in the tests. The language is defined in nightdesk-query(7).
 *
 * A tree and the text it points into are owned by the arena passed to query_parse().
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "query/diag.h"
#include "query/field.h"

#define QUERY_BYTES_MAX	       ((size_t)64 * 1024)
#define QUERY_TERMS_MAX	       ((size_t)10000)
#define QUERY_DEPTH_MAX	       ((size_t)100)
#define QUERY_DISTANCE_MAX     500u
#define QUERY_DISTANCE_DEFAULT 4u /* NEAR without a number */
#define QUERY_LEAD_DEFAULT     50u
#define QUERY_NUMBER_MAX       1000000u
#define QUERY_SOURCES_MAX      1000u

#define QUERY_FIELD_BIT(f)   (1u << (f))
#define QUERY_FIELDS_DEFAULT (QUERY_FIELD_BIT(QUERY_TITLE) | QUERY_FIELD_BIT(QUERY_BODY))

enum query_op {
	QUERY_AND,
	QUERY_OR,
	QUERY_NOT,
	QUERY_NEAR, /* a chain: kids[0] links[1] kids[1] links[2] kids[2] … */
	QUERY_NOT_NEAR,
	QUERY_SENT,
	QUERY_PARA,
	QUERY_PHRASE, /* of one or more words */
	QUERY_REGEX,
	QUERY_ATTRIBUTE,
	QUERY_LEAD,
	QUERY_ATLEAST,
	QUERY_SOME,   /* ANY/n */
	QUERY_LENGTH, /* words> and words< */
	QUERY_AGE,
	QUERY_SOURCES, /* sources>=n */
	QUERY_REF,     /* @name; replaced by query_define_expand() */
	QUERY_OPS,     /* number of operators */
};

/* How a word of a term is compared. */
enum query_kind {
	QUERY_PLAIN,	/* by normal form, or by stem if the watch has languages */
	QUERY_EXACT,	/* by normal form */
	QUERY_SPELLED,	/* by exact spelling */
	QUERY_GLOB,	/* by normal form with the wildcards * and ? */
	QUERY_FUZZY,	/* by normal form, at most `edits` edits away */
	QUERY_ANY_WORD, /* matches any word: a lone ? in a phrase */
};

struct query_piece {
	enum query_kind kind;
	unsigned edits;
	char sign;	  /* EXACT, GLOB: # or $, required directly before the word; or 0 */
	struct str form;  /* normal form; of a glob with its wildcards */
	struct str spelt; /* the word as written, for stems and QUERY_SPELLED */
};

enum query_attribute {
	QUERY_ATTR_FEED,
	QUERY_ATTR_GROUP,
	QUERY_ATTR_LANG,
	QUERY_ATTR_SITE,
	QUERY_ATTR_URL,
	QUERY_ATTR_SOURCE,
	QUERY_ATTR_TIER,
};

/* The values of tier:, which the configuration has too; NULL-terminated. */
extern const char *const query_tiers[];

struct query_link {
	unsigned n; /* maximum number of words between */
	bool ordered;
};

struct query_node {
	enum query_op op;
	unsigned fields;    /* terms and regexes: QUERY_FIELD_BITs of the fields to search */
	const char *prefix; /* field written directly before this node; or NULL */
	bool fielded;	    /* this node or an enclosing one has a prefix */
	bool minus;	    /* QUERY_NOT written as - */
	bool below;	    /* QUERY_LENGTH: < */
	bool nocase;	    /* QUERY_REGEX: /…/i */
	enum query_attribute attribute;
	uint32_t n;	       /* number of the operator */
	int64_t age;	       /* ms */
	int slop;	       /* of a phrase: number after ~; -1: none */
	size_t level;	       /* of brackets */
	size_t offset, length; /* in the text of the query, in bytes */
	struct str text;       /* a term as written */
	struct str value;      /* regex, attribute value, name of a define */
	struct query_node **kids;
	size_t n_kids;
	struct query_link *links; /* of a chain; n_kids entries, the first is unused */
	struct query_piece *pieces;
	size_t n_pieces;
};

struct query {
	struct str text;
	struct query_node *root;
	struct query_node *broken; /* after errors, instead of root: for its @names only */
	size_t n_terms;		   /* number of terms, regexes and attributes */
	size_t depth;		   /* of brackets, maximum */
	bool refs;		   /* contains a @name */
};

/*
 * Parses text, which is copied into the arena. Returns 0, -ERR_CONF after at least one report, or
 * -ERR_NOMEM. The caller expands defines, then calls query_check().
 */
int query_parse(struct arena *a, struct str text, struct query_reporter *r, struct query *out);

/* Checks a regular expression. Returns 0, -ERR_CONF and fills *fault, or -ERR_NOMEM. */
typedef int query_regex_fn(struct str pattern, bool nocase, struct query_regex_fault *fault);

/* What a query is used for. */
enum query_use {
	QUERY_USE_WATCH,
	QUERY_USE_EXCLUDE,
	QUERY_USE_RAISE, /* the condition of a block raise */
};

/*
 * Checks what the grammar cannot: operands of NEAR and its like, NOT without AND, where sources,
 * source: and tier: are valid, regular expressions (unless regex is NULL), and, if `require` is
 * set, that an item without any of the query's terms cannot match. Returns 0, or -ERR_CONF after at
 * least one report.
 */
int query_check(const struct query *q, enum query_use use, bool require, query_regex_fn *regex,
	struct query_reporter *r);
/* Warns about each feed:, group: and source: for which the callback returns false. */
void query_sources(
	const struct query *q, query_known_fn *known, void *ctx, struct query_reporter *r);

#endif
