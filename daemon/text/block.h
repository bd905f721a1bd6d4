/* SPDX-License-Identifier: MIT */
/*
 * The first look at a text, 16 bytes at a time: letters made small where that changes no length,
 * and two bits per byte that let the splitter jump from word to word.
 */
#ifndef TEXT_BLOCK_H
#define TEXT_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_BLOCK 64 /* bytes of text in one block */

struct text_block {
	uint64_t wordish; /* ASCII letter, digit, _, or any byte of a longer sequence */
	uint64_t special; /* _ ' , . : ; or any byte of a longer sequence */
};

/*
 * Fills n / TEXT_BLOCK + 1 blocks (bits behind the end are 0) and n bytes of lower. lower may be
 * written up to 15 bytes further.
 */
void text_block_scan(const char *text, size_t n, struct text_block *blocks, char *lower);

#endif
