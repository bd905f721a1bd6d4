/* SPDX-License-Identifier: MIT */
/*
 * The first bytes of a normal form and its length: enough to distinguish most words, and to
 * identify short ones, without following a pointer.
 */
#ifndef WATCH_WORD_HEAD_H
#define WATCH_WORD_HEAD_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

#define WATCH_WORD_HEAD_BYTES 12

struct watch_word_head {
	uint64_t start;	 /* bytes 0 to 7 in memory order, padded with zeros */
	uint32_t last;	 /* bytes 8 to 11 */
	uint32_t length; /* of the whole form */
};

/* 12 bytes of form must be readable; those after its end do not affect the result. */
static inline struct watch_word_head watch_word_head_of(struct str form)
{
	static const unsigned char ones[WATCH_WORD_HEAD_BYTES * 2] = {
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	size_t n = form.n < WATCH_WORD_HEAD_BYTES ? form.n : WATCH_WORD_HEAD_BYTES;
	struct watch_word_head h = {.length = (uint32_t)form.n};
	uint64_t mask;
	uint32_t mask_last;

	memcpy(&h.start, form.p, sizeof(h.start));
	memcpy(&h.last, form.p + sizeof(h.start), sizeof(h.last));
	memcpy(&mask, ones + WATCH_WORD_HEAD_BYTES - n, sizeof(mask));
	memcpy(&mask_last, ones + WATCH_WORD_HEAD_BYTES - n + sizeof(mask), sizeof(mask_last));
	h.start &= mask;
	h.last &= mask_last;
	return h;
}

/* If the form is longer than a head, the caller must compare the rest. */
static inline bool watch_word_head_same(
	const struct watch_word_head *a, const struct watch_word_head *b)
{
	return a->start == b->start && a->last == b->last && a->length == b->length;
}

/* Hashes of the first bytes of a form, padded with zeros; 4 bytes must be readable. */
#define WATCH_OPENING_BITS 15
#define WATCH_OPENINGS	   (1u << WATCH_OPENING_BITS)

static inline unsigned watch_opening_hash(uint32_t bytes)
{
	return bytes * UINT32_C(0x9E3779B1) >> (32 - WATCH_OPENING_BITS);
}

/* Of three bytes, five bits each. */
static inline unsigned watch_opening(const char *form, size_t n)
{
	static const uint32_t kept[] = {0, 0x1F, 0x1F1F, 0x1F1F1F};
	uint32_t v;

	memcpy(&v, form, sizeof(v));
	return watch_opening_hash(le32toh(v) & kept[n < 3 ? n : 3]);
}

/* Of four bytes. */
static inline unsigned watch_beginning(const char *form, size_t n)
{
	uint32_t v;

	memcpy(&v, form, sizeof(v));
	return watch_opening_hash(
		le32toh(v) & (n < sizeof(v) ? (UINT32_C(1) << 8 * n) - 1 : UINT32_MAX));
}

#endif
