/* SPDX-License-Identifier: MIT */
/*
 * What an item may cost a regular expression: with PCRE2's translation to machine code, and then
 * where memory must not be made executable, as under systemd's MemoryDenyWriteExecute.
 */
#include "watch_world.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define TEXT_BYTES  ((size_t)64 * 1024)
/* Of a budget of 2000: reading the item comes on top, and test machines are slow. */
#define COST_MAX_US 10000
#define TRIES	    3

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
	const char *query, *unit, *end; /* unit again and again, then end */
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

static void on_found(void *ctx, const struct watch_match *m)
{
	(void)m;
	*(bool *)ctx = true;
}

/* Thread CPU time in µs of the item at its best; *overran: told by number. */
static int64_t cost_of(const struct watch_set *set, const struct watch_view *v, bool *overran)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		struct watch_scratch *s = watch_scratch_new(set);
		const size_t *watches;
		bool matched = false;
		int64_t start = clock_thread_cpu_us(), cost;

		assert_int_equal(watch_set_match(set, s, v, on_found, &matched, NULL), 0);
		cost = clock_thread_cpu_us() - start;
		best = cost < best ? cost : best;
		assert_false(matched);
		*overran = watch_scratch_overruns(s, &watches) == 1;
		if (*overran)
			assert_int_equal(watches[0], 0);
		watch_scratch_free(s);
	}
	return best;
}

static bool explode(const struct bomb *b)
{
	struct world w;
	struct watch_view v = {.published = STAMP_NONE};
	struct buf text;
	bool overran = false;
	int64_t cost;

	buf_init(&text, 2 * TEXT_BYTES);
	while (text.len < TEXT_BYTES)
		buf_addz(&text, b->unit);
	buf_addz(&text, b->end);
	v.body = buf_str(&text);
	if (build(&w, b->query, NULL) < 0)
		fail_msg("%s: %s", b->query, buf_z(&w.diags));
	cost = cost_of(w.set, &v, &overran);
	if (getenv("VERBOSE"))
		print_message("%6lld us %s %s\n", (long long)cost, overran ? "overran" : "ended  ",
			b->query);
	if (cost > COST_MAX_US && !SANITIZED)
		fail_msg("%s cost %lld us", b->query, (long long)cost);
	done(&w);
	buf_release(&text);
	return overran;
}

static void explode_all(void)
{
	size_t overran = 0;

	/* The one that no limit of PCRE2 stops: each start is cheap, 64 Ki of them are not. */
	assert_true(explode(&bombs[0]));
	for (size_t i = 1; i < COUNT(bombs); i++)
		overran += explode(&bombs[i]);
	/* Some are seen through by PCRE2 and end in time. */
	assert_true(overran >= COUNT(bombs) / 2);
}

static void bombs_cost_no_more_than_the_budget(void **state)
{
	(void)state;
	explode_all();
}

static bool deny_executable_memory(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mprotect, 0, 3),
		/* The lower half on machines that begin with it, as all of Debian's but s390x do.
		 */
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

/* Last: what is denied stays so until the process ends. */
static void so_without_executable_memory(void **state)
{
	(void)state;
	if (!deny_executable_memory())
		skip();
	explode_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bombs_cost_no_more_than_the_budget),
		cmocka_unit_test(so_without_executable_memory),
	};

	return cmocka_run_group_tests_name("watch regex", tests, NULL, NULL);
}
