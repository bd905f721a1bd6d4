/* SPDX-License-Identifier: MIT */
/*
 * A query as a tree: what the parser makes of a text, what the compiler takes, and what the plain
 * evaluator of the tests walks. The language is defined in nightdesk-query(7).
 *
 * All of a tree lives in the arena it was parsed into, the query's text included.
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

#define QUERY_BYTES_MAX	     ((size_t)64 * 1024)
#define QUERY_TERMS_MAX	     ((size_t)10000)
#define QUERY_DEPTH_MAX	     ((size_t)100)
#define QUERY_DISTANCE_MAX   500u
#define QUERY_DISTANCE_PLAIN 4u /* NEAR without a number */
#define QUERY_LEAD_PLAIN     50u
#define QUERY_NUMBER_MAX     1000000u

#define QUERY_FIELD_BIT(f) (1u << (f))
#define QUERY_FIELDS_PLAIN (QUERY_FIELD_BIT(QUERY_TITLE) | QUERY_FIELD_BIT(QUERY_BODY))

enum query_op {
	QUERY_AND,
	QUERY_OR,
	QUERY_NOT,
	QUERY_NEAR, /* a chain, left to right: kids[0] links[1] kids[1] links[2] kids[2] … */
	QUERY_NOT_NEAR,
	QUERY_SENT,
	QUERY_PARA,
	QUERY_PHRASE, /* one word or more */
	QUERY_REGEX,
	QUERY_ATTRIBUTE,
	QUERY_LEAD,
	QUERY_ATLEAST,
	QUERY_SOME,   /* ANY/n */
	QUERY_LENGTH, /* words> and words< */
	QUERY_AGE,
	QUERY_REF, /* @name; gone once defines are put in */
	QUERY_OPS, /* how many there are */
};

/* How one word of a term is compared. */
enum query_kind {
	QUERY_PLAIN,	/* normal form, or stem where the watch has languages */
	QUERY_EXACT,	/* normal form */
	QUERY_SPELLED,	/* the spelling itself */
	QUERY_GLOB,	/* normal form; `*` and `?` in it are wildcards */
	QUERY_FUZZY,	/* normal form within edits */
	QUERY_ANY_WORD, /* a lone ? in a phrase */
};

struct query_piece {
	enum query_kind kind;
	unsigned edits;
	struct str form;  /* normal form; a glob's holds the wildcards */
	struct str spelt; /* the word as written, for stems and QUERY_SPELLED */
};

enum query_attribute {
	QUERY_ATTR_FEED,
	QUERY_ATTR_GROUP,
	QUERY_ATTR_LANG,
	QUERY_ATTR_SITE,
	QUERY_ATTR_URL,
};

struct query_link {
	unsigned n; /* words between, at most */
	bool ordered;
};

struct query_node {
	enum query_op op;
	unsigned fields;    /* terms and regexes: WATCH_FIELD_BITs to look in */
	const char *prefix; /* this very node stands behind "title:" …; else NULL */
	bool fielded;	    /* prefix on this node or one around it */
	bool minus;	    /* QUERY_NOT written as - */
	bool below;	    /* QUERY_LENGTH: < */
	bool nocase;	    /* QUERY_REGEX: /…/i */
	enum query_attribute attribute;
	uint32_t n;	       /* LEAD, ATLEAST, ANY, words; NOT NEAR's distance */
	int64_t age;	       /* ms */
	int slop;	       /* of a phrase: -1, or what follows ~ */
	size_t level;	       /* brackets around it */
	size_t offset, length; /* where in the text of the query */
	struct str text;       /* a term as written */
	struct str value;      /* regex, attribute, name of a define */
	struct query_node **kids;
	size_t n_kids;
	struct query_link *links; /* of a chain; n_kids of them, the first unused */
	struct query_piece *pieces;
	size_t n_pieces;
};

struct query {
	struct str text;
	struct query_node *root;
	struct query_node *broken; /* where there were errors: a tree to look for @names in */
	size_t n_terms;		   /* terms, regexes and attributes */
	size_t depth;		   /* of brackets */
	bool refs;		   /* there is a @name in it */
};

/*
 * Text is copied into the arena. 0; -ERR_CONF after at least one report, or -ERR_NOMEM. What
 * depends on defines is checked by query_check once they are put in.
 */
int query_parse(struct arena *a, struct str text, struct query_reporter *r, struct query *out);

/* Tries to compile a regular expression: 0, -ERR_CONF with *fault, or -ERR_NOMEM. */
typedef int query_regex_fn(struct str pattern, bool nocase, struct query_regex_fault *fault);

/*
 * What the grammar alone cannot check: operands of NEAR, place of NOT, regular expressions (regex
 * NULL: not checked), and, where `require`, that the query cannot match an item that has none of
 * its terms. 0 or -ERR_CONF.
 */
int query_check(
	const struct query *q, bool require, query_regex_fn *regex, struct query_reporter *r);
/* Warns of each feed: and group: whose name is not configured. */
void query_sources(
	const struct query *q, query_known_fn *known, void *ctx, struct query_reporter *r);

#endif
