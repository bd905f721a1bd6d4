/* SPDX-License-Identifier: MIT */
/*
 * Decodes the content codings of an HTTP body (RFC 9110 §8.4.1) while it arrives.
 *
 * It is more tolerant than browsers. An unknown coding ("utf-8", "aws-chunked") counts as identity,
 * and so does one that the bytes plainly do not have. Data that is still gzip or zlib after all
 * named codings, or without any, is unpacked once more. The caller limits the output: write
 * returns false to stop. What passes between two codings is limited here, since it may be much
 * longer than both the input and the output.
 */
#ifndef FEED_UNPACK_H
#define FEED_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#ifdef NIGHTDESK_BROTLI
#define FEED_UNPACK_BROTLI ", br"
#else
#define FEED_UNPACK_BROTLI ""
#endif
#ifdef NIGHTDESK_ZSTD
#define FEED_UNPACK_ZSTD ", zstd"
#else
#define FEED_UNPACK_ZSTD ""
#endif
#define FEED_UNPACK_ACCEPT "gzip, deflate" FEED_UNPACK_BROTLI FEED_UNPACK_ZSTD

/* Maximum of unpacked to packed bytes, past the first FEED_UNPACK_FREE unpacked bytes. */
#define FEED_UNPACK_RATIO 100
#define FEED_UNPACK_FREE  ((size_t)256 * 1024)

struct feed_unpack;
typedef bool feed_unpack_fn(void *arg, const char *p, size_t n);

struct feed_unpack *feed_unpack_new(feed_unpack_fn *write, void *arg); /* NULL: out of memory */
void feed_unpack_free(struct feed_unpack *u);			       /* NULL is fine */
/*
 * Adds the codings in the value of a Content-Encoding header, in the order of the headers, before
 * the first push. False if there are more known codings than are taken.
 */
bool feed_unpack_add(struct feed_unpack *u, struct str value);
/*
 * Both return 0, -ERR_LIMIT if write returned false or the ratio is exceeded between two codings,
 * -ERR_INPUT if the compressed data is invalid, or -ERR_NOMEM. After an error only free. Data that
 * ends early is no error.
 */
int feed_unpack_push(struct feed_unpack *u, const char *p, size_t n);
int feed_unpack_finish(struct feed_unpack *u);

#endif
