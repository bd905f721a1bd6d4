/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max < SIZE_MAX - 1 ? max : SIZE_MAX - 1};
}

void buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	buf_release(b);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

bool buf_failed(const struct buf *b)
{
	return b->failed;
}

void buf_pass_lack(struct buf *b, const struct buf *part)
{
	b->failed = b->failed || (part->failed && !part->overflow);
}

char *buf_reserve(struct buf *b, size_t n)
{
	size_t cap;
	char *p;

	if (b->failed)
		return NULL;
	if (n > b->max - b->len) {
		b->failed = b->overflow = true;
		return NULL;
	}
	if (b->data && b->len + n <= b->cap)
		return b->data + b->len;
	cap = b->cap ? b->cap : 64;
	while (cap < b->len + n)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	p = realloc(b->data, cap + 1);
	if (!p) {
		b->failed = true;
		return NULL;
	}
	b->data = p;
	b->cap = cap;
	b->data[b->len] = '\0';
	return b->data + b->len;
}

void buf_commit(struct buf *b, size_t n)
{
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_reserve(b, n);

	if (!to)
		return;
	if (n)
		memcpy(to, p, n);
	buf_commit(b, n);
}

void buf_adds(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_addz(struct buf *b, const char *z)
{
	buf_add(b, z, strlen(z));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	char *to;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0) {
		b->failed = true;
		return;
	}
	to = buf_reserve(b, (size_t)n);
	if (!to)
		return;
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	buf_commit(b, (size_t)n);
}

static const char *buf_entity_of(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	default: return NULL;
	}
}

void buf_add_markup(struct buf *b, struct str s)
{
	size_t run = 0; /* begin of what is copied at once */

	for (size_t i = 0; i < s.n; i++) {
		const char *entity = buf_entity_of(s.p[i]);

		if (!entity)
			continue;
		buf_add(b, s.p + run, i - run);
		buf_addz(b, entity);
		run = i + 1;
	}
	if (run < s.n)
		buf_add(b, s.p + run, s.n - run);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_truncate(struct buf *b, size_t len)
{
	if (len < b->len) {
		b->len = len;
		b->data[len] = '\0';
	}
}

const char *buf_z(const struct buf *b)
{
	return b->data ? b->data : "";
}
