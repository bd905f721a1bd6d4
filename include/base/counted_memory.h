/* SPDX-License-Identifier: MIT */
/*
 * Allocations of libcrypto, libcurl, libxml2 and jansson, which report a failed one as something
 * else (a failed handshake, a header that is too large, an invalid token) or ignore it: they
 * allocate here, and failures are counted. Callers compare the counts before and after. Other
 * threads count too: an error of a peer may be reported as a lack of memory while there is one,
 * never the reverse.
 */
#ifndef BASE_COUNTED_MEMORY_H
#define BASE_COUNTED_MEMORY_H

#include <stddef.h>

/* Call before the first use of these libraries; else their failures are not counted. */
void counted_memory_install(void);
/* How many allocations have failed so far. */
unsigned long counted_memory_failures(void);

/* As those of the C library. What they return is freed with free(). */
void *counted_malloc(size_t n);
void *counted_calloc(size_t n, size_t size);
void *counted_realloc(void *p, size_t n);
char *counted_strdup(const char *z);

#endif
