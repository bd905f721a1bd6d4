/* SPDX-License-Identifier: MIT */
/*
 * Guesses the single-byte encodings of scripts other than Latin: Cyrillic, Greek, Hebrew, Arabic
 * and Thai. Their words are letters beyond ASCII throughout, while those of Western Europe are
 * isolated ones; which encoding it is shows from the letters that are frequent in these languages,
 * and from capitals after small letters.
 */
#ifndef FEED_CHARSET_LETTERS_H
#define FEED_CHARSET_LETTERS_H

#include "charset.h"

/* NULL: it is none of them, or memory is out. */
const struct feed_charset *feed_charset_guess_letters(struct str body);
/*
 * The same for a body that declares an encoding with one byte a character. NULL too if that may be
 * right, or is of another script: only Latin ones, and those that are guessed, are doubted.
 */
const struct feed_charset *feed_charset_doubt_letters(
	struct str body, const struct feed_charset *declared);

#endif
