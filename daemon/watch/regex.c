/* SPDX-License-Identifier: MIT */
/*
 * PCRE2's own limits count steps from one starting point, but neither the cost of a step nor the
 * number of starting points. So each expression is compiled with a callout before each of its
 * items, which adds up how far the match went, or may have gone. No clock is read: a budget has the
 * same effect on every machine and in every run. A unit of cost is a nanosecond on the machine of
 * docs/PERFORMANCE.md, estimated upwards: a byte skipped to find a starting point costs one.
 *
 * Between two callouts one item runs: in the worst case a repeated class that runs through the text
 * and back, or the search for the next starting point. Therefore a long text is searched in pieces,
 * and is truncated after a piece so that no item can run further than `reach`; a match that would
 * is given up.
 */
#include "regex.h"

#include <stdio.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/ascii.h"

#define PATTERN_MAX 8192
#define HEAP_KIB    1024
#define STACK_MIN   ((size_t)32 << 10) /* of translated code */
#define STACK_MAX   ((size_t)1 << 20)
#define ITEM_COST   400000 /* an item that runs through one reach of text */
#define REACH_MIN   64
#define REACH_MAX   ((size_t)64 << 10)
#define CALL_COST   150 /* a search, however short */
#define STEP_COST   20	/* a step, plus 1 for each */
#define STEP_BYTES  16	/* bytes of its stack frame, or of the expression */
#define BEHIND_MAX  255 /* characters: a lookbehind branch goes back this far before its callout */

struct watch_regex {
	pcre2_code *code;
	char *pattern;
	unsigned weight; /* cost of a character */
	unsigned step;	 /* fixed cost of a step */
	size_t reach;	 /* bytes */
};

/* Cost of a search. */
struct regex_meter {
	const struct watch_regex *re;
	size_t start; /* starting point of the present attempt */
	size_t at;    /* position of the last step */
	uint64_t left;
};

struct watch_regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	struct regex_meter meter;
};

static void regex_explain_fault(struct query_regex_fault *fault, int code, size_t offset)
{
	if (!fault)
		return;
	fault->offset = offset;
	if (pcre2_get_error_message(code, (PCRE2_UCHAR *)fault->text, sizeof(fault->text)) < 0)
		snprintf(fault->text, sizeof(fault->text), "error %d", code);
}

static size_t regex_reach_of(unsigned weight)
{
	size_t reach = ITEM_COST / weight;

	return reach < REACH_MIN ? REACH_MIN : reach > REACH_MAX ? REACH_MAX : reach;
}

static size_t regex_script_run_at(struct str p)
{
	static const char *const names[] = {
		"(*sr:", "(*asr:", "(*script_run:", "(*atomic_script_run:"};

	for (size_t i = 0; i < p.n; i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			if (str_starts(str_slice(p.p + i, p.n - i), str_of(names[k])))
				return i;
	return p.n;
}

/* An expression whose items can run for long between two callouts is invalid. */
static bool regex_is_bounded(
	const struct watch_regex *re, struct str pattern, struct query_regex_fault *fault)
{
	struct query_regex_fault none = {0}, *f = fault ? fault : &none;
	uint32_t behind = 0;

	pcre2_pattern_info(re->code, PCRE2_INFO_MAXLOOKBEHIND, &behind);
	f->offset = regex_script_run_at(pattern);
	if (f->offset < pattern.n) {
		snprintf(f->text, sizeof(f->text), "script runs are not supported");
		return false;
	}
	f->offset = 0;
	snprintf(f->text, sizeof(f->text), "it looks %u characters back, %d are the most",
		(unsigned)behind, BEHIND_MAX);
	return behind <= BEHIND_MAX;
}

static int regex_set_weight(struct watch_regex *re, struct str pattern, bool nocase)
{
	PCRE2_SIZE frame = 0;

	pcre2_pattern_info(re->code, PCRE2_INFO_FRAMESIZE, &frame);
	re->weight = watch_regex_weight(pattern, nocase);
	re->reach = regex_reach_of(re->weight);
	re->step = STEP_COST + (unsigned)((frame + pattern.n) / STEP_BYTES);
	/* A NUL is handled like any character. */
	re->pattern = malloc(pattern.n + 1);
	if (!re->pattern)
		return -(int)ERR_NOMEM;
	memcpy(re->pattern, pattern.p, pattern.n);
	re->pattern[pattern.n] = '\0';
	return 0;
}

static pcre2_code *regex_compile_code(
	struct str pattern, uint32_t more, int *code, struct query_regex_fault *fault)
{
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY |
			   PCRE2_USE_OFFSET_LIMIT | more;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_SIZE offset = 0;
	pcre2_code *compiled;

	*code = PCRE2_ERROR_NOMEMORY;
	if (!context)
		return NULL;
	pcre2_set_max_pattern_length(context, PATTERN_MAX);
	pcre2_set_parens_nest_limit(context, 50);
	compiled = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, code, &offset, context);
	pcre2_compile_context_free(context);
	if (*code == PCRE2_ERROR_HEAP_FAILED)
		*code = PCRE2_ERROR_NOMEMORY;
	else if (!compiled)
		regex_explain_fault(fault, *code, offset < pattern.n ? offset : pattern.n);
	return compiled;
}

int watch_regex_compile(
	struct str pattern, bool nocase, struct watch_regex **out, struct query_regex_fault *fault)
{
	struct watch_regex *re = calloc(1, sizeof(*re));
	uint32_t caseless = nocase ? PCRE2_CASELESS : 0;
	int code, rc;

	if (!re)
		return -(int)ERR_NOMEM;
	re->code = regex_compile_code(pattern, PCRE2_AUTO_CALLOUT | caseless, &code, fault);
	if (!re->code)
		rc = code == PCRE2_ERROR_NOMEMORY ? -(int)ERR_NOMEM : -(int)ERR_CONF;
	else if (!regex_is_bounded(re, pattern, fault))
		rc = -(int)ERR_CONF;
	else
		rc = regex_set_weight(re, pattern, nocase);
	if (rc < 0) {
		watch_regex_free(re);
		return rc;
	}
	/*
	 * Fails if the service may not make memory executable: the expression is interpreted then.
	 */
	pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
	*out = re;
	return 0;
}

int watch_regex_check(struct str pattern, bool nocase, struct query_regex_fault *fault)
{
	struct watch_regex *re = NULL;
	int rc = watch_regex_compile(pattern, nocase, &re, fault);

	watch_regex_free(re);
	return rc;
}

void watch_regex_free(struct watch_regex *re)
{
	if (!re)
		return;
	pcre2_code_free(re->code);
	free(re->pattern);
	free(re);
}

/* --- the budget --- */

/* False: the budget is used up. */
static bool regex_charge_step(struct regex_meter *m, uint64_t cost)
{
	m->left -= cost < m->left ? cost : m->left;
	return m->left > 0;
}

/* Charges the bytes skipped to find a starting point at `to`. */
static bool regex_charge_scan(struct regex_meter *m, size_t to)
{
	size_t scanned = to > m->start ? to - m->start : 0;

	if (scanned)
		m->start = m->at = to;
	return regex_charge_step(m, scanned);
}

static size_t regex_longest_group(const pcre2_callout_block *b)
{
	size_t longest = 0;

	for (uint32_t i = 1; i < b->capture_top; i++) {
		size_t from = b->offset_vector[2 * i], to = b->offset_vector[2 * i + 1];

		if (to != PCRE2_UNSET && to > from && to - from > longest)
			longest = to - from;
	}
	return longest;
}

/* Characters that the next item may look at before it fails, which no callout reports. */
static size_t regex_is_unseen(const struct watch_regex *re, const pcre2_callout_block *b)
{
	const char *item = re->pattern + b->pattern_position;
	size_t n = b->next_item_length, least = 0, i = n;

	if (n < 2)
		return 0;
	if (item[n - 1] == '}' || item[n - 2] == '}') {
		while (i && item[i - 1] != '{')
			i--;
		for (; i && i < n && ascii_is_digit(item[i]); i++)
			least = least * 10 + (size_t)(item[i] - '0');
	}
	if ((item[0] == '\\' && item[1] && strchr("123456789gk", item[1])) ||
		(n > 3 && memcmp(item, "(?P=", 4) == 0))
		least = (least ? least : 1) * regex_longest_group(b);
	return least < b->subject_length ? least : b->subject_length;
}

static int regex_on_callout(pcre2_callout_block *b, void *ctx)
{
	struct regex_meter *m = ctx;
	size_t at = b->current_position, moved;

	if (!regex_charge_scan(m, b->start_match))
		return PCRE2_ERROR_CALLOUT;
	moved = at > m->at ? at - m->at : m->at - at;
	m->at = at;
	if (!regex_charge_step(
		    m, m->re->step + (moved + regex_is_unseen(m->re, b) + 1) * m->re->weight))
		return PCRE2_ERROR_CALLOUT;
	return 0;
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
	pcre2_set_callout(s->context, regex_on_callout, &s->meter);
	s->stack = pcre2_jit_stack_create(STACK_MIN, STACK_MAX, NULL);
	if (s->stack)
		pcre2_jit_stack_assign(s->context, NULL, s->stack);
	return s;
}

void watch_regex_scratch_free(struct watch_regex_scratch *s)
{
	if (!s)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	if (s->stack)
		pcre2_jit_stack_free(s->stack);
	free(s);
}

/* --- searching --- */

/* Returns the start of the character that contains byte i. */
static size_t regex_point_at(struct str text, size_t i)
{
	while (i && i < text.n && ((unsigned char)text.p[i] & 0xc0) == 0x80)
		i--;
	return i;
}

static size_t regex_next_point(struct str text, size_t i)
{
	for (i++; i < text.n && ((unsigned char)text.p[i] & 0xc0) == 0x80;)
		i++;
	return i;
}

/*
 * Searches with starting points from `from` to `last`, in a text that may be truncated. Returns 1,
 * 0, -ERR_LIMIT or -ERR_NOMEM.
 */
static int regex_search_from(const struct watch_regex *re, struct watch_regex_scratch *s,
	struct str text, size_t from, size_t last, bool was_cut)
{
	int rc;

	s->meter.start = s->meter.at = from;
	pcre2_set_offset_limit(s->context, last);
	rc = pcre2_match(re->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from,
		PCRE2_NO_UTF_CHECK | (was_cut ? PCRE2_PARTIAL_HARD : 0), s->data, s->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return regex_charge_scan(&s->meter, last) ? 0 : -(int)ERR_LIMIT;
	if (rc == PCRE2_ERROR_NOMEMORY)
		return -(int)ERR_NOMEM;
	return rc >= 0 ? 1 : -(int)ERR_LIMIT;
}

static int regex_search_pieces(
	const struct watch_regex *re, struct watch_regex_scratch *s, struct str text, size_t from)
{
	int rc = 0;

	while (rc == 0 && text.n - from > 2 * re->reach) {
		size_t last = regex_point_at(text, from + re->reach);
		size_t cut = regex_point_at(text, last + re->reach);

		rc = regex_search_from(re, s, str_slice(text.p, cut), from, last, true);
		from = regex_next_point(text, last);
	}
	return rc ? rc : regex_search_from(re, s, text, from, text.n, false);
}

int watch_regex_find(const struct watch_regex *re, struct watch_regex_scratch *s, struct str text,
	size_t from, uint64_t *budget, size_t *begin, size_t *end)
{
	struct regex_meter *m = &s->meter;
	const PCRE2_SIZE *pair;
	int rc;

	if (*budget <= CALL_COST) {
		*budget = 0;
		return -(int)ERR_LIMIT;
	}
	*m = (struct regex_meter){.re = re, .left = *budget - CALL_COST};
	rc = regex_search_pieces(re, s, text, from);
	*budget = m->left;
	if (rc <= 0)
		return rc;
	pair = pcre2_get_ovector_pointer(s->data);
	*begin = pair[0];
	*end = pair[1] > pair[0] ? pair[1] : pair[0]; /* \K can set the start after the end */
	return 1;
}
