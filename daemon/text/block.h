/* SPDX-License-Identifier: MIT */
/*
 * First pass over a text, 16 bytes at a time: ASCII letters are lower-cased, and two bits per byte
 * let the splitter find the boundaries of words without reading the bytes again.
 */
#ifndef TEXT_BLOCK_H
#define TEXT_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_BLOCK 64 /* bytes of text per block */

struct text_block {
	uint64_t wordish; /* ASCII letter, digit, or any byte of a multi-byte sequence */
	uint64_t special; /* ' ` , . ; or any byte of a multi-byte sequence */
};

/*
 * Fills n / TEXT_BLOCK + 1 blocks (bits after the end are 0) and n bytes of lower. Up to 15 more
 * bytes of lower are overwritten, so the buffer must have room for them.
 */
void text_block_scan(const char *text, size_t n, struct text_block *blocks, char *lower);

#endif
