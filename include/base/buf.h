/* SPDX-License-Identifier: MIT */
/*
 * Growing byte buffer with a maximum.
 *
 * An append past `max` or without memory sets `failed`; it and all later appends change nothing, so
 * that the caller can check buf_failed() once at the end. The content is always NUL-terminated.
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
	bool overflow; /* and the reason was max, not memory */
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_wipe(struct buf *b);  /* the same for a secret: overwrites it first */
void buf_clear(struct buf *b); /* keeps the allocation; resets failed */
bool buf_failed(const struct buf *b);
/* For a text made in `part` and appended to b: b has failed too if memory ran out for the part. */
void buf_pass_lack(struct buf *b, const struct buf *part);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, struct str s);
void buf_addz(struct buf *b, const char *z);
void buf_addc(struct buf *b, char c);
/* Appends text for HTML or XML: & < > and " become references. */
void buf_add_markup(struct buf *b, struct str s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/*
 * Returns a pointer to n writable bytes after the content, or NULL. Write to it, then append what
 * was written with buf_commit().
 */
char *buf_reserve(struct buf *b, size_t n);
void buf_commit(struct buf *b, size_t n);
void buf_truncate(struct buf *b, size_t len);

static inline struct str buf_str(const struct buf *b)
{
	return (struct str){b->data ? b->data : "", b->len};
}
/* The content as a C string; "" if the buffer is empty. */
const char *buf_z(const struct buf *b);

#endif
