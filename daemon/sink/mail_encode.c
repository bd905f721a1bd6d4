/* SPDX-License-Identifier: MIT */
#include "mail_encode.h"

#include <string.h>

#include "base/digest.h"
#include "base/utf8.h"

#define LINE_MAX_BYTES ((size_t)76)
#define WORD_AROUND                                                                                \
	(sizeof("=?utf-8?B?"                                                                       \
		"?=") -                                                                            \
		1)
#define BASE64_LINE ((size_t)57) /* 76 of base64 */

/* --- header fields --- */

/* May it be in a header as it is? Text that looks like an encoded word must be encoded. */
static bool mail_is_plain(struct str s, size_t first_line)
{
	size_t word = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
		word = s.p[i] == ' ' ? 0 : word + 1;
		if (word > first_line)
			return false;
	}
	return s.n > 0 && s.p[0] != ' ' && s.p[s.n - 1] != ' ' && str_find(s, STR("=?")) < 0 &&
	       str_find(s, STR("  ")) < 0;
}

/* Appends words to a line that has `used` bytes, in further lines where they do not fit. */
static size_t mail_fold(struct str s, size_t used, struct buf *out)
{
	while (s.n) {
		const char *space = memchr(s.p, ' ', s.n);
		size_t n = space ? (size_t)(space - s.p) : s.n;

		if (used + 1 + n > LINE_MAX_BYTES) {
			buf_addz(out, "\r\n");
			used = 0;
		}
		buf_addc(out, ' ');
		buf_add(out, s.p, n);
		used += 1 + n;
		s = space ? str_slice(space + 1, s.n - n - 1) : STR("");
	}
	return used;
}

/* RFC 2047 §2: words of at most 75 characters, lines of at most 76, no code point truncated. */
static size_t mail_put_words(struct str s, size_t used, struct buf *out)
{
	while (s.n) {
		size_t room = (LINE_MAX_BYTES - 1 - used - WORD_AROUND) / 4 * 3;
		struct str word = utf8_cut(s, room);

		buf_addz(out, " =?utf-8?B?");
		digest_base64(out, word.p, word.n);
		buf_addz(out, "?=");
		used += 1 + WORD_AROUND + (word.n + 2) / 3 * 4;
		s = str_slice(s.p + word.n, s.n - word.n);
		if (s.n) {
			buf_addz(out, "\r\n");
			used = 0;
		}
	}
	return used;
}

void mail_put_field(const char *name, struct str text, struct buf *out)
{
	size_t used = strlen(name) + 1;

	buf_addz(out, name);
	buf_addc(out, ':');
	if (mail_is_plain(text, LINE_MAX_BYTES - used - 1))
		mail_fold(text, used, out);
	else
		mail_put_words(text, used, out);
	buf_addz(out, "\r\n");
}

void mail_put_mailbox(const char *name, struct str text, const char *address, struct buf *out)
{
	size_t used = strlen(name) + 1;

	buf_addz(out, name);
	buf_addc(out, ':');
	if (mail_is_plain(text, 40) && used + text.n + 3 <= LINE_MAX_BYTES &&
		!memchr(text.p, '"', text.n) && !memchr(text.p, '\\', text.n)) {
		buf_printf(out, " \"%.*s\"", STR_ARG(text));
		used += text.n + 3;
	} else {
		used = mail_put_words(text, used, out);
	}
	if (used + 3 + strlen(address) > LINE_MAX_BYTES)
		buf_addz(out, "\r\n");
	buf_printf(out, " <%s>\r\n", address);
}

/* --- bodies --- */

/* RFC 2045 §6.7 */
static bool mail_is_literal(unsigned char c)
{
	return c >= ' ' && c <= '~' && c != '=';
}

/* Appends one line, in as many as it takes. */
static void mail_put_quoted_line(struct str line, struct buf *out)
{
	size_t used = 0;

	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		bool literal = mail_is_literal(c) && !(c == ' ' && i + 1 == line.n) &&
			       !(used == 0 && (c == '.' || c == 'F'));
		size_t n = literal ? 1 : 3;

		if (used + n >= LINE_MAX_BYTES) {
			buf_addz(out, "=\r\n");
			used = 0;
			literal = literal && c != '.' && c != 'F';
			n = literal ? 1 : 3;
		}
		if (literal)
			buf_addc(out, (char)c);
		else
			buf_printf(out, "=%02X", c);
		used += n;
	}
	buf_addz(out, "\r\n");
}

static void mail_put_quoted(struct str s, struct buf *out)
{
	while (s.n) {
		const char *end = memchr(s.p, '\n', s.n);
		size_t n = end ? (size_t)(end - s.p) : s.n;

		mail_put_quoted_line(str_slice(s.p, n), out);
		s = end ? str_slice(end + 1, s.n - n - 1) : STR("");
	}
}

/* Lines of base64 decode to text with line ends of any form; CRLF is the one of text/…. */
static void mail_put_base64(struct str s, struct buf *out)
{
	struct buf crlf;

	buf_init(&crlf, 2 * s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			buf_addc(&crlf, '\r');
		buf_addc(&crlf, s.p[i]);
	}
	for (size_t i = 0; i < crlf.len; i += BASE64_LINE) {
		digest_base64(out, crlf.data + i,
			crlf.len - i < BASE64_LINE ? crlf.len - i : BASE64_LINE);
		buf_addz(out, "\r\n");
	}
	out->failed = out->failed || buf_failed(&crlf);
	buf_release(&crlf);
}

/* Base64 adds a third to everything, quoted-printable two bytes to each that is not ASCII. */
static bool mail_is_mostly_ascii(struct str s)
{
	size_t others = 0;

	for (size_t i = 0; i < s.n; i++)
		others += !mail_is_literal((unsigned char)s.p[i]);
	return others <= s.n / 3;
}

void mail_put_part(const char *type, struct str text, struct buf *out)
{
	bool quoted = mail_is_mostly_ascii(text);

	buf_printf(out, "Content-Type: %s; charset=utf-8\r\n", type);
	buf_printf(out, "Content-Transfer-Encoding: %s\r\n\r\n",
		quoted ? "quoted-printable" : "base64");
	if (quoted)
		mail_put_quoted(text, out);
	else
		mail_put_base64(text, out);
}
