/* SPDX-License-Identifier: MIT */
/*
 * CPU cost of regular expressions for an item: with PCRE2's JIT, and without, where memory cannot
 * be made executable (systemd's MemoryDenyWriteExecute).
 */
#include "lib/query_fixture.h"

#include "base/utf8.h"
#include "watch/regex.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define TEXT_BYTES ((size_t)64 * 1024)
#define TEXT_LONG  ((size_t)3 << 20)
#define TRIES	   10
#define BUDGET	   1300000
#define MOST	   6 /* limit, as a multiple of the floor */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

struct bomb {
	const char *query, *unit, *end; /* unit repeated, then end */
};

static const struct bomb bombs[] = {
	{"/\\w{0,200}\\w{0,200}[!?]/", "a", ""},
	{"/(a+)+$/", "a", "b"},
	{"/(a+)+[!?]$/", "a", "b!b"},
	{"/^(a+)+$/", "a", "b"},
	{"/(a*)*[bc]$/", "a", "d"},
	{"/(a|a)*[bc]$/", "a", "d"},
	{"/(a|aa)+$/", "a", "b"},
	{"/(.*a){20}[xy]/", "a", "b"},
	{"/(.*a){25}$/", "a", "b"},
	{"/(\\w+\\s?)+[!?]$/", "word ", ";"},
	{"/^(([a-z])+.)+[A-Z]([a-z])+$/", "a", "!"},
	{"/([a-zA-Z]+)*[!?]$/", "a", ";"},
	{"/(x+x+)+[yz]/", "x", ""},
	{"/(\\d+)*[ab]$/", "1", ";"},
	{"/(\\s*\\w+\\s*)*[;:]$/", "a b ", "!"},
	{"/a*a*a*a*a*a*[bc]/", "a", "d"},
	{"/a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?[a]{20}[bc]/", "a", "d"},
	{"/.*.*.*[=~]/", "x", ""},
	{"/(.+)+\\1[=~]/", "ab", ""},
	{"/(\\w+)\\s\\1\\s\\1[!?]/", "aa aa ", ""},
	{"/(?=(a+))a*b\\1[cd]/", "a", ""},
	{"/(?:a(?=a*[!?])|a)+[!?]/", "a", ""},
	{"/(?<=a)(a|b|ab)*[cd]$/", "ab", "e"},
	{"/(a{1,50}){1,50}[bc]/", "a", "d"},
	{"/((a{1,10}){1,10}){1,10}[bc]/", "a", "d"},
	{"/[^x]*[^x]*[^x]*x[^x]*[yz]/", "a", ""},
	{"/(\\p{L}+\\p{M}*)+[!?]/", "\xc3\xa9", ""},
	{"/(\\X)*[!?]$/", "e\xcc\x81", "."},
	{"/(?i)(\xc3\xa4|\xc3\x84|a)+[!?]$/", "\xc3\xa4", "."},
	{"/(a+|b+|ab+)*[cd]/", "ab", "e"},
	{"/\\b(\\w+\\W+){1,200}?never[!?]/", "word, ", ""},
};

/* Expressions that attack the budget: cost of one step, or of one item in them. */
static const struct {
	const char *before, *again, *after; /* `again` repeated in the middle */
	size_t times;
	const char *unit;
} heavy[] = {
	/* many items that each scan the text, from one start */
	{"", "\\w*+!|", "[!?]", 1000, "a"},
	{"", "(?=\\w*+!)|", "x", 600, "a"},
	{"", "\\w+ing|", "[!?]x", 900, "a"},
	{"", "(?=\\p{L}*+)", "[!?]", 500, "\xd0\xb6"},
	{"", "(?=\\X*+)", "[!?]", 500, "e\xcc\x81"},
	{"", "(?<!\\w{250}!)", "[!?]", 350, "a"},
	{"", "(?<=\\p{L}{250})", "[!?]", 350, "\xd0\xb6"},
	{"(\\w{1000})", "(?=\\1*+)", "[!?]", 50, "a"},
	{"(?i)(\\w{1000})", "(?=\\1*+)", "[!?]", 50, "\xc3\xa4"},
	/* items that scan far and then fail */
	{"", "[^b]{60000}|", "[!?]", 600, "a"},
	{"(?:", "[^b]{40000}|", "\\w)*+[!?]", 1, "a"},
	{"(\\w{20000})(?:", "\\1{2}x|", "[!?])", 1000, "a"},
	{"(?<n>\\w{20000})(?:", "(?P=n){2}x|", "[!?])", 500, "a"},
	/* much backtracking state at every step */
	{"", "()", "(?:a|b|[ab]|\\w)*[!?]", 2500, "a"},
	{"", "(x)?", "((?:a(?-1)?)b?)[!?]", 1200, "a"},
	/* cheap steps before */
	{"(?:a?){60}(?:", "(?=\\w*+!)|", "\\w)*[!?]", 100, "a"},
	{"(?:(?=", "(?=\\w*+!)|", "\\w*+)\\w)*[!?]", 3, "a"},
	{"(?(?=\\w*+!)a|", "\\w", ")*[!?]", 1, "a"},
	/* classes with many members that do not occur */
	{"[^", "\xe3\x90\x80\xe3\x90\x82", "]*[!?]", 1, "\xf0\x90\x8c\xb0"},
	{"[^", NULL, "]*[!?]", 2000, "\xf0\x90\x8c\xb0"},
	{"(?:[^", NULL, "]*+!|\\w)*+[!?]", 1200, "\xe4\xba\x8d"},
	{"(?i)[^", "\\x{100}-\\x{2af}", "]*[!?]", 1, "\xe4\xba\x8d"},
	{"[", "\\p{Greek}\\p{Han}\\P{Any}", "\\p{Cyrillic}]*[!?]", 60, "\xd0\xb6"},
	/* long runs without a repetition, so no callout is called in them */
	{"", "a", "[bc]d", 3000, "a"},
	{"a*", "a", "[bc]d", 600, "a"},
	{"[ab ]*", "[ab]", "[cd]e", 400, "a"},
	{"", "\\w\\s", "[cd]e", 200, "a "},
	{"\\p{L}*", "\\p{L}", "[cd]e", 300, "\xd0\xb6"},
	{"\\w*", "[\xe3\x90\x80\xe3\x90\x82\xd0\xb6]", "[cd]e", 300, "\xd0\xb6"},
	/* repeated searches for a start */
	{"[xyz]", "foo", "", 1, "a"},
	{"[xyz]", "f", "", 1, "\xd0\xb6"},
	{"(*NO_START_OPT)", "xyzzy", "", 1, "a"},
	{"(?s)", "(.*)", "[\\x{10ffff}]", 6, "a b\n"},
	{"(?m)^", "(a+)+", "$", 1, "a\n"},
	/* limits set in the expression, subroutines, short matches without end */
	{"(*LIMIT_MATCH=100000000)(*LIMIT_HEAP=1000000000)", "(a+)+", "$", 1, "aaaab"},
	{"(\\w(?1)?", "\\w?", ")+[!?]", 1, "a"},
	{"\\((?:[^()]++|(?R))*", "\\)", "[!?]", 1, "((a)"},
	{"\\w", "?", "", 2, "a "},
	{"a", "\\K", "", 1, "a "},
};

/* Thread CPU time in µs of PCRE2 alone for work that takes 0.4 ms on a fast machine. */
static int64_t floor_us(void)
{
	char text[3000];
	int code;
	PCRE2_SIZE at;
	pcre2_code *re = pcre2_compile(
		(PCRE2_SPTR) "[a-z]{0,200}[!?]", PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(re, NULL);
	int64_t start;

	memset(text, 'a', sizeof(text));
	start = clock_thread_cpu_us();
	assert_int_equal(
		pcre2_match(re, (PCRE2_SPTR)text, sizeof(text), 0, PCRE2_NO_JIT, data, NULL),
		PCRE2_ERROR_NOMATCH);
	start = clock_thread_cpu_us() - start;
	pcre2_match_data_free(data);
	pcre2_code_free(re);
	return start;
}

/*
 * A budget counts work, so its time is compared with other work that is measured at the same time.
 * A busy machine can only add: one good pair of measurements is enough.
 */
static bool is_bounded(int64_t cost, const char *what)
{
	int64_t most = MOST * floor_us();

	if (getenv("VERBOSE"))
		print_message("%6lld us of %6lld %.60s\n", (long long)cost, (long long)most, what);
	return SANITIZED || cost <= most;
}

static void on_found(void *ctx, const struct watch_match *m)
{
	(void)m;
	*(bool *)ctx = true;
}

/* Thread CPU time in µs of the item; *overran: reported by number. */
static int64_t cost_of(const struct watch_set *set, const struct watch_view *v, bool *overran)
{
	struct watch_scratch *s = watch_scratch_new(set);
	const size_t *watches;
	bool matched = false;
	int64_t start = clock_thread_cpu_us(), cost;

	assert_int_equal(watch_set_match(set, s, v, on_found, &matched, NULL), 0);
	cost = clock_thread_cpu_us() - start;
	assert_false(matched);
	*overran = watch_scratch_overruns(s, &watches) == 1;
	if (*overran)
		assert_int_equal(watches[0], 0);
	watch_scratch_free(s);
	return cost;
}

static bool explode(const struct bomb *b)
{
	struct query_fixture w;
	struct watch_view v = {.published = STAMP_NONE};
	struct buf text;
	bool overran = false;
	int left = TRIES;

	buf_init(&text, 2 * TEXT_BYTES);
	while (text.len < TEXT_BYTES)
		buf_addz(&text, b->unit);
	buf_addz(&text, b->end);
	v.body = buf_str(&text);
	if (query_fixture_build(&w, b->query, NULL) < 0)
		fail_msg("%s: %s", b->query, buf_z(&w.diags));
	while (!is_bounded(cost_of(w.set, &v, &overran), b->query))
		if (--left == 0)
			fail_msg("%s costs more than its budget", b->query);
	query_fixture_release(&w);
	buf_release(&text);
	return overran;
}

static void explode_all(void)
{
	size_t overran = 0;

	/*
	 * The case that no limit of PCRE2 stops: each start is cheap, but there are 64 Ki of them.
	 */
	assert_true(explode(&bombs[0]));
	for (size_t i = 1; i < COUNT(bombs); i++)
		overran += explode(&bombs[i]);
	/* PCRE2 optimises some of them, which then end in time. */
	assert_true(overran >= COUNT(bombs) / 2);
}

static void expensive_expressions_stay_within_the_budget(void **state)
{
	(void)state;
	explode_all();
}

static void put_expression(struct buf *out, size_t i)
{
	buf_addz(out, heavy[i].before);
	for (uint32_t k = 0; k < heavy[i].times; k++)
		if (heavy[i].again)
			buf_addz(out, heavy[i].again);
		else
			utf8_append(out,
				0x3400 + 2 * k); /* letters that are not adjacent code points */
	buf_addz(out, heavy[i].after);
}

/* Where to continue after a match, which may be empty. */
static size_t behind(struct str text, size_t from, size_t end)
{
	from = end > from ? end : from + 1;
	while (from < text.n && ((unsigned char)text.p[from] & 0xc0) == 0x80)
		from++;
	return from;
}

/* Thread CPU time in µs of all matches that the budget allows. */
static int64_t cost_of_all(const struct watch_regex *re, struct str text)
{
	struct watch_regex_scratch *s = watch_regex_scratch_new();
	uint64_t budget = BUDGET;
	int64_t start = clock_thread_cpu_us();
	size_t from = 0, begin, end;

	while (from <= text.n && watch_regex_find(re, s, text, from, &budget, &begin, &end) > 0) {
		from = behind(text, from, end);
	}
	start = clock_thread_cpu_us() - start;
	watch_regex_scratch_free(s);
	return start;
}

static void weigh(size_t i, size_t bytes)
{
	struct buf expression, text;
	struct query_regex_fault fault;
	struct watch_regex *re;
	int left = TRIES;

	buf_init(&expression, 1 << 16);
	buf_init(&text, 2 * bytes);
	put_expression(&expression, i);
	while (text.len < bytes)
		buf_addz(&text, heavy[i].unit);
	if (watch_regex_compile(buf_str(&expression), false, &re, &fault) < 0)
		fail_msg("%.60s: %s", buf_z(&expression), fault.text);
	while (!is_bounded(cost_of_all(re, buf_str(&text)), buf_z(&expression)))
		if (--left == 0)
			fail_msg("%.60s costs more than its budget", buf_z(&expression));
	watch_regex_free(re);
	buf_release(&expression);
	buf_release(&text);
}

static void weigh_all(void)
{
	for (size_t i = 0; i < COUNT(heavy); i++) {
		weigh(i, TEXT_BYTES);
		weigh(i, TEXT_LONG);
	}
}

static void no_step_costs_more_than_the_budget(void **state)
{
	(void)state;
	weigh_all();
}

static bool deny_executable_memory(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mprotect, 0, 3),
		/* The low half of args[2] on little-endian machines: all of Debian but s390x. */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = COUNT(code), .filter = code};
	void *p;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return false;
	p = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p != MAP_FAILED)
		munmap(p, 4096);
	return p == MAP_FAILED;
}

static void missing_hits_are_reported(void **state)
{
	struct query_fixture w;
	struct watch_view v = {.published = STAMP_NONE};
	struct watch_scratch *s;
	const size_t *watches;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 10);
	buf_addz(&text, "found ");
	for (int i = 0; i < 200; i++)
		buf_addc(&text, 'x');
	v.body = buf_str(&text);
	assert_int_equal(query_fixture_build(&w, "/found|(x+x+)+y/", NULL), 0);
	s = watch_scratch_new(w.set);
	assert_int_equal(watch_set_match(w.set, s, &v, query_fixture_on_match, &w, NULL), 0);
	assert_true(w.matched);
	assert_string_equal(buf_z(&w.hits), "found");
	assert_int_equal(watch_scratch_overruns(s, &watches), 1);
	watch_scratch_free(s);
	query_fixture_release(&w);
	buf_release(&text);
}

static void expressions_of_a_watch_share_the_budget(void **state)
{
	struct buf query;
	struct bomb b = {.unit = "a", .end = ";"};

	(void)state;
	buf_init(&query, 1 << 16);
	for (int i = 0; i < 30; i++)
		buf_printf(&query, "%s/\\w{0,%d}\\w{0,200}[!?]/", i ? " OR " : "", 200 + i);
	b.query = buf_z(&query);
	assert_true(explode(&b));
	buf_release(&query);
}

/* Last, because the restriction cannot be lifted in this process. */
static void budgets_hold_without_executable_memory(void **state)
{
	(void)state;
	if (!deny_executable_memory())
		skip();
	explode_all();
	weigh_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expensive_expressions_stay_within_the_budget),
		cmocka_unit_test(no_step_costs_more_than_the_budget),
		cmocka_unit_test(missing_hits_are_reported),
		cmocka_unit_test(expressions_of_a_watch_share_the_budget),
		cmocka_unit_test(budgets_hold_without_executable_memory),
	};

	return cmocka_run_group_tests_name("watch regex", tests, NULL, NULL);
}
