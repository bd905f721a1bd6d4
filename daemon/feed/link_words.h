/* SPDX-License-Identifier: MIT */
/* The words in the path of a link, for items that have nothing else to say what they are about. */
#ifndef FEED_LINK_WORDS_H
#define FEED_LINK_WORDS_H

#include "base/buf.h"
#include "base/str.h"

/*
 * Writes to out, which is empty, the words of the last part of the path that has at least three of
 * them, separated by spaces: "embassy moves to halmvik" of
 * "https://a.example/2026/embassy-moves-to-halmvik-6234567.html". Numbers that identify the article
 * and the ending of a file are left out. False, and out is empty, if no part has three words.
 */
bool link_words(struct str url, struct buf *out);

#endif
