/* SPDX-License-Identifier: MIT */
/*
 * Watches: query text to program, many watches to one set, an item to the watches it matches.
 *
 * Build a set with a builder (single thread), then share it: a finished set is immutable. Matching
 * needs a scratch, one per thread. The language is defined in nightdesk-query(7).
 */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "query/diag.h"
#include "query/field.h"
#include "watch/view.h"

/* --- building --- */

struct watch_def {
	struct str name;
	const struct str *queries; /* any of them */
	size_t n_queries;
	struct str exclude;	 /* absent: none */
	const struct str *stems; /* languages: "en", "fr" */
	size_t n_stems;
	struct str dialect;		  /* absent: native */
	const struct str *feeds, *groups; /* only items of these; none: all */
	size_t n_feeds, n_groups;
};

struct watch_set;
struct watch_builder;

struct watch_builder *watch_builder_new(void); /* NULL: out of memory */
void watch_builder_free(struct watch_builder *b);
/*
 * Is there a feed, or a group, of that name? Where fn is set, what is added from then on gets a
 * warning for each feed: and group: that names none, and so can never match.
 */
void watch_builder_sources(struct watch_builder *b, query_known_fn *fn, void *ctx);
/*
 * Text is copied. 0, or -ERR_CONF after at least one diag that is no warning (the builder stays
 * usable, so that all errors of a configuration are found), or -ERR_NOMEM. A define may use others
 * added before or after it; what cannot be resolved is reported by finish.
 */
int watch_builder_define(
	struct watch_builder *b, struct str name, struct str query, query_diag_fn *diag, void *ctx);
/* *index: the number matches report, counted from 0 in the order of successful adds. */
int watch_builder_add(struct watch_builder *b, const struct watch_def *def, size_t *index,
	query_diag_fn *diag, void *ctx);
/*
 * Resolves defines, compiles, indexes. diag gets the ctx given with the define or watch at fault.
 * Consumes the builder whatever the result. -ERR_CONF: something could not be compiled.
 */
int watch_builder_finish(struct watch_builder *b, struct watch_set **out, struct err *e);

void watch_set_free(struct watch_set *s); /* NULL is fine */
size_t watch_set_count(const struct watch_set *s);
struct str watch_set_name(const struct watch_set *s, size_t watch);
/*
 * What one item costs a watch, for `check`: "indexed" (looked at only when its rarest required
 * word occurred), "scan" (a wildcard over the words of every item), "slow" (a regex on every item).
 */
const char *watch_set_cost(const struct watch_set *s, size_t watch);

/*
 * A condition that title and body of every item fulfil that the watch matches, over words by normal
 * form: for a full-text index. It is told from the outside in: ALL or ANY of n parts, then each of
 * those, at most a dozen levels deep. False: there is none, or fn said so; then nothing it got
 * before counts.
 */
enum watch_prefilter_op {
	WATCH_PREFILTER_WORD,
	WATCH_PREFILTER_BEGINNING, /* a word that begins so */
	WATCH_PREFILTER_ALL,
	WATCH_PREFILTER_ANY,
};
struct watch_prefilter {
	enum watch_prefilter_op op;
	struct str form; /* of a word */
	size_t n;	 /* of ALL and ANY, at least 2 */
};
typedef bool watch_prefilter_fn(void *ctx, const struct watch_prefilter *need);
bool watch_set_prefilter(
	const struct watch_set *s, size_t watch, watch_prefilter_fn *fn, void *ctx);

/* --- matching --- */

struct watch_hit {
	enum query_field field;
	size_t offset, length; /* bytes in the field's visible text */
	struct str text;       /* the text there */
	struct str term;       /* the term of the query that found it, as written */
};

struct watch_match {
	size_t watch;
	const struct watch_hit *hits; /* by field, then offset; the same place once */
	size_t n_hits;
};

typedef void watch_match_fn(void *ctx, const struct watch_match *m);

struct watch_scratch;
struct watch_scratch *watch_scratch_new(const struct watch_set *s); /* NULL: out of memory */
void watch_scratch_free(struct watch_scratch *scratch);
/*
 * Calls fn for each watch that matches, in order of number; the match lives only during the call.
 * 0, or -ERR_NOMEM / -ERR_LIMIT (then matches may be missing and the caller must not go on as if
 * none were). A watch that ran over its budget counts as no match, or lacks hits: see
 * watch_scratch_overruns.
 */
int watch_set_match(const struct watch_set *s, struct watch_scratch *scratch,
	const struct watch_view *v, watch_match_fn *fn, void *ctx, struct err *e);
/* The same without hits: each match has none. For counting and back-tests. */
int watch_set_match_only(const struct watch_set *s, struct watch_scratch *scratch,
	const struct watch_view *v, watch_match_fn *fn, void *ctx, struct err *e);
/*
 * From now on each term of a query tells no more hits than these, the first; at least 1. So the
 * first `most` of a match are the same as without.
 */
void watch_scratch_hits(struct watch_scratch *scratch, size_t most);
/*
 * Counts the words of an item without matching; matching counts too. A new scratch guesses how
 * common words are, so it should learn from items of the archive first.
 */
int watch_scratch_learn(struct watch_scratch *scratch, const struct watch_view *v, struct err *e);
/*
 * Rebuilds the index of the scratch from these counts, if it is due: after 500 items, then each
 * time that their number has grown 16 times. Matches are the same, but found faster. Takes 0.15 s
 * with 100,000 watches, so call it between polls, never inside a transaction: nothing else rebuilds
 * it. Returns false if it is not due, or out of memory (the old index stays in use).
 */
bool watch_scratch_rebuild(struct watch_scratch *scratch);
/*
 * On each item a watch may look at two million combinations of words (60 ms), and have 1.3 million
 * units of watch_regex_find (2 ms) for its expressions. Of that 4096 combinations, once for its
 * answer and once for its hits, and 100,000 units are its own; what goes beyond comes from a pool
 * of a second each, for all watches. So what needs no more than its own is answered whatever others
 * use, and all that overrun take two seconds and half a millisecond each.
 *
 * The pool is full for each item; but from the first call of this on it keeps what is left, so that
 * items share it, and this adds one of so many parts.
 */
void watch_scratch_fill(struct watch_scratch *scratch, unsigned parts);
/* Watches that ran over their budget on the last item. */
size_t watch_scratch_overruns(const struct watch_scratch *scratch, const size_t **watches);

/*
 * Why a watch does not match, appended to out: a line for each part that fails, with how near it
 * came ("embassy NEAR/5 kyiv: at the nearest 9 words lie between, 5 may"). 1: it does match and
 * nothing is appended; 0; or -ERR_NOMEM / -ERR_LIMIT.
 */
int watch_explain(const struct watch_set *s, struct watch_scratch *scratch,
	const struct watch_view *v, size_t watch, struct buf *out, struct err *e);
/* After watch_explain said 0 of it: is it exclude alone that stops it? */
bool watch_excluded(const struct watch_set *s, struct watch_scratch *scratch, size_t watch);
/* The query of a watch in our language, with exclude, feeds and groups: what really runs. */
void watch_set_print(const struct watch_set *s, size_t watch, struct buf *out);

/* --- telling people --- */

struct watch_marks {
	const char *open, *close; /* around each hit: "<b>", "</b>" */
	/* Appends text so that it can carry no markup of its own; NULL: as it is. */
	void (*text)(struct buf *out, struct str s);
};

/*
 * The best window of at most max bytes of text around a cluster of hits, on one line, with "…"
 * where it was cut. Falls back to the start of the body (or title) when there are no hits.
 */
void watch_snippet(const struct watch_view *v, const struct watch_hit *hits, size_t n_hits,
	size_t max, const struct watch_marks *marks, struct buf *out);

#endif
