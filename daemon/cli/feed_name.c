/* SPDX-License-Identifier: MIT */
#include "feed_name.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "conf/conf.h"
#include "conf/form.h"
#include "feed/fold.h"
#include "feed/link.h"

static bool plain(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
}

/* Marks inside a word, which do not part it: "Ukraine's". */
static bool joins(uint32_t cp)
{
	return cp == '\'' || cp == 0x2019 || cp == 0xAD;
}

/* Whether a name may hold this letter. */
static bool letter(uint32_t cp)
{
	char bytes[4];

	return cp >= 0x80 && conf_form_name(str_slice(bytes, utf8_encode(cp, bytes)));
}

/* A name that is full ends with a whole word, where it has two. */
static void cut_word(struct buf *out)
{
	const char *dash = memrchr(out->data, '-', out->len);

	if (dash && dash > out->data)
		buf_truncate(out, (size_t)(dash - out->data));
}

/*
 * Folded letters and digits, one '-' for what is between them. *others: letters that were left
 * out.
 */
static void add_slug(struct buf *out, struct str s, bool any_script, size_t *others)
{
	uint32_t cp;
	bool gap = false;

	for (size_t n; s.n; s = str_slice(s.p + n, s.n - n)) {
		n = utf8_decode(s.p, s.n, &cp);
		n += n == 0;
		cp = n ? feed_letter_fold(cp) : '-';
		if (joins(cp))
			continue;
		if (!plain(cp) && !(any_script && letter(cp))) {
			*others += cp >= 0x80 && letter(cp);
			gap = true;
			continue;
		}
		if (out->len + 6 > FEED_NAME_MAX) {
			cut_word(out);
			return;
		}
		if (gap && out->len)
			buf_addc(out, '-');
		gap = false;
		buf_add_utf8(out, cp);
	}
}

void feed_name_make(struct str title, struct str url, struct buf *out)
{
	char host[FEED_HOST_MAX];
	size_t others = 0;

	buf_clear(out);
	add_slug(out, title, false, &others);
	if (out->len > others && out->len > 1)
		return;
	buf_clear(out);
	if (feed_link_domain(url, host)) {
		struct str h = str_of(host);

		if (str_starts(h, STR("www.")))
			h = str_slice(h.p + 4, h.n - 4);
		add_slug(out, h, false, &others);
	}
	if (!out->len)
		buf_addz(out, "feed");
}

void feed_name_make_group(struct str group, struct buf *out)
{
	size_t others = 0;

	buf_clear(out);
	add_slug(out, group, true, &others);
}
