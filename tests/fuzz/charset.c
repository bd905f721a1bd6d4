/* SPDX-License-Identifier: MIT */
/*
 * Bytes and an encoding label: the first byte selects the label (or that the first line is it), the
 * second one the chunks. The output fulfils the contract of feed/decoder.h for any bytes, and does
 * not depend on the chunks or on earlier input of the decoder.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "feed/decoder.h"
#include "lib/always.h"

static const char *const types[] = {NULL, "text/xml;charset=utf-8", "a/b; charset=utf-16",
	"a/b; charset=utf-16be", "a/b; charset=utf-32", "a/b; charset=shift_jis",
	"a/b; charset=euc-jp", "a/b; charset=iso-2022-jp", "a/b; charset=gb2312",
	"a/b; charset=gb18030", "a/b; charset=big5", "a/b; charset=euc-kr",
	"text/html; Charset=\"windows-1251\"", "a/b; charset=koi8-u", "a/b; charset=iso-8859-7",
	"a/b; charset=windows-1255", "a/b; charset=windows-874", "a/b; charset=x-mac-cyrillic"};
#define TYPES (sizeof(types) / sizeof(types[0]))

struct outcome {
	uint64_t replaced, dropped;
	bool wide;
};

/* `apart`: the end is signalled in a call of its own. */
static struct outcome decode(
	struct feed_decoder *d, struct str in, size_t step, bool apart, struct buf *out)
{
	buf_clear(out);
	for (size_t at = 0; at < in.n; at += step) {
		size_t n = in.n - at < step ? in.n - at : step;
		/* An exact copy that is freed before the next call. */
		char *bytes = malloc(n);
		struct str s;

		ALWAYS(bytes);
		memcpy(bytes, in.p + at, n);
		s = feed_decoder_step(d, str_slice(bytes, n), !apart && at + n == in.n);
		ALWAYS(s.p);
		buf_adds(out, s);
		free(bytes);
	}
	if (apart || in.n == 0)
		buf_adds(out, feed_decoder_step(d, str_slice("", 0), true));
	ALWAYS(!out->failed);
	return (struct outcome){
		feed_decoder_replaced(d), feed_decoder_dropped(d), feed_decoder_wide(d)};
}

static void check_text(struct str s, struct outcome o, size_t bytes)
{
	bool wide = false;
	uint64_t replacements = 0;

	ALWAYS(utf8_valid(s));
	for (size_t i = 0; i < s.n;) {
		uint32_t c;
		size_t n = utf8_decode(s.p + i, s.n - i, &c);

		ALWAYS(n > 0);
		ALWAYS(c >= ' ' || c == '\t' || c == '\n' || c == '\r');
		ALWAYS(c != 0xFFFE && c != 0xFFFF);
		wide |= c >= 0x80;
		replacements += c == 0xFFFD;
		i += n;
	}
	/* U+FFFD may also be in the document, so it is counted at least as often. */
	ALWAYS(replacements >= o.replaced);
	ALWAYS(!wide || o.wide);
	/*
	 * No encoding maps a byte pair to more than two characters or a byte to more than six
	 * bytes.
	 */
	ALWAYS(s.n <= 6 * bytes + 16);
}

static void check_charset(
	struct feed_decoder *d, const struct feed_charset *c, struct str body, size_t step)
{
	struct buf whole, cut;
	struct outcome a, b;

	buf_init(&whole, 8 * body.n + 4096);
	buf_init(&cut, 8 * body.n + 4096);
	ALWAYS(feed_charset_find(str_of(c->name)) == c);
	ALWAYS(feed_decoder_restart(d, c));
	a = decode(d, body, body.n + 1, false, &whole);
	ALWAYS(feed_decoder_restart(d, c));
	b = decode(d, body, step, true, &cut);
	ALWAYS(str_eq(buf_str(&whole), buf_str(&cut)));
	ALWAYS(a.replaced == b.replaced && a.dropped == b.dropped && a.wide == b.wide);
	check_text(buf_str(&whole), a, body.n);
	buf_release(&whole);
	buf_release(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_charset_choice choice;
	struct feed_decoder *d;
	struct str body, type;
	size_t step;

	if (size < 2)
		return 0;
	step = (size_t)(data[1] & 15) + 1 + (size_t)(data[1] >> 4) * 31;
	body = str_slice((const char *)data + 2, size - 2);
	if (data[0] % (TYPES + 1) == TYPES) {
		const char *end = memchr(body.p, '\n', body.n);

		type = str_slice(body.p, end ? (size_t)(end - body.p) : 0);
		body = str_slice(body.p + type.n, body.n - type.n);
	} else {
		type = str_of(types[data[0] % (TYPES + 1)]);
	}
	choice = feed_charset_choose(body, type);
	ALWAYS(choice.charset && choice.skip <= body.n && choice.skip <= 4);
	body = str_slice(body.p + choice.skip, body.n - choice.skip);
	d = feed_decoder_new(choice.charset);
	ALWAYS(d);
	check_charset(d, choice.charset, body, step);
	if (choice.otherwise)
		check_charset(d, choice.otherwise, body, step);
	if (choice.declared)
		check_charset(d, choice.declared, body, step);
	feed_decoder_free(d);
	return 0;
}
