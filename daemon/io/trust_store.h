/* SPDX-License-Identifier: MIT */
/*
 * Certificate authorities shared by all connections of a transport: one X509_STORE of OpenSSL for
 * those of the system, and one for each ca-file with them. libcurl would make a store for each
 * connection, and read the files again for it, which takes 20 ms for a bundle; its own cache knows
 * one bundle, and no directory.
 *
 * A store reads of the directory only the certificates that servers need, once. It is made again
 * after a day, or a second after the file or the directory was changed.
 */
#ifndef IO_TRUST_STORE_H
#define IO_TRUST_STORE_H

#include <curl/curl.h>
#include <stdbool.h>

struct trust_stores;

struct trust_stores *trust_stores_new(void);	/* NULL: out of memory */
void trust_stores_free(struct trust_stores *t); /* after all transfers; NULL is fine */
/*
 * Sets whom the handle trusts until it is reset: the authorities of the system, and those of a PEM
 * file; NULL: none. False: out of memory.
 */
bool trust_stores_apply(struct trust_stores *t, CURL *easy, const char *file);

#endif
