/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

int input_read_file(const char *path, struct buf *out)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	char chunk[16384];
	size_t n;
	int code = CLI_OK;

	while (f && !buf_failed(out) && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	if (!f || ferror(f)) {
		report_error("%s: %s", path, strerror(errno));
		code = CLI_FINDINGS;
	}
	if (f && f != stdin)
		fclose(f);
	return code;
}
