/* SPDX-License-Identifier: MIT */
/*
 * The operators as the matcher runs them: one row for each op of a step.
 *
 * To add an operator: its row in query/operator.c, its row in operator.c, and its evaluation.
 */
#ifndef WATCH_OPERATOR_H
#define WATCH_OPERATOR_H

#include "program.h"

struct watch_scratch;
struct watch_near;
struct watch_pairing;
struct watch_spans;
struct watch_printer;
struct watch_explainer;

/* What every item that the step matches must contain: for the index and the prefilter. */
enum watch_needs {
	WATCH_NEEDS_NOTHING, /* nothing that could be looked up */
	WATCH_NEEDS_ATOM,    /* the atom `first` */
	WATCH_NEEDS_PHRASE,  /* the phrase `first` */
	WATCH_NEEDS_WORDS,   /* one of its words */
	WATCH_NEEDS_FIRST,   /* its first kid */
	WATCH_NEEDS_ALL,     /* all of its kids */
	WATCH_NEEDS_SOME,    /* n of its kids */
};

/* Callbacks of the rows. lead: the body is truncated to that many words; or WATCH_NO_LEAD. */

/* Returns true if the item matches the step. */
typedef bool watch_eval_fn(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
/* Appends the hits of a step that matches. */
typedef void watch_collect_fn(
	struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
/* Returns the matches of an operand; NULL if out of memory or steps. */
typedef struct watch_spans *watch_spans_fn(struct watch_near *x, const struct watch_step *step);
/* Pairs the matches of both sides, see near.h. */
typedef void watch_pair_fn(struct watch_pairing *p);
/* Writes steps[at], which is allocated. Sets c->failed if out of memory. */
typedef void watch_compile_fn(struct watch_compiler *c, const struct query_node *n, uint32_t at);
/* Appends the step as a query. */
typedef void watch_print_fn(struct watch_printer *x, const struct watch_step *s);
/* Appends the reason why the step does not match the item. */
typedef void watch_explain_fn(struct watch_explainer *x, uint32_t at, uint32_t lead);

struct watch_operator {
	watch_eval_fn *eval;
	watch_collect_fn *collect; /* NULL: no hits */
	watch_spans_fn *spans;	   /* NULL: not valid as an operand of NEAR and its like */
	watch_pair_fn *pair;	   /* for watch_eval_near() */
	enum watch_needs needs;
	bool by_parts;		   /* explained by its parts only */
	bool brief;		   /* needs no line of its own in the explanation of an OR */
	watch_compile_fn *compile; /* NULL: not the op of a node */
	watch_print_fn *print;	   /* NULL: printed by its query_operators row */
	watch_explain_fn *explain;
};

extern const struct watch_operator watch_operators[WATCH_STEP_OPS];

/* compile.c */
watch_compile_fn watch_compile_phrase, watch_compile_regex, watch_compile_attribute,
	watch_compile_length, watch_compile_age, watch_compile_and, watch_compile_or,
	watch_compile_sources, watch_compile_kids;
/* eval.c */
watch_eval_fn watch_eval_word, watch_eval_words, watch_eval_phrase, watch_eval_regex,
	watch_eval_attribute, watch_eval_url, watch_eval_length, watch_eval_age, watch_eval_sources,
	watch_eval_some, watch_eval_not, watch_eval_lead;
watch_collect_fn watch_collect_word, watch_collect_words, watch_collect_phrase, watch_collect_regex,
	watch_collect_kids, watch_collect_lead;
/* near.c */
watch_eval_fn watch_eval_near;
watch_collect_fn watch_collect_near;
watch_pair_fn watch_pair_near, watch_pair_not_near, watch_pair_place, watch_pair_atleast;
/* spans.c */
watch_spans_fn watch_spans_of_word, watch_spans_of_phrase, watch_spans_of_any, watch_spans_of_near;
/* print.c */
watch_print_fn watch_print_text, watch_print_attribute, watch_print_url, watch_print_length,
	watch_print_age, watch_print_sources;
/* explain.c */
watch_explain_fn watch_explain_and, watch_explain_some, watch_explain_not, watch_explain_lead,
	watch_explain_near, watch_explain_not_near, watch_explain_place, watch_explain_atleast,
	watch_explain_term, watch_explain_attribute, watch_explain_url, watch_explain_length,
	watch_explain_age, watch_explain_sources;

#endif
