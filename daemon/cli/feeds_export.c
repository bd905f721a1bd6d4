/* SPDX-License-Identifier: MIT */
/* nightdesk feeds export: the configured feeds as OPML, without secrets. */
#include <stdio.h>

#include "base/buf.h"
#include "conf_dir.h"
#include "feed/opml.h"
#include "report.h"

#define ARENA_MAX ((size_t)256 * 1024 * 1024)

static int feeds_write_opml(const struct conf *c, struct arena *a)
{
	struct feed_opml o = {.title = STR("nightdesk"), .n_entries = c->n_feeds};
	struct buf out;
	int rc;

	o.entries = arena_array(a, c->n_feeds + 1, sizeof(*o.entries));
	if (!o.entries)
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < c->n_feeds; i++) {
		const struct conf_feed *f = &c->feeds[i];

		o.entries[i] = (struct feed_opml_entry){
			.title = str_of(f->title ? f->title : f->name),
			.url = str_of(f->url),
			.language = str_of(f->lang),
			.groups = f->groups.v,
			.n_groups = f->groups.n,
		};
	}
	buf_init(&out, ARENA_MAX);
	rc = feed_opml_write(&o, a, &out);
	if (buf_failed(&out))
		rc = -(int)ERR_NOMEM;
	if (rc == 0)
		fwrite(buf_z(&out), 1, out.len, stdout);
	buf_release(&out);
	return rc;
}

int feeds_export(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct arena *a;
	int code = CLI_OK;
	struct conf *c;

	if (o->json || o->dry_run)
		return report_usage(call->command,
			"export writes OPML, and takes neither --json nor --dry-run");
	c = conf_dir_load(call->cli, o->dir, &code);
	if (!c)
		return code;
	a = arena_new(ARENA_MAX);
	if (!a || feeds_write_opml(c, a))
		code = report_nomem();
	arena_free(a);
	conf_unref(c);
	return code;
}
