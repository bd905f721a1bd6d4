/* SPDX-License-Identifier: MIT */
/*
 * Watches: compiles queries into a program, many watches into one set, and finds the watches that
 * match an item.
 *
 * A set is built by a builder (single thread) and is immutable and shared afterwards. Matching
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
	const struct str *queries; /* the watch matches if any of them does */
	size_t n_queries;
	struct str exclude;	 /* absent: none */
	const struct str *stems; /* languages: "en", "fr" */
	size_t n_stems;
	struct str dialect;		  /* absent: native */
	const struct str *feeds, *groups; /* match only items of these; empty: of all */
	size_t n_feeds, n_groups;
	const struct str *raises; /* conditions, each a query; no dialect, no exclude */
	size_t n_raises;
};

struct watch_set;
struct watch_builder;

struct watch_builder *watch_builder_new(void); /* NULL: out of memory */
void watch_builder_free(struct watch_builder *b);
/*
 * Callback that returns whether a feed or group of that name exists. If fn is set, definitions
 * added from now on get a warning for each feed: and group: with an unknown name, which can never
 * match.
 */
void watch_builder_sources(struct watch_builder *b, query_known_fn *fn, void *ctx);
/*
 * Copies the text. Returns 0; -ERR_CONF after at least one error was reported to diag (the builder
 * stays usable, so that the caller can report all errors of a configuration); or -ERR_NOMEM. A
 * define may use others that are added before or after it; finish reports those that do not exist.
 */
int watch_builder_define(
	struct watch_builder *b, struct str name, struct str query, query_diag_fn *diag, void *ctx);
/* *index is the number of the watch in matches, counted from 0 in the order of successful calls. */
int watch_builder_add(struct watch_builder *b, const struct watch_def *def, size_t *index,
	query_diag_fn *diag, void *ctx);
/*
 * Resolves defines, compiles, and builds the index. diag is called with the ctx of the define or
 * watch at fault. Frees the builder in any case. -ERR_CONF: something could not be compiled.
 */
int watch_builder_finish(struct watch_builder *b, struct watch_set **out, struct err *e);

void watch_set_free(struct watch_set *s); /* NULL is fine */
/* Does a watch, or a condition, of it count the sources of a story? */
bool watch_set_counts_sources(const struct watch_set *s);
size_t watch_set_count(const struct watch_set *s);
struct str watch_set_name(const struct watch_set *s, size_t watch);
/*
 * Cost class of a watch for each item, for `check`: "indexed" (evaluated only if its rarest
 * required word occurs), "scan" (a wildcard over the words of every item), "slow" (a regular
 * expression on every item).
 */
const char *watch_set_cost(const struct watch_set *s, size_t watch);

/*
 * Calls fn with a condition that title and body of every matching item satisfy, over normal forms
 * of words: for a full-text index. The condition comes in prefix order, ALL or ANY of n parts
 * before these parts, at most a dozen levels deep. Returns false if there is no such condition, or
 * if fn returned false; the caller then ignores what fn was called with.
 */
enum watch_prefilter_op {
	WATCH_PREFILTER_WORD,
	WATCH_PREFILTER_BEGINNING, /* a word with this prefix */
	WATCH_PREFILTER_ALL,
	WATCH_PREFILTER_ANY,
};
struct watch_prefilter {
	enum watch_prefilter_op op;
	struct str form; /* of WORD and BEGINNING */
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
	struct str term;       /* the term of the query that found it, as written in the query */
};

#define WATCH_SOURCES_NEVER UINT32_MAX

struct watch_match {
	size_t watch;
	const struct watch_hit *hits; /* by field, then offset; no duplicates */
	size_t n_hits;
	/* The least number of sources with which the watch matches this item; 0: any. */
	uint32_t sources;
	/*
	 * The same for each condition of `raises`: it holds with so many sources;
	 * WATCH_SOURCES_NEVER: it does not hold for this item.
	 */
	const uint32_t *raises;
	size_t n_raises;
};

typedef void watch_match_fn(void *ctx, const struct watch_match *m);

struct watch_scratch;
struct watch_scratch *watch_scratch_new(const struct watch_set *s); /* NULL: out of memory */
void watch_scratch_free(struct watch_scratch *scratch);
/*
 * Calls fn for each watch that matches, in ascending order; the match is valid only during the
 * call. Returns 0, or -ERR_NOMEM / -ERR_LIMIT (the matches are incomplete then, and the caller must
 * not handle the item as if it had none). A watch that exceeds its budget counts as no match, or
 * lacks hits: see watch_scratch_overruns.
 */
int watch_set_match(const struct watch_set *s, struct watch_scratch *scratch,
	const struct watch_view *v, watch_match_fn *fn, void *ctx, struct err *e);
/* The same without hits, which is faster. */
int watch_set_match_only(const struct watch_set *s, struct watch_scratch *scratch,
	const struct watch_view *v, watch_match_fn *fn, void *ctx, struct err *e);
/*
 * From now on a match has at most this number of hits (at least 1) for each term of the query: the
 * first ones. So the first `most` hits of a match are the same as without a limit.
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
 * Budget for each item: a watch may look at two million combinations of words (60 ms), and its
 * regular expressions may use 1.3 million units of watch_regex_find (2 ms). Of these, 4096
 * combinations (once to evaluate it and once to collect its hits) and 100,000 units are its own
 * share; the rest comes from a pool of a second each, for all watches. So a watch that needs no
 * more than its share is always evaluated, and an item costs at most two seconds, and half a
 * millisecond for each watch.
 *
 * By default the pool is full for each item. From the first call of this function on, items share
 * the pool, and each call adds one of `parts` equal parts to it.
 */
void watch_scratch_fill(struct watch_scratch *scratch, unsigned parts);
/* Returns the watches that exceeded their budget on the last item. */
size_t watch_scratch_overruns(const struct watch_scratch *scratch, const size_t **watches);

/*
 * Appends why a watch does not match to out: one line for each part that fails, with how close it
 * came ("embassy NEAR/5 kyiv: at the nearest 9 words lie between, 5 may"). Returns 1 if it does
 * match (nothing is appended), 0 if not; or -ERR_NOMEM / -ERR_LIMIT.
 */
int watch_explain(const struct watch_set *s, struct watch_scratch *scratch,
	const struct watch_view *v, size_t watch, struct buf *out, struct err *e);
/* After watch_explain returned 0: would the watch match without its `exclude`? */
bool watch_excluded(const struct watch_set *s, struct watch_scratch *scratch, size_t watch);
/* Appends the query of a watch in the native language, including exclude, feeds and groups. */
void watch_set_print(const struct watch_set *s, size_t watch, struct buf *out);

/* --- display --- */

struct watch_marks {
	const char *open, *close; /* inserted around each hit: "<b>", "</b>" */
	/* Callback that appends text escaped for the markup; NULL: text is appended unchanged. */
	void (*text)(struct buf *out, struct str s);
	/* Appended for a line break of the text; NULL: the snippet is one line. */
	const char *line;
};

/*
 * Appends a window of at most max bytes of text around the densest cluster of hits, on one line,
 * with "…" where it was truncated. Without hits it is the start of the body (or of the title).
 */
void watch_snippet(const struct watch_view *v, const struct watch_hit *hits, size_t n_hits,
	size_t max, const struct watch_marks *marks, struct buf *out);

#endif
