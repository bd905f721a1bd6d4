/* SPDX-License-Identifier: MIT */
#include "base/counted_memory.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_ulong counted_failures;

static void *counted_check(void *p)
{
	if (!p)
		atomic_fetch_add(&counted_failures, 1);
	return p;
}

void *counted_malloc(size_t n)
{
	return counted_check(malloc(n ? n : 1));
}

void *counted_calloc(size_t n, size_t size)
{
	return counted_check(calloc(n ? n : 1, size ? size : 1));
}

void *counted_realloc(void *p, size_t n)
{
	return counted_check(realloc(p, n ? n : 1));
}

char *counted_strdup(const char *z)
{
	return counted_check(strdup(z));
}

static void *counted_crypto_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return counted_malloc(n);
}

/* libcrypto frees with size 0. */
static void *counted_crypto_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	if (n)
		return counted_realloc(p, n);
	free(p);
	return NULL;
}

static void counted_crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

void counted_memory_install(void)
{
	json_set_alloc_funcs(counted_malloc, free);
	(void)CRYPTO_set_mem_functions(
		counted_crypto_malloc, counted_crypto_realloc, counted_crypto_free);
}

unsigned long counted_memory_failures(void)
{
	return atomic_load(&counted_failures);
}
