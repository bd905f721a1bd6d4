/* SPDX-License-Identifier: MIT */
/*
 * HTML to visible text: valid, white space collapsed, within the length limit, truncated at any
 * maximum.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "feed/html.h"
#include "lib/always.h"

static void check_text(struct str text, bool line)
{
	ALWAYS(utf8_valid(text));
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		ALWAYS(c >= ' ' || (c == '\n' && !line));
		ALWAYS(c != 0x7F);
		ALWAYS(c > ' ' || (i > 0 && i + 1 < text.n));
		ALWAYS(c != ' ' || (text.p[i - 1] != ' ' && text.p[i - 1] != '\n'));
		ALWAYS(c != '\n' || text.p[i - 1] != ' ');
		ALWAYS(c != '\n' || i < 2 || text.p[i - 1] != '\n' || text.p[i - 2] != '\n');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str html;
	size_t max;
	struct buf b;

	if (size < 1)
		return 0;
	max = data[0];
	html = str_slice((const char *)data + 1, size - 1);
	if (!utf8_valid(html))
		return 0;
	buf_init(&b, 2 * size + 256);
	feed_html_to_text(html, &b);
	ALWAYS(!buf_failed(&b) && b.len <= html.n + html.n / 2);
	check_text(buf_str(&b), false);
	buf_clear(&b);
	feed_html_to_line(html, &b);
	check_text(buf_str(&b), true);
	buf_release(&b);
	buf_init(&b, max);
	feed_html_to_text(html, &b);
	ALWAYS(b.len <= max && utf8_valid(buf_str(&b)));
	buf_release(&b);
	return 0;
}
