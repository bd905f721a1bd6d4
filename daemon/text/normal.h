/* SPDX-License-Identifier: MIT */
/* Letters that the normal form replaces although Unicode does not decompose them. */
#ifndef TEXT_NORMAL_H
#define TEXT_NORMAL_H

#include <stdint.h>

/* Returns the replacement of a case-folded letter: "o" for ø; NULL if it stays. */
const char *text_normal_replacement(uint32_t cp);

#endif
