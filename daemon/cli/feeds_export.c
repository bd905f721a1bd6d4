/* SPDX-License-Identifier: MIT */
/* nightdesk feeds export: the feeds of a configuration as OPML. Secrets are not in it. */
#include "base/buf.h"
#include "feeds.h"
#include "feed/opml.h"

#define ARENA_MAX ((size_t)256 * 1024 * 1024)

static int write_out(const struct conf *c, struct arena *a)
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

int feeds_export(const struct feeds_call *call)
{
	struct arena *a;
	int code = CLI_OK;
	struct conf *c;

	if (call->json || call->dry_run)
		return cli_usage(
			call->self, "export writes OPML, and takes neither --json nor --dry-run");
	c = cli_conf(call->cli, call->dir, &code);
	if (!c)
		return code;
	a = arena_new(ARENA_MAX);
	if (!a || write_out(c, a)) {
		cli_complain("out of memory");
		code = CLI_OSERR;
	}
	arena_free(a);
	conf_unref(c);
	return cli_finish(code);
}
