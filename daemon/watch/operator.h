/* SPDX-License-Identifier: MIT */
/*
 * The operators as the matcher runs them: one row for each op of a step. Private to this room.
 *
 * To add one: its row in query/operator.c, its row in operator.c, and its evaluation.
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

/* What must match, or occur, in every item that the step matches. */
enum watch_needs {
	WATCH_NEEDS_NOTHING, /* that an index could know */
	WATCH_NEEDS_ATOM,    /* first */
	WATCH_NEEDS_PHRASE,  /* first */
	WATCH_NEEDS_WORDS,   /* one of the words */
	WATCH_NEEDS_FIRST,   /* its first kid */
	WATCH_NEEDS_ALL,     /* all of its kids */
	WATCH_NEEDS_SOME,    /* n of its kids */
};

struct watch_operator {
	/* Does the item match the step? lead: the body ends after so many words. */
	bool (*eval)(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
	/* Adds the hits of a step that matches; NULL: it has none. */
	void (*collect)(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
	/* Its matches as an operand of the operators that compare positions; NULL: it is none. */
	struct watch_spans *(*spans)(struct watch_near *x, const struct watch_step *step);
	/* For watch_eval_near: finds and marks what belongs together of p->left and p->right. */
	void (*pair)(struct watch_pairing *p);
	enum watch_needs needs;
	bool by_parts; /* is explained by its parts alone */
	bool brief;    /* that it does not match needs no line of its own in an OR */
	/* Writes steps[at], where there is room already. NULL: no node comes to be such a step. */
	void (*compile)(struct watch_compiler *c, const struct query_node *n, uint32_t at);
	/* NULL: as query_operators says that it is written, around its kids. */
	void (*print)(struct watch_printer *x, const struct watch_step *s);
	/* Says why the step does not match the item. */
	void (*explain)(struct watch_explainer *x, uint32_t at, uint32_t lead);
};

extern const struct watch_operator watch_operators[WATCH_STEP_OPS];

/* --- compile.c --- */

void watch_compile_phrase(struct watch_compiler *c, const struct query_node *n, uint32_t at);
void watch_compile_regex(struct watch_compiler *c, const struct query_node *n, uint32_t at);
void watch_compile_attribute(struct watch_compiler *c, const struct query_node *n, uint32_t at);
void watch_compile_length(struct watch_compiler *c, const struct query_node *n, uint32_t at);
void watch_compile_age(struct watch_compiler *c, const struct query_node *n, uint32_t at);
void watch_compile_and(struct watch_compiler *c, const struct query_node *n, uint32_t at);
void watch_compile_or(struct watch_compiler *c, const struct query_node *n, uint32_t at);
void watch_compile_kids(struct watch_compiler *c, const struct query_node *n, uint32_t at);

/* --- eval.c --- */

bool watch_eval_word(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_words(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_phrase(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_regex(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_attribute(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_url(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_length(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_age(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_some(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_not(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
bool watch_eval_lead(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_collect_word(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_collect_words(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_collect_phrase(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_collect_regex(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_collect_kids(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_collect_lead(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);

/* --- near.c --- */

bool watch_eval_near(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_collect_near(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_pair_near(struct watch_pairing *p);
void watch_pair_not_near(struct watch_pairing *p);
void watch_pair_place(struct watch_pairing *p);
void watch_pair_atleast(struct watch_pairing *p);

/* --- spans.c --- */

struct watch_spans *watch_spans_of_word(struct watch_near *x, const struct watch_step *step);
struct watch_spans *watch_spans_of_phrase(struct watch_near *x, const struct watch_step *step);
struct watch_spans *watch_spans_of_any(struct watch_near *x, const struct watch_step *step);
struct watch_spans *watch_spans_of_near(struct watch_near *x, const struct watch_step *step);

/* --- print.c --- */

void watch_print_text(struct watch_printer *x, const struct watch_step *s);
void watch_print_attribute(struct watch_printer *x, const struct watch_step *s);
void watch_print_url(struct watch_printer *x, const struct watch_step *s);
void watch_print_length(struct watch_printer *x, const struct watch_step *s);
void watch_print_age(struct watch_printer *x, const struct watch_step *s);

/* --- explain.c --- */

void watch_explain_and(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_some(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_not(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_lead(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_near(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_not_near(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_place(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_atleast(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_term(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_attribute(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_url(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_length(struct watch_explainer *x, uint32_t at, uint32_t lead);
void watch_explain_age(struct watch_explainer *x, uint32_t at, uint32_t lead);

#endif
