/* SPDX-License-Identifier: MIT */
/*
 * Which character encoding a document has.
 *
 * In this order: a byte order mark, the charset of the Content-Type header, the XML declaration,
 * UTF-8 if the bytes are valid, a guess by the script (charset_guess.h), windows-1252 (RFC 7303 §3,
 * and what browsers do). Labels are those of the WHATWG Encoding Standard §4.2
 * (iso-8859-1 and us-ascii mean windows-1252, gb2312 means gb18030) and other common ones; case and
 * separators do not matter. A label is never passed to iconv as it is. UTF-7, ISO-2022-KR and
 * similar encodings are refused, because they can hide markup.
 */
#ifndef FEED_CHARSET_H
#define FEED_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum feed_codec {
	FEED_CODEC_UTF8,
	FEED_CODEC_UTF16LE,
	FEED_CODEC_UTF16BE,
	FEED_CODEC_UTF32LE,
	FEED_CODEC_UTF32BE,
	FEED_CODEC_BYTE,  /* one byte a character, converted with a table */
	FEED_CODEC_ICONV, /* multibyte or stateful */
};

struct feed_charset {
	const char *name;  /* name in the WHATWG standard, in lower case */
	const char *iconv; /* name for iconv_open(); NULL: decoded without iconv */
	enum feed_codec codec;
};

/* Looks up a label, ignoring case, white space, '-' and '_'. NULL: unknown or refused. */
const struct feed_charset *feed_charset_find(struct str label);
const struct feed_charset *feed_charset_utf8(void);

struct feed_charset_choice {
	const struct feed_charset *charset;
	/*
	 * If `charset` is UTF-8 and meets an invalid byte: the declared charset, which may be the
	 * same, or windows-1252; charset_guess.h decides. NULL: there is no doubt.
	 */
	const struct feed_charset *otherwise;
	/* The declared charset, if `charset` is UTF-8 on trial; to be reported for ASCII. Or NULL.
	 */
	const struct feed_charset *declared;
	const char *guessed;   /* why `charset` is neither declared nor UTF-8; or NULL */
	size_t skip;	       /* length of the byte order mark */
	struct str distrusted; /* a label that was ignored; absent if there is none */
};

/* head: the start of the body, if possible at least 1 KiB. */
struct feed_charset_choice feed_charset_choose(struct str head, struct str content_type);

#endif
