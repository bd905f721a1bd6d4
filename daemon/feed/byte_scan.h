/* SPDX-License-Identifier: MIT */
/*
 * Byte searches with SSE2, 16 bytes a step, if available. Inline, because most searches are short.
 * Bytes from `end` on are not read.
 */
#ifndef FEED_BYTE_SCAN_H
#define FEED_BYTE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Returns the first c in p..end, or NULL. */
static inline const char *byte_scan_char(const char *p, const char *end, char c)
{
#ifdef __SSE2__
	const __m128i want = _mm_set1_epi8(c);

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		int hits = _mm_movemask_epi8(_mm_cmpeq_epi8(v, want));

		if (hits)
			return p + __builtin_ctz((unsigned)hits);
	}
#endif
	return p < end ? memchr(p, c, (size_t)(end - p)) : NULL;
}

/* Returns the first '&', ']' or '\r' in p..end, or end: what is not itself in the text of XML. */
static inline const char *byte_scan_text(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i amp = _mm_set1_epi8('&'), bracket = _mm_set1_epi8(']'),
		      cr = _mm_set1_epi8('\r');

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, amp),
			_mm_or_si128(_mm_cmpeq_epi8(v, bracket), _mm_cmpeq_epi8(v, cr)));
		int hits = _mm_movemask_epi8(hit);

		if (hits)
			return p + __builtin_ctz((unsigned)hits);
	}
#endif
	while (p < end && *p != '&' && *p != ']' && *p != '\r')
		p++;
	return p;
}

/* Whether all bytes are ASCII. */
static inline bool byte_scan_ascii(const char *p, const char *end)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16)
		if (_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)p)))
			return false;
#endif
	while (p < end && !(*p & 0x80))
		p++;
	return p == end;
}

/* Returns the first '>', '"' or '\'' in p..end, or NULL: for the inside of a tag. */
static inline const char *byte_scan_tag(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i close = _mm_set1_epi8('>'), twice = _mm_set1_epi8('"'),
		      once = _mm_set1_epi8('\'');

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, close),
			_mm_or_si128(_mm_cmpeq_epi8(v, twice), _mm_cmpeq_epi8(v, once)));
		int hits = _mm_movemask_epi8(hit);

		if (hits)
			return p + __builtin_ctz((unsigned)hits);
	}
#endif
	for (; p < end; p++)
		if (*p == '>' || *p == '"' || *p == '\'')
			return p;
	return NULL;
}

/* Returns the first byte that a URL must escape (RFC 3986 §2: space, ", <, >, \\, beyond ASCII),
 * or end. */
static inline const char *byte_scan_url(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i space = _mm_set1_epi8('!'), del = _mm_set1_epi8(0x7F),
		      quote = _mm_set1_epi8('"'), less = _mm_set1_epi8('<'),
		      more = _mm_set1_epi8('>'), back = _mm_set1_epi8('\\');

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i a = _mm_or_si128(_mm_cmplt_epi8(v, space), _mm_cmpeq_epi8(v, del));
		__m128i b = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, less));
		__m128i c = _mm_or_si128(_mm_cmpeq_epi8(v, more), _mm_cmpeq_epi8(v, back));
		int hits = _mm_movemask_epi8(_mm_or_si128(a, _mm_or_si128(b, c)));

		if (hits)
			return p + __builtin_ctz((unsigned)hits);
	}
#endif
	while (p < end && (unsigned char)*p > ' ' && (unsigned char)*p < 0x7F && *p != '"' &&
		*p != '<' && *p != '>' && *p != '\\')
		p++;
	return p;
}

/*
 * Skips ASCII text: printable characters, DEL, \t, \n, \r. May return a pointer up to 15 bytes
 * before the first other byte.
 */
static inline const char *byte_scan_plain(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i space = _mm_set1_epi8(' '), nl = _mm_set1_epi8('\n'),
		      tab = _mm_set1_epi8('\t'), cr = _mm_set1_epi8('\r');

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		/* Bytes beyond ASCII are negative, so below the space as well. */
		__m128i low = _mm_cmplt_epi8(v, space);

		if (!_mm_movemask_epi8(low))
			continue;
		low = _mm_andnot_si128(
			_mm_or_si128(_mm_cmpeq_epi8(v, nl),
				_mm_or_si128(_mm_cmpeq_epi8(v, tab), _mm_cmpeq_epi8(v, cr))),
			low);
		if (_mm_movemask_epi8(low))
			return p + __builtin_ctz((unsigned)_mm_movemask_epi8(low));
	}
#else
	for (; p < end && ((*p >= ' ') || *p == '\n' || *p == '\t' || *p == '\r') && !(*p & 0x80);
		p++)
		;
#endif
	return p;
}

#endif
