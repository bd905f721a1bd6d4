/* SPDX-License-Identifier: MIT */
/*
 * Bytes to clean UTF-8, before any XML parser sees them.
 *
 * Which encoding: a byte order mark, else the HTTP charset, else the XML declaration, else UTF-8
 * where the bytes are valid, else windows-1252 (RFC 7303 §3, and what browsers do). Labels are
 * those of the WHATWG Encoding Standard §4.2: iso-8859-1 and us-ascii mean windows-1252, gb2312
 * means gb18030; UTF-7, ISO-2022-KR and the like are refused as dangerous.
 *
 * What comes out is valid UTF-8 without C0 controls other than \t \n \r, without U+FFFE, U+FFFF
 * and byte order marks at the start. Invalid bytes become U+FFFD and are counted.
 */
#ifndef FEED_CHARSET_H
#define FEED_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum feed_codec {
	FEED_CODEC_UTF8,
	FEED_CODEC_UTF16LE,
	FEED_CODEC_UTF16BE,
	FEED_CODEC_UTF32LE,
	FEED_CODEC_UTF32BE,
	FEED_CODEC_BYTE,  /* one byte, one character: by table */
	FEED_CODEC_ICONV, /* several bytes, or shift states */
};

struct feed_charset {
	const char *name;  /* WHATWG, in lower case */
	const char *iconv; /* its name there; NULL where we read it ourselves */
	enum feed_codec codec;
};

/* By label, case and white space at the ends ignored. NULL: unknown, or refused. */
const struct feed_charset *feed_charset_find(struct str label);
const struct feed_charset *feed_charset_utf8(void);

struct feed_charset_choice {
	const struct feed_charset *charset;
	/* To take instead, from the start, when `charset`, then UTF-8, meets an invalid byte; or
	 * NULL. */
	const struct feed_charset *otherwise;
	/* The label's own, when `charset` is a better guess; the one to report for plain ASCII. Or
	 * NULL. */
	const struct feed_charset *declared;
	size_t skip; /* bytes of byte order mark */
	/* A label that was not obeyed, for a problem; absent when all is well. */
	struct str distrusted;
};

/* head: the first bytes of the body, as many as there are, at best 1 KiB or more. */
struct feed_charset_choice feed_charset_choose(struct str head, struct str content_type);

struct feed_decoder;

/* NULL: out of memory, or this machine's iconv lacks the encoding. */
struct feed_decoder *feed_decoder_new(const struct feed_charset *charset);
void feed_decoder_free(struct feed_decoder *d); /* NULL is fine */
/* Back to the start of a document in another encoding. False: as for NULL above. */
bool feed_decoder_restart(struct feed_decoder *d, const struct feed_charset *charset);
/*
 * The next bytes; `last` when no more come. The result is valid until the next call; it may point
 * into `in`. p == NULL when memory is out.
 */
struct str feed_decoder_step(struct feed_decoder *d, struct str in, bool last);
/* Whether anything beyond ASCII came out. */
bool feed_decoder_wide(const struct feed_decoder *d);
/* Invalid bytes so far that became U+FFFD. */
uint64_t feed_decoder_replaced(const struct feed_decoder *d);
/* Control characters and noncharacters that were left out so far. */
uint64_t feed_decoder_dropped(const struct feed_decoder *d);

#endif
