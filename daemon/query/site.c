/* SPDX-License-Identifier: MIT */
#include "query/site.h"

#include <stdlib.h>

#include <idn2.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "text/letter_case.h"

#define LABEL_MAX 63 /* RFC 1035, 2.3.4 */

/* Writes one lower-case label, decoded, to out. Returns the number of bytes. */
static size_t site_put_label(struct str label, char *out)
{
	char ascii[LABEL_MAX + 1], *letters = NULL;
	size_t n = label.n;

	memcpy(out, label.p, label.n);
	if (label.n > LABEL_MAX || !str_starts(label, STR("xn--")))
		return n;
	memcpy(ascii, label.p, label.n);
	ascii[label.n] = '\0';
	if (idn2_to_unicode_8z8z(ascii, &letters, 0) == IDN2_OK &&
		strlen(letters) <= 4 * label.n) { /* see QUERY_SITE_FORM_MAX */
		n = strlen(letters);
		memcpy(out, letters, n);
	}
	idn2_free(letters);
	return n;
}

/* Fast path for ASCII: in links, names in other scripts are mostly xn--. */
static size_t site_put_lower_case(struct str host, char *out, size_t room)
{
	char *small;
	size_t n = 0;
	bool ascii = true;

	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		ascii = ascii && (unsigned char)c < 0x80;
		out[i] = ascii_lower(c);
	}
	if (ascii || !utf8_valid(host))
		return host.n;
	small = text_lower_case(host, &n);
	if (!small || n > room)
		n = host.n; /* if out of memory, keep the ASCII lower case */
	else
		memcpy(out, small, n);
	free(small);
	return n;
}

size_t query_site_form(struct str host, char out[QUERY_SITE_FORM_MAX])
{
	char small[2 * QUERY_SITE_HOST_MAX];
	size_t n = 0, from = 0, length;

	if (host.n > QUERY_SITE_HOST_MAX)
		return 0;
	length = site_put_lower_case(host, small, sizeof(small));
	for (size_t i = 0; i <= length; i++) {
		if (i < length && small[i] != '.')
			continue;
		n += site_put_label(str_slice(small + from, i - from), out + n);
		if (i < length)
			out[n++] = '.';
		from = i + 1;
	}
	return n;
}
