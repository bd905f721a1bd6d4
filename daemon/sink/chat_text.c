/* SPDX-License-Identifier: MIT */
/* Text of items for chat services: never a mention, a link or a format. */
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "chat.h"
#include "conf/form.h"
#include "text/delimiter.h"

#define LINE_MAX ((size_t)16 * 1024)
#define WHO_MAX	 ((size_t)200)
#define URL_MAX	 ((size_t)4000) /* bytes of a link; longer ones are left out */

/* A letter or digit in ASCII, or a byte of any other character. */
static bool chat_is_word(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80;
}

bool chat_begins_name(struct str text, size_t at)
{
	const char *p = text.p + at;
	size_t n = text.n - at;

	if (at == 0 || n == 0)
		return false;
	if (p[-1] == '@')
		return p[0] != ' ';
	if (p[-1] == ':')
		return n > 1 && p[0] == '/' && p[1] == '/';
	if (p[-1] == '#' || (p[-1] == '/' && (at == 1 || p[-2] == ' ')))
		return text_letters_length(p, n) > 0;
	if (n < 2 || p[0] != '.' || !chat_is_word(p[-1]))
		return false;
	/* Neither "3.5", "no.5" nor "U.S.", but "www.4" */
	if (!text_letters_length(p + 1, n - 1) && (p[-1] != 'w' || !ascii_is_digit(p[1])))
		return false;
	return (at > 1 && chat_is_word(p[-2])) || (n > 2 && chat_is_word(p[2]));
}

void chat_put_clean(struct buf *out, struct str text, bool broken)
{
	struct buf clean;

	buf_init(&clean, text.n * 8 + 16);
	utf8_escape(&clean, text, text.n, false);
	for (size_t i = 0; i < clean.len; i++) {
		if (broken && chat_begins_name(buf_str(&clean), i))
			buf_addz(out, CHAT_JOINER);
		buf_addc(out, clean.data[i]);
	}
	buf_pass_lack(out, &clean);
	buf_release(&clean);
}

/* Is it the full stop or bracket after the number of a list, at the beginning of the text? */
static bool chat_ends_number(struct str text, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!ascii_is_digit(text.p[i]))
			return false;
	return at > 0 && (text.p[at] == '.' || text.p[at] == ')');
}

/* Does ":smile:" begin there? */
static bool chat_begins_emoji(struct str text, size_t at)
{
	size_t end = at + 1;

	while (end < text.n && (ascii_is_alnum(text.p[end]) || strchr("_+-", text.p[end])))
		end++;
	return end > at + 1 && end < text.n && text.p[end] == ':';
}

/* - + = and # only where a line, a list or a heading could begin. */
static bool chat_is_markdown(struct str text, size_t at)
{
	char c = text.p[at];

	if (strchr("\\`*_{}[]()<>!|~", c) || (c == ':' && chat_begins_emoji(text, at)))
		return true;
	return (strchr("-+=#", c) && (at == 0 || text.p[at - 1] == ' ')) ||
	       chat_ends_number(text, at);
}

void chat_put_markdown(struct buf *out, struct str text)
{
	struct buf clean;

	buf_init(&clean, text.n * 12 + 16);
	chat_put_clean(&clean, text, true);
	for (size_t i = 0; i < clean.len; i++) {
		if (chat_is_markdown(buf_str(&clean), i))
			buf_addc(out, '\\');
		buf_addc(out, clean.data[i]);
	}
	buf_pass_lack(out, &clean);
	buf_release(&clean);
}

void chat_put_html(struct buf *out, struct str text)
{
	struct buf clean;

	buf_init(&clean, text.n * 12 + 16);
	chat_put_clean(&clean, text, true);
	buf_add_markup(out, buf_str(&clean));
	buf_pass_lack(out, &clean);
	buf_release(&clean);
}

/* Invisible, or the end of a link in some markup. */
static bool chat_must_encode(uint32_t cp)
{
	return cp <= ' ' || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200b || cp == 0xfeff ||
	       (cp < 0x7f && strchr("\"'()<>[\\]^`{|}*", (int)cp));
}

static void chat_encode_url(struct buf *out, struct str url)
{
	while (url.n) {
		uint32_t cp = 0;
		size_t n = utf8_decode(url.p, url.n, &cp);
		bool encode = n == 0 || chat_must_encode(cp);

		n = n ? n : 1;
		for (size_t i = 0; encode && i < n; i++)
			buf_printf(out, "%%%02X", (unsigned char)url.p[i]);
		if (!encode)
			buf_add(out, url.p, n);
		url = str_slice(url.p + n, url.n - n);
	}
}

bool chat_put_url(struct buf *out, struct str url)
{
	struct buf encoded;
	bool good;

	if (!str_present(url) || url.n > URL_MAX)
		return false;
	buf_init(&encoded, 3 * URL_MAX);
	chat_encode_url(&encoded, str_trim(url));
	good = conf_form_url(buf_str(&encoded)) == CONF_URL_GOOD;
	if (good)
		buf_adds(out, buf_str(&encoded));
	buf_pass_lack(out, &encoded);
	buf_release(&encoded);
	return good;
}

void chat_put_template_url(struct buf *out, struct str url)
{
	(void)chat_put_url(out, url);
}

void chat_put_json(struct buf *out, struct str text)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '"' || c == '\\')
			buf_addc(out, '\\');
		if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else
			buf_addc(out, text.p[i]);
	}
	buf_addc(out, '"');
}

void chat_put_comma(struct buf *list)
{
	if (list->len && list->data[list->len - 1] != '[')
		buf_addc(list, ',');
}

void chat_put_preview(const struct alert *a, struct buf *out)
{
	struct buf line;

	buf_init(&line, LINE_MAX);
	sink_text_priority(a, out);
	buf_printf(out, "%s  ", sink_text_kind(a));
	alert_headline_short(a, &line);
	sink_text_put(out, buf_str(&line));
	buf_pass_lack(out, &line);
	buf_clear(&line);
	sink_text_who(a, &line);
	if (line.len)
		buf_addz(out, " · ");
	buf_adds(out, text_cut(buf_str(&line), WHO_MAX));
	buf_pass_lack(out, &line);
	buf_release(&line);
}

void chat_check_mentions(
	struct conf_check *c, bool (*is_mention)(struct str mention), const char *help)
{
	for (int p = 0; p < CONF_PRIORITIES; p++) {
		struct str mention = str_of(conf_check_mention(c, (enum alert_priority)p));

		if (str_present(mention) && (!str_trim(mention).n || !is_mention(mention)))
			conf_check_error_mention(
				c, (enum alert_priority)p, help, "this mentions nobody");
	}
}
