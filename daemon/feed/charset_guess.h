/* SPDX-License-Identifier: MIT */
/*
 * Decides the encoding of a document that is not valid in the first choice, over its whole body.
 *
 * UTF-8 with a few stray bytes stays UTF-8. A declared encoding is taken else, unless it has one
 * byte a character and the letters contradict it. Without one, the encodings of charset_letters.h
 * are tried, then Big5, GBK, Shift_JIS, EUC-JP and EUC-KR by likelihood: what part of the
 * double-byte characters is in the rows of frequent characters. Text of Western Europe has double
 * bytes by chance only, and is windows-1252.
 */
#ifndef FEED_CHARSET_GUESS_H
#define FEED_CHARSET_GUESS_H

#include "charset.h"

/*
 * Sets c->charset for the body, which is without its byte order mark and invalid in c->charset, and
 * c->guessed. c->otherwise is not NULL before and NULL after.
 */
void feed_charset_settle(struct feed_charset_choice *c, struct str body);

#endif
