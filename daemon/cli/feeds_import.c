/* SPDX-License-Identifier: MIT */
/*
 * nightdesk feeds import: adds the feeds of an OPML list to the configuration, and prints what
 * became of each outline.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "conf/import.h"
#include "conf_dir.h"
#include "document/document.h"
#include "document/feed.h"
#include "input.h"
#include "print.h"
#include "report.h"

static void import_print_row(const struct cli_options *o, const struct conf_import_row *row)
{
	struct str what = row->title.n ? row->title : row->url;

	if (o->json) {
		document_print(document_imported(row), stdout);
	} else if (row->why) {
		printf("left out: line %u: ", row->line);
		print_url("", what.n ? what : STR("(no title)"), "");
		printf(": %s\n", row->why);
	} else {
		printf("%s feeds.d/%s.conf  ", o->dry_run ? "would write" : "wrote", row->name);
		print_url("", what, "\n");
	}
}

static void import_print(const struct cli_options *o, const struct conf_import *im)
{
	for (size_t i = 0; i < im->n_rows; i++)
		import_print_row(o, &im->rows[i]);
	if (!o->json)
		printf("%zu feed%s %s, %zu left out%s\n", im->n_written,
			str_plural((long long)im->n_written),
			o->dry_run ? "would be added" : "added", im->n_rows - im->n_written,
			im->n_written && !o->dry_run
				? "; nightdesk check reads them, nightdesk reload takes them up"
				: "");
	fflush(stdout);
}

static int import_list(const struct cli_call *call, const struct feed_opml *list)
{
	struct conf_import *im = NULL;
	struct err e = {0};
	int code = CLI_OK, rc;
	struct conf *c = conf_dir_load(call->cli, call->options.dir, &code);

	if (!c)
		return code;
	rc = conf_import(c, &call->cli->env, list, call->options.dry_run, &im, &e);
	if (im)
		import_print(&call->options, im);
	code = report_access(rc, &e);
	conf_import_free(im);
	conf_unref(c);
	return code == CLI_IOERR && !im ? CLI_CANTCREAT : code;
}

int feeds_import(const struct cli_call *call)
{
	struct feed_opml *list = NULL;
	struct err e = {0};
	struct buf body;
	const char *file = call->operands[0];
	int code;

	buf_init(&body, FEED_OPML_BYTES);
	code = input_read_file(file, &body);
	if (code == CLI_OK && buf_failed(&body)) {
		report_error("%s: larger than %zu bytes, or out of memory", file, body.max);
		code = CLI_FINDINGS;
	} else if (code == CLI_OK && feed_opml_parse(buf_str(&body), &list, &e)) {
		report_error("%s: %s", file, e.text);
		code = report_exit_code(&e);
	}
	if (code == CLI_OK)
		code = import_list(call, list);
	feed_opml_free(list);
	buf_release(&body);
	return code;
}
