/* SPDX-License-Identifier: MIT */
/*
 * Two passes: the first converts to UTF-8 (it is skipped for UTF-8), the second replaces invalid
 * bytes and drops characters that XML forbids. The second also checks the output of iconv.
 */
#include "decoder.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "byte_scan.h"
#include "stray_byte.h"

#define CARRY_MAX 16 /* longer than any character and any escape sequence */
#define NO_ICONV  ((iconv_t)-1)

struct feed_decoder {
	const struct feed_charset *charset;
	iconv_t iconv;
	const struct feed_charset *opened; /* source encoding of iconv */
	const struct feed_charset *tabled; /* encoding of the table; NULL: it is not filled */
	char table[256][4];		   /* for FEED_CODEC_BYTE: UTF-8 of each byte */
	uint8_t table_n[256];
	char carry[CARRY_MAX]; /* incomplete character at the end of the last step */
	size_t n_carry;
	char tail[4]; /* the same for the second pass */
	size_t n_tail;
	struct buf wide, clean;
	char before[4]; /* end of the text so far */
	size_t n_before;
	uint64_t replaced, stray, dropped;
	bool beyond_ascii;
	bool started; /* there was output: a U+FEFF is now a character */
};

static const char replacement[] = "\xEF\xBF\xBD";

static bool decoder_open_iconv(struct feed_decoder *d)
{
	if (d->iconv != NO_ICONV && d->opened == d->charset) {
		iconv(d->iconv, NULL, NULL, NULL, NULL);
		return true;
	}
	if (d->iconv != NO_ICONV)
		iconv_close(d->iconv);
	d->opened = d->charset;
	d->iconv = iconv_open("UTF-8", d->charset->iconv);
	return d->iconv != NO_ICONV;
}

/* Converts each byte beyond ASCII with iconv; length 0: the byte is invalid. */
static bool decoder_fill_table(struct feed_decoder *d)
{
	if (d->tabled == d->charset)
		return true;
	if (!decoder_open_iconv(d))
		return false;
	for (unsigned i = 0x80; i < 256; i++) {
		char in = (char)i, *from = &in, *to = d->table[i];
		size_t n_from = 1, n_to = sizeof(d->table[i]);

		d->table_n[i] = 0;
		iconv(d->iconv, NULL, NULL, NULL, NULL);
		if (iconv(d->iconv, &from, &n_from, &to, &n_to) != (size_t)-1 &&
			iconv(d->iconv, NULL, NULL, &to, &n_to) != (size_t)-1)
			d->table_n[i] = (uint8_t)(sizeof(d->table[i]) - n_to);
		/* windows-125x: browsers decode unassigned bytes as C1 controls. */
		if (!d->table_n[i] && i < 0xA0)
			d->table_n[i] = (uint8_t)utf8_encode(i, d->table[i]);
	}
	d->tabled = d->charset;
	return true;
}

bool feed_decoder_restart(struct feed_decoder *d, const struct feed_charset *charset)
{
	d->charset = charset;
	d->n_carry = d->n_tail = d->n_before = 0;
	d->replaced = d->stray = d->dropped = 0;
	d->beyond_ascii = d->started = false;
	if (charset->codec == FEED_CODEC_BYTE)
		return decoder_fill_table(d);
	return charset->codec != FEED_CODEC_ICONV || decoder_open_iconv(d);
}

struct feed_decoder *feed_decoder_new(const struct feed_charset *charset)
{
	struct feed_decoder *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->iconv = NO_ICONV;
	buf_init(&d->wide, SIZE_MAX / 2);
	buf_init(&d->clean, SIZE_MAX / 2);
	if (!feed_decoder_restart(d, charset)) {
		feed_decoder_free(d);
		return NULL;
	}
	return d;
}

void feed_decoder_free(struct feed_decoder *d)
{
	if (!d)
		return;
	if (d->iconv != NO_ICONV)
		iconv_close(d->iconv);
	buf_release(&d->wide);
	buf_release(&d->clean);
	free(d);
}

uint64_t feed_decoder_replaced(const struct feed_decoder *d)
{
	return d->replaced;
}

uint64_t feed_decoder_stray(const struct feed_decoder *d)
{
	return d->stray;
}

uint64_t feed_decoder_dropped(const struct feed_decoder *d)
{
	return d->dropped;
}

bool feed_decoder_wide(const struct feed_decoder *d)
{
	return d->beyond_ascii;
}

static void decoder_put_replacement(struct feed_decoder *d, struct buf *out)
{
	buf_add(out, replacement, 3);
	d->replaced++;
}

/* --- first pass: to UTF-8 --------------------------------------------------------------------- */

static void decoder_from_table(struct feed_decoder *d, struct str in)
{
	char *to = buf_reserve(&d->wide, in.n * 3);
	size_t n = 0;

	if (!to)
		return;
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (c < 0x80) {
			to[n++] = (char)c;
			continue;
		}
		if (d->table_n[c]) {
			memcpy(to + n, d->table[c], 3);
			n += d->table_n[c];
			continue;
		}
		memcpy(to + n, replacement, 3);
		n += 3;
		d->replaced++;
	}
	buf_commit(&d->wide, n);
}

static bool decoder_is_little_endian(const struct feed_decoder *d)
{
	return d->charset->codec == FEED_CODEC_UTF16LE || d->charset->codec == FEED_CODEC_UTF32LE;
}

static uint32_t decoder_unit16(const struct feed_decoder *d, const char *p)
{
	uint32_t a = (unsigned char)p[0], b = (unsigned char)p[1];

	return decoder_is_little_endian(d) ? a | b << 8 : a << 8 | b;
}

static void decoder_put_code_point(struct feed_decoder *d, uint32_t cp)
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		decoder_put_replacement(d, &d->wide);
	else
		utf8_append(&d->wide, cp);
}

/* Returns the number of bytes used; an incomplete unit or surrogate pair is left. */
static size_t decoder_from_utf16(struct feed_decoder *d, struct str in)
{
	size_t i = 0;

	while (in.n - i >= 2) {
		uint32_t cp = decoder_unit16(d, in.p + i), low;

		if (cp < 0xD800 || cp > 0xDBFF) {
			decoder_put_code_point(d, cp);
			i += 2;
			continue;
		}
		if (in.n - i < 4)
			break;
		low = decoder_unit16(d, in.p + i + 2);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
			i += 2;
		}
		decoder_put_code_point(d, cp);
		i += 2;
	}
	return i;
}

static size_t decoder_from_utf32(struct feed_decoder *d, struct str in)
{
	size_t i = 0;

	for (; in.n - i >= 4; i += 4) {
		uint32_t a = decoder_unit16(d, in.p + i), b = decoder_unit16(d, in.p + i + 2);

		decoder_put_code_point(d, decoder_is_little_endian(d) ? a | b << 16 : a << 16 | b);
	}
	return i;
}

/* iconv() does not write to its input, although its prototype lacks const. */
static size_t decoder_run_iconv(struct feed_decoder *d, const char **from, size_t *n)
{
	union {
		const char *in;
		char *iconv;
	} p = {.in = *from};
	char *start = buf_reserve(&d->wide, *n * 4 + 64), *to = start;
	size_t room = *n * 4 + 64, rc;

	if (!start)
		return 0;
	errno = 0;
	rc = iconv(d->iconv, &p.iconv, n, &to, &room);
	*from = p.in;
	buf_commit(&d->wide, (size_t)(to - start));
	return rc;
}

static size_t decoder_from_iconv(struct feed_decoder *d, struct str in)
{
	const char *p = in.p;
	size_t n = in.n;

	while (n > 0 && !buf_failed(&d->wide)) {
		if (decoder_run_iconv(d, &p, &n) != (size_t)-1 || n == 0)
			break;
		if (errno == E2BIG)
			continue;
		if (errno == EINVAL && n < CARRY_MAX)
			break;
		decoder_put_replacement(d, &d->wide);
		p++;
		n--;
	}
	return (size_t)(p - in.p);
}

/* Flushes: iconv may hold back a character that could combine with the next one. */
static void decoder_flush_iconv(struct feed_decoder *d)
{
	size_t room = 64;
	char *start = buf_reserve(&d->wide, room), *to = start;

	if (!start)
		return;
	iconv(d->iconv, NULL, NULL, &to, &room);
	buf_commit(&d->wide, (size_t)(to - start));
}

static size_t decoder_convert(struct feed_decoder *d, struct str in)
{
	switch (d->charset->codec) {
	case FEED_CODEC_BYTE: decoder_from_table(d, in); return in.n;
	case FEED_CODEC_UTF16LE:
	case FEED_CODEC_UTF16BE: return decoder_from_utf16(d, in);
	case FEED_CODEC_UTF32LE:
	case FEED_CODEC_UTF32BE: return decoder_from_utf32(d, in);
	case FEED_CODEC_ICONV: return decoder_from_iconv(d, in);
	case FEED_CODEC_UTF8: break;
	}
	return in.n;
}

/*
 * First completes, byte by byte, the character that the last step cut, then converts the rest. An
 * incomplete character at the end of the document becomes one U+FFFD.
 */
static struct str decoder_to_utf8(struct feed_decoder *d, struct str in, bool last)
{
	size_t used;

	if (d->charset->codec == FEED_CODEC_UTF8)
		return in;
	buf_clear(&d->wide);
	while (d->n_carry > 0 && in.n > 0) {
		d->carry[d->n_carry++] = *in.p;
		in = str_slice(in.p + 1, in.n - 1);
		used = decoder_convert(d, str_slice(d->carry, d->n_carry));
		d->n_carry -= used;
		memmove(d->carry, d->carry + used, d->n_carry);
	}
	used = in.n ? decoder_convert(d, in) : 0;
	if (in.n - used > 0 && in.n - used < CARRY_MAX) {
		memcpy(d->carry, in.p + used, in.n - used);
		d->n_carry = in.n - used;
	}
	if (last && d->charset->codec == FEED_CODEC_ICONV)
		decoder_flush_iconv(d);
	if (last && d->n_carry > 0) {
		decoder_put_replacement(d, &d->wide);
		d->n_carry = 0;
	}
	return buf_failed(&d->wide) ? STR_NONE : buf_str(&d->wide);
}

/* --- second pass: validation ------------------------------------------------------------------ */

/* Length of the UTF-8 sequence at p; 0 if it is invalid or XML forbids the character. */
static size_t decoder_valid_length(const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	uint32_t cp;
	size_t len;

	if (c < 0x80)
		return c >= 0x20 || c == '\n' || c == '\t' || c == '\r';
	len = utf8_decode(p, n, &cp);
	/* XML forbids FFFE and FFFF. */
	return len == 3 && cp >= 0xFFFE ? 0 : len;
}

static size_t decoder_valid_prefix(struct feed_decoder *d, struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		size_t len;

		i = (size_t)(byte_scan_plain(s.p + i, s.p + s.n) - s.p);
		if (i == s.n)
			break;
		len = decoder_valid_length(s.p + i, s.n - i);
		if (len == 0)
			break;
		d->beyond_ascii |= len > 1;
		i += len;
	}
	return i;
}

/* Whether the bytes are a valid but incomplete sequence. */
static bool decoder_is_incomplete(const char *p, size_t n)
{
	static const char pad[] = "\x80\x80\x80";
	static const char high_pad[] = "\xBF\xBF\xBF";
	unsigned char c = (unsigned char)*p;
	size_t want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
	char whole[4];
	uint32_t cp;

	if (n >= want || c > 0xF4)
		return false;
	memcpy(whole, p, n);
	memcpy(whole + n, pad, want - n);
	if (utf8_decode(whole, want, &cp))
		return true;
	memcpy(whole + n, high_pad, want - n);
	return utf8_decode(whole, want, &cp) != 0;
}

/* Drops or replaces the invalid sequence at p. Returns its length. */
static size_t decoder_replace(struct feed_decoder *d, const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	uint32_t stray;
	size_t len = 1;

	if (c < 0x80) {
		d->dropped++;
		return 1;
	}
	d->beyond_ascii = true;
	stray = d->charset->codec == FEED_CODEC_UTF8
			? stray_byte_read(d->clean.len ? buf_str(&d->clean)
						       : str_slice(d->before, d->n_before),
				  str_slice(p, n))
			: 0;
	if (stray) {
		utf8_append(&d->clean, stray);
		d->stray++;
		return 1;
	}
	if (n >= 3 && memcmp(p, "\xEF\xBF", 2) == 0 && (unsigned char)p[2] >= 0xBE) {
		d->dropped++;
		return 3;
	}
	/* One U+FFFD for an incomplete sequence, as in browsers: Unicode §3.9, best practice. */
	while (len < n && len < 3 && decoder_is_incomplete(p, len + 1) &&
		((unsigned char)p[len] & 0xC0) == 0x80)
		len++;
	decoder_put_replacement(d, &d->clean);
	return len;
}

static void decoder_validate(struct feed_decoder *d, struct str s, bool last)
{
	while (s.n > 0) {
		size_t good = decoder_valid_prefix(d, s);

		buf_add(&d->clean, s.p, good);
		s = str_slice(s.p + good, s.n - good);
		if (s.n == 0)
			return;
		if (!last && s.n < 4 && (unsigned char)*s.p >= 0x80 &&
			decoder_is_incomplete(s.p, s.n)) {
			memcpy(d->tail, s.p, s.n);
			d->n_tail = s.n;
			return;
		}
		good = decoder_replace(d, s.p, s.n);
		s = str_slice(s.p + good, s.n - good);
	}
}

/* Removes a byte order mark that the conversion kept. */
static struct str decoder_skip_mark(struct feed_decoder *d, struct str s)
{
	if (d->started || s.n == 0)
		return s;
	d->started = true;
	return str_starts(s, STR("\xEF\xBB\xBF")) ? str_slice(s.p + 3, s.n - 3) : s;
}

/*
 * Completes the character in d->tail with up to three bytes of s, or adds them to the tail if s is
 * too short. Returns the rest of s.
 */
static struct str decoder_join_tail(struct feed_decoder *d, struct str s, bool last)
{
	size_t old = d->n_tail, more = s.n < 3 ? s.n : 3, n = old + more, len;
	char joint[8];

	memcpy(joint, d->tail, old);
	memcpy(joint + old, s.p, more);
	if (!last && more == s.n && decoder_is_incomplete(joint, n)) {
		memcpy(d->tail, joint, n);
		d->n_tail = n;
		return str_slice(s.p + more, 0);
	}
	d->n_tail = 0;
	d->beyond_ascii = true;
	len = decoder_valid_length(joint, n);
	if (len > 0)
		buf_add(&d->clean, joint, len);
	else
		len = decoder_replace(d, joint, n);
	return len < old ? s : str_slice(s.p + (len - old), s.n - (len - old));
}

/* Keeps the end of the text for stray_byte_read(). */
static struct str decoder_finish_step(struct feed_decoder *d, struct str s)
{
	size_t n = s.n < sizeof(d->before) ? s.n : sizeof(d->before);

	if (n)
		memcpy(d->before, s.p + s.n - n, d->n_before = n);
	return decoder_skip_mark(d, s);
}

struct str feed_decoder_step(struct feed_decoder *d, struct str in, bool last)
{
	struct str s = decoder_to_utf8(d, in, last);

	if (!s.p)
		return in.p ? STR_NONE : STR("");
	buf_clear(&d->clean);
	if (d->n_tail > 0) {
		s = decoder_join_tail(d, s, last);
	} else {
		size_t good = decoder_valid_prefix(d, s);

		if (good == s.n)
			return decoder_finish_step(d, s);
		buf_add(&d->clean, s.p, good);
		s = str_slice(s.p + good, s.n - good);
	}
	decoder_validate(d, s, last);
	return buf_failed(&d->clean) ? STR_NONE : decoder_finish_step(d, buf_str(&d->clean));
}
