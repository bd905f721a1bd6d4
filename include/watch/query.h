/* SPDX-License-Identifier: MIT */
/*
 * A query as a tree: what the parser makes of a text, what the compiler takes, and what the plain
 * evaluator of the tests walks. The language is defined in nightdesk-query(7).
 *
 * All of a tree lives in the arena it was parsed into, the query's text included.
 */
#ifndef WATCH_QUERY_H
#define WATCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "watch/view.h"
#include "watch/watch.h"

#define WATCH_QUERY_BYTES_MAX ((size_t)64 * 1024)
#define WATCH_TERMS_MAX	      ((size_t)10000)
#define WATCH_DEPTH_MAX	      ((size_t)100)
#define WATCH_DISTANCE_MAX    500u
#define WATCH_DISTANCE_PLAIN  4u /* NEAR without a number */
#define WATCH_LEAD_PLAIN      50u
#define WATCH_NUMBER_MAX      1000000u

#define WATCH_FIELD_BIT(f) (1u << (f))
#define WATCH_FIELDS_PLAIN (WATCH_FIELD_BIT(WATCH_TITLE) | WATCH_FIELD_BIT(WATCH_BODY))

enum watch_op {
	WATCH_AND,
	WATCH_OR,
	WATCH_NOT,
	WATCH_NEAR, /* a chain, left to right: kids[0] links[1] kids[1] links[2] kids[2] … */
	WATCH_NOT_NEAR,
	WATCH_SENT,
	WATCH_PARA,
	WATCH_PHRASE, /* one word or more */
	WATCH_REGEX,
	WATCH_ATTRIBUTE,
	WATCH_LEAD,
	WATCH_ATLEAST,
	WATCH_SOME,   /* ANY/n */
	WATCH_LENGTH, /* words> and words< */
	WATCH_AGE,
	WATCH_REF, /* @name; gone once defines are put in */
};

/* How one word of a term is compared. */
enum watch_kind {
	WATCH_PLAIN,	/* normal form, or stem where the watch has languages */
	WATCH_EXACT,	/* normal form */
	WATCH_SPELLED,	/* the spelling itself */
	WATCH_GLOB,	/* normal form; `*` and `?` in it are wildcards */
	WATCH_FUZZY,	/* normal form within edits */
	WATCH_ANY_WORD, /* a lone ? in a phrase */
};

struct watch_piece {
	enum watch_kind kind;
	unsigned edits;
	struct str form;  /* normal form; a glob's holds the wildcards */
	struct str spelt; /* the word as written, for stems and WATCH_SPELLED */
};

enum watch_attribute {
	WATCH_ATTR_FEED,
	WATCH_ATTR_GROUP,
	WATCH_ATTR_LANG,
	WATCH_ATTR_SITE,
	WATCH_ATTR_URL,
};

struct watch_link {
	unsigned n; /* words between, at most */
	bool ordered;
};

struct watch_node {
	enum watch_op op;
	unsigned fields;    /* terms and regexes: WATCH_FIELD_BITs to look in */
	const char *prefix; /* this very node stands behind "title:" …; else NULL */
	bool fielded;	    /* prefix on this node or one around it */
	bool minus;	    /* WATCH_NOT written as - */
	bool below;	    /* WATCH_LENGTH: < */
	bool nocase;	    /* WATCH_REGEX: /…/i */
	enum watch_attribute attribute;
	uint32_t n;	       /* LEAD, ATLEAST, ANY, words; NOT NEAR's distance */
	int64_t age;	       /* ms */
	int slop;	       /* of a phrase: -1, or what follows ~ */
	size_t level;	       /* brackets around it */
	size_t offset, length; /* where in the text of the query */
	struct str text;       /* a term as written */
	struct str value;      /* regex, attribute, name of a define */
	struct watch_node **kids;
	size_t n_kids;
	struct watch_link *links; /* of a chain; n_kids of them, the first unused */
	struct watch_piece *pieces;
	size_t n_pieces;
};

struct watch_query {
	struct str text;
	struct watch_node *root;
	struct watch_node *broken; /* where there were errors: a tree to look for @names in */
	size_t n_terms;		   /* terms, regexes and attributes */
	size_t depth;		   /* of brackets */
	bool refs;		   /* there is a @name in it */
};

/* Where errors go; counts them. */
struct watch_reporter {
	watch_diag_fn *fn; /* may be NULL */
	void *ctx;
	size_t part;
	size_t errors, warnings;
};

/*
 * offset and length as in struct watch_diag; help may be NULL. At most 50 errors and 50 warnings a
 * query are passed on.
 */
void watch_report(struct watch_reporter *r, bool warning, size_t offset, size_t length,
	const char *help, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/*
 * Text is copied into the arena. 0; -ERR_CONF after at least one report, or -ERR_NOMEM. What
 * depends on defines is checked by watch_query_check once they are put in.
 */
int watch_query_parse(
	struct arena *a, struct str text, struct watch_reporter *r, struct watch_query *out);

/*
 * What the grammar alone does not say: operands of NEAR, place of NOT, and, where `require`, that
 * the query cannot match an item that has none of its terms. 0 or -ERR_CONF.
 */
int watch_query_check(const struct watch_query *q, bool require, struct watch_reporter *r);
/* Warns of each feed: and group: of a name that is not known. */
void watch_query_sources(
	const struct watch_query *q, watch_known_fn *known, void *ctx, struct watch_reporter *r);

#endif
