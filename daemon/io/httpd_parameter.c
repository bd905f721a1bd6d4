/* SPDX-License-Identifier: MIT */
/* application/x-www-form-urlencoded, as in the URL Standard §5.1. */
#include "base/ascii.h"
#include "io/httpd.h"

bool httpd_decode(struct str s, bool form, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		int high, low;

		if (s.p[i] == '\0')
			return false;
		if (s.p[i] != '%') {
			buf_addc(out, (char)(form && s.p[i] == '+' ? ' ' : s.p[i]));
			continue;
		}
		high = i + 2 < s.n ? ascii_hex_value(s.p[i + 1]) : -1;
		low = i + 2 < s.n ? ascii_hex_value(s.p[i + 2]) : -1;
		if (high < 0 || low < 0 || (high == 0 && low == 0))
			return false;
		buf_addc(out, (char)(high << 4 | low));
		i += 2;
	}
	return !buf_failed(out);
}

/* Names with escapes in them are not found: none that is asked for needs one. */
bool httpd_parameter(struct str query, const char *name, struct buf *out)
{
	size_t n = strlen(name), at = 0;

	while (str_present(query) && at < query.n) {
		const char *p = query.p + at, *amp = memchr(p, '&', query.n - at);
		size_t len = amp ? (size_t)(amp - p) : query.n - at;

		if (len > n && p[n] == '=' && memcmp(p, name, n) == 0)
			return httpd_decode(str_slice(p + n + 1, len - n - 1), true, out);
		at += len + 1;
	}
	return false;
}
