/* SPDX-License-Identifier: MIT */
/*
 * The first look at a text, 16 bytes at a time: ASCII letters made small, and two bits per byte
 * that let the splitter jump from word to word.
 */
#ifndef WATCH_BLOCK_H
#define WATCH_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define WATCH_BLOCK 64 /* bytes of text in one block */

struct watch_block {
	uint64_t wordish; /* ASCII letter, digit, _, or any byte of a longer sequence */
	uint64_t special; /* _ ' , . : ; or any byte of a longer sequence */
};

/*
 * Fills n / WATCH_BLOCK + 1 blocks (bits behind the end are 0) and n bytes of lower. lower may be
 * written up to 15 bytes further.
 */
void watch_block_scan(const char *text, size_t n, struct watch_block *blocks, char *lower);

#endif
