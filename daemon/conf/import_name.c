/* SPDX-License-Identifier: MIT */
#include "import_name.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "conf/form.h"
#include "feed/fold.h"
#include "feed/link.h"

static bool import_name_is_plain(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
}

/* Is cp a mark inside a word, as in "Ukraine's"? */
static bool import_name_joins(uint32_t cp)
{
	return cp == '\'' || cp == 0x2019 || cp == 0xAD;
}

/* May a name contain this character? */
static bool import_name_allows(uint32_t cp)
{
	char bytes[4];

	return cp >= 0x80 && conf_form_name(str_slice(bytes, utf8_encode(cp, bytes)));
}

/* Removes the last word of a truncated name, unless it is the only one. */
static void import_name_cut_word(struct buf *out)
{
	const char *dash = memrchr(out->data, '-', out->len);

	if (dash && dash > out->data)
		buf_truncate(out, (size_t)(dash - out->data));
}

/*
 * Appends the letters and digits of s, folded to lower-case ASCII where possible, and one '-' for
 * each run of other characters. *others counts the letters that are left out.
 */
static void import_name_add(struct buf *out, struct str s, bool any_script, size_t *others)
{
	uint32_t cp;
	bool gap = false;

	for (size_t n; s.n; s = str_slice(s.p + n, s.n - n)) {
		n = utf8_decode(s.p, s.n, &cp);
		n += n == 0;
		cp = n ? feed_letter_fold(cp) : '-';
		if (import_name_joins(cp))
			continue;
		if (!import_name_is_plain(cp) && !(any_script && import_name_allows(cp))) {
			*others += cp >= 0x80 && import_name_allows(cp);
			gap = true;
			continue;
		}
		if (out->len + 6 > IMPORT_NAME_MAX) {
			import_name_cut_word(out);
			return;
		}
		if (gap && out->len)
			buf_addc(out, '-');
		gap = false;
		utf8_append(out, cp);
	}
}

void import_name_make(struct str title, struct str url, struct buf *out)
{
	char host[FEED_HOST_MAX];
	size_t others = 0;

	buf_clear(out);
	import_name_add(out, title, false, &others);
	if (out->len > others && out->len > 1)
		return;
	buf_clear(out);
	if (feed_link_domain(url, host)) {
		struct str h = str_of(host);

		if (str_starts(h, STR("www.")))
			h = str_slice(h.p + 4, h.n - 4);
		import_name_add(out, h, false, &others);
	}
	if (!out->len)
		buf_addz(out, "feed");
}

void import_name_make_group(struct str group, struct buf *out)
{
	size_t others = 0;

	buf_clear(out);
	import_name_add(out, group, true, &others);
}
