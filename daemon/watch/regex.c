/* SPDX-License-Identifier: MIT */
/*
 * PCRE2's match limit starts anew at every start position, so that alone it bounds nothing: a
 * search goes in slices of start positions, under a small limit. A slice that hits the limit is
 * gone through again start by start under larger ones, and the clock is read in between.
 *
 * One step may run through all of the text (a*, (?=.*x)), so that on a long one fewer are allowed
 * before the clock is read; and the first slices are short, for what is dear is mostly so at once.
 */
#include "watch/regex.h"

#include <stdio.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/clock.h"

#define PATTERN_MAX 8192
#define SLICE	    64		      /* start positions (bytes) at once */
#define LIMIT_SLICE 1000	      /* steps from each of them */
#define LIMIT_LONG  64		      /* the same on a long text */
#define LIMIT_GROWS 4		      /* times, when a start needs more */
#define CHARS_READ  ((size_t)1 << 22) /* that the steps from one start may look at */
#define LIMIT_JIT   50000	      /* steps from one start, translated to machine code */
#define LIMIT_PLAIN 10000	      /* or interpreted */
#define HEAP_KIB    1024

struct watch_regex {
	pcre2_code *code;
	bool jit;
};

struct watch_regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static void explain(struct watch_regex_fault *fault, int code, size_t offset)
{
	if (!fault)
		return;
	fault->offset = offset;
	if (pcre2_get_error_message(code, (PCRE2_UCHAR *)fault->text, sizeof(fault->text)) < 0)
		snprintf(fault->text, sizeof(fault->text), "error %d", code);
}

int watch_regex_compile(
	struct str pattern, bool nocase, struct watch_regex **out, struct watch_regex_fault *fault)
{
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY |
			   PCRE2_USE_OFFSET_LIMIT | (nocase ? PCRE2_CASELESS : 0);
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	struct watch_regex *re = calloc(1, sizeof(*re));
	PCRE2_SIZE offset = 0;
	int code = 0;

	if (context && re) {
		pcre2_set_max_pattern_length(context, PATTERN_MAX);
		pcre2_set_parens_nest_limit(context, 50);
		re->code = pcre2_compile(
			(PCRE2_SPTR)pattern.p, pattern.n, options, &code, &offset, context);
	}
	pcre2_compile_context_free(context);
	if (!context || !re || (!re->code && code == PCRE2_ERROR_NOMEMORY)) {
		free(re);
		return -(int)ERR_NOMEM;
	}
	if (!re->code) {
		explain(fault, code, offset < pattern.n ? offset : pattern.n);
		free(re);
		return -(int)ERR_CONF;
	}
	/* Refused where the service may not make memory executable: then it is interpreted. */
	re->jit = pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE) == 0;
	*out = re;
	return 0;
}

void watch_regex_free(struct watch_regex *re)
{
	if (!re)
		return;
	pcre2_code_free(re->code);
	free(re);
}

struct watch_regex_scratch *watch_regex_scratch_new(void)
{
	struct watch_regex_scratch *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->data = pcre2_match_data_create(1, NULL);
	s->context = pcre2_match_context_create(NULL);
	if (!s->data || !s->context) {
		watch_regex_scratch_free(s);
		return NULL;
	}
	pcre2_set_heap_limit(s->context, HEAP_KIB);
	return s;
}

void watch_regex_scratch_free(struct watch_regex_scratch *s)
{
	if (!s)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	free(s);
}

/* 1, 0, or a negative code of PCRE2. */
static int search(const struct watch_regex *re, struct watch_regex_scratch *s, struct str text,
	size_t from, size_t last, uint32_t limit)
{
	int rc;

	pcre2_set_offset_limit(s->context, last);
	pcre2_set_match_limit(s->context, limit);
	rc = pcre2_match(re->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from,
		PCRE2_NO_UTF_CHECK, s->data, s->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	return rc >= 0 ? 1 : rc;
}

static bool charge(uint64_t *budget, int64_t *since)
{
	int64_t now = clock_thread_cpu_us();
	uint64_t cost = now > *since ? (uint64_t)(now - *since) : 0;

	*since = now;
	if (cost >= *budget) {
		*budget = 0;
		return false;
	}
	*budget -= cost;
	return true;
}

static size_t next_point(struct str text, size_t i)
{
	for (i++; i < text.n && ((unsigned char)text.p[i] & 0xc0) == 0x80;)
		i++;
	return i;
}

static uint32_t first_limit(size_t left)
{
	size_t limit = CHARS_READ / (left + 1);

	return limit > LIMIT_SLICE  ? LIMIT_SLICE
	       : limit < LIMIT_LONG ? LIMIT_LONG
				    : (uint32_t)limit;
}

/* The starts from *at to last, one by one. Leaves *at behind them when there was no match. */
static int one_by_one(const struct watch_regex *re, struct watch_regex_scratch *s, struct str text,
	size_t *at, size_t last, uint64_t *budget)
{
	uint32_t most = re->jit ? LIMIT_JIT : LIMIT_PLAIN, limit = first_limit(text.n - *at);
	int64_t since = clock_thread_cpu_us();

	while (*at <= last) {
		uint64_t before = *budget;
		int rc = search(re, s, text, *at, *at, limit);

		if (!charge(budget, &since))
			return -(int)ERR_LIMIT;
		if (rc == PCRE2_ERROR_MATCHLIMIT && limit < most &&
			(before - *budget) * LIMIT_GROWS < *budget) {
			limit = limit < most / LIMIT_GROWS ? limit * LIMIT_GROWS : most;
			continue;
		}
		if (rc)
			return rc > 0 ? 1 : -(int)ERR_LIMIT;
		*at = next_point(text, *at);
	}
	return 0;
}

static int in_slices(const struct watch_regex *re, struct watch_regex_scratch *s, struct str text,
	size_t at, uint64_t *budget)
{
	int64_t since = clock_thread_cpu_us();
	size_t slice = 1;

	while (at <= text.n) {
		size_t last = text.n - at > slice ? at + slice : text.n;
		int rc;

		while (last < text.n && last > at && ((unsigned char)text.p[last] & 0xc0) == 0x80)
			last--;
		rc = search(re, s, text, at, last, first_limit(text.n - at));
		if (rc == PCRE2_ERROR_NOMEMORY)
			return -(int)ERR_NOMEM;
		if (!charge(budget, &since))
			return -(int)ERR_LIMIT;
		if (rc < 0) {
			rc = one_by_one(re, s, text, &at, last, budget);
			since = clock_thread_cpu_us();
		} else {
			at = next_point(text, last);
		}
		if (rc)
			return rc;
		slice = slice < SLICE ? 2 * slice : SLICE;
	}
	return 0;
}

int watch_regex_find(const struct watch_regex *re, struct watch_regex_scratch *s, struct str text,
	size_t from, uint64_t *budget, size_t *begin, size_t *end)
{
	int rc = *budget ? in_slices(re, s, text, from, budget) : -(int)ERR_LIMIT;
	const PCRE2_SIZE *pair;

	if (rc <= 0)
		return rc;
	pair = pcre2_get_ovector_pointer(s->data);
	*begin = pair[0];
	*end = pair[1] > pair[0] ? pair[1] : pair[0]; /* \K can put the start behind the end */
	return 1;
}
