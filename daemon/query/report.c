/* SPDX-License-Identifier: MIT */
/* Formats diagnostics for the callback. */
#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "query/query.h"

#define REPORTS_MAX 50
#define TEXT_MAX    600

void query_report(struct query_reporter *r, bool warning, size_t offset, size_t length,
	const char *help, const char *fmt, ...)
{
	char text[TEXT_MAX];
	struct query_diag d = {
		.warning = warning,
		.part = r->part,
		.offset = offset,
		.length = length ? length : 1,
		.text = text,
		.help = help,
	};
	va_list ap;
	int n;

	/* Separate limits: many warnings must not suppress an error. */
	if ((warning ? r->warnings++ : r->errors++) >= REPORTS_MAX || !r->fn)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n >= TEXT_MAX)
		text[utf8_cut(str_slice(text, TEXT_MAX - 1), TEXT_MAX - 1).n] = '\0';
	r->fn(r->ctx, &d);
}
