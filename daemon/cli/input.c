/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "feed/unpack.h"
#include "report.h"

static bool input_store(void *arg, const char *p, size_t n)
{
	buf_add(arg, p, n);
	return !buf_failed(arg);
}

/* Returns 0, or the error of feed_unpack_push(): -ERR_LIMIT once out has failed. */
static int input_read_stream(FILE *f, struct buf *out)
{
	struct feed_unpack *u = feed_unpack_new(input_store, out);
	char chunk[16384];
	size_t n;
	int rc = u ? 0 : -(int)ERR_NOMEM;

	while (rc == 0 && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		rc = feed_unpack_push(u, chunk, n);
	if (rc == 0)
		rc = feed_unpack_finish(u);
	feed_unpack_free(u);
	return rc;
}

int input_read_file(const char *path, struct buf *out)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	int rc = f ? input_read_stream(f, out) : 0;
	int code = CLI_OK;

	if (rc == -(int)ERR_NOMEM) {
		code = report_nomem();
	} else if (rc == -(int)ERR_INPUT) {
		report_error("%s: its gzip data is broken; read as far as it goes", path);
	} else if (!f || ferror(f)) {
		code = report_file(path, errno);
	}
	if (f && f != stdin)
		fclose(f);
	return code;
}
