/* SPDX-License-Identifier: MIT */
/* Preloaded into the daemon: it is killed when it parses a document that holds this text. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <string.h>

#define POISON "KILL-THE-PARSER"

int xmlParseChunk(void *context, const char *p, int n, int end)
{
	static int (*real)(void *, const char *, int, int);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "xmlParseChunk");
	if (p && n > 0 && memmem(p, (size_t)n, POISON, strlen(POISON)))
		raise(SIGKILL);
	return real(context, p, n, end);
}
