/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer with a declared maximum.
 *
 * Appends past `max`, or when memory is out, set `failed` and change nothing more; callers check
 * buf_failed() once at the end. The content is always NUL-terminated behind `len`.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf {
	char *data; /* NULL until the first append */
	size_t len, cap, max;
	bool failed;   /* an append was refused */
	bool overflow; /* ... because of max, not memory */
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory; clears failed */
bool buf_failed(const struct buf *b);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, struct str s);
void buf_addz(struct buf *b, const char *z);
void buf_addc(struct buf *b, char c);
void buf_add_utf8(struct buf *b, uint32_t codepoint);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* Room for n more bytes at the end, for reading into; NULL when refused. Then buf_commit(n). */
char *buf_reserve(struct buf *b, size_t n);
void buf_commit(struct buf *b, size_t n);
void buf_truncate(struct buf *b, size_t len);

static inline struct str buf_str(const struct buf *b)
{
	return (struct str){b->data ? b->data : "", b->len};
}
/* "" when empty */
const char *buf_z(const struct buf *b);

#endif
