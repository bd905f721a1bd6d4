/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into the daemon: of all allocations of the process, those of the libraries included,
 * the ALLOC_FAULT-th fails, counted from the first allocation of main(). What failed is appended to
 * the file ALLOC_FAULT_LOG as a backtrace; if none did, the number of allocations is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

#define FRAMES 16

static atomic_long alloc_count;
static long alloc_fault = -1; /* -1: not yet started */
static int alloc_log = -1;

static void alloc_report(void)
{
	void *frames[FRAMES];

	backtrace_symbols_fd(frames, backtrace(frames, FRAMES), alloc_log);
}

static void alloc_die(int signo)
{
	dprintf(alloc_log, "signal %d\n", signo);
	alloc_report();
	raise(signo); /* once more, by default: the handler is reset */
}

__attribute__((constructor)) static void alloc_start(void)
{
	static const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
	const char *n = getenv("ALLOC_FAULT"), *path = getenv("ALLOC_FAULT_LOG");
	void *frames[FRAMES];

	backtrace(frames, FRAMES); /* the first call allocates */
	if (!n || !path)
		return;
	alloc_log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		sigaction(deadly[i],
			&(struct sigaction){.sa_handler = alloc_die, .sa_flags = SA_RESETHAND},
			NULL);
	unsetenv("ALLOC_FAULT");
	alloc_count = 0;
	alloc_fault = atol(n);
}

__attribute__((destructor)) static void alloc_end(void)
{
	if (alloc_fault >= 0 && (alloc_fault == 0 || alloc_count < alloc_fault))
		dprintf(alloc_log, "%ld allocations\n", alloc_count);
}

static int alloc_fails(void)
{
	if (alloc_fault < 0 || ++alloc_count != alloc_fault)
		return 0;
	alloc_report();
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t n)
{
	return alloc_fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return alloc_fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return alloc_fails() ? NULL : __libc_realloc(p, n);
}

int posix_memalign(void **p, size_t align, size_t n)
{
	if (alloc_fails())
		return ENOMEM;
	*p = __libc_memalign(align, n);
	return *p ? 0 : ENOMEM;
}
